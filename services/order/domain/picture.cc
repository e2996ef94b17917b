#include "order/domain/picture.h"

#include "machine/picture.h"
#include "order/domain/transitions.h"

namespace guarantee::order {

std::string PrintStates() {
  const machine::Picture<OrderKinds> picture(
      Rules(), machine::In(State::kIssued, State::kRejected, State::kCancelled, State::kLapsed));
  return "# The order's states\n\n"
         "Printed from the table in `domain/transitions.cc`; a test keeps it fresh.\n\n" +
         picture.Diagram() +
         "\n## Every cell\n\nFor a state and a command the lines are tried from top to bottom. "
         "`Proceed` is the step that the\norder takes by itself after every applied command.\n\n" +
         picture.Cells() + "\n## Refusals\n\n" + picture.Refusals(kRefusals);
}

}  // namespace guarantee::order
