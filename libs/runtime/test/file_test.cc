#include "runtime/file.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace guarantee::runtime {
namespace {

TEST(ReadFile, ReadsUpToTheLimitAndNamesWhatIsWrong) {
  const std::string path = ::testing::TempDir() + "guarantee-read-file";
  std::ofstream(path, std::ios::binary) << std::string("a\0b", 3);
  EXPECT_EQ(ReadFile(path, 3, "order.file", "order.rules_file").value(), std::string("a\0b", 3));
  const Result<std::string> large = ReadFile(path, 2, "order.file", "order.rules_file");
  ASSERT_FALSE(large.has_value());
  EXPECT_EQ(Describe(large.error()), "order.file order.rules_file: " + path + " is too large");
  std::filesystem::remove(path);
  const Result<std::string> missing = ReadFile(path, 3, "order.file", "order.rules_file");
  ASSERT_FALSE(missing.has_value());
  EXPECT_EQ(Describe(missing.error()), "order.file order.rules_file: cannot read " + path);
}

}  // namespace
}  // namespace guarantee::runtime
