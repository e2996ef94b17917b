#include "bench.h"

#include <stdlib.h>

#include <fstream>
#include <future>
#include <nlohmann/json.hpp>

#include "contract/flow.h"
#include "crypto/password.h"
#include "dispatcher/app/topics.h"
#include "guarantee/partner/v1/order.pb.h"
#include "sql/embedded_log.h"
#include "testing/postgres_server.h"

namespace guarantee::dispatcher {
namespace {

using Json = nlohmann::json;
using std::chrono::milliseconds;

constexpr milliseconds kTurn{2};
constexpr std::int64_t kFakeTurnMs = 100;
constexpr UnixMillis kApplyTime{1'735'689'600'000};

std::string OrderOf(const ReceivedRequest& request) {
  const Json body = Json::parse(request.body, nullptr, false);
  if (!body.is_object() || !body.contains("data")) return {};
  const Json& data = body["data"];
  return data.value("applyNo", data.value("orderNo", std::string()));
}

Json PartnerJson(const std::string& id, int port) {
  const Json account = {{"user", id},
                        {"password_hash_file", "hash"},
                        {"enabled", true},
                        {"entitlements", {{{"interfaces", {"*"}}, {"expires", nullptr}}}}};
  return {{"id", id},
          {"environment", "development"},
          {"institution", {{"kind", "bank"}, {"name", "岳阳银行"}, {"insurer_code", ""}}},
          {"accounts", {account}},
          {"source_networks", {"127.0.0.0/8"}},
          {"field_cipher", "R1"},
          {"tolerance", Json::object()},
          {"limits", {{"amount_max", "10000000.00"}}},
          {"products", {{"credit_backed", false}, {"valid_days", 120}}},
          {"redirect_host", nullptr},
          {"platform",
           {{"base_url", "http://127.0.0.1:" + std::to_string(port) + "/front/"},
            {"user", "institution"},
            {"password_file", "password"},
            {"tls", {{"roots", ""}, {"client_certificate", ""}, {"client_key", ""}}}}}};
}

}  // namespace

Bench::Bench(StoreKind kind, std::vector<std::string> partners) : partners_(std::move(partners)) {
  limits.request_deadline_ms = 5'000;
  limits.longest_wait_ms = 2;  // fake time outruns real waits
  std::string pattern = (std::filesystem::temp_directory_path() / "dispatcher-XXXXXX").string();
  folder_ = mkdtemp(pattern.data());
  contract_ = *contract::Contract::Load();
  for (const std::string& partner : partners_) {
    platforms_[partner] =
        std::make_unique<ScriptedServer>([](const ReceivedRequest&) { return Accept(); });
    ports_[partner] = platforms_[partner]->port();
  }
  OpenStore(kind);
  events_ = std::make_unique<testing::BusMember>(*bus_, "test-events", kNoticeEventsTopic,
                                                 event_offsets_);
  dead_letters_ =
      std::make_unique<testing::BusMember>(*bus_, "test-dead", kDeadLetterTopic, dead_offsets_);
}

Bench::~Bench() {
  StopDispatcher();
  StopDispatcher();  // a replica, where there is one
  events_.reset();
  dead_letters_.reset();
  database_.reset();
  bus_.reset();
  pool_.reset();
  file_.reset();
  std::filesystem::remove_all(folder_);
}

void Bench::OpenStore(StoreKind kind) {
  file_ = *sql::SqliteFile::Open((folder_ / "bench.db").string());
  bus_ = *sql::OpenEmbeddedLog(file_, {});
  const std::vector<messaging::TopicSettings> topics = {{kNoticesTopic, kPartitions, 1, {}},
                                                        {kNoticeEventsTopic, kPartitions, 1, {}},
                                                        {kDeadLetterTopic, 1, 1, {}}};
  EXPECT_TRUE(bus_->CreateTopics(topics, kPatience));
  if (kind == StoreKind::kPostgres) {
    sql::PostgresOptions options;
    options.dsn = testing::PostgresServer::Shared().NewDatabase();
    pool_ = *sql::PostgresPool::Open(options);
    database_ = pool_->Schema("dispatcher");
  } else {
    database_ = file_->Schema("dispatcher");
  }
}

ScriptedServer& Bench::platform(const std::string& partner) { return *platforms_.at(partner); }

void Bench::StopPlatform(const std::string& partner) {
  ScriptedServer& server = *platforms_.at(partner);
  server.Stop();
  for (ReceivedRequest& request : server.Received()) earlier_[partner].push_back(request);
  platforms_.erase(partner);
}

void Bench::RestartPlatform(const std::string& partner, ScriptedServer::Script script) {
  platforms_[partner] =
      std::make_unique<ScriptedServer>(std::move(script), nullptr, ports_.at(partner));
}

void Bench::WritePartners() {
  std::ofstream(folder_ / "hash") << crypto::UnmatchablePasswordHash();
  std::ofstream(folder_ / "password") << "secret";
  Json document = {{"partners", Json::array()}};
  for (const std::string& partner : partners_) {
    document["partners"].push_back(PartnerJson(partner, ports_.at(partner)));
  }
  std::ofstream(folder_ / "partners.json") << document.dump();
}

std::shared_ptr<const partner::PartnerDirectory> Bench::LoadPartners() {
  WritePartners();
  auto loaded = partner::PartnerDirectory::Load(folder_ / "partners.json",
                                                partner::Environment::kDevelopment, *contract_);
  if (!loaded) {
    ADD_FAILURE() << partner::Describe(loaded.error());
    return nullptr;
  }
  return *loaded;
}

Result<std::unique_ptr<Dispatcher>> Bench::TryStart(Dispatcher::Options options) {
  return Dispatcher::Start({*bus_, *database_, clock, contract_, LoadPartners(), documents},
                           std::move(options));
}

std::unique_ptr<Dispatcher> Bench::StartOne(const std::string& holder) {
  Dispatcher::Options options;
  options.holder = holder;
  options.alone = alone;
  options.revoke_wait = milliseconds(100);
  options.limits = limits;
  options.alarm = [this](const Alarm& alarm) {
    const std::lock_guard lock(alarms_mutex_);
    alarms_.push_back(alarm);
  };
  auto started = TryStart(std::move(options));
  EXPECT_TRUE(started) << (started ? "" : Describe(started.error()));
  return started ? std::move(*started) : nullptr;
}

void Bench::StartDispatcher() { dispatcher_ = StartOne("bench"); }

void Bench::StartReplica() { replica_ = StartOne("bench-2"); }

void Bench::StopDispatcher(milliseconds timeout) {
  if (!dispatcher_) return;
  dispatcher_->Drain(timeout);
  dispatcher_ = std::move(replica_);
}

std::string Bench::Publish(const std::string& order_no, std::int64_t sequence,
                           const std::string& partner, UnixMillis not_after) {
  guarantee::partner::v1::OrderCancelNotice message;
  message.set_apply_no(order_no);
  message.set_apply_time(kApplyTime.value);
  message.set_cancel_result(guarantee::partner::v1::OUTCOME_SUCCESS);
  messaging::Envelope envelope;
  envelope.type = message.GetDescriptor()->full_name();
  envelope.interface_section = "3.4";
  envelope.sequence = sequence;
  envelope.not_after = not_after;
  return PublishRaw(order_no, std::move(envelope), message.SerializeAsString(), partner);
}

std::string Bench::PublishRaw(const std::string& order_no, messaging::Envelope envelope,
                              std::string value, const std::string& partner,
                              const std::string& flow) {
  if (envelope.id.empty()) envelope.id = "event-" + std::to_string(++published_);
  envelope.partner = partner;
  envelope.flow =
      flow.empty() ? contract::JoinFlow(partner, contract::FlowKind::kOrder, order_no) : flow;
  envelope.time = clock.Now();
  std::promise<Result<messaging::Position>> reported;
  bus_->producer().Publish(
      messaging::MakeRecord(envelope, kNoticesTopic, std::move(value)),
      [&reported](const Result<messaging::Position>& position) { reported.set_value(position); });
  const Result<messaging::Position> position = reported.get_future().get();
  EXPECT_TRUE(position) << (position ? "" : Describe(position.error()));
  return envelope.id;
}

bool Bench::Await(const std::function<bool()>& condition) {
  std::mutex mutex;
  std::condition_variable turn;
  const auto until = std::chrono::steady_clock::now() + kPatience;
  while (std::chrono::steady_clock::now() < until) {
    if (condition()) return true;
    clock.Advance(kFakeTurnMs);
    std::unique_lock lock(mutex);
    turn.wait_for(lock, kTurn);
  }
  return condition();
}

void Bench::Idle(std::int64_t fake_ms) {
  const std::int64_t until_ms = clock.MonotonicMs() + fake_ms;
  EXPECT_TRUE(Await([&] {
    return clock.MonotonicMs() >= until_ms && dispatcher_->State().last_cycle_ms >= until_ms;
  }));
}

std::vector<Receipt> Bench::Received(const std::string& partner) {
  std::vector<Receipt> receipts;
  for (const ReceivedRequest& request : earlier_[partner]) {
    receipts.push_back({OrderOf(request), request});
  }
  const auto platform = platforms_.find(partner);
  if (platform == platforms_.end()) return receipts;
  for (const ReceivedRequest& request : platform->second->Received()) {
    receipts.push_back({OrderOf(request), request});
  }
  return receipts;
}

std::vector<Receipt> Bench::ReceivedOf(const std::string& order_no, const std::string& partner) {
  std::vector<Receipt> receipts = Received(partner);
  std::erase_if(receipts, [&](const Receipt& receipt) { return receipt.order_no != order_no; });
  return receipts;
}

NoticeHistory Bench::History(const std::string& id) {
  const Result<NoticeHistory> history = dispatcher_->ShowNotice(id);
  return history ? *history : NoticeHistory{};
}

State Bench::StateOf(const std::string& id) { return History(id).notice.state; }

bool Bench::AwaitState(const std::string& id, State state) {
  return Await([&] { return StateOf(id) == state; });
}

std::vector<messaging::Delivered> Bench::Told(const std::string& type) {
  std::vector<messaging::Delivered> told = events_->delivered();
  std::erase_if(told, [&](const messaging::Delivered& event) {
    return event.FindHeader("ce_type") != "guarantee.event.v1." + type;
  });
  return told;
}

std::vector<messaging::Delivered> Bench::DeadLetters() { return dead_letters_->delivered(); }

std::vector<Alarm> Bench::Alarms(AlarmKind kind) {
  const std::lock_guard lock(alarms_mutex_);
  std::vector<Alarm> alarms;
  for (const Alarm& alarm : alarms_) {
    if (alarm.kind == kind) alarms.push_back(alarm);
  }
  return alarms;
}

BreakerPhase Bench::PhaseOf(const std::string& partner, const std::string& section) {
  for (const BreakerView& view : dispatcher_->Breakers()) {
    if (view.partner == partner && view.section == section) return view.breaker.phase;
  }
  return BreakerPhase::kClosed;
}

}  // namespace guarantee::dispatcher
