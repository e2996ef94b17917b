#include "partner/directory.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <algorithm>
#include <fstream>
#include <functional>
#include <nlohmann/json.hpp>

#include "crypto/password.h"

namespace guarantee::partner {
namespace {

using Json = nlohmann::json;

const contract::Contract& Table() {
  static const std::shared_ptr<const contract::Contract> contract = *contract::Contract::Load();
  return *contract;
}

class DirectoryTest : public ::testing::Test {
 protected:
  DirectoryTest() {
    std::string pattern = (std::filesystem::temp_directory_path() / "partner-XXXXXX").string();
    folder_ = mkdtemp(pattern.data());
    Write("hash", crypto::UnmatchablePasswordHash() + "\n");
    Write("password", "secret\r\n");
    Write("weak", "$argon2id$v=19$m=8,t=1,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZ\n");
    Write("empty", "\n");
    Write("key", "-----BEGIN PUBLIC KEY-----\n");
  }
  ~DirectoryTest() override { std::filesystem::remove_all(folder_); }

  void Write(const std::string& name, const std::string& text) {
    std::ofstream(folder_ / name, std::ios::binary) << text;
  }

  static Json Account(const std::string& user) {
    return {{"user", user},
            {"password_hash_file", "hash"},
            {"enabled", true},
            {"entitlements", {{{"interfaces", {"*"}}, {"expires", nullptr}}}}};
  }

  static Json Partner(const std::string& id) {
    return {
        {"id", id},
        {"environment", "test"},
        {"institution", {{"kind", "bank"}, {"name", "岳阳银行"}, {"insurer_code", ""}}},
        {"accounts", {Account(id)}},
        {"source_networks", {"127.0.0.0/8", "::1/128"}},
        {"field_cipher", "R1"},
        {"tolerance", {{"dual_result", true}, {"wrapped_out", {{"3.12", false}}}}},
        {"limits", {{"amount_max", "10000000.00"}}},
        {"products", {{"credit_backed", false}, {"cancel_by_decision", true}, {"valid_days", 120}}},
        {"redirect_host", nullptr},
        {"platform",
         {{"base_url", "http://127.0.0.1:18090/front/"},
          {"user", "us"},
          {"password_file", "password"},
          {"tls", {{"roots", ""}, {"client_certificate", ""}, {"client_key", ""}}}}}};
  }

  static Json Document() { return {{"partners", {Partner("demo"), Partner("second")}}}; }

  auto Load(const std::string& text, Environment environment = Environment::kTest) {
    Write("partners.json", text);
    return PartnerDirectory::Load(folder_ / "partners.json", environment, Table());
  }

  // The places that are wrong once `change` was made to the sound document.
  template <typename Change>
  std::vector<std::string> ProblemsAfter(Change change) {
    Json document = Document();
    change(document["partners"][0]);
    const auto loaded = Load(document.dump());
    std::vector<std::string> paths;
    if (loaded) return paths;
    for (const ConfigurationProblem& problem : loaded.error()) paths.push_back(problem.path);
    return paths;
  }

