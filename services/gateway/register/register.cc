#include "gateway/register/register.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <tuple>

#include "gateway/register/statements.h"

namespace guarantee::gateway {
namespace {

using UniqueKey = std::tuple<std::string, std::string, std::string>;

// Rows of a set as columns.
class Columns {
 public:
  explicit Columns(std::span<const sql::ColumnType> types) {
    for (const sql::ColumnType type : types) columns_.push_back({type, {}});
  }
  void Add(std::vector<sql::Value> row) {
    for (std::size_t at = 0; at < columns_.size(); ++at) {
      columns_[at].values.push_back(std::move(row[at]));
    }
  }
  [[nodiscard]] bool empty() const { return columns_.front().values.empty(); }
  [[nodiscard]] std::span<const sql::Column> view() const { return columns_; }

 private:
  std::vector<sql::Column> columns_;
};

constexpr auto kText = sql::ColumnType::kText;
constexpr auto kInteger = sql::ColumnType::kInteger;
constexpr std::array kKeyTypes{kText, kText, kText};
constexpr std::array kReleaseTypes{kText, kText, kText, kInteger};
constexpr std::array kInsertTypes{kText,    kText, kText,    kText, sql::ColumnType::kBlob,
                                  kInteger, kText, kInteger, kText};

RegisterRow ReadRow(const sql::Row& row) {
  RegisterRow read;
  read.key = {sql::Text(row[0]), sql::Text(row[1]), sql::Text(row[2])};
  if (!sql::IsNull(row[3])) read.unique_value = sql::Text(row[3]);
  read.digest = sql::Bytes(row[4]);
  read.digest_version = sql::Integer(row[5]);
  read.event_id = sql::Text(row[6]);
  read.received_at = {sql::Integer(row[7])};
  read.flow = sql::Text(row[8]);
  read.confirmed = sql::Integer(row[9]) != 0;
  return read;
}

UniqueKey UniqueOf(const RegisterKey& key, const std::string& unique_value) {
  return {key.partner, key.section, unique_value};
}

using RowsByNumber = std::map<RegisterKey, RegisterRow>;
using RowsByUnique = std::map<UniqueKey, RegisterRow>;

Result<RowsByNumber> ReadByNumber(sql::Transaction& transaction,
                                  const std::set<RegisterKey>& keys) {
  Columns columns(kKeyTypes);
  for (const RegisterKey& key : keys) columns.Add({key.partner, key.section, key.business_no});
  RowsByNumber rows;
  if (columns.empty()) return rows;
  return transaction.RunSet(statements::kByNumber, columns.view(), {})
      .map([&](const sql::Outcome& outcome) {
        for (const sql::Row& row : outcome.rows) {
          RegisterRow read = ReadRow(row);
          rows.emplace(read.key, read);
        }
        return std::move(rows);
      });
}

Result<RowsByUnique> ReadByUnique(sql::Transaction& transaction, const std::set<UniqueKey>& keys) {
  Columns columns(kKeyTypes);
  for (const auto& [partner, section, value] : keys) columns.Add({partner, section, value});
  RowsByUnique rows;
  if (columns.empty()) return rows;
  return transaction.RunSet(statements::kByUnique, columns.view(), {})
      .map([&](const sql::Outcome& outcome) {
        for (const sql::Row& row : outcome.rows) {
          RegisterRow read = ReadRow(row);
          rows.emplace(UniqueOf(read.key, read.unique_value), read);
        }
        return std::move(rows);
      });
}

template <typename Key, typename Row>
std::optional<Row> Find(const std::map<Key, Row>& rows, const Key& key) {
  const auto found = rows.find(key);
  return found == rows.end() ? std::nullopt : std::optional<Row>(found->second);
}

// One run of ClaimNumbers; lives for one transaction.
class ClaimRun {
 public:
  ClaimRun(sql::Transaction& transaction, std::span<const RegisterClaim> claims)
      : transaction_(transaction), claims_(claims), outcomes_(claims.size()) {
    for (std::size_t at = 0; at < claims.size(); ++at) order_.push_back(at);
    std::sort(order_.begin(), order_.end(), [&](std::size_t one, std::size_t other) {
      return claims_[one].row.key < claims_[other].row.key;
    });
  }

  Result<std::vector<ClaimOutcome>> Run() {
    return Insert(order_)
        .and_then([this] { return ReadTaken(); })
        .and_then([this] { return TakeOver(); })
        .map([this] { return std::move(outcomes_); });
  }

 private:
  Result<void> Insert(const std::vector<std::size_t>& which) {
    Columns columns(kInsertTypes);
    for (const std::size_t at : which) {
      const RegisterRow& row = claims_[at].row;
      columns.Add({row.key.partner, row.key.section, row.key.business_no,
                   row.unique_value.empty() ? sql::Value() : sql::Value(row.unique_value),
                   sql::Blob{row.digest}, row.digest_version, row.event_id, row.received_at.value,
                   row.flow});
    }
    if (columns.empty()) return {};
    return transaction_.RunSet(statements::kInsert, columns.view(), {})
        .map([&](const sql::Outcome& outcome) {
          std::set<std::string> taken;
          for (const sql::Row& row : outcome.rows) taken.insert(sql::Text(row[0]));
          for (const std::size_t at : which) {
            outcomes_[at].inserted = taken.contains(claims_[at].row.event_id);
          }
        });
  }

