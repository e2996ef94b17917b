#include "credit/domain/picture.h"

#include "credit/domain/transitions.h"
#include "machine/picture.h"

namespace guarantee::credit {

std::string PrintStates() {
  const machine::Picture<CreditKinds> picture(
      Rules(), machine::In(State::kDeclined, State::kWithdrawn, State::kLapsed));
  return "# The credit's states\n\n"
         "Printed from the table in `domain/transitions.cc`; a test keeps it fresh.\n\n" +
         picture.Diagram() +
         "\n## Every cell\n\nFor a state and a command the lines are tried from top to bottom. In "
         "`Reserve` and `Release` the\nstate is that of the granted application, else of the open "
         "one, else of the latest.\n\n" +
         picture.Cells() + "\n## Refusals\n\n" + picture.Refusals(kRefusals);
}

}  // namespace guarantee::credit
