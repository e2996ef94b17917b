#include "dispatcher/wiring.h"

#include <algorithm>
#include <cstring>

#include "crypto/random.h"
#include "dispatcher/adapters/event_codec.h"
#include "dispatcher/adapters/notice_migrations.h"
#include "dispatcher/adapters/notice_store_sql.h"
#include "dispatcher/adapters/partner_courier.h"
#include "dispatcher/app/topics.h"
#include "sql/lease_store.h"
#include "sql/write_store.h"

namespace guarantee::dispatcher {
namespace {

using std::chrono::milliseconds;

constexpr std::int64_t kLeaseMarginMs = 2'000;  // of the lease over the request deadline
constexpr std::int64_t kPublishMs = 3'000;

double UnitFrom(crypto::Random& random) {
  const std::string bytes = random.Bytes(sizeof(std::uint64_t));
  std::uint64_t bits = 0;
  std::memcpy(&bits, bytes.data(), sizeof(bits));
  constexpr int kMantissaBits = 53;
  return static_cast<double>(bits >> (64 - kMantissaBits)) /
         static_cast<double>(std::uint64_t{1} << kMantissaBits);
}

// Gives a lease back only when nothing of its partition is in flight any more: the next owner may
// send at once. What is still in flight keeps its lease until it ends by itself.
class QuietLeaseStore final : public messaging::LeaseStore {
 public:
  QuietLeaseStore(messaging::LeaseStore& store, milliseconds wait)
      : store_(store), wait_ms_(wait.count()) {}

  void Watch(DispatchLoop& loop) { loop_ = &loop; }
  void SetWait(milliseconds wait) { wait_ms_ = wait.count(); }

  [[nodiscard]] Result<messaging::AcquiredLease> Acquire(
      const messaging::LeaseRequest& request, std::int32_t partition,
      std::span<const std::string> topics) override {
    return store_.Acquire(request, partition, topics);
  }
  [[nodiscard]] Result<std::vector<std::int32_t>> Renew(
      const messaging::LeaseRequest& request, std::span<const messaging::HeldEpoch> held) override {
    return store_.Renew(request, held);
  }
  [[nodiscard]] Result<void> Release(const messaging::LeaseRequest& request,
                                     std::span<const messaging::HeldEpoch> held) override {
    const auto until = std::chrono::steady_clock::now() + milliseconds(wait_ms_);
    std::vector<messaging::HeldEpoch> quiet;
    for (const messaging::HeldEpoch& one : held) {
      const auto left =
          std::chrono::duration_cast<milliseconds>(until - std::chrono::steady_clock::now());
      if (loop_->AwaitQuiet({&one.partition, 1}, std::max(left, milliseconds(0)))) {
        quiet.push_back(one);
      }
    }
    if (quiet.empty()) return {};
    return store_.Release(request, quiet);
  }

 private:
  messaging::LeaseStore& store_;
  std::atomic<std::int64_t> wait_ms_;
  DispatchLoop* loop_ = nullptr;
};

// Takes batches into the store and tells the loop what became sendable.
class IntakeHandler final : public messaging::BatchHandler {
 public:
  IntakeHandler(NoticeStore& store, const Clock& clock) : store_(store), clock_(clock) {}
  void Feed(DispatchLoop& loop, messaging::Relay& relay) {
    loop_ = &loop;
    relay_ = &relay;
  }

  [[nodiscard]] Result<void> HandleBatch(const messaging::Batch& batch) override {
    std::vector<IncomingRecord> records;
    records.reserve(batch.records.size());
    bool dead_letters = false;
    for (const messaging::Delivered& record : batch.records) {
      records.push_back(ReadNoticeRecord(record));
      dead_letters = dead_letters || std::holds_alternative<UnusableRecord>(records.back());
    }
    Result<LaneChanges> changes = store_.TakeIn(records, batch.moves, clock_.Now());
    if (!changes) return tl::unexpected(changes.error());
    loop_->Offer(std::move(*changes));
    if (dead_letters) relay_->Kick();
    return {};
  }
  void AssignmentChanged() override { loop_->AssignmentChanged(); }

 private:
  NoticeStore& store_;
  const Clock& clock_;
  DispatchLoop* loop_ = nullptr;
  messaging::Relay* relay_ = nullptr;
};

}  // namespace

struct Dispatcher::Assembly {
  Assembly(Parts given, Options chosen)
      : parts(std::move(given)),
        options(std::move(chosen)),
        store(parts.database, crypto::SystemRandom()),
        outbox(parts.database, kGroup),
        client(http::Client::Start(options.http)),
        courier(*client, parts.clock, parts.contract, parts.documents),
        sql_leases(parts.database),
        quiet_leases(sql_leases, options.revoke_wait),
        leases(quiet_leases, parts.clock,
               {kGroup, options.holder, options.lease_ms, options.alone}),
        relay(outbox, parts.bus.producer(), leases, parts.clock, {kPublishMs}),
        loop({store, courier, leases, parts.clock, [] { return UnitFrom(crypto::SystemRandom()); },
              options.alarm, [this] { relay.Kick(); }},
             options.limits),
        intake(store, parts.clock),
        consumer(parts.bus, leases, intake, parts.clock, {{kNoticesTopic}}) {
    quiet_leases.Watch(loop);
    intake.Feed(loop, relay);
  }

