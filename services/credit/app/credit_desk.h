// The credit service as a desk: what its records, calls and timers mean.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "contract/contract.h"
#include "credit/app/credit_work.h"
#include "credit/app/rules.h"
#include "service/task.h"

namespace guarantee::credit {

// Thread-safe.
class CreditDesk final : public service::Desk {
 public:
  struct Dependencies {
    service::DeskTools tools;
    std::shared_ptr<const contract::Contract> contract;
    std::function<bool(const std::string& partner)> knows_partner;
    std::optional<Rules> rules;
    Money minimum_amount;  // what 3.21 asks the line for
  };
  explicit CreditDesk(Dependencies dependencies);

  [[nodiscard]] Result<std::optional<service::Task>> FromRecord(
      const messaging::Delivered& record, const messaging::Envelope& envelope) override;
  [[nodiscard]] Result<service::Task> FromTimer(const messaging::Timer& timer,
                                                const contract::FlowKey& flow) override;
  [[nodiscard]] Result<service::Task> FromRequest(const messaging::Envelope& envelope,
                                                  const std::string& message) override;
  [[nodiscard]] Result<service::Task> FromDecision(const messaging::RowKey& subject,
                                                   const std::string& partner,
                                                   const std::string& type,
                                                   const std::string& message) override;
  [[nodiscard]] const std::vector<service::CaseKind>& kinds() const override { return kinds_; }
  [[nodiscard]] Result<std::optional<service::CaseView>> Describe(
      const service::CaseKind& kind, const messaging::StoredRow& row) const override;

 private:
  using WorkFunction = std::function<Result<service::Outcome>(service::Outbound&)>;

  [[nodiscard]] Result<service::Task> Make(service::Cause cause, WorkFunction work) const;
  [[nodiscard]] Result<service::Task> Make(service::Cause cause, Command command) const;

  const Dependencies needs_;
  NoticeType notice_;
  const std::vector<service::CaseKind> kinds_{
      {"credit", kCreditsKind, contract::FlowKind::kCredit}};
};

}  // namespace guarantee::credit