  std::filesystem::path folder_;
};

TEST_F(DirectoryTest, ASoundFileIsReadWhole) {
  const auto loaded = Load(Document().dump());
  ASSERT_TRUE(loaded) << Describe(loaded.error());
  const PartnerDirectory& directory = **loaded;
  ASSERT_EQ(directory.partners().size(), 2U);
  const AccountMatch match = directory.FindUser("second");
  ASSERT_NE(match.partner, nullptr);
  EXPECT_EQ(match.partner->id, "second");
  EXPECT_EQ(match.account->password_hash, crypto::UnmatchablePasswordHash());
  EXPECT_EQ(match.partner->platform.password.Reveal(), "secret");
  EXPECT_EQ(match.partner->limits.amount_max.fen, 1'000'000'000);
  EXPECT_EQ(match.partner->products.valid_days, 120);
  EXPECT_TRUE(match.partner->products.cancel_by_decision);
  EXPECT_TRUE(match.partner->tolerance.dual_result);
  EXPECT_FALSE(match.partner->tolerance.wrapped_out.at("3.12"));
  EXPECT_TRUE(match.partner->Admits("127.3.4.5"));
  EXPECT_TRUE(match.partner->Admits("::1"));
  EXPECT_FALSE(match.partner->Admits("10.0.0.1"));
  EXPECT_EQ(directory.FindUser("nobody").partner, nullptr);
  EXPECT_EQ(directory.FindPartner("demo")->id, "demo");
  EXPECT_EQ(directory.FindPartner("nobody"), nullptr);
}

using Paths = std::vector<std::string>;

TEST_F(DirectoryTest, EveryRuleIsNamedWithItsPlace) {
  const std::vector<std::pair<std::function<void(Json&)>, std::string>> cases{
      {[](Json& p) { p["id"] = "Demo"; }, "id"},
      {[](Json& p) { p["id"] = "second"; }, "second.id"},
      {[](Json& p) { p.erase("id"); }, "id"},
      {[](Json& p) { p["environment"] = "staging"; }, "environment"},
      {[](Json& p) { p["environment"] = "production"; }, "environment"},
      {[](Json& p) { p["institution"]["kind"] = "shop"; }, "institution.kind"},
      {[](Json& p) { p["institution"].erase("kind"); }, "institution.kind"},
      {[](Json& p) { p["institution"]["name"] = ""; }, "institution.name"},
      {[](Json& p) { p["institution"]["kind"] = "insurer"; }, "institution.insurer_code"},
      {[](Json& p) { p["accounts"] = Json::array(); }, "accounts"},
      {[](Json& p) { p["accounts"][0]["user"] = "a:b"; }, "accounts[0].user"},
      {[](Json& p) { p["accounts"][0]["user"] = "second"; }, "second.accounts[0].user"},
      {[](Json& p) { p["accounts"][0]["enabled"] = "yes"; }, "accounts[0].enabled"},
      {[](Json& p) { p["accounts"][0]["password_hash_file"] = "none"; },
       "accounts[0].password_hash_file"},
      {[](Json& p) { p["accounts"][0]["password_hash_file"] = "empty"; },
       "accounts[0].password_hash_file"},
      {[](Json& p) { p["accounts"][0]["password_hash_file"] = "weak"; },
       "accounts[0].password_hash_file"},
      {[](Json& p) { p["accounts"][0].erase("entitlements"); }, "accounts[0].entitlements"},
      {[](Json& p) { p["accounts"][0]["entitlements"][0]["interfaces"] = {"3.2"}; },
       "accounts[0].entitlements[0].interfaces[0]"},
      {[](Json& p) { p["accounts"][0]["entitlements"][0]["expires"] = "2026-02-30"; },
       "accounts[0].entitlements[0].expires"},
      {[](Json& p) { p["accounts"][0]["entitlements"][0]["expires"] = "2026/02/03"; },
       "accounts[0].entitlements[0].expires"},
      {[](Json& p) { p["accounts"][0]["entitlements"][0]["until"] = 1; },
       "accounts[0].entitlements[0].until"},
      {[](Json& p) { p["source_networks"] = Json::array(); }, "source_networks"},
      {[](Json& p) { p["source_networks"][1] = "10.0.0.1/8"; }, "source_networks[1]"},
      {[](Json& p) { p["field_cipher"] = "R9"; }, "field_cipher.scheme"},
      {[](Json& p) { p["field_cipher"] = "W"; }, "field_cipher.unwrap_key_file"},
      {[](Json& p) { p["tolerance"]["dual_results"] = true; }, "tolerance.dual_results"},
      {[](Json& p) {
         p["tolerance"]["wrapped_out"] = {{"3.1", true}};
       },
       "tolerance.wrapped_out.3.1"},
      {[](Json& p) { p["limits"]["amount_max"] = "1e9"; }, "limits.amount_max"},
      {[](Json& p) { p["limits"]["amount_min"] = "20000000"; }, "limits.amount_max"},
      {[](Json& p) { p["products"]["valid_days"] = 0; }, "products.valid_days"},
      {[](Json& p) { p["redirect_host"] = "pages"; }, "redirect_host"},
      {[](Json& p) { p["platform"]["base_url"] = "http://a/front"; }, "platform.base_url"},
      {[](Json& p) { p["platform"]["base_url"] = "ftp://a/"; }, "platform.base_url"},
      {[](Json& p) { p["platform"]["password_file"] = "../none"; }, "platform.password_file"},
      {[](Json& p) { p["platform"]["tls"]["roots"] = "none"; }, "platform.tls.roots"},
      {[](Json& p) { p["platform"]["tls"]["client_key"] = "key"; }, "platform.tls"},
      {[](Json& p) { p["surprise"] = 1; }, "surprise"},
  };
  for (const auto& [change, place] : cases) {
    const bool second = place.starts_with("second.");
    const std::string expected = second ? "partners[1]." + place.substr(7) : "partners[0]." + place;
    EXPECT_EQ(ProblemsAfter(change), Paths{expected});
  }
}

TEST_F(DirectoryTest, AllProblemsComeAtOnce) {
  const Paths paths = ProblemsAfter([](Json& partner) {
    partner["id"] = "?";
    partner["limits"] = "none";
    partner["platform"].erase("user");
    partner["more"] = true;
  });
  const Paths expected{"partners[0].id",
                       "partners[0].limits",
                       "partners[0].limits.amount_max",
                       "partners[0].limits.amount_max",
                       "partners[0].platform.user",
                       "partners[0].more"};
  for (const std::string& path : expected) {
    EXPECT_NE(std::find(paths.begin(), paths.end(), path), paths.end()) << path;
  }
}

TEST_F(DirectoryTest, SchemeWIsReadWithItsKey) {
  Json document = Document();
  document["partners"][0]["field_cipher"] = {{"scheme", "W"},       {"inner_scheme", "S2"},
                                             {"mode", "CBC"},       {"iv_form", "prefix"},
                                             {"unwrap_with", "R2"}, {"unwrap_key_file", "key"}};
  const auto loaded = Load(document.dump());
  ASSERT_TRUE(loaded) << Describe(loaded.error());
  const FieldCipher& cipher = (*loaded)->partners()[0]->field_cipher;
  EXPECT_EQ(cipher.inner_scheme + cipher.mode + cipher.iv_form + cipher.unwrap_with,
            "S2CBCprefixR2");
  EXPECT_EQ(cipher.unwrap_key.Reveal(), "-----BEGIN PUBLIC KEY-----");
}

TEST_F(DirectoryTest, WhereFilesMayBeFetchedIsNowhereUnlessSaid) {
  Json document = Document();
  document["partners"][0]["attachments"] = {
      {"hosts", {"files.example.com", "10.1.2.3:8443", "[fd00::1]:8443"}},
      {"networks", {"10.1.0.0/16"}},
      {"file_base", "https://files.example.com/up/"},
      {"roots", "key"}};
  const auto loaded = Load(document.dump());
  ASSERT_TRUE(loaded) << Describe(loaded.error());
  const AttachmentRules& rules = (*loaded)->partners()[0]->attachments;
  EXPECT_EQ(rules.hosts.size(), 3U);
  EXPECT_TRUE(rules.networks.at(0).Contains("10.1.2.3"));
  EXPECT_FALSE(rules.plain_http);
  EXPECT_EQ(rules.file_base, "https://files.example.com/up/");
  EXPECT_EQ(rules.roots, (folder_ / "key").string());
  EXPECT_TRUE((*loaded)->partners()[1]->attachments.hosts.empty());
}

TEST_F(DirectoryTest, AMistakeInWhereFilesMayBeFetchedIsNamedWithItsPlace) {
  const std::vector<std::pair<Json, std::string>> cases{
      {Json::object(), "hosts"},
      {{{"hosts", {"*.example.com"}}}, "hosts[0]"},
      {{{"hosts", {"ok", "https://a"}}}, "hosts[1]"},
      {{{"hosts", {"Files.example.com"}}}, "hosts[0]"},
      {{{"hosts", {"a@b"}}}, "hosts[0]"},
      {{{"hosts", {"ok"}}, {"networks", {"10.0.0.1/8"}}}, "networks[0]"},
      {{{"hosts", {"ok"}}, {"file_base", "https://ok/up"}}, "file_base"},
      {{{"hosts", {"ok"}}, {"roots", "none"}}, "roots"},
      {{{"hosts", {"ok"}}, {"plain_http", "yes"}}, "plain_http"},
      {{{"hosts", {"ok"}}, {"redirects", true}}, "redirects"}};
  for (const auto& [rules, place] : cases) {
    EXPECT_EQ(ProblemsAfter([&rules = rules](Json& p) { p["attachments"] = rules; }),
              Paths{"partners[0].attachments." + place});
  }
}

TEST_F(DirectoryTest, ProductionRefusesWhatIsForJointTesting) {
  Json document = Document();
  for (Json& partner : document["partners"]) partner["environment"] = "production";
  document["partners"][0]["tolerance"]["compat_sample31"] = true;
  document["partners"][0]["field_cipher"] = "auto";
  const auto loaded = Load(document.dump(), Environment::kProduction);
  ASSERT_FALSE(loaded);
  EXPECT_EQ(loaded.error().size(), 2U) << Describe(loaded.error());
}

TEST_F(DirectoryTest, WhatIsNotJsonOrTwiceInItIsRefused) {
  EXPECT_FALSE(Load("{\"partners\": ["));
  EXPECT_FALSE(Load("{\"partners\": [], \"partners\": []}"));
  EXPECT_FALSE(Load("[]"));
  EXPECT_FALSE(PartnerDirectory::Load(folder_ / "absent", Environment::kTest, Table()));
}

TEST(JudgeEntitlement, TheLastDayCountsAndTheLatestIsNamed) {
  Account account;
  account.entitlements = {{{"3.1"}, "2026-03-01"}, {{"*"}, "2026-02-01"}, {{"3.5"}, {}}};
  EXPECT_EQ(JudgeEntitlement(account, "3.1", "2026-03-01").verdict, EntitlementVerdict::kEntitled);
  const EntitlementAnswer expired = JudgeEntitlement(account, "3.1", "2026-03-02");
  EXPECT_EQ(expired.verdict, EntitlementVerdict::kExpired);
  EXPECT_EQ(expired.expired_on, "2026-03-01");
  EXPECT_EQ(JudgeEntitlement(account, "3.3", "2026-02-02").expired_on, "2026-02-01");
  EXPECT_EQ(JudgeEntitlement(account, "3.5", "2036-02-02").verdict, EntitlementVerdict::kEntitled);
  account.entitlements.clear();
  EXPECT_EQ(JudgeEntitlement(account, "3.1", "2026-01-01").verdict,
            EntitlementVerdict::kNotEntitled);
}

TEST(SourceNetwork, ContainsExactlyItsAddresses) {
  const SourceNetwork four = *SourceNetwork::Parse("10.20.16.0/20");
  EXPECT_TRUE(four.Contains("10.20.31.255"));
  EXPECT_FALSE(four.Contains("10.20.32.0"));
  EXPECT_FALSE(four.Contains("::ffff:10.20.16.1"));
  EXPECT_FALSE(four.Contains("10.20.16"));
  const SourceNetwork six = *SourceNetwork::Parse("fd00::/8");
  EXPECT_TRUE(six.Contains("fdff::1"));
  EXPECT_FALSE(six.Contains("fe00::1"));
  EXPECT_TRUE(SourceNetwork::Parse("0.0.0.0/0")->Contains("1.2.3.4"));
}

TEST(SourceNetwork, RefusesWhatIsNoBlock) {
  for (const std::string_view text : {"", "10.0.0.0", "10.0.0.0/", "10.0.0.0/33", "10.0.0.1/8",
                                      "::/129", "a/8", "10.0.0.0/8x", "10.0.0.0/-1", "/8"}) {
    EXPECT_FALSE(SourceNetwork::Parse(text)) << text;
  }
}

}  // namespace
}  // namespace guarantee::partner
