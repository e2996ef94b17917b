// One simulated world: four services, a platform, a bank, a dispatcher, and bad luck; everything in
// one thread and out of one seed.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "bank.h"
#include "book.h"
#include "checks.h"
#include "courier.h"
#include "desks.h"
#include "node.h"
#include "platform.h"
#include "scene.h"

namespace guarantee::simulation {

struct RunOptions {
  std::uint64_t seed = 1;
  std::uint64_t steps = 200;
  bool traced = false;
  testing::PlantedFaults faults = {};  // of every store
  bool hasty_timers = false;           // planted likewise: fired by the clock alone
};

struct Report {
  std::string violation;           // empty: everything held
  std::vector<std::string> lines;  // the last steps, where it was traced
};

// Runs one seed to its first violation or to the rest after its last step.
[[nodiscard]] Report Simulate(const RunOptions& options,
                              const std::shared_ptr<const contract::Contract>& contract,
                              Coverage& coverage);

class World {
 public:
  World(const RunOptions& options, const std::shared_ptr<const contract::Contract>& contract,
        Coverage& coverage);

  [[nodiscard]] Report Run();

 private:
  void Step();
  void DeliverStep();
  void RelayStep();
  void CourierStep();
  void ClockStep();
  void TimerStep();
  void TroubleStep();
  void MaybeHarm(Node& node);
  void Settle();
  void Drain();
  [[nodiscard]] bool JumpToNextDeadline();

  const RunOptions options_;
  Scene scene_;
  Book book_;
  Node order_;
  Node claim_;
  Node credit_;
  Node invoice_;
  OrderSide order_side_;
  std::unique_ptr<service::Desk> claim_desk_;
  std::unique_ptr<service::Desk> credit_desk_;
  std::unique_ptr<service::Desk> invoice_desk_;
  const std::vector<Node*> nodes_;
  Checks checks_;
  Platform platform_;
  Bank bank_;
  Courier courier_;
};

}  // namespace guarantee::simulation
