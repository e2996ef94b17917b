// The claim service as a desk: what its records, calls and timers mean.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "claim/app/claim_work.h"
#include "claim/app/rules.h"
#include "claim/domain/policy.h"
#include "contract/contract.h"
#include "service/task.h"

namespace guarantee::claim {

// Thread-safe.
class ClaimDesk final : public service::Desk {
 public:
  struct Dependencies {
    service::DeskTools tools;
    std::shared_ptr<const contract::Contract> contract;
    // Null: no such partner.
    std::function<std::shared_ptr<const Policy>(const std::string& partner)> policy;
    std::optional<Rules> rules;
  };
  explicit ClaimDesk(Dependencies dependencies);

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
  [[nodiscard]] bool Opens(const std::string& type, const std::string& message) const override;
  [[nodiscard]] const std::vector<service::CaseKind>& kinds() const override { return kinds_; }
  [[nodiscard]] Result<std::optional<service::CaseView>> Describe(
      const service::CaseKind& kind, const messaging::StoredRow& row) const override;

 private:
  [[nodiscard]] Result<service::Task> Make(service::Cause cause, Command command) const;
  [[nodiscard]] Result<Command> Decided(const std::string& message, const service::Cause& cause,
                                        UnixMillis arrived_at) const;

  const Dependencies needs_;
  NoticeTypes notices_;
  const std::vector<service::CaseKind> kinds_{{"claim", kClaimsKind, contract::FlowKind::kClaim}};
};

}  // namespace guarantee::claim
