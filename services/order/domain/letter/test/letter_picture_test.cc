// The picture that people read is the table that the program runs.
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "order/domain/letter/picture.h"

namespace guarantee::order::letter {
namespace {

TEST(LetterPicture, StatesFile_IsFresh) {
  std::ifstream file(GUARANTEE_SOURCE_DIR "/services/order/guarantee-states.md");
  std::ostringstream text;
  text << file.rdbuf();
  EXPECT_EQ(text.str(), PrintStates())
      << "build letter_print_states and write its output to services/order/guarantee-states.md";
}

}  // namespace
}  // namespace guarantee::order::letter
