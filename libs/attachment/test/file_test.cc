#include "attachment/file.h"

#include <gtest/gtest.h>

#include "archives.h"
#include "attachment/reasons.h"

namespace guarantee::attachment {
namespace {

using testing::Entry;
using testing::MakeZip;

std::string Reason(std::string_view bytes) {
  const Result<File> file = JudgeFile(bytes);
  return file ? "kept" : file.error().code;
}

TEST(JudgeFileTest, KnownKindsAreKeptWithTheirDigest) {
  const Result<File> pdf = JudgeFile("%PDF-1.7 abc");
  ASSERT_TRUE(pdf);
  EXPECT_EQ(pdf->media_type, "application/pdf");
  EXPECT_EQ(pdf->size_bytes, 12);
  EXPECT_EQ(pdf->sha256.size(), 64U);
  EXPECT_EQ(JudgeFile("\xFF\xD8\xFF jpeg")->media_type, "image/jpeg");
  const Result<File> zip = JudgeFile(MakeZip({{"a/证明.pdf"}, {"b..c/d.jpg"}}));
  ASSERT_TRUE(zip) << Describe(zip.error());
  EXPECT_EQ(zip->media_type, "application/zip");
  EXPECT_FALSE(zip->encrypted);
  EXPECT_FALSE(zip->nested);
}

TEST(JudgeFileTest, AnythingElseIsNot) {
  EXPECT_EQ(Reason(""), reasons::kSize);
  EXPECT_EQ(Reason("<html>please sign in</html>"), reasons::kMediaType);
  EXPECT_EQ(Reason(std::string("MZ\x90\0", 4)), reasons::kMediaType);
  std::string large(kFileBytesMax + 1, 'x');
  large.replace(0, 4, "%PDF");
  EXPECT_EQ(Reason(large), reasons::kSize);
  large.pop_back();
  EXPECT_EQ(Reason(large), "kept");
}

TEST(JudgeFileTest, AnArchiveThatCannotBeReadIsRefused) {
  const std::string whole = MakeZip({{"a"}, {"b"}});
  EXPECT_EQ(Reason("PK\x03\x04 and nothing more"), reasons::kArchive);
  EXPECT_EQ(Reason(whole.substr(0, whole.size() - 23)), reasons::kArchive);
}

TEST(JudgeFileTest, EntriesAreCounted) {
  EXPECT_EQ(Reason(MakeZip(std::vector<Entry>(1'000, Entry{"a"}))), "kept");
  EXPECT_EQ(Reason(MakeZip(std::vector<Entry>(1'001, Entry{"a"}))), reasons::kEntries);
}

TEST(JudgeFileTest, ABombIsKnownByItsDirectory) {
  EXPECT_EQ(Reason(MakeZip({{"a", 8U << 20}})), "kept");
  EXPECT_EQ(Reason(MakeZip({{"a", (8U << 20) + 1}})), reasons::kBomb);
  EXPECT_EQ(Reason(MakeZip({{"a", 0xFFFFFFFEU}})), reasons::kBomb);
  // Many small ones that are too much together.
  EXPECT_EQ(Reason(MakeZip(std::vector<Entry>(200, Entry{"a", 3U << 20}))), reasons::kBomb);
}

TEST(JudgeFileTest, NoEntryLeadsOutOfTheFolder) {
  for (const char* out : {"../a", "a/../../b", "/etc/passwd", "C:\\a", "C:a", "\\\\host\\a",
                          "a\\..\\..\\b", "..", ".."}) {
    EXPECT_EQ(Reason(MakeZip({{"fine"}, {out}})), reasons::kEntryName) << out;
  }
  Entry link{"link"};
  link.unix_mode = 0120777;
  EXPECT_EQ(Reason(MakeZip({link})), reasons::kEntryName);
  EXPECT_EQ(Reason(MakeZip({{"a..b"}, {"...a"}, {"a/b/.hidden"}})), "kept");
}

TEST(JudgeFileTest, WhoeverOpensItIsTold) {
  Entry locked{"secret.pdf"};
  locked.encrypted = true;
  EXPECT_TRUE(JudgeFile(MakeZip({{"a"}, locked}))->encrypted);
  EXPECT_TRUE(JudgeFile(MakeZip({{"inner.ZIP"}}))->nested);
  EXPECT_TRUE(JudgeFile(MakeZip({{"a/b.tar.gz"}}))->nested);
}

}  // namespace
}  // namespace guarantee::attachment
