#include "platform-simulator/tour.h"

#include <fmt/format.h>

#include <algorithm>

#include "contract/encode.h"
#include "contract/flow.h"
#include "contract/formats.h"
#include "contract/messages.h"
#include "platform-simulator/applications.h"
#include "platform-simulator/conformance/body.h"

namespace guarantee::platform_simulator {
namespace {

using contract::FieldPlan;

// What is missing must not use up the time of what comes after it.
constexpr std::chrono::milliseconds kStepWait{20'000};
constexpr std::int64_t kMinuteMs = 60'000;
constexpr std::int64_t kDayMs = 24 * 60 * kMinuteMs;
constexpr std::string_view kLineFound = "1";
constexpr const char* kOrderPrefix = "DD";
constexpr const char* kApplicationPrefix = "YW";

std::string Text(const Json& receipt, const char* key) {
  const auto found = receipt.find(key);
  return found != receipt.end() && found->is_string() ? found->get<std::string>() : std::string();
}

bool IsWanted(const Step& step, const contract::PlatformAnswer& answer) {
  namespace messages = contract::messages;
  const bool accepted = answer.verdict == contract::Verdict::kAccepted;
  if (step.wanted == Wanted::kFinding) return answer.code == kLineFound;
  if (step.wanted == Wanted::kRefused) {
    return answer.verdict == contract::Verdict::kRefused &&
           (step.text.empty() || answer.message == step.text);
  }
  if (step.wanted != Wanted::kWithdrawal) return accepted;
  return accepted || answer.message == messages::kDecided ||
         answer.message == messages::kNeedsBeneficiary;
}

std::string Told(const HttpAnswer& answer, const contract::PlatformAnswer& read) {
  return fmt::format("HTTP {}, {} {}", answer.status, read.code, read.message);
}

}  // namespace

std::string Tour::NumberOf(const Leg& leg, const Step& step) const {
  if (*step.number == '\0') return {};
  return fmt::format("{}{}-{}{}", step.number, parts_.run, leg.name, step.ending);
}

std::string Tour::NameOf(const Leg& leg, const Step& step) const {
  const contract::Interface& interface = *parts_.contract.FindSection(step.section);
  return fmt::format("{:<8} {} {}: {} ({})", parts_.partner.id, interface.section, interface.title,
                     step.what, leg.name);
}

Tour::Facts Tour::FactsOf(const Leg& leg) const {
  const UnixMillis now = SystemClock().Now();
  const DemonstrationParties& parties = Parties();
  const std::string order = fmt::format("{}{}-{}", kOrderPrefix, parts_.run, leg.name);
  return {{"order_no", order},
          {"apply_no", order},
          {"past", contract::FormatTime(now + -kMinuteMs)},
          {"tomorrow", contract::FormatTime(now + kDayMs)},
          {"amount", leg.amount.ToText()},
          {"applicant", fmt::format("{}{}", parts_.run, leg.name)},
          {"bidder_name", std::string(parties.bidder_name)},
          {"bidder_code", std::string(parties.bidder_code)},
          {"their_name", std::string(parties.tenderee)},
          {"their_code", std::string(parties.tenderee_code)}};
}

void Tour::AddFlow(const Leg& leg, const Step& step, const Facts& facts) {
  const contract::Interface& interface = *parts_.contract.FindSection(step.section);
  std::string flow;
  if (interface.flow.kind == contract::FlowKind::kCredit) {
    // Its key is a hash that only the gateway knows, found by the number of the application.
    if (interface.registered.number == nullptr) return;
    flow = NumberOf(leg, step);
  } else {
    const bool order = interface.flow.kind == contract::FlowKind::kOrder;
    const auto number = facts.find(order ? "order_no" : "guarantee_no");
    if (number == facts.end()) return;
    flow = contract::JoinFlow(parts_.partner.id, interface.flow.kind, number->second);
  }
  std::vector<std::string>& flows = traces_.back().flows;
  if (std::find(flows.begin(), flows.end(), flow) == flows.end()) flows.push_back(flow);
}

void Tour::Saw(const Leg& leg, const Step& step, const Facts& facts, bool changes,
               const std::string& detail) {
  const contract::Interface& interface = *parts_.contract.FindSection(step.section);
  // Of what was refused nothing needs to be kept.
  if (step.wanted == Wanted::kRefused) return parts_.timeline.Seen(NameOf(leg, step), detail);
  traces_.back().traces.push_back(
      {step.section, interface.service, step.act, changes, NameOf(leg, step)});
  AddFlow(leg, step, facts);
  parts_.timeline.Seen(NameOf(leg, step), detail);
}

// ---- the order that a leg begins with

bool Tour::Apply(const Leg& leg, Facts& facts) {
  const OrderInterfaces interfaces = FindOrderInterfaces(parts_.contract);
  const Step step{Act::kSend,
                  interfaces.apply->section.c_str(),
                  kApplicationPrefix,
                  "the application",
                  Wanted::kAccepted,
                  {},
                  {},
                  ""};
  const auto missed = [&](const std::string& why) {
    parts_.timeline.Missed(NameOf(leg, step), why);
    return false;
  };
  const auto sealer = MakeSealer(parts_.partner);
  if (!sealer) return missed(Describe(sealer.error()));
  facts["secret_key"] = (*sealer)->Key().Reveal();
  const Application application{NumberOf(leg, step), facts["order_no"], leg.amount};
  const auto body = WriteApplication(*interfaces.apply, application, SystemClock().Now(), **sealer);
  if (!body) return missed(Describe(body.error()));
  const auto answer = parts_.gateway.Post(interfaces.apply->path, parts_.partner.user,
                                          parts_.partner.password, *body);
  if (!answer) return missed(Describe(answer.error()));
  const auto read = contract::ReadAnswer(*interfaces.apply, answer->body);
  if (!IsWanted(step, read)) return missed(Told(*answer, read));
  Saw(leg, step, facts, true, application.order_no);
  return true;
}

bool Tour::AwaitOrder(const Leg& leg, Facts& facts) {
  const OrderInterfaces interfaces = FindOrderInterfaces(parts_.contract);
  const Step step{Act::kAwait,
                  interfaces.notice->section.c_str(),
                  kApplicationPrefix,
                  leg.letter ? "the letter" : "the rejection",
                  leg.letter ? Wanted::kAccepted : Wanted::kFailure,
                  {},
                  {},
                  ""};
  return Await(leg, step, facts);
}

// ---- steps

std::string Tour::BodyOf(const contract::Interface& interface, const Leg& leg, const Step& step,
                         const Facts& facts) const {
  std::map<std::string, std::string, std::less<>> values(facts.begin(), facts.end());
  if (const std::string number = NumberOf(leg, step); !number.empty()) {
    values["business_no"] = number;
  }
  for (const Value& value : step.values) {
    const std::string_view text = value.text;
    const auto fact = text.starts_with('$') ? facts.find(text.substr(1)) : facts.end();
    values[value.field] = fact == facts.end() ? std::string(text) : fact->second;
  }
  conformance::Body body;
  for (const FieldPlan& field : interface.message.fields) {
    if (field.only_when != contract::Switch::kNone || field.receive_only) continue;
    const auto found = values.find(field.name);
    std::string text = found != values.end() ? found->second : field.sample;
    if (field.outside_digest && found == values.end()) {
      text = contract::FormatTime(SystemClock().Now());
    }
    body.Set(field.wire, conformance::Quote(text));
  }
  return body.Text();
}

bool Tour::Send(const Leg& leg, const Step& step, const Facts& facts) {
  const contract::Interface& interface = *parts_.contract.FindSection(step.section);
  const auto answer =
      parts_.gateway.Post(interface.path, parts_.partner.user, parts_.partner.password,
                          BodyOf(interface, leg, step, facts));
  if (!answer) {
    parts_.timeline.Missed(NameOf(leg, step), Describe(answer.error()));
    return false;
  }
  const auto read = contract::ReadAnswer(interface, answer->body);
  if (!IsWanted(step, read)) {
    parts_.timeline.Missed(NameOf(leg, step), Told(*answer, read));
    return false;
  }
  const bool accepted = read.verdict == contract::Verdict::kAccepted;
  Saw(leg, step, facts, step.changes && accepted, read.message);
  return true;
}

const Json* Tour::AwaitReceipt(const std::function<bool(const Json&)>& fits) {
  const std::chrono::milliseconds until =
      std::min(parts_.timeline.Elapsed() + kStepWait, parts_.timeout);
  for (;;) {
    if (parts_.watch.Read()) {
      if (const Json* receipt = parts_.watch.Find(fits)) return receipt;
    }
    if (parts_.timeline.Elapsed() > until) return nullptr;
    parts_.timeline.Pause();
  }
}

bool Tour::Await(const Leg& leg, const Step& step, Facts& facts) {
  const contract::Interface& interface = *parts_.contract.FindSection(step.section);
  const std::string number = NumberOf(leg, step);
  const auto fits = [&](const Json& receipt) {
    if (Text(receipt, "partner") != parts_.partner.id) return false;
    if (Text(receipt, "section") != interface.section) return false;
    if (!number.empty()) return Text(receipt, "business_no") == number;
    const auto guarantee = facts.find("guarantee_no");
    const bool same =
        guarantee != facts.end() && Text(receipt, "guarantee_no") == guarantee->second;
    return same || Text(receipt, "number") == facts["order_no"];
  };
  const Json* receipt = AwaitReceipt(fits);
  const std::string name = NameOf(leg, step);
  if (receipt == nullptr) return parts_.timeline.Missed(name, "not within the timeout"), false;
  if (Text(*receipt, "verdict") != "accepted") {
    return parts_.timeline.Missed(name, "breaks the contract: " + Text(*receipt, "message")), false;
  }
  const bool success = receipt->value("success", false);
  if (interface.result != nullptr && success != (step.wanted == Wanted::kAccepted)) {
    return parts_.timeline.Missed(name, success ? "a success came" : "a failure came"), false;
  }
  for (const char* key : {"guarantee_no", "cost"}) {
    if (const std::string text = Text(*receipt, key); !text.empty()) facts[key] = text;
  }
  if (interface.FromPlatform()) facts["own_number"] = Text(*receipt, "business_no");
  Saw(leg, step, facts, true, Text(*receipt, "guarantee_no"));
  return true;
}

bool Tour::Operate(const Leg& leg, const Step& step, const Facts& facts) {
  std::vector<std::string> words{"--partner", parts_.partner.id};
  for (const std::string_view word : step.words) {
    const auto fact = word.starts_with('$') ? facts.find(word.substr(1)) : facts.end();
    words.push_back(fact == facts.end() ? std::string(word) : fact->second);
  }
  const Result<Json> done = parts_.operators.Run(words);
  if (!done) {
    parts_.timeline.Missed(NameOf(leg, step), done.error().message);
    return false;
  }
  Saw(leg, step, facts, true, fmt::format("{} {}", step.words[0], step.words[1]));
  return true;
}

bool Tour::Take(const Leg& leg, const Step& step, Facts& facts) {
  switch (step.act) {
    case Act::kSend:
      return Send(leg, step, facts);
    case Act::kAwait:
      return Await(leg, step, facts);
    case Act::kOperate:
      return Operate(leg, step, facts);
  }
  return false;
}

// What follows a step that was not seen cannot come.
void Tour::WalkLeg(const Leg& leg) {
  traces_.emplace_back();
  Facts facts = FactsOf(leg);
  bool going = true;
  if (leg.amount != Money{}) going = Apply(leg, facts) && AwaitOrder(leg, facts);
  for (const Step& step : leg.steps) {
    if (going) {
      going = Take(leg, step, facts);
    } else {
      parts_.timeline.Missed(NameOf(leg, step), "not reached");
    }
  }
}

// What is published a moment later is looked for again.
void Tour::CheckLeg(const LegTraces& leg) {
  const std::chrono::milliseconds until =
      std::min(parts_.timeline.Elapsed() + kStepWait, parts_.timeout);
  std::vector<Finding> findings;
  for (;;) {
    const auto steps = GatherSteps(parts_.operators, parts_.partner.id, leg.flows);
    if (!steps) {
      return parts_.timeline.Missed(leg.traces.front().name + ", recorded", steps.error().message);
    }
    findings.clear();
    for (const Trace& trace : leg.traces) findings.push_back(FindTrace(trace, *steps));
    const bool complete = std::all_of(findings.begin(), findings.end(),
                                      [](const Finding& finding) { return finding.complete; });
    if (complete || parts_.timeline.Elapsed() > until) break;
    parts_.timeline.Pause();
  }
  for (std::size_t at = 0; at < findings.size(); ++at) {
    const std::string name = leg.traces[at].name + ", recorded";
    if (findings[at].complete) {
      parts_.timeline.Seen(name, findings[at].detail);
    } else {
      parts_.timeline.Missed(name, findings[at].detail);
    }
  }
}

void Tour::CheckRecords() {
  for (const LegTraces& leg : traces_) {
    if (!leg.traces.empty()) CheckLeg(leg);
  }
}

}  // namespace guarantee::platform_simulator
