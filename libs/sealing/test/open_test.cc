#include "sealing/open.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "crypto/base64.h"
#include "vector_file.h"

namespace guarantee::sealing {
namespace {

// As the document prints them.
constexpr std::string_view kSampleKey =
    "MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQCPpXG6YIkl7YJ9RaLEu4RE01Dgc8l5xpqg+xc3Jwwcrk79EBa7dNK6"
    "mrATF9dyVMuVbE38R6ZRPcX0dbcUnMGLPUYcZcK/hPTqiGOqWLgpUaqg7q1zcrMFMEQTT9MYdChsplMP20i5dTdxyi7H"
    "vUm2XGMKu0HTqXLLjwcBNkHbHQIDAQAB";
constexpr std::string_view kSampleCiphertext = "rcb+kCo8jY6s33X4qUrDZ2pVKW3Y19Ev3kUa6+fq/bI=";

Configuration Of(std::string scheme) {
  ConfigurationWords words;
  words.scheme = std::move(scheme);
  return ReadConfiguration(words).value();
}

Field Cipher(std::string_view value) { return {.name = {}, .value = std::string(value)}; }

Reason ReasonOf(const std::vector<Field>& fields, std::string_view key, const Configuration& how) {
  Report report;
  const auto opened = Open(fields, Secret(std::string(key)), how, &report);
  const bool success = report.reason == Reason::kOpened || report.reason == Reason::kNothingSealed;
  EXPECT_EQ(opened.has_value(), success);
  if (!opened) {
    EXPECT_EQ(opened.error().code, "sealing.not_opened");
  }
  return report.reason;
}

TEST(DetectForm, TakesCanonicalBase64OfWholeBlocksOnly) {
  EXPECT_EQ(DetectForm(kSampleCiphertext), FieldForm::kCipher);
  EXPECT_EQ(DetectForm("AAAAAAAAAAAAAAAAAAAAAA=="), FieldForm::kCipher);  // one block
  for (const std::string_view plain :
       {"", "YY2023-0418", "91430602MA4L5GJ80Y", "9143060M715421015", "岳阳市某道路工程",
        "AAAAAAAAAAAAAAAAAAAAAB==",  // spare bits
        "AAAAAAAAAAAAAAAAAAAAAA", "AAAAAAAAAAAAAAAAAAAAAA=", "AAAAAAAAAAAAAAAAAAAAAA= =",
        " AAAAAAAAAAAAAAAAAAAAAA==", "AAAAAAAAAAAAAAAAAAAAAA==\n", "AAAA=AAAAAAAAAAAAAAAAA==",
        "AAAAAAAAAAAAAAAAAAAAAAAA",     // 18 bytes
        "AAAAAAAAAAA=",                 // 8 bytes
        "-_AAAAAAAAAAAAAAAAAAAA=="}) {  // another alphabet
    EXPECT_EQ(DetectForm(plain), FieldForm::kPlain) << plain;
  }
}

TEST(SampleOfTheDocument, KeyIsAPublicRsaKeyOf1024Bits) {
  ASSERT_EQ(kSampleKey.size(), 216U);
  const Field block = Cipher(crypto::EncodeBase64(std::string(128, '\1')));
  // Taken as a key, the block does not unpad.
  EXPECT_EQ(ReasonOf({block}, kSampleKey, Of("R1")), Reason::kPadding);
  EXPECT_EQ(ReasonOf({block}, kSampleKey, Of("R2")), Reason::kKeyKind);
  EXPECT_EQ(ReasonOf({block}, kSampleKey, Of("S1")), Reason::kKeyForm);
  EXPECT_EQ(ReasonOf({block}, kSampleKey, Of("S2")), Reason::kKeyForm);
}

TEST(SampleOfTheDocument, CiphertextIsNoneOfThatKey) {
  EXPECT_EQ(ReasonOf({Cipher(kSampleCiphertext)}, kSampleKey, Of("R1")), Reason::kBlockLength);
  EXPECT_EQ(ReasonOf({Cipher(kSampleCiphertext)}, kSampleKey, Of("auto")), Reason::kNoneFits);
}

// The sample key with another exponent: even, and 1, under which everything opens to itself.
TEST(SampleOfTheDocument, KeyNeedsASoundExponent) {
  const Field block = Cipher(crypto::EncodeBase64(std::string(128, '\1')));
  std::string even = crypto::DecodeBase64(kSampleKey).value();
  even.back() = '\2';
  EXPECT_EQ(ReasonOf({block}, crypto::EncodeBase64(even), Of("R1")), Reason::kKeyKind);
  std::string one = crypto::DecodeBase64(kSampleKey).value();
  ASSERT_TRUE(one.ends_with("\x02\x03\x01" + std::string(1, '\0') + "\x01"));
  one.replace(one.size() - 5, 5, "\x02\x01\x01");
  // The lengths of the three headers around it; the exponent's two bytes are missing.
  for (const std::size_t at : {2U, 20U, 24U}) one[at] = static_cast<char>(one[at] - 2);
  EXPECT_EQ(ReasonOf({block}, crypto::EncodeBase64(one), Of("R1")), Reason::kKeyKind);
  // The same surgery with the exponent 3 is a key.
  one.back() = '\3';
  EXPECT_EQ(ReasonOf({block}, crypto::EncodeBase64(one), Of("R1")), Reason::kPadding);
}

TEST(Open, PassesPlainFieldsBetweenCiphertexts) {
  const Vector& vector = VectorNamed("R1-1024");
  const std::vector<Field> fields{{.name = "a", .value = "湖南优创发展信息技术有限公司"},
                                  vector.fields[3],
                                  {.name = "c", .value = "YY2023-0418"}};
  Report report;
  const auto opened = Open(fields, vector.Key(), vector.How(), &report);
  ASSERT_TRUE(opened);
  ASSERT_EQ(opened->size(), 3U);
  EXPECT_EQ((*opened)[0].name, "a");
  EXPECT_EQ((*opened)[0].value.Reveal(), "湖南优创发展信息技术有限公司");
  EXPECT_EQ((*opened)[0].arrived, FieldForm::kPlain);
  EXPECT_EQ((*opened)[1].value.Reveal(), vector.plain[3]);
  EXPECT_EQ((*opened)[1].arrived, FieldForm::kCipher);
  EXPECT_EQ((*opened)[2].value.Reveal(), "YY2023-0418");
}

TEST(Open, LeavesAloneWhatIsRecordedAsPlain) {
  Field field = Cipher(kSampleCiphertext);
  field.form = FieldForm::kPlain;
  EXPECT_EQ(ReasonOf({field}, kSampleKey, Of("R1")), Reason::kNothingSealed);
}

TEST(Open, NeedsNoKeyThatFitsWhereNothingIsSealed) {
  const std::vector<Field> fields{{.name = {}, .value = "岳阳市某道路工程"}};
  EXPECT_EQ(ReasonOf(fields, "anything", Of("R1")), Reason::kNothingSealed);
  EXPECT_EQ(ReasonOf({}, "anything", Of("R1")), Reason::kNothingSealed);
}

TEST(Open, HasLimits) {
  const std::vector<Field> most(kFieldsMax, {.name = {}, .value = "x"});
  EXPECT_EQ(ReasonOf(most, "k", Of("R1")), Reason::kNothingSealed);
  const std::vector<Field> many(kFieldsMax + 1, {.name = {}, .value = "x"});
  EXPECT_EQ(ReasonOf(many, "k", Of("R1")), Reason::kTooManyFields);
  const std::string longest(kSealedCharsMax, 'A');  // 3072 bytes
  EXPECT_EQ(ReasonOf({Cipher(longest)}, kSampleKey, Of("R1")), Reason::kPadding);
  const std::string longer(kSealedCharsMax + 64, 'A');
  EXPECT_EQ(ReasonOf({Cipher(longer)}, kSampleKey, Of("R1")), Reason::kFieldForm);
  EXPECT_EQ(ReasonOf({}, "", Of("R1")), Reason::kKeyLength);
  const std::vector<Configuration> candidates(kCandidatesMax + 1, Of("R1"));
  Report report;
  EXPECT_FALSE(OpenWithAny({}, Secret("k"), candidates, &report));
  EXPECT_EQ(report.reason, Reason::kConfiguration);
  EXPECT_FALSE(OpenWithAny({}, Secret("k"), {}, &report));
  EXPECT_EQ(report.reason, Reason::kConfiguration);
}

TEST(Open, SaysAWrongConfigurationToOperatorsOnly) {
  Configuration how;
  how.scheme = Scheme::kW;
  EXPECT_EQ(ReasonOf({Cipher(kSampleCiphertext)}, kSampleKey, how), Reason::kConfiguration);
}

// Two blocks of text under a zero IV are also one block behind a prefix: both are text.
TEST(Open, RefusesReadingsThatDiffer) {
  const Vector& vector = VectorNamed("S2-128-CBC-zero-hex");
  Configuration zero = vector.How();
  zero.key_form = KeyForm::kHex;
  Configuration prefix = zero;
  prefix.iv_form = IvForm::kPrefix;
  const std::vector<Field> fields{vector.fields[5]};
  Report report;
  ASSERT_TRUE(OpenWithAny(fields, vector.Key(), std::vector{zero}, &report));
  ASSERT_TRUE(OpenWithAny(fields, vector.Key(), std::vector{prefix}, &report));
  const auto opened = OpenWithAny(fields, vector.Key(), std::vector{prefix, zero}, &report);
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, "sealing.not_opened");
  EXPECT_EQ(report.reason, Reason::kAmbiguous);
  ASSERT_EQ(report.trials.size(), 2U);
  EXPECT_EQ(report.trials[0].name, "S2-CBC-prefix hex");
  EXPECT_EQ(report.trials[0].reason, Reason::kOpened);
  EXPECT_EQ(report.trials[1].name, "S2-CBC-zero hex");
  EXPECT_EQ(report.trials[1].reason, Reason::kOpened);
}

TEST(Open, TakesSeveralReadingsThatAgree) {
  // One block under a zero IV is the same in both modes.
  const Vector& vector = VectorNamed("S1-128-ECB-none-hex");
  const std::vector<Field> fields{vector.fields[1], vector.fields[0]};
  Report report;
  const auto opened = Open(fields, vector.Key(), Of("auto"), &report);
  ASSERT_TRUE(opened) << NameOf(report.reason);
  EXPECT_EQ((*opened)[0].value.Reveal(), vector.plain[1]);
  std::vector<std::string> fitting;
  for (const Trial& trial : report.trials) {
    if (trial.reason == Reason::kOpened) fitting.push_back(trial.name);
  }
  EXPECT_THAT(fitting, testing::ElementsAre("S1-ECB hex", "S1-CBC-zero hex"));
}

class RandomBytes {
 public:
  std::string Take(std::size_t size) {
    std::string bytes(size, '\0');
    for (char& byte : bytes) byte = static_cast<char>(engine_());
    return bytes;
  }
  std::size_t Below(std::size_t limit) { return engine_() % limit; }

