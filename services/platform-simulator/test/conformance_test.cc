#include <Poco/Net/Context.h>
#include <Poco/Net/SecureServerSocket.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "institution.h"
#include "platform-simulator/conformance/arguments.h"
#include "platform-simulator/conformance/command.h"
#include "platform-simulator/conformance/generate.h"

namespace guarantee::platform_simulator::conformance {
namespace {

using testing::Each;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

constexpr UnixMillis kNow{1'900'000'000'000};
constexpr std::size_t kCasesMin = 4'000;
constexpr std::size_t kCasesOfAnInterfaceMin = 150;
constexpr std::size_t kCasesOfAFieldMin = 15;

const std::vector<Case>& Cases() {
  static const Context context{"202601010000000001", kNow, "user"};
  static const std::vector<Case> cases = GenerateCases(LoadedContract(), context);
  return cases;
}

std::size_t CountPrefix(const std::string& prefix) {
  return static_cast<std::size_t>(
      std::count_if(Cases().begin(), Cases().end(),
                    [&prefix](const Case& one) { return one.id.starts_with(prefix); }));
}

TEST(Cases, EveryInterfaceAndEveryFieldHasItsOwn) {
  EXPECT_GE(Cases().size(), kCasesMin);
  for (const contract::Interface& interface : LoadedContract().interfaces()) {
    const std::size_t count = CountPrefix(interface.section + "/");
    if (!interface.FromPlatform()) {
      EXPECT_EQ(count, 0U) << interface.section;
      continue;
    }
    EXPECT_GE(count, kCasesOfAnInterfaceMin) << interface.section;
    for (const contract::FieldPlan& field : interface.message.fields) {
      EXPECT_GE(CountPrefix(interface.section + "/" + field.wire + "/"), kCasesOfAFieldMin)
          << interface.section << " " << field.wire;
    }
  }
}

TEST(Cases, IdsAreUniqueAndTheSameInEveryRun) {
  const Context later{"202701010000000002", kNow + 86'400'000, "user"};
  const std::vector<Case> again = GenerateCases(LoadedContract(), later);
  ASSERT_EQ(again.size(), Cases().size());
  std::set<std::string> ids;
  for (std::size_t at = 0; at < again.size(); ++at) {
    EXPECT_EQ(again[at].id, Cases()[at].id);
    EXPECT_TRUE(ids.insert(again[at].id).second) << again[at].id;
  }
}

// The decoder is the contract's own reading; what it refuses must be what the kit says.
TEST(Cases, TheContractAgreesWithEveryVerdictAboutABody) {
  for (const Case& one : Cases()) {
    if (one.id.find("/http/") != std::string::npos) continue;
    const auto decoded = contract::Decode(*one.interface, one.requests.back().body, {});
    std::string message = decoded ? "" : decoded.error().message;
    if (decoded && decoded->items.back().failure) message = decoded->items.back().failure->message;
    const bool malformed = !decoded && decoded.error().kind == contract::FailureKind::kMalformed;
    EXPECT_EQ(malformed, one.expected.statuses.front() == 400) << one.id;
    for (const std::string& wire : one.expected.named) {
      EXPECT_THAT(message, HasSubstr(wire)) << one.id;
    }
    if (one.expected.may_accept) {
      EXPECT_THAT(message, IsEmpty()) << one.id;
    }
  }
}

struct Played {
  int status = 0;
  std::string report;
  std::string errors;
  std::vector<std::string> deviating;
};

Played Play(const std::string& url, std::vector<std::string> more = {}) {
  std::vector<std::string> words = {"run",      "--target", url, "--user",   "user", "--password",
                                    "password", "--wait",   "0", "--format", "json"};
  words.insert(words.end(), more.begin(), more.end());
  std::ostringstream out;
  std::ostringstream errors;
  Played played;
  played.status = RunCommand(words, out, errors);
  played.report = out.str();
  played.errors = errors.str();
  const auto report = nlohmann::json::parse(played.report, nullptr, false);
  if (!report.is_object()) return played;
  for (const auto& found : report["found"]) played.deviating.push_back(found["id"]);
  return played;
}

Played PlayAgainst(Flaw flaw, std::vector<std::string> more = {"--only", "3.1", "--only", "3.20"}) {
  const Institution institution(flaw);
  return Play(institution.Url(), std::move(more));
}

// Of the same sections, the cases of which one of these stands in the id.
std::vector<std::string> CasesWith(const std::vector<std::string>& parts) {
  std::vector<std::string> ids;
  for (const Case& one : Cases()) {
    const std::string& section = one.interface->section;
    if (section != "3.1" && section != "3.20") continue;
    const bool with = std::any_of(parts.begin(), parts.end(), [&one](const std::string& part) {
      return one.id.find(part) != std::string::npos;
    });
    if (with) ids.push_back(one.id);
  }
  return ids;
}

TEST(Run, AnInstitutionThatIsRightHasNoDeviation) {
  const Played played = PlayAgainst(Flaw::kNone, {});
  EXPECT_THAT(played.deviating, IsEmpty());
  EXPECT_EQ(played.status, kExitConforms) << played.errors;
}

TEST(Run, AForgottenRegisterIsFoundByTheRepeatsAlone) {
  std::vector<std::string> expected =
      CasesWith({"/repeat/changed-", "/repeat/taken-", "/rule/amount-", "/rule/deadline-passed",
                 "/rule/refused-by-the-clock", "/repeat/without-"});
  const Played played = PlayAgainst(Flaw::kForgetsRepeats);
  EXPECT_EQ(played.status, kExitDeviates);
  // Sealed fields may be encrypted anew, so their change is no deviation.
  std::erase_if(expected, [](const std::string& id) {
    for (const contract::FieldPlan& field : LoadedContract().FindSection("3.1")->message.fields) {
      if (field.sealed && id.ends_with("/changed-" + field.wire)) return true;
    }
    return false;
  });
  EXPECT_EQ(played.deviating, expected);
}

TEST(Run, ARefusalThatNamesNoFieldIsFound) {
  std::vector<std::string> expected;
  for (const std::string& id : CasesWith({"/"})) {
    const auto found = std::find_if(Cases().begin(), Cases().end(),
                                    [&id](const Case& one) { return one.id == id; });
    if (!found->expected.named.empty()) expected.push_back(id);
  }
  EXPECT_EQ(PlayAgainst(Flaw::kNamesNoField).deviating, expected);
}

TEST(Run, AMissingHeaderIsFound) {
  EXPECT_EQ(PlayAgainst(Flaw::kNoAllow).deviating, CasesWith({"/http/method-"}));
}

TEST(Run, ACodeThatIsTextIsFoundInEveryAnswer) {
  const Played played = PlayAgainst(Flaw::kNumericText, {"--only", "3.20"});
  EXPECT_FALSE(played.deviating.empty());
  EXPECT_THAT(played.report, HasSubstr("is no integer"));
}

TEST(Run, WhatIsNotOfferedIsNoDeviationUnlessAllIsRequired) {
  Played played = PlayAgainst(Flaw::kNotOffered, {"--only", "3.22"});
  EXPECT_THAT(played.errors, HasSubstr("3.22 not offered"));
  played = PlayAgainst(Flaw::kNotOffered, {"--only", "3.22", "--require-all"});
  EXPECT_EQ(played.status, kExitDeviates);
}

TEST(Run, NobodyThereIsNotADeviation) {
  std::string url;
  {
    const Institution gone(Flaw::kNone);
    url = gone.Url();
  }
  const Played played = Play(url);
  EXPECT_EQ(played.status, kExitUnreachable);
  EXPECT_THAT(played.errors, HasSubstr("nobody answers"));
}

// A self-signed certificate and its key, in one file.
void WriteCertificate(const std::string& file) {
  EVP_PKEY* key = EVP_RSA_gen(2048);
  X509* certificate = X509_new();
  X509_set_version(certificate, X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
  X509_gmtime_adj(X509_getm_notBefore(certificate), -60);
  X509_gmtime_adj(X509_getm_notAfter(certificate), 3'600);
  X509_set_pubkey(certificate, key);
  X509_NAME* name = X509_get_subject_name(certificate);
  const std::string host = "127.0.0.1";
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>(host.data()), -1, -1, 0);
  X509_set_issuer_name(certificate, name);
  X509_sign(certificate, key, EVP_sha256());
  BIO* bio = BIO_new_file(file.c_str(), "w");
  PEM_write_bio_X509(bio, certificate);
  PEM_write_bio_PrivateKey(bio, key, nullptr, nullptr, 0, nullptr, nullptr);
  BIO_free(bio);
  X509_free(certificate);
  EVP_PKEY_free(key);
}

TEST(Run, OverTlsTheCertificateMustLeadToTheRoots) {
  const Folder folder;
  const std::string file = folder.File("server.pem");
  WriteCertificate(file);
  const Poco::Net::Context::Ptr context(new Poco::Net::Context(
      Poco::Net::Context::TLS_SERVER_USE, file, file, "", Poco::Net::Context::VERIFY_NONE));
  const Institution institution(
      Flaw::kNone,
      Poco::Net::SecureServerSocket(Poco::Net::SocketAddress("127.0.0.1", 0), 64, context));
  const std::string url = institution.Url("https");
  const Played trusted = Play(url, {"--only", "3.22", "--roots", file});
  EXPECT_EQ(trusted.status, kExitConforms) << trusted.errors;
  EXPECT_EQ(Play(url, {"--only", "3.22"}).status, kExitUnreachable);
}

TEST(Run, ReportsForPeopleAndForBuildServers) {
  const Institution institution(Flaw::kNoAllow);
  for (const auto& [format, part] :
       {std::pair("table", "3.20/http/method-GET"), std::pair("junit", "<failure message=")}) {
    const std::vector<std::string> words = {
        "run",    "--target", institution.Url(), "--user", "user", "--password", "password",
        "--only", "3.20",     "--format",        format};
    std::ostringstream out;
    std::ostringstream errors;
    EXPECT_EQ(RunCommand(words, out, errors), kExitDeviates);
    EXPECT_THAT(out.str(), HasSubstr(part));
    EXPECT_THAT(out.str(), Not(HasSubstr("password")));
  }
}

TEST(Arguments, WrongOnesAreToldWithTheUsage) {
  for (const std::vector<std::string>& words : {std::vector<std::string>{},
                                                {"play"},
                                                {"run"},
                                                {"run", "--target", "http://a/"},
                                                {"run", "--target"},
                                                {"run", "--format", "yaml"},
                                                {"run", "--listen", "8080"},
                                                {"run", "--wait", "x"},
                                                {"run", "--colour", "red"}}) {
    std::ostringstream out;
    std::ostringstream errors;
    EXPECT_EQ(RunCommand(words, out, errors), kExitUsage);
    EXPECT_THAT(errors.str(), HasSubstr("usage: platform-simulator conformance run"));
  }
}

}  // namespace
}  // namespace guarantee::platform_simulator::conformance
