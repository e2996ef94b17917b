#include "order/domain/letter/picture.h"

#include "machine/picture.h"
#include "order/domain/letter/transitions.h"

namespace guarantee::order::letter {

std::string PrintStates() {
  const machine::Picture<LetterKinds> picture(
      Rules(), machine::In(State::kRefunded, State::kCancelled, State::kPaid, State::kExpired));
  return "# The guarantee's states\n\n"
         "Printed from the table in `domain/letter/transitions.cc`; a test keeps it fresh.\n\n" +
         picture.Diagram() +
         "\n## Every cell\n\nFor a state and a command the lines are tried from top to bottom. "
         "`Proceed` is the step that the\nguarantee takes by itself after every applied command. "
         "Notices that follow from an event (3.8, 3.9,\n3.10, 3.16) are not repeated in the last "
         "column.\n\n" +
         picture.Cells() + "\n## Refusals\n\n" + picture.Refusals(kRefusals);
}

}  // namespace guarantee::order::letter
