#include "invoice/domain/picture.h"

#include "invoice/domain/transitions.h"
#include "machine/picture.h"

namespace guarantee::invoice {

std::string PrintStates() {
  const machine::Picture<InvoiceKinds> picture(Rules(),
                                               machine::In(State::kReversed, State::kFailed));
  return "# The invoice's states\n\n"
         "Printed from the table in `domain/transitions.cc`; a test keeps it fresh.\n\n" +
         picture.Diagram() +
         "\n## Every cell\n\nFor a state and a command the lines are tried from top to bottom. "
         "`Proceed` is the step that\na request takes by itself. In facts the state is that of the "
         "open request, else of the latest.\n\n" +
         picture.Cells() + "\n## Refusals\n\n" + picture.Refusals(kRefusals);
}

}  // namespace guarantee::invoice
