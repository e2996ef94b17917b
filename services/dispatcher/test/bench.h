// A whole dispatcher in a test: real store, real log, real TCP to platforms that misbehave on
// order. Time is the fake clock's: it flows while a test waits, about fifty times as fast.
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "contract/contract.h"
#include "dispatcher/wiring.h"
#include "messaging/event.h"
#include "scripted_server.h"
#include "sql/database.h"
#include "testing/bus_member.h"
#include "testing/fake_clock.h"

namespace guarantee::dispatcher {

using http::testing::Afterwards;
using http::testing::Raw;
using http::testing::ReceivedRequest;
using http::testing::ScriptedReply;
using http::testing::ScriptedServer;

inline constexpr const char* kAccepting = R"({"code":200,"msg":"操作成功"})";
[[nodiscard]] inline ScriptedReply Reply(int status, const std::string& body,
                                         const std::string& fields = {}) {
  return http::testing::Answer(status, body, fields);
}
[[nodiscard]] inline ScriptedReply Accept() { return Reply(200, kAccepting); }
[[nodiscard]] inline ScriptedReply Refuse(const std::string& message) {
  return Reply(200, R"({"code":500,"msg":")" + message + R"("})");
}

enum class StoreKind { kSqlite, kPostgres };

// What the platform got, by the number in the body.
struct Receipt {
  std::string order_no;
  ReceivedRequest request;
};

class Bench {
 public:
  static constexpr std::int32_t kPartitions = 4;
  static constexpr std::chrono::milliseconds kPatience{30'000};

  explicit Bench(StoreKind kind, std::vector<std::string> partners = {"demo"});
  ~Bench();

  // The platform of a partner; its script is set by the test, else it accepts.
  [[nodiscard]] ScriptedServer& platform(const std::string& partner = "demo");
  void StopPlatform(const std::string& partner);
  void RestartPlatform(const std::string& partner, ScriptedServer::Script script);

  void StartDispatcher();
  void StopDispatcher(std::chrono::milliseconds timeout = std::chrono::milliseconds(5'000));
  // A second member of the group; after StopDispatcher it is the one that is asked.
  void StartReplica();
  [[nodiscard]] Result<std::unique_ptr<Dispatcher>> TryStart(Dispatcher::Options options);
  [[nodiscard]] Dispatcher& dispatcher() { return *dispatcher_; }
  [[nodiscard]] sql::Database& database() { return *database_; }
  [[nodiscard]] const contract::Contract& contract() const { return *contract_; }

  // A 3.4 for an order; its lane is the order's. Answers the event id.
  std::string Publish(const std::string& order_no, std::int64_t sequence,
                      const std::string& partner = "demo", UnixMillis not_after = {});
  // Any record of the order's lane, or of `flow`.
  std::string PublishRaw(const std::string& order_no, messaging::Envelope envelope,
                         std::string value, const std::string& partner = "demo",
                         const std::string& flow = {});

  // True when `condition` holds within kPatience while the fake time flows.
  [[nodiscard]] bool Await(const std::function<bool()>& condition);
  // Lets fake time flow for that long and the loop turn a few times; for "nothing happens".
  void Idle(std::int64_t fake_ms);

  [[nodiscard]] std::vector<Receipt> Received(const std::string& partner = "demo");
  [[nodiscard]] std::vector<Receipt> ReceivedOf(const std::string& order_no,
                                                const std::string& partner = "demo");
  [[nodiscard]] State StateOf(const std::string& id);
  [[nodiscard]] NoticeHistory History(const std::string& id);
  [[nodiscard]] bool AwaitState(const std::string& id, State state);
  // Public events so far, by the type's last word.
  [[nodiscard]] std::vector<messaging::Delivered> Told(const std::string& type);
  [[nodiscard]] std::vector<messaging::Delivered> DeadLetters();
  [[nodiscard]] std::vector<Alarm> Alarms(AlarmKind kind);
  [[nodiscard]] BreakerPhase PhaseOf(const std::string& partner, const std::string& section);

  testing::FakeClock clock;
  bool alone = true;      // as in hub; false where replicas share the store
  DispatchLimits limits;  // request deadline in real time
  contract::DocumentSource documents = [](std::string_view) -> Result<std::string> {
    return Retryable("document.away", "no documents in this test");
  };

 private:
  void OpenStore(StoreKind kind);
  [[nodiscard]] std::unique_ptr<Dispatcher> StartOne(const std::string& holder);
  void WritePartners();
  [[nodiscard]] std::shared_ptr<const partner::PartnerDirectory> LoadPartners();

  std::filesystem::path folder_;
  std::shared_ptr<const contract::Contract> contract_;
  std::vector<std::string> partners_;
  std::map<std::string, std::unique_ptr<ScriptedServer>> platforms_;
  std::map<std::string, int> ports_;
  std::map<std::string, std::vector<ReceivedRequest>> earlier_;  // of stopped platforms
  std::shared_ptr<sql::SqliteFile> file_;
  std::shared_ptr<sql::PostgresPool> pool_;
  std::unique_ptr<messaging::Bus> bus_;
  std::unique_ptr<sql::Database> database_;
  testing::OffsetTable event_offsets_;
  testing::OffsetTable dead_offsets_;
  std::unique_ptr<testing::BusMember> events_;
  std::unique_ptr<testing::BusMember> dead_letters_;
  std::mutex alarms_mutex_;
  std::vector<Alarm> alarms_;
  std::unique_ptr<Dispatcher> dispatcher_;
  std::unique_ptr<Dispatcher> replica_;
  int published_ = 0;
};

}  // namespace guarantee::dispatcher
