// The picture that people read is the table that the program runs.
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "invoice/domain/picture.h"

namespace guarantee::invoice {
namespace {

TEST(InvoicePicture, StatesFile_IsFresh) {
  std::ifstream file(GUARANTEE_SOURCE_DIR "/services/invoice/states.md");
  std::ostringstream text;
  text << file.rdbuf();
  EXPECT_EQ(text.str(), PrintStates())
      << "build invoice_print_states and write its output to services/invoice/states.md";
}

}  // namespace
}  // namespace guarantee::invoice
