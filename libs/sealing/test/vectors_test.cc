// Every vector of the Java runtime, and what becomes of it when something is not right.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "crypto/base64.h"
#include "vector_file.h"

namespace guarantee::sealing {
namespace {

const Error kRefusal{ErrorKind::kRefused, "sealing.not_opened", "", "解密失败，请核对秘钥"};

std::vector<std::string> ValuesOf(const std::vector<OpenedField>& opened) {
  std::vector<std::string> values;
  for (const OpenedField& field : opened) values.emplace_back(field.value.Reveal());
  return values;
}

bool IsPositive(const Vector& vector) { return vector.At("reason") == "opened"; }

// The first ciphertext with one byte changed in its top bit, which breaks UTF-8 wherever the
// change goes through to the text.
Vector Flipped(Vector vector, bool last) {
  std::string& value = vector.fields.at(3).value;
  std::string bytes = crypto::DecodeBase64(value).value();
  char& byte = last ? bytes.back() : bytes.front();
  byte = static_cast<char>(static_cast<unsigned char>(byte) ^ 0x80U);
  value = crypto::EncodeBase64(bytes);
  return vector;
}

class EveryVector : public testing::TestWithParam<Vector> {};

TEST_P(EveryVector, EndsAsItsReasonSays) {
  const Vector& vector = GetParam();
  Report report;
  const auto opened = Open(vector.fields, vector.Key(), vector.How(), &report);
  if (IsPositive(vector)) {
    ASSERT_TRUE(opened) << NameOf(report.reason);
    EXPECT_EQ(ValuesOf(*opened), vector.plain);
    EXPECT_EQ(report.reason, Reason::kOpened);
    return;
  }
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error(), kRefusal);
  EXPECT_EQ(NameOf(report.reason), vector.At("reason"));
}

TEST_P(EveryVector, TellsNothingOfKeyOrText) {
  const Vector& vector = GetParam();
  Report report;
  const auto opened = Open(vector.fields, vector.Key(), vector.How(), &report);
  std::string told = opened ? "" : Describe(opened.error());
  for (const Trial& trial : report.trials) told += trial.name;
  EXPECT_EQ(told.find(vector.At("key")), std::string::npos);
  for (const std::string& plain : vector.plain) {
    if (plain.size() > 2) {
      EXPECT_EQ(told.find(plain), std::string::npos);
    }
  }
}

class PositiveVector : public testing::TestWithParam<Vector> {
 protected:
  static void ExpectRefusal(const Vector& vector, const Secret& key) {
    Report report;
    const auto opened = Open(vector.fields, key, vector.How(), &report);
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error(), kRefusal);
    EXPECT_NE(report.reason, Reason::kOpened);
  }
};

TEST_P(PositiveVector, RefusesAFlippedByte) {
  ExpectRefusal(Flipped(GetParam(), false), GetParam().Key());
  ExpectRefusal(Flipped(GetParam(), true), GetParam().Key());
}

TEST_P(PositiveVector, RefusesATruncatedField) {
  Vector vector = GetParam();
  std::string bytes = crypto::DecodeBase64(vector.fields.back().value).value();
  vector.fields.back().value = crypto::EncodeBase64(bytes.substr(0, bytes.size() - 16));
  ExpectRefusal(vector, vector.Key());
}

TEST_P(PositiveVector, RefusesARecordedCiphertextThatIsNone) {
  Vector vector = GetParam();
  vector.fields.back().form = FieldForm::kCipher;
  for (const std::string_view broken : {" ", "=", "\n", "\xE5\xAE\x8C", "A"}) {
    Vector damaged = vector;
    damaged.fields.back().value += broken;
    Report report;
    ASSERT_FALSE(Open(damaged.fields, damaged.Key(), damaged.How(), &report));
    EXPECT_EQ(report.reason, Reason::kFieldForm);
  }
}

TEST_P(PositiveVector, RefusesADamagedKey) {
  const std::string key = GetParam().At("key");
  std::string changed = key;
  changed[changed.size() / 2] = changed[changed.size() / 2] == 'a' ? 'b' : 'a';
  // A private key holds its exponent twice over; a change in the half that is not used does
  // nothing.
  if (GetParam().At("scheme") != "R2") ExpectRefusal(GetParam(), Secret(changed));
  ExpectRefusal(GetParam(), Secret(key + " "));
  ExpectRefusal(GetParam(), Secret(key.substr(1)));
  ExpectRefusal(GetParam(), Secret());
}

TEST_P(PositiveVector, RefusesAnOversizedKey) {
  const std::string key = GetParam().At("key");
  Report report;
  const Secret longest(key + std::string(kKeyCharsMax - key.size(), 'x'));
  ASSERT_FALSE(Open(GetParam().fields, longest, GetParam().How(), &report));
  EXPECT_NE(report.reason, Reason::kKeyLength);
  const Secret oversized(key + std::string(kKeyCharsMax + 1 - key.size(), 'x'));
  ASSERT_FALSE(Open(GetParam().fields, oversized, GetParam().How(), &report));
  EXPECT_EQ(report.reason, Reason::kKeyLength);
}

// What a platform of this kind sends in joint testing is recognised, and as this kind alone.
TEST_P(PositiveVector, IsFoundByAuto) {
  const Vector& vector = GetParam();
  ConfigurationWords words;
  words.scheme = "auto";
  words.unwrap_with = vector.Words().unwrap_with;
  words.unwrap_key = vector.Words().unwrap_key;
  Report report;
  const auto opened = Open(vector.fields, vector.Key(), ReadConfiguration(words).value(), &report);
  ASSERT_TRUE(opened) << NameOf(report.reason);
  EXPECT_EQ(ValuesOf(*opened), vector.plain);
  std::vector<std::string> fitting;
  for (const Trial& trial : report.trials) {
    if (trial.reason == Reason::kOpened) fitting.push_back(trial.name);
  }
  EXPECT_THAT(fitting, testing::ElementsAre(testing::StartsWith(NameOf(vector.How()))));
}

std::vector<Vector> PositiveVectors() {
  std::vector<Vector> positive;
  for (const Vector& vector : Vectors()) {
    if (IsPositive(vector)) positive.push_back(vector);
  }
  return positive;
}

std::string TestName(const testing::TestParamInfo<Vector>& info) {
  std::string name = info.param.At("vector");
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(Java, EveryVector, testing::ValuesIn(Vectors()), TestName);
INSTANTIATE_TEST_SUITE_P(Java, PositiveVector, testing::ValuesIn(PositiveVectors()), TestName);

TEST(VectorFile, CoversEverySchemeBothWays) {
  std::map<std::string, int> positive;
  std::map<std::string, int> negative;
  for (const Vector& vector : Vectors()) {
    ++(IsPositive(vector) ? positive : negative)[vector.At("scheme")];
  }
  for (const char* scheme : {"R1", "R2", "S1", "S2", "S3", "W"}) {
    EXPECT_GE(positive[scheme], 3) << scheme;
    EXPECT_GE(negative[scheme], 1) << scheme;
  }
}

}  // namespace
}  // namespace guarantee::sealing
