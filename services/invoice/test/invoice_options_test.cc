#include <gtest/gtest.h>

#include <cstdlib>

#include "invoice/options.h"

namespace guarantee::invoice {
namespace {

// A node of an environment; nothing else of it is asked here.
class NodeOf final : public node::Node {
 public:
  explicit NodeOf(partner::Environment environment) : environment_(environment) {}

  std::unique_ptr<sql::Database> Schema(const std::string&) override { return nullptr; }
  messaging::Bus& bus() override { std::abort(); }
  bool alone() const override { return true; }
  partner::Environment environment() const override { return environment_; }
  const std::string& process_name() const override { return name_; }
  std::shared_ptr<const contract::Contract> contract() const override { return nullptr; }
  std::shared_ptr<const partner::PartnerDirectory> partners() const override { return nullptr; }

 private:
  const std::string name_ = "invoice-1";
  const partner::Environment environment_;
};

Result<InvoiceOptions> Read(const std::string& text, partner::Environment environment) {
  const auto config = runtime::Config::Parse(text, "/folder", InvoiceKeys());
  if (!config) return tl::unexpected(config.error());
  return ReadOptions(*config, NodeOf(environment));
}

TEST(InvoiceOptions, Settings_AreTaken) {
  const auto options =
      Read("invoice.rules_file = rules.json\ninvoice.numbers_demonstration = true\n",
           partner::Environment::kDevelopment);
  ASSERT_TRUE(options.has_value());
  EXPECT_EQ(options->process_name, "invoice-1");
  EXPECT_TRUE(options->alone);
  EXPECT_EQ(options->rules_file, "/folder/rules.json");
  EXPECT_TRUE(options->demonstration_numbers);
}

TEST(InvoiceOptions, DemonstrationNumbers_AreForDevelopmentOnly) {
  for (const auto environment : {partner::Environment::kTest, partner::Environment::kProduction}) {
    const auto refused = Read("invoice.numbers_demonstration = true\n", environment);
    ASSERT_FALSE(refused.has_value());
    EXPECT_EQ(refused.error().field, "invoice.numbers_demonstration");
    const auto plain = Read("", environment);
    ASSERT_TRUE(plain.has_value());
    EXPECT_FALSE(plain->demonstration_numbers);
  }
}

}  // namespace
}  // namespace guarantee::invoice
