#include "sealing/configuration.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "sealing/open.h"
#include "vector_file.h"

namespace guarantee::sealing {
namespace {

std::string FaultOf(const ConfigurationWords& words) {
  const auto read = ReadConfiguration(words);
  if (read) return "";
  EXPECT_EQ(read.error().kind, ErrorKind::kPermanent);
  EXPECT_EQ(read.error().code, "sealing.configuration");
  return read.error().field;
}

TEST(ReadConfiguration, HasTheDefaultsOfAPartner) {
  ConfigurationWords words;
  words.scheme = "S1";
  const Configuration how = ReadConfiguration(words).value();
  EXPECT_EQ(how.scheme, Scheme::kS1);
  EXPECT_EQ(how.inner_scheme, Scheme::kS1);
  EXPECT_EQ(how.mode, Mode::kEcb);
  EXPECT_EQ(how.iv_form, IvForm::kNone);
  EXPECT_EQ(how.unwrap_with, UnwrapWith::kPlatformPublicKey);
}

TEST(ReadConfiguration, NamesTheWordAtFault) {
  EXPECT_EQ(FaultOf({.scheme = "", .unwrap_key = {}}), "scheme");
  EXPECT_EQ(FaultOf({.scheme = "M", .unwrap_key = {}}), "scheme");
  EXPECT_EQ(FaultOf({.scheme = "S1", .inner_scheme = "R1", .unwrap_key = {}}), "inner_scheme");
  EXPECT_EQ(FaultOf({.scheme = "S1", .mode = "ecb", .unwrap_key = {}}), "mode");
  EXPECT_EQ(FaultOf({.scheme = "R1", .mode = "CBC", .iv_form = "zero", .unwrap_key = {}}), "mode");
  EXPECT_EQ(FaultOf({.scheme = "S3", .mode = "CBC", .iv_form = "zero", .unwrap_key = {}}), "mode");
  EXPECT_EQ(FaultOf({.scheme = "S1", .mode = "CBC", .unwrap_key = {}}), "iv_form");
  EXPECT_EQ(FaultOf({.scheme = "S1", .iv_form = "zero", .unwrap_key = {}}), "iv_form");
  EXPECT_EQ(FaultOf({.scheme = "R2", .padding = "none", .unwrap_key = {}}), "padding");
  EXPECT_EQ(FaultOf({.scheme = "S1", .key_form = "text", .unwrap_key = {}}), "key_form");
  EXPECT_EQ(FaultOf({.scheme = "W", .unwrap_with = "S1", .unwrap_key = {}}), "unwrap_with");
}

TEST(ReadConfiguration, NeedsAnUnwrappingKeyOfTheRightKind) {
  const std::string public_pem = ToPem(VectorNamed("R1-1024").At("key"), "PUBLIC KEY");
  const std::string private_pem = ToPem(VectorNamed("R2-1024").At("key"), "PRIVATE KEY");
  const auto fault = [](std::string with, std::string pem) {
    return FaultOf(
        {.scheme = "W", .unwrap_with = std::move(with), .unwrap_key = Secret(std::move(pem))});
  };
  EXPECT_EQ(fault("R1", public_pem), "");
  EXPECT_EQ(fault("R2", private_pem), "");
  EXPECT_EQ(fault("R1", private_pem), "unwrap_key");
  EXPECT_EQ(fault("R2", public_pem), "unwrap_key");
  EXPECT_EQ(fault("R1", ""), "unwrap_key");
  EXPECT_EQ(fault("R2", "no PEM"), "unwrap_key");
  EXPECT_EQ(fault("R1", ToPem(VectorNamed("R1-curve-key").At("key"), "PUBLIC KEY")), "unwrap_key");
  EXPECT_EQ(fault("R1", ToPem(VectorNamed("R1-short-key").At("key"), "PUBLIC KEY")), "unwrap_key");
  // A key under a password is refused, and nobody is asked for it.
  EXPECT_EQ(fault("R2",
                  "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: "
                  "AES-128-CBC,00000000000000000000000000000000\n\nAAAAAAAAAAAAAAAAAAAAAA==\n"
                  "-----END RSA PRIVATE KEY-----\n"),
            "unwrap_key");
  EXPECT_EQ(FaultOf({.scheme = "auto", .unwrap_key = Secret("no PEM")}), "unwrap_key");
}

TEST(AutoCandidates, AreAllDifferentAndWithinTheLimit) {
  ConfigurationWords words;
  words.scheme = "auto";
  std::vector<Configuration> bare = AutoCandidates(ReadConfiguration(words).value());
  EXPECT_EQ(bare.size(), 12U);
  words.unwrap_key = Secret(ToPem(VectorNamed("R1-1024").At("key"), "PUBLIC KEY"));
  const std::vector<Configuration> all = AutoCandidates(ReadConfiguration(words).value());
  EXPECT_EQ(all.size(), 20U);
  EXPECT_LE(all.size(), kCandidatesMax);
  std::set<std::string> names;
  for (const Configuration& candidate : all) {
    names.insert(NameOf(candidate));
    EXPECT_TRUE(CheckConfiguration(candidate));
  }
  EXPECT_EQ(names.size(), all.size());
  EXPECT_THAT(names, testing::IsSupersetOf({"R1", "R2", "R2-OAEP", "S3", "S1-ECB", "S2-CBC-key",
                                            "W-R1-S1-ECB", "W-R1-S2-CBC-prefix"}));
}

TEST(NameOf, EveryReason) {
  std::set<std::string_view> names;
  for (int reason = 0; reason <= static_cast<int>(Reason::kNoneFits); ++reason) {
    names.insert(NameOf(static_cast<Reason>(reason)));
  }
  EXPECT_EQ(names.size(), static_cast<std::size_t>(Reason::kNoneFits) + 1);
  EXPECT_EQ(names.count(""), 0U);
}

}  // namespace
}  // namespace guarantee::sealing
