#include "order/app/order_work.h"

#include <array>

#include "contract/flow.h"
#include "guarantee/event/v1/handshake.pb.h"
#include "guarantee/event/v1/notice.pb.h"
#include "guarantee/event/v1/order.pb.h"
#include "guarantee/event/v1/order_decision.pb.h"
#include "guarantee/partner/v1/order.pb.h"
#include "order/adapters/command_codec.h"
#include "order/adapters/event_codec.h"
#include "order/adapters/guarantee_command_codec.h"
#include "order/adapters/order_codec.h"

namespace guarantee::order {
namespace {

using messaging::RowKey;
using messaging::Workspace;
using service::Cause;

constexpr std::array<std::pair<TimerKind, std::string_view>, 3> kTimerNames{
    {{TimerKind::kPurchaseDeadline, "purchase_deadline"},
     {TimerKind::kLetterRetry, "letter_retry"},
     {TimerKind::kCreditAnswer, "credit_answer"}}};

std::string GuaranteeFlow(const std::string& partner, const std::string& guarantee_no) {
  return contract::JoinFlow(partner, contract::FlowKind::kGuarantee, guarantee_no);
}

std::string_view AlarmText(AlarmKind kind) {
  switch (kind) {
    case AlarmKind::kIssueNoticeExpired:
      return "the letter exists, but its notice could not be delivered in time";
    case AlarmKind::kCreditUnanswered:
      return "the credit service did not answer in time";
    case AlarmKind::kValidityTooShort:
      return "the opening moved beyond the letter's validity";
    case AlarmKind::kTimeReturned:
      return "a time went back to an earlier value";
    case AlarmKind::kOpeningAlreadyPast:
      return "the opening had passed when the application came";
    case AlarmKind::kDeadlineAfterOpening:
      return "the purchase deadline lies after the opening";
  }
  return "unknown alarm";
}

// Writes what the domain asked for.
class Writer {
 public:
  // `after` follows the events: the order as each of them, and then each effect, finds it.
  Writer(service::Outbound& out, const WorkSettings& settings, const Order& after)
      : out_(out), settings_(settings), notices_(settings.notices), after_(after) {}

  // The line that the effects are about.
  void SetCreditFlow(std::string flow) { credit_flow_ = std::move(flow); }

  void WriteEvent(const Event& event) {
    const auto fact = PublicEvent(event, after_, out_.now());
    out_.Fact(kEventsTopic, *fact, after_.business_no, std::string(StateWord(after_.state)));
  }