  Result<void> ReadTaken() {
    std::set<RegisterKey> numbers;
    std::set<UniqueKey> uniques;
    for (std::size_t at = 0; at < claims_.size(); ++at) {
      if (outcomes_[at].inserted) continue;
      const RegisterRow& row = claims_[at].row;
      numbers.insert(row.key);
      if (!row.unique_value.empty()) uniques.insert(UniqueOf(row.key, row.unique_value));
    }
    const Result<RowsByNumber> by_number = ReadByNumber(transaction_, numbers);
    if (!by_number) return tl::unexpected(by_number.error());
    const Result<RowsByUnique> by_unique = ReadByUnique(transaction_, uniques);
    if (!by_unique) return tl::unexpected(by_unique.error());
    for (std::size_t at = 0; at < claims_.size(); ++at) {
      ClaimOutcome& outcome = outcomes_[at];
      if (outcome.inserted) continue;
      const RegisterRow& row = claims_[at].row;
      outcome.same_number = Find(*by_number, row.key);
      if (outcome.same_number) continue;
      outcome.same_unique = Find(*by_unique, UniqueOf(row.key, row.unique_value));
      // Whoever stood in the way has gone between the two statements.
      if (!outcome.same_unique) return Retryable("sql.conflict", "the register moved");
    }
    return {};
  }

  // A row that was never confirmed and is too old to be under way gives its unique value up.
  Result<void> TakeOver() {
    std::vector<std::size_t> again;
    Columns columns(kReleaseTypes);
    for (const std::size_t at : order_) {
      const std::optional<RegisterRow>& other = outcomes_[at].same_unique;
      const RegisterClaim& claim = claims_[at];
      if (!other || other->confirmed || !(other->received_at < claim.release_before)) continue;
      columns.Add({claim.row.key.partner, claim.row.key.section, claim.row.unique_value,
                   claim.release_before.value});
      outcomes_[at] = {};
      again.push_back(at);
    }
    if (again.empty()) return {};
    return transaction_.RunSet(statements::kRelease, columns.view(), {})
        .and_then([&](const sql::Outcome&) { return Insert(again); })
        .and_then([this] { return ReadTaken(); });
  }

  sql::Transaction& transaction_;
  std::span<const RegisterClaim> claims_;
  std::vector<ClaimOutcome> outcomes_;
  std::vector<std::size_t> order_;
};

}  // namespace

std::span<const sql::Migration> RegisterMigrations() { return statements::kMigrations; }

Result<std::vector<ClaimOutcome>> ClaimNumbers(sql::Database& database,
                                               std::span<const RegisterClaim> claims) {
  std::vector<ClaimOutcome> outcomes;
  return database
      .Transact([&](sql::Transaction& transaction) -> Result<void> {
        return ClaimRun(transaction, claims).Run().map([&](std::vector<ClaimOutcome> result) {
          outcomes = std::move(result);
        });
      })
      .map([&] { return std::move(outcomes); });
}

Result<std::vector<QueryOutcome>> QueryNumbers(sql::Database& database,
                                               std::span<const RegisterQuery> queries) {
  std::vector<QueryOutcome> outcomes(queries.size());
  std::set<RegisterKey> numbers;
  std::set<UniqueKey> uniques;
  for (const RegisterQuery& query : queries) {
    numbers.insert(query.key);
    if (!query.unique_value.empty()) uniques.insert(UniqueOf(query.key, query.unique_value));
  }
  const auto read = [&](sql::Transaction& transaction) -> Result<void> {
    const Result<RowsByNumber> by_number = ReadByNumber(transaction, numbers);
    if (!by_number) return tl::unexpected(by_number.error());
    const Result<RowsByUnique> by_unique = ReadByUnique(transaction, uniques);
    if (!by_unique) return tl::unexpected(by_unique.error());
    for (std::size_t at = 0; at < queries.size(); ++at) {
      const RegisterQuery& query = queries[at];
      outcomes[at].same_number = Find(*by_number, query.key);
      outcomes[at].same_unique = Find(*by_unique, UniqueOf(query.key, query.unique_value));
    }
    return {};
  };
  return database.Read(read).map([&] { return std::move(outcomes); });
}

Result<void> ConfirmNumbers(sql::Database& database, std::span<const RegisterKey> keys) {
  const std::set<RegisterKey> sorted(keys.begin(), keys.end());
  Columns columns(kKeyTypes);
  for (const RegisterKey& key : sorted) columns.Add({key.partner, key.section, key.business_no});
  if (columns.empty()) return {};
  return database.Transact([&](sql::Transaction& transaction) -> Result<void> {
    return transaction.RunSet(statements::kConfirm, columns.view(), {})
        .map([](const sql::Outcome&) {});
  });
}

}  // namespace guarantee::gateway
