// `simulation --seed N [--steps M] [--seeds COUNT]`: runs seeds N to N + COUNT − 1, by default one
// with its steps told; exit code 1 and the steps of the first seed in which something did not hold.
#include <cstring>
#include <iostream>
#include <string>

#include "quiet.h"
#include "world.h"

namespace {

using guarantee::simulation::RunOptions;

void Print(const RunOptions& options, const guarantee::simulation::Report& report) {
  for (const std::string& line : report.lines) std::cout << line << '\n';
  std::cout << "seed " << options.seed << ", " << options.steps
            << " steps: " << (report.violation.empty() ? "everything held" : report.violation)
            << '\n';
}

}  // namespace

int main(int argc, char** argv) {
  RunOptions options;
  std::uint64_t seeds = 1;
  for (int at = 1; at + 1 < argc; at += 2) {
    const std::uint64_t value = std::strtoull(argv[at + 1], nullptr, 10);
    if (std::strcmp(argv[at], "--seed") == 0) options.seed = value;
    if (std::strcmp(argv[at], "--steps") == 0) options.steps = value;
    if (std::strcmp(argv[at], "--seeds") == 0) seeds = value;
  }
  const auto contract = guarantee::contract::Contract::Load();
  if (!contract) return 2;
  guarantee::simulation::Coverage coverage;
  const guarantee::simulation::QuietErrors quiet;
  for (const std::uint64_t end = options.seed + seeds; options.seed < end; ++options.seed) {
    options.traced = seeds == 1;
    auto report = guarantee::simulation::Simulate(options, *contract, coverage);
    if (report.violation.empty() && seeds > 1) continue;
    options.traced = true;
    report = guarantee::simulation::Simulate(options, *contract, coverage);
    Print(options, report);
    if (!report.violation.empty()) return 1;
  }
  for (const auto& [what, count] : coverage.counts()) std::cout << count << "  " << what << '\n';
  return 0;
}
