#include "bank-simulator/positions.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace guarantee::bank_simulator {
namespace {

class PositionsFile : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = std::filesystem::temp_directory_path() /
              ("positions." + std::to_string(getpid()) + "." +
               testing::UnitTest::GetInstance()->current_test_info()->name());
    std::filesystem::create_directory(folder_);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::string File() const { return (folder_ / "positions.json").string(); }

  std::filesystem::path folder_;
};

TEST_F(PositionsFile, OutlivesTheProcess) {
  {
    auto positions = Positions::Load(File());
    ASSERT_TRUE(positions);
    EXPECT_EQ((*positions)->Next({"t", 1}), messaging::kLogBeginning);
    ASSERT_TRUE((*positions)->Advance({"t", 1}, 7));
    ASSERT_TRUE((*positions)->Advance({"t", 2}, 3));
  }
  auto positions = Positions::Load(File());
  ASSERT_TRUE(positions);
  EXPECT_EQ((*positions)->Next({"t", 1}), 7);
  EXPECT_EQ((*positions)->Next({"t", 2}), 3);
}

TEST_F(PositionsFile, ABrokenFileIsRefused) {
  std::ofstream(File()) << R"([{"topic":"t"}])";
  EXPECT_FALSE(Positions::Load(File()));
}

TEST_F(PositionsFile, AFileThatCannotBeWrittenIsSaid) {
  auto positions = Positions::Load((folder_ / "no" / "such" / "folder").string());
  ASSERT_TRUE(positions);
  const Result<void> kept = (*positions)->Advance({"t", 0}, 1);
  ASSERT_FALSE(kept);
  EXPECT_EQ(kept.error().kind, ErrorKind::kRetryable);
}

TEST_F(PositionsFile, RemembersTheLatestEventsOnly) {
  auto positions = Positions::Load(File());
  ASSERT_TRUE(positions);
  for (std::size_t number = 0; number <= kRememberedEventsMax; ++number) {
    (*positions)->Remember(std::to_string(number));
  }
  EXPECT_TRUE((*positions)->IsNew("0"));
  EXPECT_FALSE((*positions)->IsNew("1"));
  EXPECT_FALSE((*positions)->IsNew(std::to_string(kRememberedEventsMax)));
}

}  // namespace
}  // namespace guarantee::bank_simulator
