// The conditions of the table, evaluated. Private to the domain.
#pragma once

#include <string>

#include "credit/domain/commands.h"
#include "credit/domain/credit.h"
#include "credit/domain/transitions.h"

namespace guarantee::credit {

// The table speaks of one application; a row seen with one in focus.
struct View {
  State state = State::kNone;
  std::string business_no;
  Credit row;

  // Null where there is no such application.
  [[nodiscard]] const Application* application() const { return FindApplication(row, business_no); }
};
[[nodiscard]] View ViewOf(Credit row, std::string business_no);
// Which application the command is about; in a reservation the one that stands for the line.
[[nodiscard]] std::string FocusOf(const Credit& row, const Command& command);

// Decisions need no settings.
struct Policy {};

struct Situation {
  const View& view;  // the value so far within one Decide
  const Command& command;
  UnixMillis now;
  const Policy& policy;
};

[[nodiscard]] bool Holds(Guard guard, const Situation& situation);

}  // namespace guarantee::credit
