#include "dispatcher/adapters/joined_outbox.h"

#include "dispatcher/app/topics.h"
#include "sql/write_store.h"

namespace guarantee::dispatcher {
namespace {

// A database whose one transaction is already open: work runs in it and commits with it.
class JoinedDatabase final : public sql::Database {
 public:
  explicit JoinedDatabase(sql::Transaction& transaction) : transaction_(transaction) {}

  [[nodiscard]] sql::Dialect dialect() const override { return sql::Dialect::kSqlite; }
  [[nodiscard]] Result<void> Transact(const sql::Work& work) override { return work(transaction_); }
  [[nodiscard]] Result<void> Read(const sql::Work& work) override { return work(transaction_); }
  [[nodiscard]] Result<UnixMillis> Now() override { return OutsideTransaction(); }
  [[nodiscard]] Result<void> Migrate(std::span<const sql::Migration>) override {
    return OutsideTransaction();
  }

 private:
  static tl::unexpected<Error> OutsideTransaction() {
    return Permanent("sql.statement", "not possible inside a transaction");
  }
  sql::Transaction& transaction_;
};

}  // namespace

Result<void> AppendToOutbox(sql::Transaction& transaction,
                            std::span<const messaging::OutboxEntry> entries) {
  if (entries.empty()) return {};
  JoinedDatabase joined(transaction);
  sql::SqlWriteStore store(joined, kGroup);
  return store.Transact([&](messaging::WriteTransaction& write) { return write.Append(entries); });
}

}  // namespace guarantee::dispatcher
