// Walks through all interfaces with one partner, and ticks every step from answers and receipts.
#pragma once

#include <chrono>
#include <map>
#include <string>
#include <vector>

#include "contract/contract.h"
#include "platform-simulator/endpoints.h"
#include "platform-simulator/evidence.h"
#include "platform-simulator/operator_line.h"
#include "platform-simulator/timeline.h"
#include "platform-simulator/tour_steps.h"
#include "platform-simulator/watch.h"

namespace guarantee::platform_simulator {

struct TourParts {
  const contract::Contract& contract;
  const PartnerEndpoint& partner;
  HttpConnection& gateway;
  Watch& watch;
  const OperatorLine& operators;
  Timeline& timeline;
  std::string run;                    // in every number
  std::chrono::milliseconds timeout;  // since the timeline began; what is not there then is missing
};

// Not thread-safe.
class Tour {
 public:
  explicit Tour(TourParts parts) : parts_(std::move(parts)) {}

  // One of TourLegs(). Its numbers are the same for every partner of the run.
  void WalkLeg(const Leg& leg);
  // Ticks what was seen a second time, from the institution's own records.
  void CheckRecords();

 private:
  // What is known of a leg: its numbers, and what the institution told.
  using Facts = std::map<std::string, std::string, std::less<>>;

  bool Apply(const Leg& leg, Facts& facts);
  bool AwaitOrder(const Leg& leg, Facts& facts);
  bool Take(const Leg& leg, const Step& step, Facts& facts);
  bool Send(const Leg& leg, const Step& step, const Facts& facts);
  bool Await(const Leg& leg, const Step& step, Facts& facts);
  bool Operate(const Leg& leg, const Step& step, const Facts& facts);
  // Waits until a receipt fits; null at the timeout.
  const Json* AwaitReceipt(const std::function<bool(const Json&)>& fits);
  [[nodiscard]] std::string BodyOf(const contract::Interface& interface, const Leg& leg,
                                   const Step& step, const Facts& facts) const;
  [[nodiscard]] std::string NumberOf(const Leg& leg, const Step& step) const;
  [[nodiscard]] std::string NameOf(const Leg& leg, const Step& step) const;
  [[nodiscard]] Facts FactsOf(const Leg& leg) const;
  void Saw(const Leg& leg, const Step& step, const Facts& facts, bool changes,
           const std::string& detail);
  // Where the step is recorded, among the flows of its leg.
  void AddFlow(const Leg& leg, const Step& step, const Facts& facts);
  void CheckLeg(const LegTraces& leg);

  const TourParts parts_;
  std::vector<LegTraces> traces_;
};

}  // namespace guarantee::platform_simulator
