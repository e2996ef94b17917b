// Everything that reaches the order service as units of the write path: requests, decisions,
// results of notices, timers, and calls.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/clock.h"
#include "contract/contract.h"
#include "messaging/processor.h"
#include "order/app/order_work.h"
#include "order/app/ports.h"

namespace guarantee::event::v1 {
class DecideOrder;
}

namespace guarantee::order {

// Timer of an order that is not there (yet) while decisions on it wait: they are taken in order
// once everything that came before them has been handled, and refused if it is still not there.
inline constexpr const char* kWaitingTimer = "waiting";
inline constexpr int kWaitingMax = 64;                     // of one order; more are parked
inline constexpr std::size_t kWaitingBytesMax = 2U << 20;  // of one order's queue
// A letter within a decision; larger ones are uploaded first and named by digest.
inline constexpr std::size_t kInlineLetterBytesMax = 512U << 10;

class OrderUnits final : public messaging::UnitMaker {
 public:
  struct Dependencies {
    std::shared_ptr<const contract::Contract> contract;
    // The product of a partner; none: the partner is not configured here.
    std::function<std::optional<Policy>(const std::string& partner)> policy;
    std::function<std::int32_t(const std::string& flow)> partition;
    // The flow of the order that a number means, by order or business number, within a partner.
    std::function<Result<std::optional<std::string>>(const std::string& partner,
                                                     const std::string& number)>
        find_flow;
    // The stored queue of an order's waiting commands, empty when there is none.
    std::function<Result<std::string>(const std::string& flow)> load_waiting;
    LetterMaker* letters = nullptr;
    Makers makers;
    std::optional<Rules> rules;
    const Clock* clock = nullptr;
  };
  explicit OrderUnits(Dependencies dependencies);

  [[nodiscard]] messaging::Unit FromRecord(const messaging::Delivered& record) override;
  [[nodiscard]] messaging::Unit FromTimer(const messaging::Timer& timer) override;

  // A decision that came as a call; `result` is filled when the unit is decided.
  [[nodiscard]] Result<messaging::Unit> FromCall(const std::string& partner,
                                                 const std::string& flow,
                                                 const event::v1::DecideOrder& decision,
                                                 std::shared_ptr<WorkResult> result);

 private:
  using Outcome = std::function<void(const WorkResult&)>;
  // A command with all that it needs, and the record to keep while its order is missing.
  struct Bound {
    Cause cause;
    Command command;
    Policy policy;
    std::string minted;
    std::string waiting;  // serialized WaitingCommand; empty: never waits
    Outcome outcome;
  };

  [[nodiscard]] Result<messaging::Unit> FromRequest(const messaging::Delivered& record,
                                                    const messaging::Envelope& envelope);
  [[nodiscard]] Result<Bound> BindDecision(const messaging::Delivered& record,
                                           const messaging::Envelope& envelope);
  [[nodiscard]] Result<messaging::Unit> FromNoticeResult(const messaging::Delivered& record,
                                                         const messaging::Envelope& envelope);
  // A decision that means nothing ends in its public refusal, too.
  [[nodiscard]] messaging::Unit Told(const messaging::Delivered& record,
                                     const messaging::Envelope& envelope, const Error& error) const;
  [[nodiscard]] Result<messaging::Unit> FromReadable(const messaging::Delivered& record);
  [[nodiscard]] Result<messaging::Unit> FromWaiting(const messaging::Timer& timer);
  [[nodiscard]] Result<std::optional<DocumentFacts>> KeepLetter(
      const event::v1::DecideOrder& decision);
  [[nodiscard]] Bound Bind(Cause cause, Command command, const Policy& policy,
                           Outcome outcome = nullptr) const;
  [[nodiscard]] messaging::Unit Make(Bound bound) const;
  // Whether the command was put aside: its order is missing, or others wait before it.
  [[nodiscard]] Result<bool> PutAside(messaging::Workspace& workspace, const Bound& bound,
                                      UnixMillis now) const;
  [[nodiscard]] Result<WorkResult> Run(messaging::Workspace& workspace, const Bound& bound,
                                       UnixMillis now) const;
  [[nodiscard]] Result<void> ApplyRules(messaging::Workspace& workspace, const Bound& bound,
                                        UnixMillis now) const;
  [[nodiscard]] Cause CauseOf(const messaging::Delivered& record,
                              const messaging::Envelope& envelope, std::string kind) const;
  [[nodiscard]] WorkSettings SettingsOf(const Policy& policy, UnixMillis now) const {
    return {policy, dependencies_.makers, notices_, now};
  }

  const Dependencies dependencies_;
  NoticeTypes notices_;
};

}  // namespace guarantee::order
