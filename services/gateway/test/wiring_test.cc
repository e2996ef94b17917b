// What a gateway refuses to start with.
#include "gateway/wiring.h"

#include "gateway_fixture.h"

namespace guarantee::gateway {
namespace {

class WiringTest : public GatewayTest {
 protected:
  std::string FieldAtFault(const GatewayOptions& options) {
    const auto started =
        Gateway::Start(options, {contract_, partners_, &bus_, database_.get(), &metrics_, nullptr,
                                 &clock_, &crypto::SystemRandom()});
    if (started) return "none";
    EXPECT_EQ(started.error().code, "gateway.option");
    return started.error().field;
  }
};

TEST_F(WiringTest, OptionsOutOfRangeAreNamed) {
  EXPECT_EQ(FieldAtFault(options_), "none");
  GatewayOptions options = options_;
  options.key = Secret("short");
  EXPECT_EQ(FieldAtFault(options), "gateway.key_file");
  options = options_;
  options.redirect_base = "http://host/page";
  EXPECT_EQ(FieldAtFault(options), "gateway.redirect_base");
  options.redirect_base = "http://host/" + std::string(130, 'p') + "/";
  EXPECT_EQ(FieldAtFault(options), "gateway.redirect_base");
  options.redirect_base = "ftp://host/";
  EXPECT_EQ(FieldAtFault(options), "gateway.redirect_base");
  options = options_;
  options.environment = partner::Environment::kProduction;
  EXPECT_EQ(FieldAtFault(options), "gateway.redirect_base");
  options = options_;
  options.interfaces = {"3.1", "3.2"};
  EXPECT_EQ(FieldAtFault(options), "gateway.interfaces");
  options = options_;
  options.request_timeout = std::chrono::milliseconds(0);
  EXPECT_EQ(FieldAtFault(options), "gateway.request_timeout_ms");
  options = options_;
  options.sign_in.cache_time = std::chrono::minutes(6);
  EXPECT_EQ(FieldAtFault(options), "gateway.sign_in.cache_time");
  options = options_;
  options.registering.threads = 0;
  EXPECT_EQ(FieldAtFault(options), "gateway.register.threads");
}

TEST_F(WiringTest, ABusyAddressIsRefused) {
  StartGateway();
  GatewayOptions options = options_;
  options.address = "127.0.0.1:" + std::to_string(gateway_->port());
  const auto started =
      Gateway::Start(options, {contract_, partners_, &bus_, database_.get(), &metrics_, nullptr,
                               &clock_, &crypto::SystemRandom()});
  ASSERT_FALSE(started);
  EXPECT_EQ(started.error().code, "http.address");
}

TEST_F(WiringTest, ReadinessNamesEveryReason) {
  StartGateway();
  EXPECT_TRUE(gateway_->readiness().ready);
  bus_.SetAway(true);
  database_->SetAway(true);
  EXPECT_TRUE(Eventually([this] { return gateway_->readiness().reasons.size() == 2; }));
  EXPECT_TRUE(gateway_->Drain(kTestDeadline));
  EXPECT_EQ(gateway_->readiness().reasons.front(), "draining");
}

}  // namespace
}  // namespace guarantee::gateway
