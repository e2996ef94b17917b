#include "platform-simulator/seal.h"

#include <gtest/gtest.h>
#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include "sealing/open.h"

namespace guarantee::platform_simulator {
namespace {

// Two blocks under RSA, and characters that are cut between them.
const std::string kLong = [] {
  std::string text;
  for (int at = 0; at < 60; ++at) text += "岳阳";
  return text;
}();

std::string PemOf(EVP_PKEY* key, bool own) {
  BIO* bio = BIO_new(BIO_s_mem());
  if (own) {
    PEM_write_bio_PrivateKey(bio, key, nullptr, nullptr, 0, nullptr, nullptr);
  } else {
    PEM_write_bio_PUBKEY(bio, key);
  }
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  std::string pem(data, static_cast<std::size_t>(size));
  BIO_free(bio);
  return pem;
}

class Seals : public testing::TestWithParam<std::string> {};

// What the institution opens with is a library of its own, checked against Java.
TEST_P(Seals, TheInstitutionOpensWithTheKeyOfTheRestore) {
  EVP_PKEY* wrapping = EVP_RSA_gen(2048);
  const auto sealer = Sealer::Make(GetParam(), Secret(PemOf(wrapping, true)));
  sealing::ConfigurationWords words;
  words.scheme = GetParam();
  if (GetParam() == "W") words.unwrap_key = Secret(PemOf(wrapping, false));
  EVP_PKEY_free(wrapping);
  ASSERT_TRUE(sealer) << Describe(sealer.error());
  const auto configuration = sealing::ReadConfiguration(words);
  ASSERT_TRUE(configuration) << Describe(configuration.error());
  std::vector<sealing::Field> fields;
  for (const std::string& plain : {std::string("示范招标人"), kLong}) {
    const auto sealed = (*sealer)->Seal(plain);
    ASSERT_TRUE(sealed);
    EXPECT_EQ(sealing::DetectForm(*sealed), sealing::FieldForm::kCipher);
    fields.push_back({"field", *sealed, sealing::Content::kText, sealing::FieldForm::kCipher});
  }
  sealing::Report report;
  const auto opened = sealing::Open(fields, (*sealer)->Key(), *configuration, &report);
  ASSERT_TRUE(opened) << sealing::NameOf(report.reason);
  EXPECT_EQ((*opened)[0].value.Reveal(), "示范招标人");
  EXPECT_EQ((*opened)[1].value.Reveal(), kLong);
}

INSTANTIATE_TEST_SUITE_P(Ciphers, Seals, testing::Values("R1", "R2", "S1", "S2", "S3", "W"),
                         [](const auto& one) { return one.param; });

TEST(Seal, EachSealerHasAKeyOfItsOwn) {
  for (const char* scheme : {"R1", "S1", "S3"}) {
    const auto one = Sealer::Make(scheme);
    const auto other = Sealer::Make(scheme);
    ASSERT_TRUE(one && other);
    EXPECT_FALSE((*one)->Key().Matches((*other)->Key().Reveal())) << scheme;
  }
}

TEST(Seal, AnUnknownSchemeAndAMissingKeyAreTold) {
  EXPECT_EQ(Sealer::Make("R9").error().code, "seal.scheme");
  EXPECT_EQ(Sealer::Make("W").error().code, "seal.key");
}

}  // namespace
}  // namespace guarantee::platform_simulator