  void operator()(const NotifyIssued& effect) {
    partner::v1::OrderApplyNotice notice;
    notice.set_business_no(effect.business_no);
    notice.set_order_no(effect.order_no);
    notice.set_apply_time(out_.now().value);
    notice.set_apply_result(partner::v1::OUTCOME_SUCCESS);
    notice.set_guarantee_no(effect.letter.guarantee_no);
    notice.mutable_guarantee_file()->set_sha256(effect.letter.sha256);
    notice.mutable_guarantee_file()->set_size_bytes(effect.letter.size_bytes);
    notice.mutable_guarantee_file()->set_media_type(effect.letter.media_type);
    notice.set_payer_name(effect.payer_name);
    notice.set_payer_account(effect.payer_account);
    notice.set_inst_name(effect.institution_name);
    notice.set_generate_time(effect.letter.generated_at.value);
    notice.set_rate_millionths(effect.quote.rate_ppm);
    notice.set_cost_fen(effect.quote.premium.fen);
    notice.set_valid_begin_time(effect.letter.valid_begin.value);
    notice.set_valid_end_time(effect.letter.valid_end.value);
    if (!effect.insurer_code.empty()) notice.set_insurance_code(effect.insurer_code);
    out_.Notice(notices_.topic, notices_.issue_section, notice, effect.business_no, "issued",
                effect.not_after);
  }
  void operator()(const NotifyFailed& effect) {
    partner::v1::OrderApplyNotice notice;
    notice.set_business_no(effect.business_no);
    notice.set_order_no(effect.order_no);
    notice.set_apply_time(out_.now().value);
    notice.set_apply_result(partner::v1::OUTCOME_FAILURE);
    notice.set_remark(std::string(FactsOf(effect.reason).text));
    out_.Notice(notices_.topic, notices_.issue_section, notice, effect.business_no,
                std::string(FactsOf(effect.reason).word), {});
  }
  void operator()(const NotifyCancel& effect) {
    partner::v1::OrderCancelNotice notice;
    notice.set_apply_no(effect.apply_no);
    notice.set_apply_time(out_.now().value);
    notice.set_remark(effect.remark);
    notice.set_cancel_result(effect.cancelled ? partner::v1::OUTCOME_SUCCESS
                                              : partner::v1::OUTCOME_FAILURE);
    out_.Notice(notices_.topic, notices_.cancel_section, notice, {},
                effect.cancelled ? "cancelled" : "not cancelled", {});
  }
  void operator()(const SetTimer& effect) {
    out_.workspace().SetTimer(
        {OrderKey(), TimerName(effect.kind), out_.cause().partition, effect.due, {}});
  }
  void operator()(const ClearTimer& effect) {
    out_.workspace().ClearTimer(OrderKey(), TimerName(effect.kind));
  }
  void operator()(const RefundPremium& effect) {
    event::v1::OrderPremiumRefundDue due;
    due.mutable_order()->set_order_no(after_.order_no);
    due.mutable_order()->set_business_no(after_.business_no);
    due.mutable_order()->set_revision(after_.revision);
    due.mutable_order()->set_at(out_.now().value);
    due.mutable_order()->set_state(std::string(StateWord(after_.state)));
    due.set_amount_fen(effect.payment.amount.fen);
    due.set_reference(effect.payment.reference);
    due.set_reason(std::string(FactsOf(effect.reason).word));
    out_.Fact(kEventsTopic, due, after_.business_no, "premium goes back");
  }
  // The bank supplies the letter: OrderLetterRequested has told it already.
  void operator()(const RequestLetter& effect) {
    out_.Note("event", "letter asked for, attempt " + std::to_string(effect.attempt));
  }
  void operator()(const ReserveCredit& effect) {
    if (credit_flow_.empty()) return;  // answered at once, see Work
    event::v1::ReserveCredit message;
    message.set_order_flow(out_.cause().flow);
    message.set_amount_fen(effect.amount.fen);
    message.set_order_no(after_.order_no);
    out_.Tell(settings_.guarantee.routes.credit_topic, credit_flow_, message, after_.business_no,
              "credit asked for: " + effect.amount.ToText());
  }
  void operator()(const ReleaseCredit& effect) {
    if (credit_flow_.empty()) return;  // then nothing was asked for
    event::v1::ReleaseCredit message;
    message.set_order_flow(out_.cause().flow);
    out_.Tell(settings_.guarantee.routes.credit_topic, credit_flow_, message, after_.business_no,
              "credit given back: " + effect.amount.ToText());
  }
  void operator()(const RenewIssueNotice& effect) {
    event::v1::RenewNotice renewal;
    renewal.set_section(notices_.issue_section);
    renewal.set_not_after(effect.not_after.value);
    out_.Notice(notices_.topic, notices_.issue_section, renewal, after_.business_no,
                "last moment moved to " + messaging::ToRfc3339(effect.not_after));
  }
  void operator()(const RaiseAlarm& effect) {
    out_.Alarm("order", std::string(AlarmText(effect.kind)));
  }

 private:
  [[nodiscard]] RowKey OrderKey() const { return {kOrderKind, out_.cause().flow}; }

  service::Outbound& out_;
  const WorkSettings& settings_;
  const NoticeTypes& notices_;
  const Order& after_;
  std::string credit_flow_;
};

// Whether another order holds the number that the command brings.
Result<bool> NumberTaken(Workspace& workspace, const Cause& cause, const Command& command) {
  const std::string number = GuaranteeNumberOf(command);
  if (number.empty()) return false;
  const auto record = ReadGuarantee(workspace, GuaranteeFlow(cause.partner, number));
  if (!record) return tl::unexpected(record.error());
  return *record && (*record)->order_flow != cause.flow;
}

void MarkNumberTaken(Command& command) {
  if (auto* approve = std::get_if<Approve>(&command)) approve->guarantee_no_taken = true;
  if (auto* ready = std::get_if<LetterReady>(&command)) ready->guarantee_no_taken = true;
}

// Holds the number against a second use and finds the order by it.
Result<void> ReserveNumber(service::Outbound& out, const WorkSettings& settings,
                           const std::string& guarantee_no) {
  if (guarantee_no.empty()) return {};
  const std::string flow = GuaranteeFlow(out.cause().partner, guarantee_no);
  const auto record = ReadGuarantee(out.workspace(), flow);
  if (!record) return tl::unexpected(record.error());
  if (*record) return {};
  out.workspace().Put({kGuaranteeKind, flow}, settings.partition(flow),
                      letter::SerializeGuarantee({out.cause().flow, std::nullopt}),
                      {out.cause().partner, guarantee_no, {}, "reserved", 0});
  return {};
}

// What the command means for the letter; empty: nothing.
std::optional<letter::Command> ForLetter(const Command& command) {
  if (const auto* accepted = std::get_if<IssueNoticeAccepted>(&command)) {
    return letter::IssueNoticeAccepted{accepted->accepted_at};
  }
  if (const auto* moved = std::get_if<OpenTimeChanged>(&command)) {
    return letter::OpenTimeChanged{moved->open_time, moved->received_at};
  }
  if (const auto* moved = std::get_if<DeadlineChanged>(&command)) {
    return letter::DeadlineChanged{moved->purchase_deadline, moved->received_at};
  }
  return std::nullopt;
}

void MarkRestored(Command& command, bool restored) {
  if (auto* moved = std::get_if<OpenTimeChanged>(&command)) moved->letter_restored = restored;
  if (auto* moved = std::get_if<DeadlineChanged>(&command)) moved->letter_restored = restored;
}

service::Outcome RefusedByLetter(const letter::RefusalFacts& refusal, const Order& order) {
  service::Outcome outcome;
  outcome.verdict = Verdict::kRefused;
  outcome.word = refusal.word;
  outcome.text = refusal.text;
  outcome.business_no = order.business_no;
  return outcome;
}

// Asked for only where there is a reservation, since it may have to open something for it.
Result<std::string> CreditFlow(const Order& order, const WorkSettings& settings) {
  if (order.credit == CreditState::kNone) return std::string();
  return settings.credit_flow(order);
}

// One command on one order, with what it means for the letter.
class Case {
 public:
  Case(service::Outbound& out, const WorkSettings& settings) : out_(out), settings_(settings) {}

