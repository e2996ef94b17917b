// What the institution's topics and journals say about a tour: for every step that was seen from
// outside, its record inside.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "platform-simulator/operator_line.h"
#include "platform-simulator/tour_steps.h"

namespace guarantee::platform_simulator {

// A step that was seen.
struct Trace {
  std::string section;
  std::string service;  // whose events it makes
  Act act = Act::kSend;
  bool changes = true;  // it must have left a public event
  std::string name;     // for people
};

// The traces of one leg, and the flows in which they have to be found: keys, or numbers that name
// one.
struct LegTraces {
  std::vector<std::string> flows;
  std::vector<Trace> traces;
};

struct Finding {
  bool complete = false;
  std::string detail;  // the records, or what is missing
};

// `steps` are those of `flow show`, of all flows of the leg.
[[nodiscard]] Finding FindTrace(const Trace& trace, const std::vector<Json>& steps);

// All steps of the flows. Refused "operator" as OperatorLine::Run.
[[nodiscard]] Result<std::vector<Json>> GatherSteps(const OperatorLine& operators,
                                                    const std::string& partner,
                                                    const std::vector<std::string>& flows);

}  // namespace guarantee::platform_simulator
