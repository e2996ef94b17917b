#include "runtime/config.h"

#include <gtest/gtest.h>

namespace guarantee::runtime {
namespace {

constexpr ConfigKey kKeys[] = {
    {.name = "gateway.address", .kind = KeyKind::kAddress, .required = true},
    {.name = "gateway.threads", .kind = KeyKind::kInteger, .fallback = "2", .least = 1, .most = 64},
    {.name = "order.letters", .kind = KeyKind::kBoolean, .fallback = "false"},
    {.name = "partners.file", .kind = KeyKind::kFile},
    {.name = "process.name"},
};

TEST(Config, TakesDeclaredKeysAndDefaults) {
  const Result<Config> config =
      Config::Parse("# comment\n gateway.address = 127.0.0.1:80\r\n\npartners.file=../p.json\n",
                    "/etc/hub", kKeys);
  ASSERT_TRUE(config.has_value()) << config.error().message;
  EXPECT_EQ(config->At("gateway.address").port, 80);
  EXPECT_EQ(config->Integer("gateway.threads"), 2);
  EXPECT_FALSE(config->Boolean("order.letters"));
  EXPECT_EQ(config->Text("partners.file"), "/etc/p.json");
  EXPECT_EQ(config->Text("process.name"), "");
}

TEST(Config, NamesEveryFindingAtOnce) {
  const Result<Config> config = Config::Parse(
      "gateway.adress = x\ngateway.threads = 65\norder.letters = yes\nnonsense\n"
      "process.name = a\nprocess.name = b\n",
      "/", kKeys);
  ASSERT_FALSE(config.has_value());
  const std::string& text = config.error().message;
  EXPECT_NE(text.find("gateway.adress: unknown key (line 1); did you mean gateway.address?"),
            std::string::npos)
      << text;
  EXPECT_NE(text.find("gateway.threads: must be 1 to 64"), std::string::npos) << text;
  EXPECT_NE(text.find("order.letters: must be true or false"), std::string::npos) << text;
  EXPECT_NE(text.find("line 4: not `key = value`"), std::string::npos) << text;
  EXPECT_NE(text.find("process.name: set twice (line 6)"), std::string::npos) << text;
  EXPECT_NE(text.find("gateway.address: must be set"), std::string::npos) << text;
}

TEST(Config, AnAddressHasAHostAndAPort) {
  for (const std::string text : {"127.0.0.1", ":80", "host:65536", "host:x", "host:"}) {
    EXPECT_FALSE(Config::Parse("gateway.address = " + text, "/", kKeys).has_value()) << text;
  }
}

TEST(Config, SaysWhichFileItCannotRead) {
  EXPECT_EQ(Config::Load("/nowhere/gateway.properties", kKeys).error().message,
            "cannot read /nowhere/gateway.properties");
}

}  // namespace
}  // namespace guarantee::runtime
