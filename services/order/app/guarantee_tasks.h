// Everything that concerns a guarantee as tasks: requests, decisions, results of notices, messages
// of the claim service, timers, and calls. A decision on a guarantee that is not there waits
// (service/units.h).
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/secret.h"
#include "contract/contract.h"
#include "order/adapters/guarantee_command_codec.h"
#include "order/app/guarantee_work.h"
#include "order/app/ports.h"
#include "service/task.h"

namespace guarantee::order {

// Keyed digests of a key of 3.7, by which it is known again: for this guarantee, and for any of the
// partner's.
struct Fingerprints {
  std::string of_guarantee;
  std::string of_partner;
};

// Opens what 3.1 brought sealed, with the key of 3.7. Thread-safe.
class SealedOpener {
 public:
  virtual ~SealedOpener() = default;
  [[nodiscard]] virtual Fingerprints FingerprintsOf(const std::string& partner,
                                                    const std::string& guarantee_no,
                                                    const Secret& key) const = 0;
  // Without the fingerprint. Names are empty where the key opens nothing: why is nobody's business
  // but the operator's. Permanent when the partner is not configured.
  [[nodiscard]] virtual Result<letter::Opening> Open(const std::string& partner, const Order& order,
                                                     const std::string& guarantee_no,
                                                     const Secret& key) const = 0;
};

class GuaranteeTasks final : public service::Desk {
 public:
  struct Dependencies {
    service::DeskTools tools;
    std::shared_ptr<const contract::Contract> contract;
    // Of a partner; none: the partner is not configured here.
    std::function<std::optional<letter::Policy>(const std::string& partner)> policy;
    LetterMaker* letters = nullptr;
    const SealedOpener* opener = nullptr;
    std::optional<GuaranteeRules> rules;
  };
  explicit GuaranteeTasks(Dependencies needs);

  // Whether a record or a timer is about a guarantee, not an order.
  [[nodiscard]] static bool Concerns(const messaging::Envelope& envelope);
  [[nodiscard]] static bool Concerns(const messaging::Timer& timer) {
    return timer.row.kind == kGuaranteeKind;
  }

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
  [[nodiscard]] Result<service::Task> Make(service::Cause cause, letter::Command command) const;
  [[nodiscard]] Result<std::optional<service::Task>> FromNoticeResult(
      const messaging::Delivered& record, const messaging::Envelope& envelope) const;
  [[nodiscard]] Result<service::Task> FromTopicDecision(const messaging::Delivered& record,
                                                        const messaging::Envelope& envelope) const;
  [[nodiscard]] Result<service::Task> Decided(const event::v1::DecideGuarantee& decision,
                                              service::Cause cause, UnixMillis arrived_at) const;
  // A decision that means nothing ends in its public refusal, too.
  [[nodiscard]] service::Task Told(const event::v1::DecideGuarantee& decision, service::Cause cause,
                                   const Error& error) const;
  [[nodiscard]] Result<service::Task> Restore(service::Cause cause, const std::string& message,
                                              UnixMillis received_at) const;
  struct Sealed;
  // The letter and its order as committed; empty where there is none.
  [[nodiscard]] Result<std::optional<Sealed>> LoadSealed(const std::string& guarantee_flow) const;
  // An alarm where the key has opened another letter before (rulings 6.4).
  void RememberKey(messaging::Workspace& workspace, const service::Cause& cause,
                   const messaging::RowKey& key, UnixMillis now) const;
  // Whether the letter would take names now; if it says no, or knows the key, nothing is opened.
  [[nodiscard]] bool MayOpen(const std::optional<letter::Guarantee>& guarantee,
                             const letter::RequestRestore& unopened,
                             const std::string& partner) const;

  const Dependencies needs_;
  const LetterRoutes routes_;
  const std::vector<service::CaseKind> kinds_{
      {"guarantee", kGuaranteeKind, contract::FlowKind::kGuarantee},
      {"refund", kRefundKind, contract::FlowKind::kGuarantee},
      {"cancellation", kCancellationKind, contract::FlowKind::kGuarantee}};
};

}  // namespace guarantee::order
