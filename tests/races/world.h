// Order, claim and credit as they run, over one bus and PostgreSQL, called as gateway and operators
// call them. What two callers do at the same moment, the database has to sort out.
#pragma once

#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <barrier>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <thread>

#include "claim/wiring.h"
#include "contract/flow.h"
#include "credit/wiring.h"
#include "guarantee/event/v1/guarantee_decision.pb.h"
#include "guarantee/event/v1/order_decision.pb.h"
#include "guarantee/partner/v1/order.pb.h"
#include "guarantee/rpc/v1/case.grpc.pb.h"
#include "guarantee/rpc/v1/order.grpc.pb.h"
#include "messaging/event.h"
#include "order/wiring.h"
#include "rpc/server.h"
#include "sql/database.h"
#include "testing/fake_bus.h"
#include "testing/fake_clock.h"
#include "testing/postgres_server.h"

namespace guarantee::races {

namespace event = guarantee::event::v1;
using contract::FlowKind;

inline constexpr const char* kPartner = "demo";
inline constexpr std::int64_t kHourMs = 3'600'000;
inline constexpr std::int64_t kAmountFen = 50'000'000;
inline constexpr std::chrono::seconds kPatience{60};
// The longest head start that one of two gets: about what the other needs for its whole way.
inline constexpr std::chrono::microseconds kHeadStartMax{6'000};

// Of each race, and how often each side has to have won.
inline constexpr int kRounds = 1'000;
inline constexpr int kWinsMin = 50;

inline std::string Flow(FlowKind kind, const std::string& number) {
  return contract::JoinFlow(kPartner, kind, number);
}

class World : public ::testing::Test {
 protected:
  void SetUp() override;
  void TearDown() override;

  // One side starts at once, the other up to kHeadStartMax later, this way or that.
  void Race(const std::function<void()>& one, const std::function<void()>& other);

  void Publish(const std::string& topic, const google::protobuf::Message& message,
               const std::string& flow, const std::string& business_no);
  void Apply(const std::string& number, std::int64_t open_in_ms = 25 * kHourMs);
  // "applied", "refused" …; the letter's number is G-<number>.
  std::string Approve(const std::string& number);
  std::string Decide(rpc::v1::CaseService::Stub& stub, const std::string& kind,
                     const std::string& number, const google::protobuf::Message& decision);
  std::string DecideGuarantee(const std::string& kind, const std::string& number,
                              const std::function<void(event::DecideGuarantee&)>& fill);
  // The code of the answer. Received now, before whatever is decided from now on.
  int Ask(rpc::v1::CaseService::Stub& stub, const std::string& section,
          const google::protobuf::Message& message, const std::string& flow,
          const std::string& business_no);
  int MoveOpening(const std::string& number, std::int64_t to);
  rpc::v1::Summary Show(rpc::v1::CaseService::Stub& stub, const std::string& kind,
                        const std::string& number);
  std::string OrderState(const std::string& number);
  // Until the case is in one of these states.
  std::string AwaitState(rpc::v1::CaseService::Stub& stub, const std::string& kind,
                         const std::string& number, const std::vector<std::string>& states);
  // How often the topic has a record of that type for each business number.
  std::map<std::string, int> Count(const std::string& topic, const std::string& type);

  std::string directory_;
  std::string pdf_;
  testing::FakeClock clock_;
  testing::FakeBus bus_{clock_};
  std::shared_ptr<const contract::Contract> contract_;
  std::shared_ptr<const partner::PartnerDirectory> partners_;
  std::shared_ptr<sql::PostgresPool> pool_;
  std::vector<std::unique_ptr<sql::Database>> schemas_;
  std::unique_ptr<order::OrderService> order_;
  std::unique_ptr<host::Host> claim_;
  std::unique_ptr<host::Host> credit_;
  std::vector<std::unique_ptr<grpc::Server>> servers_;
  std::unique_ptr<rpc::v1::OrderService::Stub> orders_;
  std::unique_ptr<rpc::v1::CaseService::Stub> letters_;
  std::unique_ptr<rpc::v1::CaseService::Stub> claims_;
  std::unique_ptr<rpc::v1::CaseService::Stub> credits_;
  std::mt19937_64 random_{20'261'125};
  std::atomic<int> ids_{0};
};

}  // namespace guarantee::races
