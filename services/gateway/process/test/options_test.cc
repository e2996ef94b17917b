#include "gateway/process/options.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace guarantee::gateway {
namespace {

using testing::ElementsAre;
using testing::SizeIs;

class GatewaySettings : public ::testing::Test {
 protected:
  Result<std::set<std::string>> Choose(std::string_view text,
                                       const std::set<std::string>& services) {
    return ChooseInterfaces(text, *contract_, services);
  }
  const std::shared_ptr<const contract::Contract> contract_ = *contract::Contract::Load();
};

TEST_F(GatewaySettings, AllAreThoseWhoseServiceIsThere) {
  EXPECT_THAT(*Choose("all", {"credit"}), ElementsAre("3.17", "3.21", "3.5"));
  EXPECT_THAT(*Choose("all", {}), SizeIs(0));
  std::set<std::string> inbound;
  for (const contract::Interface& interface : contract_->interfaces()) {
    if (interface.FromPlatform()) inbound.insert(interface.section);
  }
  EXPECT_EQ(*Choose("all", ServicesOf(*contract_)), inbound);
}

TEST_F(GatewaySettings, AnInterfaceWithoutAServicesAnswerNeedsOnlyItsTopic) {
  EXPECT_THAT(*Choose("3.1,3.5", {}), ElementsAre("3.1", "3.5"));
}

TEST_F(GatewaySettings, AnInterfaceOfAServiceThatIsNotThereIsRefused) {
  const auto refused = Choose("3.1,3.17", {"order"});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().field, "gateway.interfaces");
  EXPECT_NE(refused.error().message.find("credit"), std::string::npos);
  EXPECT_TRUE(Choose("3.1,3.17", {"credit"}));
  EXPECT_FALSE(Choose("9.9", {"order"}));
}

TEST_F(GatewaySettings, EveryServiceOfTheContractHasItsAddress) {
  std::string text;
  for (const std::string& service : ServicesOf(*contract_)) {
    text += "gateway." + service + "_service = 127.0.0.1:1,127.0.0.1:2\n";
  }
  const std::vector<runtime::ConfigKey> keys = ServiceKeys();
  const auto config = runtime::Config::Parse(text, {}, keys);
  ASSERT_TRUE(config) << config.error().message;
  const ServiceAddresses addresses = ReadServices(*config);
  EXPECT_THAT(addresses, SizeIs(ServicesOf(*contract_).size()));
  EXPECT_EQ(addresses.at("claim"), "127.0.0.1:1,127.0.0.1:2");
  EXPECT_THAT(ReadServices(*runtime::Config::Parse("", {}, keys)), SizeIs(0));
}

}  // namespace
}  // namespace guarantee::gateway
