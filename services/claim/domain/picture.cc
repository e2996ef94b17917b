#include "claim/domain/picture.h"

#include "claim/domain/transitions.h"
#include "machine/picture.h"

namespace guarantee::claim {

std::string PrintStates() {
  const machine::Picture<ClaimKinds> picture(
      Rules(), machine::In(State::kPaid, State::kRefused, State::kWithdrawn));
  return "# The claim's states\n\n"
         "Printed from the table in `domain/transitions.cc`; a test keeps it fresh.\n\n" +
         picture.Diagram() +
         "\n## Every cell\n\nFor a state and a command the lines are tried from top to bottom. "
         "`Proceed` is the step that the\nclaim takes by itself after every applied command.\n\n" +
         picture.Cells() + "\n## Refusals\n\n" + picture.Refusals(kRefusals);
}

}  // namespace guarantee::claim
