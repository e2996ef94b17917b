// Events a second through Execute, offset move included: one row changed and one outbox record an
// event. The rows are counted afterwards; a run that lost one fails.
#include <benchmark/benchmark.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <iostream>

#include "messaging/execute.h"
#include "sql/lease_store.h"
#include "sql/write_store.h"

namespace guarantee::sql {
namespace {

using messaging::RowKey;
using messaging::Unit;
using messaging::Workspace;

constexpr const char* kGroup = "bench";
constexpr const char* kTopic = "requests";
constexpr std::size_t kStateBytes = 600;   // of an order
constexpr std::size_t kRecordBytes = 150;  // of a public event
constexpr std::int64_t kFlows = 5'000;

template <typename Value>
Value Must(Result<Value> result) {
  if (!result) {
    std::cerr << Describe(result.error()) << '\n';
    std::exit(1);
  }
  return std::move(*result);
}
void Must(const Result<void>& result) {
  if (result) return;
  std::cerr << Describe(result.error()) << '\n';
  std::exit(1);
}

class Store {
 public:
  explicit Store(bool postgres) {
    // A schema's name has letters only: the numbers as such.
    std::string schema = "bench_" + std::to_string(getpid()) + "_" + std::to_string(++count_);
    for (char& sign : schema) {
      if (sign >= '0' && sign <= '9') sign = static_cast<char>('a' + (sign - '0'));
    }
    if (postgres) {
      PostgresOptions options;
      options.dsn = std::getenv("GUARANTEE_BENCH_POSTGRES");
      pool_ = Must(PostgresPool::Open(options));
      database_ = pool_->Schema(schema);
    } else {
      directory_ = std::filesystem::current_path() / "bench-XXXXXX";
      if (mkdtemp(directory_.data()) == nullptr) std::abort();
      file_ = Must(SqliteFile::Open(directory_ + "/bench.db"));
      database_ = file_->Schema(schema);
    }
    Must(database_->Migrate(WriteStoreMigrations()));
    store_ = std::make_unique<SqlWriteStore>(*database_, kGroup);
  }
  ~Store() {
    store_.reset();
    database_.reset();
    file_.reset();
    if (!directory_.empty()) std::filesystem::remove_all(directory_);
  }
  SqlWriteStore& operator*() { return *store_; }
  Database& database() { return *database_; }

 private:
  static inline std::atomic<int> count_{0};
  std::string directory_;
  std::shared_ptr<PostgresPool> pool_;
  std::shared_ptr<SqliteFile> file_;
  std::unique_ptr<Database> database_;
  std::unique_ptr<SqlWriteStore> store_;
};

Unit Event(std::int64_t number) {
  const std::string flow = "demo/order/" + std::to_string(number % kFlows);
  Unit unit;
  unit.rows = {{1, flow}};
  unit.source = messaging::StartOffset{{kTopic, 0}, number};
  unit.decide = [flow, number](Workspace& workspace) -> Result<void> {
    const RowKey key{1, flow};
    const std::int64_t seen = workspace.Row(key).summary.amount_fen;
    workspace.Put(key, 0, std::string(kStateBytes, 'x'),
                  {"demo", flow, flow, "accepted", seen + 1});
    messaging::OutboxEntry entry;
    entry.topic = "events";
    entry.envelope.id = std::to_string(number);
    entry.envelope.type = "guarantee.event.v1.OrderAccepted";
    entry.envelope.partner = "demo";
    entry.envelope.flow = flow;
    entry.value = std::string(kRecordBytes, 'y');
    workspace.Emit(std::move(entry));
    return {};
  };
  return unit;
}

void CheckCount(SqlWriteStore& store, std::int64_t events, benchmark::State& state) {
  std::int64_t applied = 0;
  for (const messaging::StoredRow& row : Must(store.List({1, "demo", {}, 1'000'000}))) {
    applied += row.summary.amount_fen;
  }
  if (applied != events) state.SkipWithError("events applied differ from events executed");
}

void Execute(benchmark::State& state, bool postgres) {
  if (postgres && std::getenv("GUARANTEE_BENCH_POSTGRES") == nullptr) {
    return state.SkipWithError("GUARANTEE_BENCH_POSTGRES is not set");
  }
  Store store(postgres);
  SqlLeaseStore leases(store.database());
  const std::vector<std::string> topics{kTopic};
  const std::int64_t epoch = Must(leases.Acquire({kGroup, "bench", 6'000, true}, 0, topics)).epoch;
  messaging::Executor executor(*store);
  const std::int64_t batch = state.range(0);
  std::int64_t next = messaging::kLogBeginning;
  std::int64_t number = 0;
  for ([[maybe_unused]] const auto round : state) {
    std::vector<Unit> units;
    for (std::int64_t at = 0; at < batch; ++at) units.push_back(Event(number++));
    const std::vector<messaging::OffsetMove> moves{{{kTopic, 0}, epoch, next, number}};
    Must(executor.ExecuteBatch(units, moves));
    next = number;
  }
  state.SetItemsProcessed(number);
  CheckCount(*store, number, state);
}

BENCHMARK_CAPTURE(Execute, sqlite, false)->Arg(1)->Arg(10)->Arg(100)->UseRealTime();
BENCHMARK_CAPTURE(Execute, postgres, true)->Arg(1)->Arg(10)->Arg(100)->UseRealTime();

}  // namespace
}  // namespace guarantee::sql

BENCHMARK_MAIN();
