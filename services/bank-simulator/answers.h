// What the desk answers to the events of each service, found by the event's type.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "bank-simulator/desk.h"
#include "base/result.h"

namespace guarantee::bank_simulator {

// The principals; a payment needs both.
inline constexpr const char* kFirstPerson = "bank-simulator";
inline constexpr const char* kSecondPerson = "bank-simulator-second";

struct Question {
  const DeskPolicy& policy;
  std::string decision_id;
  std::string value;  // the event
  UnixMillis now;
};

struct Decision {
  std::string type;  // full message name
  std::string value;
};

// Nothing: the event asks for no decision.
using Answered = Result<std::optional<Decision>>;
using Answerer = Answered (*)(const Question& question);
using Answerers = std::map<std::string, Answerer, std::less<>>;

void AddOrderAnswers(Answerers& answerers);
void AddGuaranteeAnswers(Answerers& answerers);
void AddClaimAnswers(Answerers& answerers);
void AddCreditAnswers(Answerers& answerers);
void AddInvoiceAnswers(Answerers& answerers);

template <typename Event>
Result<Event> ReadEvent(const Question& question) {
  Event event;
  if (event.ParseFromString(question.value)) return event;
  return Permanent("event.value", "the value is no " + Event::descriptor()->full_name());
}

// A decision of that message with its head filled in.
template <typename Message>
Message Begin(const Question& question, const char* by = kFirstPerson) {
  Message decision;
  decision.set_decision_id(question.decision_id);
  decision.set_decided_by(by);
  return decision;
}

template <typename Message>
Answered Finish(const Message& decision) {
  return Decision{Message::descriptor()->full_name(), decision.SerializeAsString()};
}

// Enters a function that takes the parsed event: Answered(const Question&, const Event&).
template <typename Event, Answered (*Function)(const Question&, const Event&)>
void Add(Answerers& answerers) {
  answerers[Event::descriptor()->full_name()] = [](const Question& question) -> Answered {
    const Result<Event> event = ReadEvent<Event>(question);
    if (!event) return tl::unexpected(event.error());
    return Function(question, *event);
  };
}

// Whether the operation of that number is left to people.
[[nodiscard]] inline bool IsLeft(const Question& question, std::string_view business_no) {
  const std::string& suffix = question.policy.leave_suffix;
  return !suffix.empty() && business_no.ends_with(suffix);
}

}  // namespace guarantee::bank_simulator
