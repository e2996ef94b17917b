// Everything that reaches the order service as tasks: requests, decisions, results of notices,
// timers, and calls. A decision on an order that is not there (yet) waits (service/units.h).
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "contract/contract.h"
#include "order/app/order_work.h"
#include "order/app/ports.h"
#include "service/task.h"

namespace guarantee::event::v1 {
class DecideOrder;
}

namespace guarantee::order {

class OrderTasks final : public service::TaskMaker {
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
    LetterMaker* letters = nullptr;
    Makers makers;
    std::optional<Rules> rules;
    const Clock* clock = nullptr;
    // What an order's command means for its letter.
    std::function<std::optional<letter::Policy>(const std::string& partner)> letter_policy;
    std::function<Result<std::string>(const Order&)> credit_flow;
    // What 3.1's redirect address ends in.
    std::function<std::string(const std::string& partner, const std::string& order_no)>
        redirect_token;
  };
  explicit OrderTasks(Dependencies dependencies);

  [[nodiscard]] Result<std::optional<service::Task>> FromRecord(
      const messaging::Delivered& record, const messaging::Envelope& envelope) override;
  [[nodiscard]] Result<service::Task> FromTimer(const messaging::Timer& timer,
                                                const contract::FlowKey& flow) override;
  // Whether this request waits for the order's answer (3.22, 3.23).
  [[nodiscard]] static bool Answers(const messaging::Envelope& envelope);
  [[nodiscard]] Result<service::Task> FromCalledRequest(const messaging::Envelope& envelope,
                                                        const std::string& message) const;
  // The bidder came by the link of this order.
  [[nodiscard]] Result<service::Task> FromRedirect(const std::string& partner,
                                                   const std::string& flow,
                                                   const std::string& visit_id) const;
  // A decision that came as a call.
  [[nodiscard]] Result<service::Task> FromCall(const std::string& partner, const std::string& flow,
                                               const event::v1::DecideOrder& decision);

 private:
  // A command with all that it needs.
  struct Bound {
    service::Cause cause;
    Command command;
    Policy policy;
    letter::Policy letter_policy;
    std::string minted;
  };

  [[nodiscard]] Result<Policy> PolicyOf(const std::string& partner) const;
  [[nodiscard]] Result<service::Task> FromRequest(const messaging::Delivered& record,
                                                  const messaging::Envelope& envelope) const;
  [[nodiscard]] Result<service::Task> FromDecision(const messaging::Delivered& record,
                                                   const messaging::Envelope& envelope) const;
  [[nodiscard]] Result<std::optional<service::Task>> FromNoticeResult(
      const messaging::Delivered& record, const messaging::Envelope& envelope) const;
  // A decision that means nothing ends in its public refusal, too.
  [[nodiscard]] Result<service::Task> Told(const messaging::Delivered& record,
                                           const messaging::Envelope& envelope,
                                           const Error& error) const;
  [[nodiscard]] service::Cause CauseOf(const messaging::Delivered& record,
                                       const messaging::Envelope& envelope, std::string kind) const;
  [[nodiscard]] service::Task Make(service::Cause cause, Command command,
                                   const Policy& policy) const;
  [[nodiscard]] Result<service::Outcome> Run(messaging::Workspace& workspace, const Bound& bound,
                                             UnixMillis now) const;
  [[nodiscard]] Result<void> ApplyRules(messaging::Workspace& workspace, const Bound& bound,
                                        UnixMillis now) const;

  const Dependencies dependencies_;
  NoticeTypes notices_;
  LetterRoutes routes_;
};

}  // namespace guarantee::order
