#include "claim/app/claim_work.h"

#include <array>
#include <utility>

#include "claim/adapters/claim_codec.h"
#include "claim/adapters/event_codec.h"
#include "contract/flow.h"
#include "guarantee/event/v1/handshake.pb.h"
#include "guarantee/partner/v1/claim.pb.h"

namespace guarantee::claim {
namespace {

using messaging::RowKey;

constexpr std::array<std::pair<TimerKind, std::string_view>, 4> kTimerNames{
    {{TimerKind::kHoldAnswer, "hold_answer"},
     {TimerKind::kExaminationWarning, "examination_warning"},
     {TimerKind::kExaminationEnd, "examination_end"},
     {TimerKind::kPlatformAnswer, "platform_answer"}}};

// Both principals, the bank, and one to spare.
constexpr int kRuleStepsMax = 4;

const char* AlarmText(AlarmKind kind) {
  switch (kind) {
    case AlarmKind::kHoldUnanswered:
      return "the order service did not answer a claim in time, it is asked again";
    case AlarmKind::kHeldWhileSealed:
      return "a claim is held while the letter is sealed, it waits for the restore";
    case AlarmKind::kBeneficiaryDiffers:
      return "the beneficiary is not the restored letter's: a discrepancy to be examined";
    case AlarmKind::kExaminationWarning:
      return "80 % of a claim's examination has passed";
    case AlarmKind::kExaminationEnded:
      return "a claim's examination is over: it can only be paid";
    case AlarmKind::kConsentAsked:
      return "the platform asks to withdraw a claim: ask the beneficiary";
    case AlarmKind::kPlatformSilent:
      return "the platform did not answer a claim that we registered";
    case AlarmKind::kPlatformContradicts:
      return "the platform's result of a claim that we registered is not what our books say";
    case AlarmKind::kRegistrationRefused:
      return "the guarantee of a claim that we registered cannot be claimed";
  }
  return "unknown alarm";
}

// Writes what the domain asked for.
class Writer {
 public:
  // `after` follows the events: the row as each of them, and then each effect, finds it.
  Writer(service::Outbound& out, const WorkSettings& settings, const Claims& after)
      : out_(out), settings_(settings), after_(after) {}

  void WriteEvent(const Event& event) {
    const auto fact = PublicEvent(event, after_, out_.now());
    const std::string number = std::visit([](const auto& one) { return NumberOf(one); }, event);
    const Claim* claim = FindClaim(after_, number);
    out_.Fact(kEventsTopic, *fact, number,
              std::string(StateWord(claim != nullptr ? claim->state : State::kNone)));
  }

  void operator()(const NotifyPaid& effect) {
    partner::v1::CompensateNotice notice = ResultNotice(effect.business_no, effect.description);
    notice.set_operate_result(partner::v1::OUTCOME_SUCCESS);
    notice.set_payer_amount_fen(effect.amount.fen);
    notice.set_apply_user_name(effect.contact_name);
    notice.set_apply_user_phone(effect.contact_phone);
    out_.Notice(settings_.notices.topic, settings_.notices.result_section, notice,
                effect.business_no, "paid " + effect.amount.ToText());
  }
  void operator()(const NotifyRefused& effect) {
    partner::v1::CompensateNotice notice = ResultNotice(effect.business_no, effect.description);
    notice.set_operate_result(partner::v1::OUTCOME_FAILURE);
    out_.Notice(settings_.notices.topic, settings_.notices.result_section, notice,
                effect.business_no, "refused");
  }
  void operator()(const NotifyRegistered& effect) {
    partner::v1::CompensateApply apply;
    apply.set_business_no(effect.business_no);
    apply.set_apply_time(out_.now().value);
    apply.set_guarantee_no(after_.guarantee_no);
    apply.set_beneficiary(effect.beneficiary.name);
    apply.set_beneficiary_code(effect.beneficiary.code);
    if (!effect.attachments.empty()) apply.set_compensate_zip(effect.attachments.front());
    out_.Notice(settings_.notices.topic, settings_.notices.register_section, apply,
                effect.business_no, "registered by us");
  }
  void operator()(const AskHold& effect) {
    event::v1::ClaimReceived message;
    message.set_business_no(effect.business_no);
    message.set_received_at(effect.received_at.value);
    message.set_own(effect.own);
    Tell(message, effect.business_no, "asks for the hold");
  }
  void operator()(const TellPaid& effect) {
    event::v1::ClaimPaid message;
    message.set_business_no(effect.business_no);
    message.set_amount_fen(effect.amount.fen);
    message.set_reference(effect.reference);
    message.set_paid_at(effect.paid_at.value);
    Tell(message, effect.business_no, "paid " + effect.amount.ToText());
  }
  void operator()(const CloseHold& effect) {
    event::v1::ClaimClosed message;
    message.set_business_no(effect.business_no);
    message.set_outcome(effect.outcome);
    Tell(message, effect.business_no, "gives the hold back: " + effect.outcome);
  }
  void operator()(const SetTimer& effect) {
    out_.workspace().SetTimer({Row(),
                               TimerName(effect.kind, effect.business_no),
                               out_.cause().partition,
                               effect.due,
                               {}});
  }
  void operator()(const ClearTimer& effect) {
    out_.workspace().ClearTimer(Row(), TimerName(effect.kind, effect.business_no));
  }
  void operator()(const RaiseAlarm& effect) { out_.Alarm("claim", AlarmText(effect.kind)); }

 private:
  template <typename Fact>
  static std::string NumberOf(const Fact& fact) {
    if constexpr (requires { fact.business_no; }) return fact.business_no;
    return {};
  }
  [[nodiscard]] RowKey Row() const { return {kClaimsKind, out_.cause().flow}; }

