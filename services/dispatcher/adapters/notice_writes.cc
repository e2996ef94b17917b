#include "dispatcher/adapters/notice_writes.h"

#include "dispatcher/adapters/notice_rows.h"
#include "dispatcher/adapters/notice_statements.h"
#include "dispatcher/app/topics.h"
#include "sql/lease_store.h"

namespace guarantee::dispatcher {
namespace {

// A lane's run of expired notices and renewals; more than this moves on at the next change.
constexpr int kLaneStepsMax = 10'000;

Columns FlowColumn(const Flows& flows) {
  Columns columns{kText};
  for (const std::string& flow : flows) columns.Add({flow});
  return columns;
}

Result<void> AdvanceLanes(sql::Transaction& transaction, const Flows& flows) {
  Flows moving = flows;
  for (int step = 0; step < kLaneStepsMax && !moving.empty(); ++step) {
    Result<Flows> moved = Returned(transaction.RunSet(kAdvanceLanes, FlowColumn(moving).all(), {}));
    if (!moved) return tl::unexpected(moved.error());
    moving = std::move(*moved);
  }
  return {};
}

}  // namespace

Result<void> Done(const Result<sql::Outcome>& outcome) {
  if (!outcome) return tl::unexpected(outcome.error());
  return {};
}

Result<std::set<std::string>> Returned(const Result<sql::Outcome>& outcome) {
  if (!outcome) return tl::unexpected(outcome.error());
  std::set<std::string> ids;
  for (const sql::Row& row : outcome->rows) ids.insert(sql::Text(row.at(0)));
  return ids;
}

Result<void> LockLanes(sql::Transaction& transaction, const Flows& flows) {
  if (flows.empty()) return {};
  return Done(transaction.RunSet(kLockLanes, FlowColumn(flows).all(), {}));
}

Result<void> MoveLanes(sql::Transaction& transaction, const Flows& flows, UnixMillis now,
                       LaneChanges& changes) {
  if (flows.empty()) return {};
  if (Result<void> moved = AdvanceLanes(transaction, flows); !moved) return moved;
  const Columns columns = FlowColumn(flows);
  const sql::Value scalars[] = {now.value};
  const Result<sql::Outcome> heads = transaction.RunSet(kPromoteHeads, columns.all(), scalars);
  if (!heads) return tl::unexpected(heads.error());
  for (const sql::Row& row : heads->rows) changes.ready.push_back(ToHead(row));
  if (Result<void> whole = Done(transaction.RunSet(kClearGaps, columns.all(), {})); !whole) {
    return whole;
  }
  const Result<sql::Outcome> gaps = transaction.RunSet(kMarkGaps, columns.all(), scalars);
  if (!gaps) return tl::unexpected(gaps.error());
  for (const sql::Row& row : gaps->rows) {
    changes.alarms.push_back({AlarmKind::kGap,
                              sql::Text(row.at(1)),
                              {},
                              sql::Text(row.at(0)),
                              {},
                              "a notice before the ones at hand has not arrived"});
  }
  return {};
}

Result<std::set<std::string>> SaveDeliveries(sql::Transaction& transaction,
                                             std::span<const DeliveryChange> changes,
                                             UnixMillis now) {
  if (changes.empty()) return std::set<std::string>{};
  Columns columns{kText, kInt, kInt, kInt, kInt, kInt, kInt, kInt, kInt, kInt, kInt, kInt};
  for (const DeliveryChange& change : changes) {
    const Delivery& next = change.next;
    const Delivery& old = change.before.delivery;
    columns.Add({change.before.head.id, static_cast<std::int64_t>(next.state), next.failures,
                 Flag(next.bytes_fixed), Flag(next.possibly_received), Flag(next.forced),
                 Flag(next.expiry_told), OptionalMoment(next.not_after), next.due.value,
                 static_cast<std::int64_t>(old.state), old.attempts, Flag(old.expiry_told)});
  }
  const sql::Value scalars[] = {now.value};
  return Returned(transaction.RunSet(kSaveDelivery, columns.all(), scalars));
}

Result<void> HoldEpochsOf(sql::Transaction& transaction,
                          std::span<const messaging::HeldEpoch> epochs) {
  std::vector<messaging::HeldEpoch> once;
  std::set<std::pair<std::int32_t, std::int64_t>> seen;
  for (const messaging::HeldEpoch& held : epochs) {
    if (seen.insert({held.partition, held.epoch}).second) once.push_back(held);
  }
  return sql::HoldEpochs(transaction, kGroup, once);
}

}  // namespace guarantee::dispatcher
