// The tour through all interfaces as data: what happens to each letter, step by step.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/money.h"

namespace guarantee::platform_simulator {

enum class Act {
  kSend,     // a request of the platform's
  kAwait,    // a notice or request of the institution's
  kOperate,  // the institution's operator
};

enum class Wanted {
  kAccepted,    // code 200; a notice of success
  kFailure,     // a notice of failure
  kRefused,     // refused in the answer, with the step's text
  kFinding,     // a credit check that finds the line
  kWithdrawal,  // withdrawn, or told that it was decided or who has to consent
};

// `text` is a value as on the wire, or "$name" for a fact of the leg.
struct Value {
  const char* field = "";  // in the message
  const char* text = "";
};

struct Step {
  Act act = Act::kSend;
  const char* section = "";  // of the interface; for the operator, of what follows
  // Begins the operation's number; the rest is the run's and the leg's. Empty: the message has
  // none, or `values` gives it.
  const char* number = "";
  const char* what = "";
  Wanted wanted = Wanted::kAccepted;
  std::vector<Value> values;
  std::vector<const char*> words;  // of the operator's command
  // What the operation's number ends in; the bank-simulator leaves those to people.
  const char* ending = "";
  bool changes = true;         // leaves a public event when it is accepted
  std::string_view text = {};  // of a refusal; empty: any
};

// One order, or one applicant for credit, and what becomes of it.
struct Leg {
  const char* name = "";  // in its numbers
  const char* title = "";
  Money amount;        // of the order; zero: there is none
  bool letter = true;  // the order ends in a letter
  std::vector<Step> steps;
};

[[nodiscard]] const std::vector<Leg>& TourLegs();

}  // namespace guarantee::platform_simulator
