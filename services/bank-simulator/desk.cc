#include "bank-simulator/desk.h"

#include "crypto/digest.h"
#include "guarantee/event/v1/order.pb.h"
#include "messaging/event.h"

namespace guarantee::bank_simulator {
namespace {

using event::v1::DecideOrder;

constexpr std::string_view kIdPrefix = "bank-";
constexpr std::size_t kIdMax = 64;
constexpr std::size_t kDigestCharacters = 48;
constexpr const char* kDecidedBy = "bank-simulator";

bool AwaitsDecision(const event::v1::OrderHead& order) {
  return order.state() == "accepted" || order.state() == "underwriting";
}

template <typename Event>
Result<Event> Parse(const std::string& value) {
  Event event;
  if (event.ParseFromString(value)) return event;
  return Permanent("event.value", "the value is no " + Event::descriptor()->full_name());
}

template <typename Event>
bool Is(std::string_view type) {
  return type == Event::descriptor()->full_name();
}

}  // namespace

std::string DecisionIdOf(const std::string& event_id) {
  const std::string id = std::string(kIdPrefix) + event_id;
  if (id.size() <= kIdMax) return id;
  return std::string(kIdPrefix) +
         crypto::ToHex(crypto::Sha256(event_id)).substr(0, kDigestCharacters);
}

Result<bool> Desk::Fill(std::string_view type, const std::string& value,
                        DecideOrder& decision) const {
  if (Is<event::v1::OrderAccepted>(type)) {
    const auto accepted = Parse<event::v1::OrderAccepted>(value);
    if (!accepted) return tl::unexpected(accepted.error());
    if (!AwaitsDecision(accepted->order())) return false;
    if (accepted->amount_fen() > policy_.approve_up_to.fen) {
      decision.mutable_reject();
    } else {
      decision.mutable_approve()->set_materials_complete(true);
    }
    return true;
  }
  if (Is<event::v1::OrderPremiumRequested>(type)) {
    const auto requested = Parse<event::v1::OrderPremiumRequested>(value);
    if (!requested) return tl::unexpected(requested.error());
    event::v1::PremiumPayment& payment = *decision.mutable_premium()->mutable_payment();
    payment.set_payer_name(policy_.payer_name);
    payment.set_payer_account(policy_.payer_account);
    payment.set_amount_fen(requested->premium_fen());
    payment.set_reference(decision.decision_id());
    return true;
  }
  if (Is<event::v1::OrderLetterRequested>(type)) {
    decision.mutable_letter()->mutable_letter()->set_file(policy_.letter);
    decision.mutable_letter()->mutable_letter()->set_sha256(
        crypto::ToHex(crypto::Sha256(policy_.letter)));
    return true;
  }
  return false;
}

Result<std::optional<messaging::Record>> Desk::Answer(const messaging::Delivered& event,
                                                      UnixMillis now) const {
  const Result<messaging::Envelope> cause = messaging::ReadEnvelope(event);
  if (!cause) return tl::unexpected(cause.error());
  DecideOrder decision;
  decision.set_decision_id(DecisionIdOf(cause->id));
  decision.set_decided_by(kDecidedBy);
  const Result<bool> decided = Fill(cause->type, event.value, decision);
  if (!decided) return tl::unexpected(decided.error());
  if (!*decided) return std::nullopt;
  messaging::Envelope envelope;
  envelope.id = decision.decision_id();
  envelope.type = DecideOrder::descriptor()->full_name();
  envelope.partner = cause->partner;
  envelope.flow = cause->flow;
  envelope.time = now;
  envelope.business_no = cause->business_no;
  envelope.causation = cause->id;
  envelope.traceparent = cause->traceparent;
  return messaging::MakeRecord(envelope, kDecisionsTopic, decision.SerializeAsString());
}

}  // namespace guarantee::bank_simulator
