// The picture that people read is the table that the program runs.
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "order/domain/picture.h"

namespace guarantee::order {
namespace {

TEST(OrderPicture, StatesFile_IsFresh) {
  std::ifstream file(GUARANTEE_SOURCE_DIR "/services/order/states.md");
  std::ostringstream text;
  text << file.rdbuf();
  EXPECT_EQ(text.str(), PrintStates())
      << "build order_print_states and write its output to services/order/states.md";
}

}  // namespace
}  // namespace guarantee::order
