// The conditions of the table, evaluated. Private to the domain.
#pragma once

#include <string>
#include <vector>

#include "claim/domain/claim.h"
#include "claim/domain/commands.h"
#include "claim/domain/policy.h"
#include "claim/domain/transitions.h"

namespace guarantee::claim {

// The table speaks of one claim; a row seen with one claim in focus.
struct View {
  State state = State::kNone;
  std::string business_no;
  Claims row;

  // Null where there is no such claim.
  [[nodiscard]] const Claim* claim() const { return FindClaim(row, business_no); }
};
[[nodiscard]] View ViewOf(Claims row, std::string business_no);

// What a rule may look at. `view` is the value so far within one Decide. `command` is what was
// sent, also while the claim takes its own next step.
struct Situation {
  const View& view;
  const Command& command;
  UnixMillis now;
  const Policy& policy;
};

[[nodiscard]] bool Holds(Guard guard, const Situation& situation);

// What a refusal of this claim lists: the decider's discrepancies and, once, what the comparison
// found, for it can be told only now.
[[nodiscard]] std::vector<std::string> DiscrepanciesOf(const Situation& situation);
// What the claim's own books say to the platform's 3.12.
[[nodiscard]] bool PlatformContradicts(const Situation& situation);

}  // namespace guarantee::claim