 private:
  std::mt19937 engine_{20261125};
};

std::vector<Configuration> EveryConfiguration() {
  std::vector<Configuration> all{Of("auto")};
  for (const Vector& vector : Vectors()) all.push_back(vector.How());
  return all;
}

TEST(OpenProperty, ChanceIsAlwaysRefused) {
  constexpr int kRounds = 1'500;
  RandomBytes random;
  const std::vector<Configuration> all = EveryConfiguration();
  for (int round = 0; round < kRounds; ++round) {
    const std::string bytes = random.Take(16 * (1 + random.Below(24)));
    const std::vector<Field> fields{Cipher(crypto::EncodeBase64(bytes))};
    std::string key = random.Take(1 + random.Below(300));
    if (round % 2 == 0) key = crypto::EncodeBase64(key);
    const Reason reason = ReasonOf(fields, key, all[random.Below(all.size())]);
    EXPECT_NE(reason, Reason::kOpened);
    EXPECT_NE(reason, Reason::kNothingSealed);
  }
}

// Keys that are nearly one go deeper than noise.
TEST(OpenProperty, SpoiltKeysAreRefused) {
  constexpr int kRounds = 300;
  RandomBytes random;
  for (const char* name : {"R1-1024", "R2-1024", "R2-OAEP-1024", "W-1024-R1-S1-raw"}) {
    const Vector& vector = VectorNamed(name);
    const std::string key = crypto::DecodeBase64(vector.At("key")).value();
    for (int round = 0; round < kRounds; ++round) {
      std::string spoilt = key;
      for (std::size_t flips = 1 + random.Below(3); flips > 0; --flips) {
        spoilt[random.Below(spoilt.size())] = static_cast<char>(random.Below(256));
      }
      Report report;
      const auto opened =
          Open(vector.fields, Secret(crypto::EncodeBase64(spoilt)), vector.How(), &report);
      if (!opened) continue;
      // Parts of a private key are of no account where the rest makes up for them.
      for (std::size_t at = 0; at < vector.plain.size(); ++at) {
        EXPECT_EQ((*opened)[at].value.Reveal(), vector.plain[at]) << name;
      }
    }
  }
}

TEST(OpenProperty, AnyTextIsPlainOrRefused) {
  constexpr int kRounds = 2'000;
  RandomBytes random;
  for (int round = 0; round < kRounds; ++round) {
    const std::vector<Field> fields{Cipher(random.Take(random.Below(200)))};
    EXPECT_EQ(ReasonOf(fields, "key", Of("S3")), Reason::kNothingSealed);
  }
}

}  // namespace
}  // namespace guarantee::sealing
