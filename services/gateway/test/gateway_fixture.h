// A whole gateway on real sockets and a real SQLite file, with a bus and a clock that tests move.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <thread>

#include "gateway/wiring.h"
#include "raw_client.h"
#include "test_doubles.h"
#include "testing/fake_clock.h"

namespace guarantee::gateway {

inline constexpr std::string_view kOrderPath = "/financialAccount/doOrderApply";

// Keys and raw JSON values of a body, in order.
using Body = std::vector<std::pair<std::string, std::string>>;
[[nodiscard]] Body OrderBody(const std::string& business_no, const std::string& order_no);
// Replaces the value of a key, or adds it.
[[nodiscard]] Body With(Body body, const std::string& key, const std::string& json_value);
[[nodiscard]] Body Without(Body body, const std::string& key);
[[nodiscard]] std::string ToJson(const Body& body);

struct SignInPair {
  std::string user;
  std::string password;
};

class GatewayTest : public ::testing::Test {
 protected:
  GatewayTest();
  ~GatewayTest() override;

  void StartGateway();
  // As a restart of the process: everything anew but the file and the key.
  void RestartGateway();

  // What a platform would send; `target` without host.
  [[nodiscard]] http::Answer Post(std::string_view target, const std::string& body);
  [[nodiscard]] http::Answer PostAs(const SignInPair& pair, std::string_view target,
                                    const std::string& body);
  // With whole header lines of the test's own.
  [[nodiscard]] http::Answer Send(const std::string& method, std::string_view target,
                                  const std::string& headers, const std::string& body);
  [[nodiscard]] static std::string Authorization(const SignInPair& pair);
  [[nodiscard]] static int CodeOf(const http::Answer& answer);
  [[nodiscard]] static std::string MessageOf(const http::Answer& answer);
  [[nodiscard]] static std::string DataOf(const http::Answer& answer);
  [[nodiscard]] static std::string HeaderOf(const messaging::Record& record, std::string_view name);
  // Waits for what a thread of the gateway brings about.
  template <typename Condition>
  static bool Eventually(Condition condition) {
    const auto end = std::chrono::steady_clock::now() + kTestDeadline;
    while (!condition()) {
      if (std::chrono::steady_clock::now() > end) return false;
      std::this_thread::yield();
    }
    return true;
  }
  [[nodiscard]] std::vector<RegisterRow> Rows(const std::string& number);

  std::filesystem::path folder_;
  testing::FakeClock clock_;
  TestBus bus_;
  TestMetrics metrics_;
  std::shared_ptr<sql::SqliteFile> file_;
  std::unique_ptr<TestDatabase> database_;
  std::shared_ptr<const contract::Contract> contract_;
  std::shared_ptr<const partner::PartnerDirectory> partners_;
  GatewayOptions options_;
  ServicePort* services_ = nullptr;
  std::unique_ptr<Gateway> gateway_;

 private:
  void WritePartners();
};

}  // namespace guarantee::gateway
