// Ten thousand worlds, each out of one seed (README.md). A seed that fails is run again with its
// steps told; `simulation --seed N` does the same.
#include <gtest/gtest.h>

#include <ctime>
#include <iostream>

#include "quiet.h"
#include "world.h"

namespace guarantee::simulation {
namespace {

constexpr std::uint64_t kSteps = 200;
constexpr int kBudgetSeconds = 120;  // of one core
// A build for debugging or under a sanitizer is many times slower.
#if defined(__OPTIMIZE__) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
constexpr std::uint64_t kSeeds = 10'000;
#else
constexpr std::uint64_t kSeeds = 500;
#endif

const std::shared_ptr<const contract::Contract>& TheContract() {
  static const std::shared_ptr<const contract::Contract> contract =
      contract::Contract::Load().value();
  return contract;
}

std::string Told(const RunOptions& options, const Report& report) {
  std::string text = "seed " + std::to_string(options.seed) + ": " + report.violation + "\n";
  for (const std::string& line : report.lines) text += line + "\n";
  return text;
}

// What ten thousand seeds have to come by: every end of every machine, each race with each winner,
// and every kind of bad luck.
constexpr const char* kMustBeSeen[] = {"order issued",
                                       "order rejected",
                                       "order cancelled",
                                       "order lapsed",
                                       "guarantee refunded",
                                       "guarantee cancelled",
                                       "guarantee paid",
                                       "guarantee expired",
                                       "claim paid",
                                       "claim refused",
                                       "claim withdrawn",
                                       "credit declined",
                                       "credit withdrawn",
                                       "credit lapsed",
                                       "credit released",
                                       "invoice issued",
                                       "invoice failed",
                                       "refund withdrawn",
                                       "cancellation withdrawn",
                                       "race 3.3 first",
                                       "race issue before 3.3",
                                       "race 3.15 first",
                                       "race opening before 3.15",
                                       "race 3.17 first",
                                       "race approval before 3.17",
                                       "hold refused guarantee.cancelled",
                                       "race 3.11 before 3.9",
                                       "race 3.19 first",
                                       "race payment before 3.19",
                                       "zombie fenced",
                                       "transaction lost",
                                       "commit unheard",
                                       "batch again: sql.connection",
                                       "relay crashed between publish and mark",
                                       "notice expired 3.2",
                                       "notice expired 3.16",
                                       "timers fired",
                                       "another writer came first"};

struct Sweep {
  Coverage coverage;
  std::string failure;  // of the first seed in which something did not hold
  std::uint64_t seed = 0;
};

Sweep SimulateAll(RunOptions options) {
  Sweep sweep;
  const QuietErrors quiet;
  for (options.steps = kSteps; options.seed <= kSeeds; ++options.seed) {
    const std::string violation = Simulate(options, TheContract(), sweep.coverage).violation;
    if (violation.empty()) continue;
    options.traced = true;
    const Report again = Simulate(options, TheContract(), sweep.coverage);
    EXPECT_EQ(again.violation, violation) << "the seed does not replay";
    sweep.failure = Told(options, again);
    sweep.seed = options.seed;
    break;
  }
  return sweep;
}

TEST(Simulation, EverythingHoldsForEverySeed) {
  const std::clock_t begun = std::clock();
  const Sweep sweep = SimulateAll({});
  const double seconds = static_cast<double>(std::clock() - begun) / CLOCKS_PER_SEC;
  EXPECT_EQ(sweep.failure, "");
  EXPECT_LT(seconds, kBudgetSeconds);
  std::cout << kSeeds << " seeds of " << kSteps << " steps in " << seconds << " s of one core\n";
  for (const char* const what : kMustBeSeen) {
    EXPECT_TRUE(kSeeds < 10'000 || sweep.coverage.Of(what) > 0) << what << " was never seen";
  }
  for (const auto& [what, count] : sweep.coverage.counts()) {
    std::cout << count << "  " << what << '\n';
  }
}

void ExpectFound(const RunOptions& options) {
  const Sweep sweep = SimulateAll(options);
  EXPECT_NE(sweep.failure, "");
  std::cout << "found with " << sweep.failure.substr(0, sweep.failure.find('\n')) << '\n';
}

TEST(Simulation, APlantedLostUpdateIsFound) { ExpectFound({.faults = {.lost_update = true}}); }

TEST(Simulation, APlantedEarlyCommitIsFound) { ExpectFound({.faults = {.early_commit = true}}); }

TEST(Simulation, APlantedMissingFenceIsFound) { ExpectFound({.faults = {.no_fence = true}}); }

TEST(Simulation, APlantedHastyTimerIsFound) { ExpectFound({.hasty_timers = true}); }

TEST(Simulation, TheSameSeedIsTheSameRun) {
  Coverage first;
  Coverage second;
  const QuietErrors quiet;
  const RunOptions options{.seed = 7, .steps = kSteps, .traced = true};
  const Report one = Simulate(options, TheContract(), first);
  const Report two = Simulate(options, TheContract(), second);
  EXPECT_EQ(one.lines, two.lines);
  EXPECT_EQ(first.counts(), second.counts());
  EXPECT_GT(one.lines.size(), 10U);
}

}  // namespace
}  // namespace guarantee::simulation
