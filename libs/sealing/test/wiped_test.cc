// Memory is zero when it is given back: seen by an upstream that looks at it.
#include "sealing/wiped.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <stdexcept>

namespace guarantee::sealing {
namespace {

struct Seen {
  std::size_t returned_bytes = 0;
  std::size_t dirty_bytes = 0;
};
Seen seen;

template <typename T>
struct LookingAllocator {
  using value_type = T;
  LookingAllocator() = default;
  template <typename Other>
  explicit LookingAllocator(const LookingAllocator<Other>& /*other*/) {}
  T* allocate(std::size_t count) { return std::allocator<T>().allocate(count); }
  void deallocate(T* memory, std::size_t count) {
    const auto* bytes = reinterpret_cast<const unsigned char*>(memory);
    seen.returned_bytes += count * sizeof(T);
    seen.dirty_bytes += static_cast<std::size_t>(std::count_if(
        bytes, bytes + count * sizeof(T), [](unsigned char byte) { return byte != 0; }));
    std::allocator<T>().deallocate(memory, count);
  }
  bool operator==(const LookingAllocator&) const = default;
};

template <typename T>
using Wiped = std::vector<T, WipingAllocator<T, LookingAllocator<T>>>;
using Looked = Wiped<unsigned char>;

class WipedTest : public testing::Test {
 protected:
  void SetUp() override { seen = {}; }
};

// Without it the tests below would pass on any allocator.
TEST_F(WipedTest, TheLookingAllocatorSeesDirt) {
  { const std::vector<unsigned char, LookingAllocator<unsigned char>> plain(40, 0xAB); }
  EXPECT_EQ(seen.dirty_bytes, 40U);
}

TEST_F(WipedTest, AtTheEnd) {
  { const Looked bytes(40, 0xAB); }
  EXPECT_EQ(seen.returned_bytes, 40U);
  EXPECT_EQ(seen.dirty_bytes, 0U);
}

TEST_F(WipedTest, WhenItGrows) {
  Looked bytes(40, 0xAB);
  bytes.resize(4'000, 0xCD);
  EXPECT_EQ(seen.returned_bytes, 40U);
  EXPECT_EQ(seen.dirty_bytes, 0U);
}

TEST_F(WipedTest, WhenItShrank) {
  {
    Looked bytes(40, 0xAB);
    bytes.resize(3);
    bytes.clear();
  }
  EXPECT_EQ(seen.returned_bytes, 40U);
  EXPECT_EQ(seen.dirty_bytes, 0U);
}

TEST_F(WipedTest, OnTheWayOutOfAnError) {
  const auto fail = [] {
    const Looked bytes(40, 0xAB);
    throw std::runtime_error("error");
  };
  EXPECT_THROW(fail(), std::runtime_error);
  EXPECT_EQ(seen.returned_bytes, 40U);
  EXPECT_EQ(seen.dirty_bytes, 0U);
}

TEST_F(WipedTest, AfterAMoveAndAnAssignment) {
  {
    Looked first(40, 0xAB);
    Looked second = std::move(first);
    second = Looked(8, 0xCD);
    EXPECT_EQ(seen.returned_bytes, 40U);
  }
  EXPECT_EQ(seen.returned_bytes, 48U);
  EXPECT_EQ(seen.dirty_bytes, 0U);
}

TEST_F(WipedTest, ShortOnesLieOnTheHeapToo) {
  { const Looked bytes(1, 0xAB); }
  EXPECT_EQ(seen.returned_bytes, 1U);
  EXPECT_EQ(seen.dirty_bytes, 0U);
}

TEST_F(WipedTest, OfAnyType) {
  { const Wiped<long> numbers(5, -1L); }
  EXPECT_EQ(seen.returned_bytes, 5 * sizeof(long));
  EXPECT_EQ(seen.dirty_bytes, 0U);
}

}  // namespace
}  // namespace guarantee::sealing