  Result<service::Outcome> Run(const Command& command, const std::string& minted) {
    Result<std::optional<Order>> order = ReadOrder(out_.workspace(), out_.cause().flow);
    if (!order) return tl::unexpected(order.error());
    Command bound = command;
    if (*order) Bind(bound, **order, minted, out_.now(), settings_.policy);
    const Result<bool> taken = NumberTaken(out_.workspace(), out_.cause(), bound);
    if (!taken) return tl::unexpected(taken.error());
    if (*taken) MarkNumberTaken(bound);
    std::optional<letter::Command> for_letter;
    if (*order && (*order)->letter) for_letter = ForLetter(bound);
    if (for_letter) {
      // The letter says no first: what it refuses is not done to the order either.
      const auto refusal = LetterRefuses((*order)->letter->guarantee_no, *for_letter, bound);
      if (!refusal) return tl::unexpected(refusal.error());
      if (*refusal != letter::RefusalCode::kNone) {
        out_.NoteCause(std::string(letter::FactsOf(*refusal).word));
        return RefusedByLetter(letter::FactsOf(*refusal), **order);
      }
    }
    return Decided(*order, bound, for_letter);
  }

  // A reservation is to be asked for, of a line that cannot be found.
  [[nodiscard]] bool nobody_to_ask() const { return nobody_to_ask_; }

 private:
  Result<letter::RefusalCode> LetterRefuses(const std::string& guarantee_no,
                                            const letter::Command& for_letter, Command& command) {
    const auto record =
        ReadGuarantee(out_.workspace(), GuaranteeFlow(out_.cause().partner, guarantee_no));
    if (!record) return tl::unexpected(record.error());
    if (!*record || !(*record)->guarantee) return letter::RefusalCode::kNone;
    MarkRestored(command, (*record)->guarantee->restore.has_value());
    if (std::holds_alternative<letter::IssueNoticeAccepted>(for_letter)) {
      return letter::RefusalCode::kNone;  // a fact, whatever the letter has become
    }
    return letter::Decide((*record)->guarantee, for_letter, out_.now(), settings_.guarantee.policy)
        .refusal;
  }

  Result<service::Outcome> Decided(const std::optional<Order>& order, const Command& command,
                                   std::optional<letter::Command> for_letter) {
    const Decision decision = Decide(order, command, out_.now(), settings_.policy);
    Order after = order.value_or(Order{});
    Writer writer(out_, settings_, after);
    bool issued = false;
    for (const Event& event : decision.events) {
      after = Apply(std::move(after), event);
      writer.WriteEvent(event);
      issued = issued || std::holds_alternative<LetterIssued>(event);
      if (Result<void> held = Reserve(event); !held) return tl::unexpected(held.error());
    }
    const Result<std::string> credit_flow = CreditFlow(after, settings_);
    if (!credit_flow) return tl::unexpected(credit_flow.error());
    writer.SetCreditFlow(*credit_flow);
    nobody_to_ask_ = after.credit == CreditState::kAsked && credit_flow->empty();
    for (const Effect& effect : decision.effects) std::visit(writer, effect);
    if (decision.verdict == Verdict::kSameAgain) TellSameAgain(after, command);
    if (after.state != State::kNone && !decision.events.empty()) Put(after);
    const RefusalFacts& refusal = FactsOf(decision.refusal);
    out_.NoteCause(std::string(refusal.word.empty() ? StateWord(after.state) : refusal.word));
    if (issued) {
      for_letter = letter::IssueOf(after, out_.cause().flow, *credit_flow);
    }
    // A moved time that the order has already, or that came too late, is nothing new to the letter.
    const bool fact =
        for_letter && std::holds_alternative<letter::IssueNoticeAccepted>(*for_letter);
    if (for_letter && (decision.verdict == Verdict::kApplied ||
                       (fact && decision.verdict == Verdict::kSameAgain))) {
      if (Result<void> told = TellLetter(after, *for_letter); !told) {
        return tl::unexpected(told.error());
      }
    }
    return OutcomeOf(decision, order, after);
  }

