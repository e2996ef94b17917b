#include "sealing/storage.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>
#include <set>

#include "crypto/base64.h"

namespace guarantee::sealing {
namespace {

const StoragePlace kPlace{"demo", "ORDER-1", "bidder"};

std::string Line(const std::string& id, char fill) {
  return id + " " + crypto::EncodeBase64(std::string(kStorageKeyBytes, fill)) + "\n";
}

StorageKeys Keys(const std::string& text) { return StorageKeys::Parse(text).value(); }

std::string Sealed(const StorageKeys& keys, const std::string& value) {
  return keys.Seal(Secret(value), kPlace, crypto::SystemRandom()).value();
}

class FixedRandom final : public crypto::Random {
 public:
  std::string Bytes(std::size_t count) override { return std::string(count, '\0'); }
};

TEST(StorageKeys, GiveBackWhatTheySealed) {
  const StorageKeys keys = Keys(Line("2026-11", 'k'));
  for (const std::string& value : {std::string(), std::string("湖南优创发展信息技术有限公司"),
                                   std::string("a\0b", 3), std::string(kStoredBytesMax, 'x')}) {
    const auto opened = keys.Unseal(Sealed(keys, value), kPlace);
    ASSERT_TRUE(opened);
    EXPECT_TRUE(opened->Matches(value));
  }
}

// Test case 13 of the GCM specification: AES-256, zero key and nonce; the tag here differs from it
// by our associated data, the ciphertext does not.
TEST(StorageKeys, SealWithAes256Gcm) {
  const StorageKeys keys = Keys(Line("k", '\0'));
  FixedRandom random;
  const std::string text = keys.Seal(Secret(std::string(16, '\0')), kPlace, random).value();
  const std::string box = crypto::DecodeBase64(text.substr(text.rfind(':') + 1)).value();
  ASSERT_EQ(box.size(), 12U + 16U + 16U);
  EXPECT_EQ(box.substr(12, 16), "\xce\xa7\x40\x3d\x4d\x60\x6b\x6e\x07\x4e\xc5\xd3\xba\xf3\x9d\x18");
}

TEST(StorageKeys, SealEqualValuesDifferently) {
  const StorageKeys keys = Keys(Line("k", 'k'));
  std::set<std::string> texts;
  for (int round = 0; round < 100; ++round) texts.insert(Sealed(keys, "same"));
  EXPECT_EQ(texts.size(), 100U);
}

TEST(StorageKeys, OpenAtTheSamePlaceOnly) {
  const StorageKeys keys = Keys(Line("k", 'k'));
  const std::string text = Sealed(keys, "value");
  for (const StoragePlace& place :
       {StoragePlace{"other", "ORDER-1", "bidder"}, StoragePlace{"demo", "ORDER-2", "bidder"},
        StoragePlace{"demo", "ORDER-1", "project"}, StoragePlace{"demoO", "RDER-1", "bidder"},
        StoragePlace{"demo", "ORDER-1bidder", ""}}) {
    const auto opened = keys.Unseal(text, place);
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().code, "sealing.damaged");
    EXPECT_EQ(opened.error().kind, ErrorKind::kPermanent);
  }
}

// Whatever stands between the parts, a part may hold it.
TEST(StorageKeys, TellPlacesApartByLength) {
  const StorageKeys keys = Keys(Line("k", 'k'));
  for (const std::string& gap : {std::string(), std::string(1, '\0'), std::string(4, '\0'),
                                 std::string(8, '\0'), std::string("/")}) {
    const StoragePlace one{"demo", "x" + gap + "y", "z"};
    const StoragePlace other{"demo", "x", "y" + gap + "z"};
    const std::string text = keys.Seal(Secret("value"), one, crypto::SystemRandom()).value();
    EXPECT_TRUE(keys.Unseal(text, one));
    EXPECT_FALSE(keys.Unseal(text, other));
  }
}

TEST(StorageKeys, RefuseEveryChange) {
  const StorageKeys keys = Keys(Line("k", 'k'));
  const std::string text = Sealed(keys, "value");
  for (std::size_t at = 0; at < text.size(); ++at) {
    std::string changed = text;
    changed[at] = changed[at] == 'k' ? 'l' : 'k';
    EXPECT_FALSE(keys.Unseal(changed, kPlace)) << at;
    EXPECT_FALSE(keys.Unseal(text.substr(0, at), kPlace)) << at;
  }
  EXPECT_FALSE(keys.Unseal(text + "AAAA", kPlace));
  EXPECT_FALSE(keys.Unseal("s1:k:" + crypto::EncodeBase64(std::string(27, 'x')), kPlace));
}

TEST(StorageKeys, RotateByIds) {
  const StorageKeys before = Keys(Line("old", 'o'));
  const StorageKeys between = Keys(Line("new", 'n') + Line("old", 'o'));
  const StorageKeys after = Keys(Line("new", 'n'));
  const std::string text = Sealed(before, "value");
  EXPECT_FALSE(between.IsCurrent(text));
  const Secret value = between.Unseal(text, kPlace).value();
  const std::string anew = between.Seal(value, kPlace, crypto::SystemRandom()).value();
  EXPECT_TRUE(anew.starts_with("s1:new:"));
  EXPECT_TRUE(between.IsCurrent(anew));
  EXPECT_TRUE(after.Unseal(anew, kPlace)->Matches("value"));
  const auto missing = after.Unseal(text, kPlace);
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, "sealing.key_missing");
}

