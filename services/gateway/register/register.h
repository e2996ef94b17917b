// The gateway's durable register: which numbers a platform has used, and for what. A number's first
// request decides; whatever comes later under it is a repeat or a conflict.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "sql/database.h"

namespace guarantee::gateway {

struct RegisterKey {
  std::string partner;
  std::string section;
  std::string business_no;

  auto operator<=>(const RegisterKey&) const = default;
};

struct RegisterRow {
  RegisterKey key;
  std::string unique_value;  // second unique key of the section; empty: none, or given up
  std::string digest;        // keyed, 32 bytes
  std::int64_t digest_version = 0;
  std::string event_id;
  UnixMillis received_at;
  std::string flow;
  bool confirmed = false;  // its event is durable on the bus
};

// A number that may be new. `release_before`: an unconfirmed row older than that gives its unique
// value up; the service decides which of the two stands.
struct RegisterClaim {
  RegisterRow row;
  UnixMillis release_before;
};

// A look without claiming; `unique_value` empty: by the number alone.
struct RegisterQuery {
  RegisterKey key;
  std::string unique_value;
};

struct ClaimOutcome {
  bool inserted = false;
  std::optional<RegisterRow> same_number;  // of the same key, unless inserted
  std::optional<RegisterRow> same_unique;  // of another key that holds the unique value
};
struct QueryOutcome {
  std::optional<RegisterRow> same_number;
  std::optional<RegisterRow> same_unique;  // may be the same row
};

[[nodiscard]] std::span<const sql::Migration> RegisterMigrations();

// One transaction for many; `outcomes` has an entry for every claim, in their order. The rows go in
// sorted; those that were not taken are read by a second statement, which sees what others have
// committed meanwhile.
[[nodiscard]] Result<std::vector<ClaimOutcome>> ClaimNumbers(sql::Database& database,
                                                             std::span<const RegisterClaim> claims);
[[nodiscard]] Result<std::vector<QueryOutcome>> QueryNumbers(
    sql::Database& database, std::span<const RegisterQuery> queries);
[[nodiscard]] Result<void> ConfirmNumbers(sql::Database& database,
                                          std::span<const RegisterKey> keys);

}  // namespace guarantee::gateway
