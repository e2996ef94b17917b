// Steps that several transactions of the notice store have in common.
#pragma once

#include <functional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "dispatcher/app/ports.h"
#include "sql/database.h"

namespace guarantee::dispatcher {

using Flows = std::set<std::string>;

[[nodiscard]] Result<void> LockLanes(sql::Transaction& transaction, const Flows& flows);

// Moves lanes (locked by the caller) past what is done, promotes their heads, finds gaps.
[[nodiscard]] Result<void> MoveLanes(sql::Transaction& transaction, const Flows& flows,
                                     UnixMillis now, LaneChanges& changes);

struct DeliveryChange {
  Notice before;
  Delivery next;
};
// Ids that were still as `before` says.
[[nodiscard]] Result<std::set<std::string>> SaveDeliveries(sql::Transaction& transaction,
                                                           std::span<const DeliveryChange> changes,
                                                           UnixMillis now);

// Current epochs, each once, held until the end of the transaction.
[[nodiscard]] Result<void> HoldEpochsOf(sql::Transaction& transaction,
                                        std::span<const messaging::HeldEpoch> epochs);

// Ids that a statement returned in its first column.
[[nodiscard]] Result<std::set<std::string>> Returned(const Result<sql::Outcome>& outcome);
[[nodiscard]] Result<void> Done(const Result<sql::Outcome>& outcome);

// Rows of one statement outside any transaction of ours, each mapped.
template <typename Item, typename Run, typename Map>
Result<std::vector<Item>> Fetch(sql::Database& database, const Run& run, const Map& map) {
  std::vector<Item> items;
  const Result<void> done = database.Read([&](sql::Transaction& transaction) -> Result<void> {
    const Result<sql::Outcome> outcome = run(transaction);
    if (!outcome) return tl::unexpected(outcome.error());
    items.clear();
    items.reserve(outcome->rows.size());
    for (const sql::Row& row : outcome->rows) items.push_back(map(row));
    return {};
  });
  if (!done) return tl::unexpected(done.error());
  return items;
}

}  // namespace guarantee::dispatcher