// The id is part of what is authenticated.
TEST(StorageKeys, RefuseAnotherIdWithTheSameKey) {
  const StorageKeys keys = Keys(Line("a", 'k') + Line("b", 'k'));
  std::string text = Sealed(keys, "value");
  text[3] = 'b';
  EXPECT_EQ(keys.Unseal(text, kPlace).error().code, "sealing.damaged");
}

TEST(StorageKeys, RefuseWhatIsTooLong) {
  const auto sealed =
      Keys(Line("k", 'k'))
          .Seal(Secret(std::string(kStoredBytesMax + 1, 'x')), kPlace, crypto::SystemRandom());
  ASSERT_FALSE(sealed);
  EXPECT_EQ(sealed.error().code, "sealing.too_long");
}

TEST(LooksStored, IsOurFormOnly) {
  EXPECT_TRUE(LooksStored(Sealed(Keys(Line("k", 'k')), "value")));
  for (const std::string_view text : {"", "s1", "s1:", "s1::AAAA", "s1:K:AAAA", "s2:k:AAAA",
                                      "rcb+kCo8jY6s33X4qUrDZ2pVKW3Y19Ev3kUa6+fq/bI="}) {
    EXPECT_FALSE(LooksStored(text)) << text;
  }
}

TEST(StorageKeys, ReadComments) {
  EXPECT_TRUE(StorageKeys::Parse("# the keys\n\n" + Line("k", 'k')));
  EXPECT_TRUE(StorageKeys::Parse("k " + crypto::EncodeBase64(std::string(32, 'k')) + "\r\n"));
}

TEST(StorageKeys, RefuseAWrongFileWithoutQuotingIt) {
  const std::string good = crypto::EncodeBase64(std::string(kStorageKeyBytes, 'k'));
  std::string many;
  for (std::size_t at = 0; at <= kStorageKeysMax; ++at) many += Line("k" + std::to_string(at), 'k');
  for (const std::string& text :
       {std::string(), std::string("# none\n"), "k" + good, "k  " + good, "k " + good + " ",
        "K " + good, "k " + good.substr(4), "k " + good + "\nk " + good,
        std::string(kStorageKeyIdCharsMax + 1, 'k') + " " + good, std::string("k"),
        std::string("k "), many}) {
    const auto keys = StorageKeys::Parse(text);
    ASSERT_FALSE(keys) << text;
    EXPECT_EQ(keys.error().code, "sealing.key_file");
    EXPECT_EQ(keys.error().message.find(good.substr(0, 8)), std::string::npos);
  }
}

TEST(StorageKeys, LoadAFile) {
  const std::string path = testing::TempDir() + "storage-keys-" + std::to_string(::getpid());
  std::ofstream(path) << Line("k", 'k');
  const auto keys = StorageKeys::Load(path);
  ASSERT_TRUE(keys);
  EXPECT_TRUE(keys->Unseal(Sealed(*keys, "value"), kPlace)->Matches("value"));
  std::ofstream(path) << Line("k", 'k') << std::string(kStorageKeyFileBytesMax, '\n');
  EXPECT_EQ(StorageKeys::Load(path).error().code, "sealing.key_file");
  ::unlink(path.c_str());
  EXPECT_EQ(StorageKeys::Load(path).error().code, "sealing.key_file");
  EXPECT_EQ(StorageKeys::Load(testing::TempDir()).error().code, "sealing.key_file");
}

}  // namespace
}  // namespace guarantee::sealing
