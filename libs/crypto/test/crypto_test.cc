#include <gtest/gtest.h>

#include <array>

#include "crypto/base64.h"
#include "crypto/digest.h"
#include "crypto/identifier.h"
#include "crypto/password.h"
#include "crypto/random.h"
#include "crypto/token.h"

namespace guarantee::crypto {
namespace {

class FixedRandom final : public Random {
 public:
  explicit FixedRandom(char octet) : octet_(octet) {}
  std::string Bytes(std::size_t count) override { return std::string(count, octet_); }

 private:
  char octet_;
};

TEST(Digest, Sha256_GivesThePublishedVectors) {
  EXPECT_EQ(ToHex(Sha256("")), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(ToHex(Sha256("abc")),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(Digest, HmacSha256_GivesTheVectorsOfRfc4231) {
  EXPECT_EQ(ToHex(HmacSha256(std::string(20, '\x0b'), "Hi There")),
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
  EXPECT_EQ(ToHex(HmacSha256("Jefe", "what do ya want for nothing?")),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  EXPECT_EQ(ToHex(HmacSha256(std::string(131, '\xaa'),
                             "Test Using Larger Than Block-Size Key - Hash Key First")),
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

TEST(Digest, EqualInConstantTime_ComparesAllOfBoth) {
  EXPECT_TRUE(EqualInConstantTime("", ""));
  EXPECT_TRUE(EqualInConstantTime("abc", "abc"));
  EXPECT_FALSE(EqualInConstantTime("abc", "abd"));
  EXPECT_FALSE(EqualInConstantTime("abc", "ab"));
}

TEST(Base64, EncodesTheVectorsOfRfc4648AndDecodesThem) {
  const std::array<std::pair<std::string_view, std::string_view>, 7> vectors{
      {{"", ""},
       {"f", "Zg=="},
       {"fo", "Zm8="},
       {"foo", "Zm9v"},
       {"foob", "Zm9vYg=="},
       {"fooba", "Zm9vYmE="},
       {"foobar", "Zm9vYmFy"}}};
  for (const auto& [bytes, text] : vectors) {
    EXPECT_EQ(EncodeBase64(bytes), text);
    EXPECT_EQ(DecodeBase64(text), bytes);
  }
  EXPECT_EQ(EncodeBase64Url("\xff\xfe"), "__4");
}

TEST(Base64, DecodesEveryOctet) {
  std::string bytes;
  for (int octet = 0; octet < 256; ++octet) bytes += static_cast<char>(octet);
  EXPECT_EQ(DecodeBase64(EncodeBase64(bytes)), bytes);
}

TEST(Base64, RefusesWhatIsNotCanonical) {
  for (const std::string_view text :
       {"Z", "Zg", "Zg=", "Zh==", "Zm9=", "Zg==Zg==", "Zm9v\n", " Zm9v", "Z===", "====", "Zm8_",
        "QUJDRA==x", "9143060M715421015", "Zm=v"}) {
    EXPECT_FALSE(DecodeBase64(text)) << text;
  }
}

TEST(Password, VerifiesWhatItHashedAndNothingElse) {
  const Result<std::string> hash = HashPassword("correct horse", SystemRandom());
  ASSERT_TRUE(hash);
  EXPECT_TRUE(hash->starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
  EXPECT_TRUE(VerifyPassword(*hash, "correct horse"));
  EXPECT_FALSE(VerifyPassword(*hash, "correct horsf"));
  EXPECT_FALSE(VerifyPassword(*hash, ""));
  EXPECT_FALSE(VerifyPassword("plain", "plain"));
}

TEST(Password, VerifiesTheVectorOfTheReferenceImplementation) {
  EXPECT_TRUE(
      VerifyPassword("$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$"
                     "CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
                     "password"));
}

TEST(Password, RefusesEmptyAndOverlongPasswords) {
  EXPECT_FALSE(HashPassword("", SystemRandom()));
  EXPECT_FALSE(HashPassword(std::string(kPasswordBytesMax + 1, 'x'), SystemRandom()));
}

TEST(Password, CheckRefusesWeakAndExcessiveSettings) {
  const std::string tail = "$c3Nzc3Nzc3Nzc3Nzc3Nzcw$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
  EXPECT_TRUE(CheckPasswordHash(UnmatchablePasswordHash()));
  EXPECT_FALSE(CheckPasswordHash("$argon2i$v=19$m=19456,t=2,p=1" + tail));
  EXPECT_FALSE(CheckPasswordHash("$argon2id$v=19$m=1024,t=2,p=1" + tail));
  EXPECT_FALSE(CheckPasswordHash("$argon2id$v=19$m=4194304,t=2,p=1" + tail));
  EXPECT_FALSE(CheckPasswordHash("$argon2id$v=19$m=19456,t=900,p=1" + tail));
  EXPECT_FALSE(CheckPasswordHash(""));
}

TEST(Password, NothingMatchesTheUnmatchableHash) {
  EXPECT_FALSE(VerifyPassword(UnmatchablePasswordHash(), ""));
  EXPECT_FALSE(VerifyPassword(UnmatchablePasswordHash(), "password"));
}

TEST(Token, DependsOnKeyPurposeAndTheBoundsOfItsParts) {
  const Secret master(std::string(32, 'k'));
  const TokenKey key = *TokenKey::Derive(master, "page");
  const std::array<std::string_view, 2> parts{"ab", "c"};
  const std::array<std::string_view, 2> shifted{"a", "bc"};
  EXPECT_EQ(key.Make(parts).size(), 27U);
  EXPECT_EQ(key.Make(parts), key.Make(parts));
  EXPECT_NE(key.Make(parts), key.Make(shifted));
  EXPECT_NE(key.Make(parts), TokenKey::Derive(master, "other")->Make(parts));
  EXPECT_NE(key.Make(parts), TokenKey::Derive(Secret(std::string(32, 'j')), "page")->Make(parts));
  EXPECT_FALSE(TokenKey::Derive(Secret(std::string(31, 'k')), "page"));
}

TEST(Identifier, CarriesTimeVersionAndVariant) {
  FixedRandom ones('\xff');
  EXPECT_EQ(MakeIdentifier({0x017F22E279B0}, ones), "017f22e2-79b0-7fff-bfff-ffffffffffff");
  FixedRandom zeros('\0');
  EXPECT_EQ(MakeIdentifier({0x017F22E279B0}, zeros), "017f22e2-79b0-7000-8000-000000000000");
}

TEST(Random, GivesWhatIsAskedAndNeverTheSame) {
  EXPECT_EQ(SystemRandom().Bytes(0).size(), 0U);
  EXPECT_EQ(SystemRandom().Bytes(33).size(), 33U);
  EXPECT_NE(SystemRandom().Bytes(16), SystemRandom().Bytes(16));
}

}  // namespace
}  // namespace guarantee::crypto
