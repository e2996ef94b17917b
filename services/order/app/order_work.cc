#include "order/app/order_work.h"

#include <array>

#include "contract/flow.h"
#include "guarantee/event/v1/notice.pb.h"
#include "guarantee/event/v1/order.pb.h"
#include "guarantee/event/v1/order_decision.pb.h"
#include "guarantee/partner/v1/order.pb.h"
#include "guarantee/store/v1/order.pb.h"
#include "order/adapters/command_codec.h"
#include "order/adapters/event_codec.h"
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
  Writer(service::Outbound& out, const NoticeTypes& notices, const Order& after)
      : out_(out), notices_(notices), after_(after) {}

  void WriteEvent(const Event& event) {
    const auto fact = PublicEvent(event, after_, out_.now());
    out_.Fact(kEventsTopic, *fact, after_.business_no, std::string(StateWord(after_.state)));
    if (const auto* approved = std::get_if<OrderApproved>(&event)) {
      ReserveNumber(approved->sensitive.guarantee_no);
    } else if (const auto* issued = std::get_if<LetterIssued>(&event)) {
      ReserveNumber(issued->letter.guarantee_no);
    }
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
  // No partner's product is credit-backed before the credit service exists (checked at start).
  void operator()(const ReserveCredit& effect) {
    out_.Note("event", "credit asked for: " + effect.amount.ToText());
  }
  void operator()(const ReleaseCredit& effect) {
    out_.Note("event", "credit given back: " + effect.amount.ToText());
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

  // Holds the number against a second use and finds the order by it.
  void ReserveNumber(const std::string& guarantee_no) {
    if (guarantee_no.empty()) return;
    const std::string flow = GuaranteeFlow(out_.cause().partner, guarantee_no);
    store::v1::GuaranteeRow row;
    row.set_order_flow(out_.cause().flow);
    std::string bytes = row.SerializeAsString();
    const RowKey key{kGuaranteeKind, flow};
    // Not named: the number was reserved when the order was approved.
    if (!out_.workspace().Names(key) || out_.workspace().Row(key).state == bytes) return;
    out_.workspace().Put(key, out_.cause().partition, std::move(bytes),
                         {out_.cause().partner, guarantee_no, {}, "reserved", 0});
  }

  service::Outbound& out_;
  const NoticeTypes& notices_;
  const Order& after_;
};

// Whether another order holds the number that the command brings.
Result<bool> NumberTaken(const Workspace& workspace, const Cause& cause, const Command& command) {
  const std::string number = GuaranteeNumberOf(command);
  if (number.empty()) return false;
  const std::string& state =
      workspace.Row({kGuaranteeKind, GuaranteeFlow(cause.partner, number)}).state;
  if (state.empty()) return false;
  store::v1::GuaranteeRow row;
  if (!row.ParseFromString(state)) {
    return Permanent("guarantee.stored", "a stored guarantee cannot be read");
  }
  return row.order_flow() != cause.flow;
}

void MarkNumberTaken(Command& command) {
  if (auto* approve = std::get_if<Approve>(&command)) approve->guarantee_no_taken = true;
  if (auto* ready = std::get_if<LetterReady>(&command)) ready->guarantee_no_taken = true;
}

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
  Workspace& workspace = out.workspace();
  const Cause& cause = out.cause();
  Result<std::optional<Order>> order = ReadOrder(workspace, cause.flow);
  if (!order) return tl::unexpected(order.error());
  Command bound = command;
  if (*order) Bind(bound, **order, minted_guarantee_no, out.now(), settings.policy);
  const Result<bool> taken = NumberTaken(workspace, cause, bound);
  if (!taken) return tl::unexpected(taken.error());
  if (*taken) MarkNumberTaken(bound);

  const Decision decision = Decide(*order, bound, out.now(), settings.policy);
  Order after = order->value_or(Order{});
  Writer writer(out, settings.notices, after);
  for (const Event& event : decision.events) {
    after = Apply(std::move(after), event);
    writer.WriteEvent(event);
  }
  for (const Effect& effect : decision.effects) std::visit(writer, effect);
  if (after.state != State::kNone && !decision.events.empty()) {
    workspace.Put({kOrderKind, cause.flow}, cause.partition, SerializeOrder(after),
                  {after.partner, after.order_no, after.business_no,
                   std::string(StateWord(after.state)), after.amount.fen});
  }
  const RefusalFacts& refusal = FactsOf(decision.refusal);
  out.NoteCause(std::string(refusal.word.empty() ? StateWord(after.state) : refusal.word));
  service::Outcome outcome;
  outcome.verdict = decision.verdict;
  outcome.word = refusal.word;
  outcome.text = refusal.text;
  outcome.business_no = after.business_no.empty() ? cause.business_no : after.business_no;
  return outcome;
}

}  // namespace guarantee::order
