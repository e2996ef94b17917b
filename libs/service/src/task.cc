#include "service/task.h"

namespace guarantee::service {

std::string_view ResultWord(const Outcome& outcome) {
  if (outcome.verdict == machine::Verdict::kRefused) return "refused";
  if (outcome.verdict == machine::Verdict::kSameAgain) return "same_again";
  return outcome.data == "pending" ? "pending" : "applied";
}

}  // namespace guarantee::service
