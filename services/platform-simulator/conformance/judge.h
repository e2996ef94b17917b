// An answer against what the case expects, and against the shape that every answer has.
#pragma once

#include <string>
#include <vector>

#include "platform-simulator/conformance/case.h"
#include "platform-simulator/http_call.h"

namespace guarantee::platform_simulator::conformance {

enum class Grade {
  kPassed,
  kDeviates,
  kNotOffered,  // the institution says that it has no such service
};

struct Verdict {
  Grade grade = Grade::kPassed;
  std::string found;  // what was wrong with it; no values of the request
};

// `answers` are those to all requests of the case, in their order.
[[nodiscard]] Verdict Judge(const Case& one, const std::vector<HttpAnswer>& answers);

}  // namespace guarantee::platform_simulator::conformance