  Parts parts;
  Options options;
  SqlNoticeStore store;
  sql::SqlWriteStore outbox;
  std::unique_ptr<http::Client> client;
  PartnerCourier courier;
  sql::SqlLeaseStore sql_leases;
  QuietLeaseStore quiet_leases;
  messaging::Leases leases;
  messaging::Relay relay;
  DispatchLoop loop;
  IntakeHandler intake;
  messaging::ConsumerLoop consumer;
  bool drained = false;
};

Dispatcher::Dispatcher(std::unique_ptr<Assembly> assembly) : assembly_(std::move(assembly)) {}

Dispatcher::~Dispatcher() { Drain(kDrainTimeout); }

Result<std::unique_ptr<Dispatcher>> Dispatcher::Start(Parts parts, Options options) {
  if (options.lease_ms < options.limits.request_deadline_ms + kLeaseMarginMs) {
    return Refused("dispatcher.lease", "the lease must outlive a request by two seconds");
  }
  if (Result<void> migrated = parts.database.Migrate(DispatcherMigrations()); !migrated) {
    return tl::unexpected(migrated.error());
  }
  const auto partners = parts.partners;
  auto assembly = std::make_unique<Assembly>(std::move(parts), std::move(options));
  if (Result<void> used = assembly->courier.UsePartners(partners); !used) {
    assembly->drained = true;
    return tl::unexpected(used.error());
  }
  assembly->relay.Start();
  assembly->loop.Start();
  Result<void> started = assembly->consumer.Start();
  std::unique_ptr<Dispatcher> dispatcher(new Dispatcher(std::move(assembly)));
  if (!started) return tl::unexpected(started.error());
  return dispatcher;
}

void Dispatcher::Drain(milliseconds timeout) {
  Assembly& all = *assembly_;
  if (std::exchange(all.drained, true)) return;
  const auto until = std::chrono::steady_clock::now() + timeout;
  const auto left = [until] {
    return std::max(
        std::chrono::duration_cast<milliseconds>(until - std::chrono::steady_clock::now()),
        milliseconds(0));
  };
  all.loop.StopStarting();
  static_cast<void>(all.loop.AwaitAllQuiet(left()));
  all.relay.Kick();
  all.quiet_leases.SetWait(left());
  all.consumer.Stop(left() + milliseconds(500));
  all.relay.Stop();
  all.client->Stop();
  all.loop.Stop();
}

std::vector<std::string> Dispatcher::Readiness() const {
  std::vector<std::string> reasons;
  const messaging::ConsumerState consumer = assembly_->consumer.State();
  if (!consumer.assigned) reasons.emplace_back("no partition of the notices topic yet");
  if (!consumer.trouble.empty()) reasons.push_back("intake: " + consumer.trouble);
  const DispatchState state = assembly_->loop.State();
  if (!state.trouble.empty()) reasons.push_back("store: " + state.trouble);
  return reasons;
}

std::vector<std::string> Dispatcher::Liveness() const {
  std::vector<std::string> stuck;
  const std::int64_t now_ms = assembly_->parts.clock.MonotonicMs();
  const auto check = [&](std::int64_t last_ms, const char* what) {
    if (last_ms != 0 && now_ms - last_ms > kStuckMs) stuck.emplace_back(what);
  };
  check(assembly_->loop.State().last_cycle_ms, "the dispatch loop does not turn");
  check(assembly_->consumer.State().last_poll_ms, "the intake does not poll");
  return stuck;
}

Result<std::vector<NoticeView>> Dispatcher::ListNotices(const NoticeFilter& filter) {
  return assembly_->store.List(filter);
}

Result<NoticeHistory> Dispatcher::ShowNotice(const std::string& id) {
  return assembly_->store.Show(id);
}

Result<void> Dispatcher::RetryNotice(const std::string& id, const std::string& who) {
  Result<std::optional<Head>> ready = assembly_->store.Retry(id, who, assembly_->parts.clock.Now());
  if (!ready) return tl::unexpected(ready.error());
  // Another process may own the lane; it finds the notice by its own poll.
  if (*ready && assembly_->leases.Epoch((*ready)->partition)) {
    assembly_->loop.Offer({{**ready}, {}, {}});
  }
  return {};
}

Result<std::vector<NoticeHistory>> Dispatcher::ShowFlow(const std::string& flow) {
  Result<std::vector<NoticeView>> notices = assembly_->store.List({{}, {}, flow, 1'000});
  if (!notices) return tl::unexpected(notices.error());
  std::vector<NoticeHistory> histories;
  for (auto notice = notices->rbegin(); notice != notices->rend(); ++notice) {
    Result<NoticeHistory> history = assembly_->store.Show(notice->head.id);
    if (!history) return tl::unexpected(history.error());
    histories.push_back(std::move(*history));
  }
  return histories;
}

Result<std::vector<LaneView>> Dispatcher::Lanes(const std::string& partner, std::size_t limit) {
  return assembly_->store.Lanes(partner, limit);
}

std::vector<BreakerView> Dispatcher::Breakers() const { return assembly_->loop.Breakers(); }
Result<std::vector<HeadTotal>> Dispatcher::HeadTotals() const {
  return assembly_->store.HeadTotals();
}
DispatchState Dispatcher::State() const { return assembly_->loop.State(); }
messaging::ConsumerState Dispatcher::Consumer() const { return assembly_->consumer.State(); }
std::vector<messaging::StartOffset> Dispatcher::Positions() const {
  return assembly_->consumer.Positions();
}
messaging::RelayState Dispatcher::Relay() const { return assembly_->relay.State(); }

Result<void> Dispatcher::UsePartners(std::shared_ptr<const partner::PartnerDirectory> partners) {
  return assembly_->courier.UsePartners(std::move(partners));
}

}  // namespace guarantee::dispatcher
