// The conditions of the table, evaluated. Private to the domain.
#pragma once

#include <string>

#include "invoice/domain/commands.h"
#include "invoice/domain/invoice.h"
#include "invoice/domain/policy.h"
#include "invoice/domain/transitions.h"

namespace guarantee::invoice {

// The table speaks of one request; a row seen with one in focus.
struct View {
  State state = State::kNone;
  std::string business_no;
  Invoices row;

  // Null where there is no such request.
  [[nodiscard]] const Request* request() const { return FindRequest(row, business_no); }
};
[[nodiscard]] View ViewOf(Invoices row, std::string business_no);
// Which request the command is about.
[[nodiscard]] std::string FocusOf(const Invoices& row, const Command& command);

struct Situation {
  const View& view;  // the value so far within one Decide
  const Command& command;
  UnixMillis now;
  const Policy& policy;
};

[[nodiscard]] bool Holds(Guard guard, const Situation& situation);

}  // namespace guarantee::invoice