  [[nodiscard]] partner::v1::CompensateNotice ResultNotice(const std::string& business_no,
                                                           const std::string& description) const {
    partner::v1::CompensateNotice notice;
    notice.set_business_no(business_no);
    notice.set_apply_time(out_.now().value);
    notice.set_guarantee_no(after_.guarantee_no);
    notice.set_compensate_result_desc(description);
    return notice;
  }

  void Tell(const google::protobuf::Message& message, const std::string& business_no,
            std::string detail) {
    out_.Tell(kOrderRequestsTopic,
              contract::JoinFlow(out_.cause().partner, contract::FlowKind::kGuarantee,
                                 after_.guarantee_no),
              message, business_no, std::move(detail));
  }

  service::Outbound& out_;
  const WorkSettings& settings_;
  const Claims& after_;
};

// The row, or an empty one that knows what it would be the row of.
Result<Claims> ReadRow(service::Outbound& out) {
  const std::string& state = out.workspace().Row({kClaimsKind, out.cause().flow}).state;
  if (!state.empty()) return ParseClaims(state);
  Claims row;
  row.partner = out.cause().partner;
  // A request whose number nobody knows has a flow without one.
  const Result<contract::FlowKey> flow = contract::SplitFlow(out.cause().flow);
  if (flow) row.guarantee_no = flow->number;
  return row;
}

// Nothing is kept of a decision on what does not exist.
bool WorthKeeping(const Claims& row) { return !row.claims.empty() || row.guarantee.tenderee; }

void Keep(service::Outbound& out, const Claims& row) {
  const Claim* claim = ShownClaim(row);
  messaging::RowSummary summary{row.partner, row.guarantee_no, {}, "none", 0};
  if (claim != nullptr) {
    summary.business_no = claim->business_no;
    summary.status = std::string(StateWord(claim->state));
    summary.amount_fen = claim->paid.value_or(DemandOf(row, *claim)).fen;
  }
  out.workspace().Put({kClaimsKind, out.cause().flow}, out.cause().partition, SerializeClaims(row),
                      std::move(summary));
}

service::Outcome Told(const Decision& decision, const Command& command, const Claims& after) {
  const RefusalFacts& facts = FactsOf(decision.refusal);
  service::Outcome outcome;
  outcome.verdict = decision.verdict;
  outcome.word = std::string(facts.word);
  outcome.text = std::string(facts.text);
  outcome.business_no = FocusOf(after, BusinessNoOf(command));
  outcome.missing = decision.refusal == RefusalCode::kClaimUnknown;
  const Claim* claim = FindClaim(after, outcome.business_no);
  const bool first = decision.verdict == Verdict::kApplied &&
                     std::holds_alternative<ApprovePayment>(command) && claim != nullptr &&
                     claim->state == State::kExamining;
  if (first) outcome.data = "pending";
  return outcome;
}

service::Outcome Take(service::Outbound& out, const WorkSettings& settings, const Command& command,
                      Claims& row) {
  const Decision decision = Decide(row, command, out.now(), settings.policy);
  Writer writer(out, settings, row);
  for (const Event& event : decision.events) {
    row = Apply(std::move(row), event);
    writer.WriteEvent(event);
  }
  for (const Effect& effect : decision.effects) std::visit(writer, effect);
  if (!decision.events.empty() && WorthKeeping(row)) Keep(out, row);
  return Told(decision, command, row);
}

// A decision may name the guarantee instead of a claim of it.
Command Named(Command command, const Claims& row) {
  std::visit(
      [&row](auto& one) {
        if constexpr (requires {
                        one.decision;
                        one.business_no;
                      }) {
          if (one.business_no == row.guarantee_no) one.business_no.clear();
        }
      },
      command);
  return command;
}

// Paper on which nobody read who demands: that can only be the restored letter's beneficiary.
Command Completed(Command command, const Claims& row) {
  auto* paper = std::get_if<Register>(&command);
  const bool blank =
      paper != nullptr && paper->beneficiary.name.empty() && paper->beneficiary.code.empty();
  if (blank && row.guarantee.tenderee) paper->beneficiary = *row.guarantee.tenderee;
  return command;
}

}  // namespace

std::string TimerName(TimerKind kind, const std::string& business_no) {
  for (const auto& [known, name] : kTimerNames) {
    if (known == kind) return std::string(name) + ":" + business_no;
  }
  return {};
}

std::optional<TimePassed> TimerOf(std::string_view name, UnixMillis due) {
  const std::size_t colon = name.find(':');
  if (colon == std::string_view::npos) return std::nullopt;
  for (const auto& [kind, known] : kTimerNames) {
    if (known == name.substr(0, colon)) {
      return TimePassed{std::string(name.substr(colon + 1)), kind, due};
    }
  }
  return std::nullopt;
}

Result<service::Outcome> Work(service::Outbound& out, const WorkSettings& settings,
                              const Command& command) {
  Result<Claims> row = ReadRow(out);
  if (!row) return tl::unexpected(row.error());
  service::Outcome outcome = Take(out, settings, Completed(Named(command, *row), *row), *row);
  out.NoteCause(outcome.word.empty() ? "taken" : outcome.word);
  for (int step = 0; settings.rules && step < kRuleStepsMax; ++step) {
    const auto decided = DecideByRules(*settings.rules, *row, out.now());
    if (!decided) break;
    const service::Outcome taken = Take(out, settings, *decided, *row);
    out.Note("decision", "by rules: " + (taken.word.empty() ? "taken" : taken.word));
    if (taken.verdict != Verdict::kApplied) break;
  }
  return outcome;
}

}  // namespace guarantee::claim
