#include "messaging/bus.h"

#include <gtest/gtest.h>

namespace guarantee::messaging {
namespace {

// Hashes from org.apache.kafka.common.utils.UtilsTest, taken modulo a partition count.
TEST(PartitionOfKey, AgreesWithTheJavaClient) {
  struct Case {
    std::string_view key;
    std::int32_t murmur2;
  };
  constexpr Case kCases[] = {{"21", -973932308},
                             {"foobar", -790332482},
                             {"a-little-bit-long-string", -985981536},
                             {"a-little-bit-longer-string", -1486304829},
                             {"lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", -58897971},
                             {"abc", 479470107}};
  for (const Case& example : kCases) {
    const std::int32_t positive = example.murmur2 & 0x7fffffff;
    EXPECT_EQ(PartitionOfKey(example.key, 12), positive % 12) << example.key;
    EXPECT_EQ(PartitionOfKey(example.key, 1000003), positive % 1000003) << example.key;
  }
}

TEST(Delivered, FindsAHeaderByItsExactName) {
  Delivered record;
  record.headers = {{"ce_id", "1"}, {"ce_type", "x"}};
  EXPECT_EQ(record.FindHeader("ce_type"), "x");
  EXPECT_EQ(record.FindHeader("CE_TYPE"), "");
}

}  // namespace
}  // namespace guarantee::messaging
