// The picture that people read is the table that the program runs.
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "claim/domain/picture.h"

namespace guarantee::claim {
namespace {

TEST(ClaimPicture, StatesFile_IsFresh) {
  std::ifstream file(GUARANTEE_SOURCE_DIR "/services/claim/states.md");
  std::ostringstream text;
  text << file.rdbuf();
  EXPECT_EQ(text.str(), PrintStates())
      << "build claim_print_states and write its output to services/claim/states.md";
}

}  // namespace
}  // namespace guarantee::claim
