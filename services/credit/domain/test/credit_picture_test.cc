// The picture that people read is the table that the program runs.
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "credit/domain/picture.h"

namespace guarantee::credit {
namespace {

TEST(CreditPicture, StatesFile_IsFresh) {
  std::ifstream file(GUARANTEE_SOURCE_DIR "/services/credit/states.md");
  std::ostringstream text;
  text << file.rdbuf();
  EXPECT_EQ(text.str(), PrintStates())
      << "build credit_print_states and write its output to services/credit/states.md";
}

}  // namespace
}  // namespace guarantee::credit
