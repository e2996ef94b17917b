// What a run found, an interface a line: for people, for programs, for a build server.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "platform-simulator/conformance/runner.h"

namespace guarantee::platform_simulator::conformance {

// What arrived of one interface that the institution sends.
struct NoticesSeen {
  std::size_t accepted = 0;
  std::vector<std::string> faults;  // of those that break the contract
};

struct Findings {
  std::string target;
  std::vector<CaseResult> results;
  bool listened = false;                                    // else nothing is known of the notices
  std::map<std::string, NoticesSeen, std::less<>> notices;  // by section
};

struct Tally {
  std::size_t passed = 0;
  std::size_t deviations = 0;
  std::size_t not_offered = 0;
  [[nodiscard]] std::size_t cases() const { return passed + deviations + not_offered; }
};

// Of one interface's requests, or of all with an empty section.
[[nodiscard]] Tally Count(const Findings& findings, std::string_view section);
// Notices that break the contract count as deviations.
[[nodiscard]] std::size_t Deviations(const Findings& findings);
// Interfaces of either direction that were not seen at work; of those that the institution sends
// only when the run listened.
[[nodiscard]] std::vector<std::string> Missing(const Findings& findings,
                                               const contract::Contract& contract);

[[nodiscard]] std::string Table(const Findings& findings, const contract::Contract& contract);
[[nodiscard]] std::string JsonReport(const Findings& findings, const contract::Contract& contract);
// The schema that build servers read: a suite an interface.
[[nodiscard]] std::string JunitReport(const Findings& findings, const contract::Contract& contract);

}  // namespace guarantee::platform_simulator::conformance
