#include <cctype>

#include "contract/messages.h"
#include "crypto/base64.h"
#include "platform-simulator/conformance/generate.h"

namespace guarantee::platform_simulator::conformance {
namespace {

namespace messages = contract::messages;

Expectation OfStatus(int status) {
  Expectation expected;
  expected.statuses = {status};
  expected.may_refuse = true;
  return expected;
}

// Basic with these credentials.
std::string Basic(const std::string& pair) { return "Basic " + crypto::EncodeBase64(pair); }

void WritePaths(CaseWriter& writer) {
  const std::string& path = writer.interface().path;
  const std::string& prefix = writer.contract().prefix();
  const auto at = [&writer](const std::string& name, const std::string& target,
                            const Expectation& expected) {
    Request request = writer.Post(writer.Base().Text());
    request.path = target;
    writer.Add("http/path-" + name, {request}, expected);
  };
  const Expectation clean = writer.Clean();
  at("bare", "/" + path, clean);
  at("prefixed", "/" + prefix + path, clean);
  at("doubled-slashes", "//" + prefix + "/" + path, clean);
  at("trailing-slash", "/" + prefix + path + "/", clean);
  at("query", "/" + prefix + path + "?sign=1&x=%20", clean);
  const Expectation unknown = OfStatus(404);
  at("longer", "/" + prefix + path + "X", unknown);
  at("deeper", "/" + prefix + path + "/more", unknown);
  at("cut", "/" + prefix + path.substr(0, path.size() - 1), unknown);
  at("prefix-twice", "/" + prefix + prefix + path, unknown);
  std::string upper = path;
  for (char& letter : upper) {
    letter = static_cast<char>(std::toupper(static_cast<unsigned char>(letter)));
  }
  at("upper-case", "/" + prefix + upper, unknown);
}

void WriteMethods(CaseWriter& writer) {
  Expectation expected = OfStatus(405);
  expected.header = "Allow";
  for (const char* method : {"GET", "PUT", "DELETE", "PATCH", "OPTIONS"}) {
    Request request = writer.Post("");
    request.method = method;
    request.content_type = std::nullopt;
    writer.Add(std::string("http/method-") + method, {request}, expected);
  }
}

void WriteContentTypes(CaseWriter& writer) {
  const auto with = [&writer](const std::string& name, std::optional<std::string> type,
                              const Expectation& expected) {
    Request request = writer.Post(writer.Base().Text());
    request.content_type = std::move(type);
    writer.Add("http/type-" + name, {request}, expected);
  };
  const Expectation clean = writer.Clean();
  with("absent", std::nullopt, clean);
  with("json", "application/json", clean);
  with("json-upper-case", "Application/JSON;CHARSET=UTF-8", clean);
  with("json-quoted-charset", "application/json; charset=\"utf-8\"", clean);
  with("text", "text/plain", clean);
  const Expectation foreign = OfStatus(415);
  with("json-gbk", "application/json; charset=GBK", foreign);
  with("xml", "application/xml", foreign);
  with("text-xml", "text/xml; charset=utf-8", foreign);
  with("form", "application/x-www-form-urlencoded", foreign);
  with("multipart", "multipart/form-data; boundary=x", foreign);
}

void WriteSignIn(CaseWriter& writer) {
  const auto with = [&writer](const std::string& name, const std::string& authorization,
                              std::vector<std::string> texts, std::vector<int> statuses) {
    Request request = writer.Post(writer.Base().Text());
    request.authorization = authorization;
    Expectation expected = OfStatus(401);
    expected.statuses = std::move(statuses);
    expected.texts = std::move(texts);
    if (expected.statuses.size() == 1) expected.header = "WWW-Authenticate";
    writer.Add("http/sign-in-" + name, {request}, expected);
  };
  const std::vector<std::string> empty = {std::string(messages::kUserEmpty)};
  with("none", "", empty, {401});
  with("bearer", "Bearer abcdef", empty, {401});
  with("no-credentials", "Basic", empty, {401});
  with("no-base64", "Basic user:password", empty, {401});
  with("no-colon", Basic("user"), empty, {401});
  with("empty-user", Basic(":password"), empty, {401});
  with("unknown-user", Basic("nobody-" + writer.Number() + ":password"),
       {std::string(messages::kUserUnknown), std::string(messages::kCodeWrong)}, {401});
  // Once a run: further failures would shut the user out where they are counted by user alone.
  const bool first = &writer.interface() == &writer.contract().interfaces().front();
  if (!first || writer.context().user.empty()) return;
  with("wrong-password", Basic(writer.context().user + ":not-" + writer.Number()),
       {std::string(messages::kCodeWrong)}, {401});
}

}  // namespace

void WriteHttpCases(CaseWriter& writer) {
  WritePaths(writer);
  WriteMethods(writer);
  WriteContentTypes(writer);
  WriteSignIn(writer);
}

}  // namespace guarantee::platform_simulator::conformance
