#include "bank-simulator/desk.h"

#include "bank-simulator/answers.h"
#include "crypto/digest.h"
#include "messaging/event.h"

namespace guarantee::bank_simulator {
namespace {

constexpr std::string_view kIdPrefix = "bank-";
constexpr std::size_t kIdMax = 64;
constexpr std::size_t kDigestCharacters = 48;
constexpr std::string_view kEvents = ".events.";
constexpr std::string_view kDecisions = ".decisions.";

const Answerers& AllAnswers() {
  static const Answerers answerers = [] {
    Answerers all;
    AddOrderAnswers(all);
    AddGuaranteeAnswers(all);
    AddClaimAnswers(all);
    AddCreditAnswers(all);
    AddInvoiceAnswers(all);
    return all;
  }();
  return answerers;
}

}  // namespace

std::string DecisionIdOf(const std::string& event_id) {
  const std::string id = std::string(kIdPrefix) + event_id;
  if (id.size() <= kIdMax) return id;
  return std::string(kIdPrefix) +
         crypto::ToHex(crypto::Sha256(event_id)).substr(0, kDigestCharacters);
}

std::string DecisionsTopicOf(const std::string& events_topic) {
  std::string topic = events_topic;
  const std::size_t at = topic.find(kEvents);
  if (at != std::string::npos) topic.replace(at, kEvents.size(), kDecisions);
  return topic;
}

Result<std::optional<messaging::Record>> Desk::Answer(const messaging::Delivered& event,
                                                      UnixMillis now) const {
  const Result<messaging::Envelope> cause = messaging::ReadEnvelope(event);
  if (!cause) return tl::unexpected(cause.error());
  const auto answerer = AllAnswers().find(cause->type);
  if (answerer == AllAnswers().end()) return std::nullopt;
  const Question question{policy_, DecisionIdOf(cause->id), event.value, now};
  const Answered answered = answerer->second(question);
  if (!answered) return tl::unexpected(answered.error());
  if (!*answered) return std::nullopt;
  messaging::Envelope envelope;
  envelope.id = question.decision_id;
  envelope.type = (*answered)->type;
  envelope.partner = cause->partner;
  envelope.flow = cause->flow;
  envelope.time = now;
  envelope.business_no = cause->business_no;
  envelope.causation = cause->id;
  envelope.traceparent = cause->traceparent;
  return messaging::MakeRecord(envelope, DecisionsTopicOf(event.source.topic), (*answered)->value);
}

}  // namespace guarantee::bank_simulator
