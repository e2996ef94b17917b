#include "gateway_fixture.h"

#include <stdlib.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "crypto/base64.h"
#include "crypto/password.h"

namespace guarantee::gateway {
namespace {

using Json = nlohmann::json;

// Hashing costs 25 ms; once is enough for all tests.
const std::string& HashOf(const std::string& password) {
  static std::map<std::string, std::string> hashes;
  std::string& hash = hashes[password];
  if (hash.empty()) hash = *crypto::HashPassword(password, crypto::SystemRandom());
  return hash;
}

Json Account(const std::string& user, bool enabled, const Json& entitlements) {
  return {{"user", user},
          {"password_hash_file", user + ".hash"},
          {"enabled", enabled},
          {"entitlements", entitlements}};
}

Json Everything() { return Json::array({{{"interfaces", {"*"}}, {"expires", nullptr}}}); }

Json PartnerJson(const std::string& id, const std::string& kind, const Json& accounts,
                 const Json& networks) {
  return {{"id", id},
          {"environment", "development"},
          {"institution", {{"kind", kind}, {"name", "岳阳机构"}, {"insurer_code", ""}}},
          {"accounts", accounts},
          {"source_networks", networks},
          {"field_cipher", "R1"},
          {"limits", {{"amount_max", "10000000.00"}}},
          {"products",
           {{"credit_backed", false}, {"online_refund", kind == "bank"}, {"valid_days", 120}}},
          {"redirect_host", nullptr},
          {"platform",
           {{"base_url", "http://127.0.0.1:1/front/"}, {"user", "us"}, {"password_file", "out"}}}};
}

}  // namespace

Body OrderBody(const std::string& business_no, const std::string& order_no) {
  return {{"businessNo", "\"" + business_no + "\""},
          {"orderNo", "\"" + order_no + "\""},
          {"applyTime", "\"2025-01-01 08:00:00\""},
          {"bzjEndTime", "\"2025-01-10 09:00:00\""},
          {"openTime", "\"2025-01-10 10:00:00\""},
          {"bidderName", "\"湖南优创发展信息技术有限公司\""},
          {"bidderCode", "\"91430602MA4L5GJ80Y\""},
          {"projectName", "\"岳阳市某道路工程\""},
          {"projectNo", "\"YY2023-0418\""},
          {"tendersNo", "\"YY2023-0418-01\""},
          {"tendersName", "\"第一标段\""},
          {"emAmount", "\"500000.00\""},
          {"tenderee", "\"昌华代理公司\""},
          {"tendereeCode", "\"91430602MA4L5GJ80Y\""},
          {"icheck", "\"0\""}};
}

Body With(Body body, const std::string& key, const std::string& json_value) {
  for (auto& [name, value] : body) {
    if (name != key) continue;
    value = json_value;
    return body;
  }
  body.emplace_back(key, json_value);
  return body;
}

Body Without(Body body, const std::string& key) {
  std::erase_if(body, [&](const auto& entry) { return entry.first == key; });
  return body;
}

std::string ToJson(const Body& body) {
  std::string text = "{";
  for (const auto& [key, value] : body) {
    if (text.size() > 1) text += ",";
    text += "\"" + key + "\":" + value;
  }
  return text + "}";
}

GatewayTest::GatewayTest() {
  std::string pattern = (std::filesystem::temp_directory_path() / "gateway-XXXXXX").string();
  folder_ = mkdtemp(pattern.data());
  contract_ = *contract::Contract::Load();
  WritePartners();
  options_.address = "127.0.0.1:0";
  options_.redirect_base = "http://127.0.0.1:18080/page/";
  options_.key = Secret(std::string(32, 'k'));
  options_.probe_interval = std::chrono::milliseconds(20);
  auto file = sql::SqliteFile::Open((folder_ / "hub.db").string());
  if (file) file_ = *file;
  if (file_) database_ = std::make_unique<TestDatabase>(file_->Schema(kSchema));
}

GatewayTest::~GatewayTest() {
  bus_.Release();
  gateway_.reset();
  database_.reset();
  file_.reset();
  std::filesystem::remove_all(folder_);
}

void GatewayTest::WritePartners() {
  const auto write = [this](const std::string& name, const std::string& text) {
    std::ofstream(folder_ / name) << text << "\n";
  };
  for (const std::string user :
       {"demo", "second", "faraway", "disabled", "unentitled", "expired"}) {
    write(user + ".hash", HashOf(user + "-password"));
  }
  write("out", "out-password");
  const Json expired = Json::array({{{"interfaces", {"*"}}, {"expires", "2024-12-31"}}});
  const Json other = Json::array({{{"interfaces", {"3.5"}}, {"expires", nullptr}}});
  const Json demo = {Account("demo", true, Everything()), Account("disabled", false, Everything()),
                     Account("unentitled", true, other), Account("expired", true, expired)};
  const Json local = Json::array({"127.0.0.0/8"});
  const Json document = {
      {"partners",
       {PartnerJson("demo", "bank", demo, local),
        PartnerJson("second", "guarantee_company",
                    Json::array({Account("second", true, Everything())}), local),
        PartnerJson("faraway", "bank", Json::array({Account("faraway", true, Everything())}),
                    Json::array({"10.0.0.0/8"}))}}};
  write("partners.json", document.dump());
  auto loaded = partner::PartnerDirectory::Load(folder_ / "partners.json",
                                                partner::Environment::kDevelopment, *contract_);
  ASSERT_TRUE(loaded) << partner::Describe(loaded.error());
  partners_ = *loaded;
}

void GatewayTest::StartGateway() {
  ASSERT_NE(database_, nullptr);
  auto started = Gateway::Start(options_, {contract_, partners_, &bus_, database_.get(), &metrics_,
                                           services_, &clock_, &crypto::SystemRandom()});
  ASSERT_TRUE(started) << Describe(started.error());
  gateway_ = std::move(*started);
}

void GatewayTest::RestartGateway() {
  gateway_.reset();
  StartGateway();
}

std::string GatewayTest::Authorization(const SignInPair& pair) {
  return "Authorization: Basic " + crypto::EncodeBase64(pair.user + ":" + pair.password) + "\r\n";
}

http::Answer GatewayTest::Send(const std::string& method, std::string_view target,
                               const std::string& headers, const std::string& body) {
  http::RawClient client(gateway_->port());
  client.Send(method + " " + std::string(target) + " HTTP/1.1\r\nHost: a\r\n" + headers +
              "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body);
  return client.ReadAnswer(method != "HEAD");
}

http::Answer GatewayTest::PostAs(const SignInPair& pair, std::string_view target,
                                 const std::string& body) {
  return Send("POST", target, Authorization(pair), body);
}

http::Answer GatewayTest::Post(std::string_view target, const std::string& body) {
  return PostAs({"demo", "demo-password"}, target, body);
}

int GatewayTest::CodeOf(const http::Answer& answer) {
  const Json json = Json::parse(answer.body, nullptr, false);
  return json.is_object() && json.contains("code") ? int{json["code"]} : -1;
}

std::string GatewayTest::MessageOf(const http::Answer& answer) {
  const Json json = Json::parse(answer.body, nullptr, false);
  return json.is_object() ? json.value("msg", "") : "not JSON";
}

std::string GatewayTest::DataOf(const http::Answer& answer) {
  const Json json = Json::parse(answer.body, nullptr, false);
  return json.is_object() ? json.value("data", "none") : "not JSON";
}

std::string GatewayTest::HeaderOf(const messaging::Record& record, std::string_view name) {
  for (const messaging::Header& header : record.headers) {
    if (header.name == name) return header.value;
  }
  return {};
}

std::vector<RegisterRow> GatewayTest::Rows(const std::string& number) {
  const auto rows = gateway_->reader().FindNumber(number, "", *partners_);
  EXPECT_TRUE(rows) << Describe(rows.error());
  return rows.value_or(std::vector<RegisterRow>{});
}

}  // namespace guarantee::gateway