  // What was known already (a payment, a letter) came under a decision of another id: that one
  // ends in a public event as well.
  void TellSameAgain(const Order& order, const Command& command) {
    const DecisionHead* head = HeadOf(command);
    if (head == nullptr || machine::FindDecision(order.decisions, head->decision_id) != nullptr) {
      return;
    }
    const DecisionApplied known{head->decision_id, head->decided_by, out_.now()};
    out_.Fact(kEventsTopic, *PublicEvent(Event{known}, order, out_.now()), order.business_no,
              "same again");
  }

  Result<void> Reserve(const Event& event) {
    if (const auto* approved = std::get_if<OrderApproved>(&event)) {
      return ReserveNumber(out_, settings_, approved->sensitive.guarantee_no);
    }
    if (const auto* issued = std::get_if<LetterIssued>(&event)) {
      return ReserveNumber(out_, settings_, issued->letter.guarantee_no);
    }
    return {};
  }

  void Put(const Order& after) {
    out_.workspace().Put({kOrderKind, out_.cause().flow}, out_.cause().partition,
                         SerializeOrder(after),
                         {after.partner, after.order_no, after.business_no,
                          std::string(StateWord(after.state)), after.amount.fen});
  }

  // The letter's own part of the command: under its flow, in the same transaction.
  Result<void> TellLetter(const Order& after, const letter::Command& command) {
    Cause cause = out_.cause();
    cause.flow = GuaranteeFlow(cause.partner, after.letter->guarantee_no);
    cause.partition = settings_.partition(cause.flow);
    service::Outbound out = out_.For(cause);
    const Result<service::Outcome> done = WorkGuarantee(out, settings_.guarantee, command);
    if (!done) return tl::unexpected(done.error());
    const bool issue = std::holds_alternative<letter::Issue>(command);
    if (issue && done->verdict == Verdict::kRefused) {
      return Permanent("order.letter_refused", "the letter cannot begin: " + done->word);
    }
    return {};
  }

  service::Outcome OutcomeOf(const Decision& decision, const std::optional<Order>& before,
                             const Order& after) const {
    const RefusalFacts& refusal = FactsOf(decision.refusal);
    service::Outcome outcome;
    outcome.verdict = decision.verdict;
    outcome.word = refusal.word;
    outcome.text = refusal.text;
    outcome.business_no = after.business_no.empty() ? out_.cause().business_no : after.business_no;
    outcome.missing = !before;
    return outcome;
  }

  service::Outbound& out_;
  const WorkSettings& settings_;
  bool nobody_to_ask_ = false;
};

}  // namespace

std::string TimerName(TimerKind kind) {
  for (const auto& [known, name] : kTimerNames) {
    if (known == kind) return std::string(name);
  }
  return {};
}

std::optional<TimerKind> TimerKindOf(std::string_view name) {
  for (const auto& [kind, known] : kTimerNames) {
    if (known == name) return kind;
  }
  return std::nullopt;
}

void RefuseUnbound(service::Outbound& out, const event::v1::DecideOrder& decision,
                   const Error& error) {
  event::v1::OrderDecisionRefused refused;
  refused.mutable_order()->set_at(out.now().value);
  refused.set_decision_id(decision.decision_id());
  refused.set_decided_by(decision.decided_by());
  refused.set_reason(error.code);
  refused.set_text(error.field.empty() ? error.message : error.field + ": " + error.message);
  out.Fact(kEventsTopic, refused, {}, error.code);
  out.NoteCause(error.code);
}

Result<std::optional<Order>> ReadOrder(const Workspace& workspace, const std::string& flow) {
  const std::string& state = workspace.Row({kOrderKind, flow}).state;
  if (state.empty()) return std::optional<Order>{};
  Result<Order> order = ParseOrder(state);
  if (!order) return tl::unexpected(order.error());
  return std::optional<Order>{std::move(*order)};
}

Result<service::Outcome> Work(service::Outbound& out, const WorkSettings& settings,
                              const Command& command, const std::string& minted_guarantee_no) {
  Case asked(out, settings);
  Result<service::Outcome> outcome = asked.Run(command, minted_guarantee_no);
  if (!outcome || !asked.nobody_to_ask()) return outcome;
  // The line is found by the bidder's code, which nobody has told us.
  auto refused = Case(out, settings).Run(CreditRefused{"bidder unknown"}, {});
  if (!refused) return refused;
  return outcome;
}

}  // namespace guarantee::order
