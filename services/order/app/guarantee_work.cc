#include "order/app/guarantee_work.h"

#include <cstdlib>
#include <utility>

#include "contract/flow.h"
#include "guarantee/partner/v1/claim.pb.h"
#include "guarantee/partner/v1/credit.pb.h"
#include "guarantee/partner/v1/invoice.pb.h"
#include "guarantee/partner/v1/letter.pb.h"
#include "order/adapters/guarantee_event_codec.h"
#include "order/adapters/guarantee_message_codec.h"

namespace guarantee::order {
namespace {

using letter::Guarantee;
using letter::GuaranteeRecord;
using messaging::RowKey;
using messaging::Workspace;

const contract::Interface& InterfaceOf(const contract::Contract& contract,
                                       const google::protobuf::Descriptor* message) {
  const contract::Interface* found = contract.FindMessage(message->full_name());
  if (found == nullptr) std::abort();  // the contract was linted at load
  return *found;
}

// Writes what the domain asked for.
class Writer {
 public:
  // `after` follows the events: the guarantee as each of them, and then each effect, finds it.
  Writer(service::Outbound& out, const LetterRoutes& routes, const Guarantee& after)
      : out_(out), routes_(routes), after_(after) {}

  void WriteEvent(const letter::Event& event) {
    const auto fact = letter::PublicEvent(event, after_, out_.now());
    const std::string number = std::visit([](const auto& one) { return NumberOf(one); }, event);
    out_.Fact(kEventsTopic, *fact, number.empty() ? out_.cause().business_no : number,
              std::string(letter::StateWord(after_.state)));
  }

  void operator()(const letter::NotifyPlainLetter& effect) {
    Notice(routes_.plain_section, effect, "the plain letter");
  }
  void operator()(const letter::NotifyRefund& effect) {
    Notice(routes_.refund_section, effect, effect.refunded ? "refunded" : "not refunded",
           effect.not_after.value_or(UnixMillis{}));
  }
  void operator()(const letter::NotifyCancel& effect) {
    Notice(routes_.cancel_section, effect, effect.cancelled ? "cancelled" : "not cancelled");
  }
  void operator()(const letter::SendProposal& effect) {
    Notice(routes_.propose_section, effect, "proposed by us");
  }
  void operator()(const letter::ResendPlainLetter& effect) {
    const auto message = letter::ToMessage(effect, routes_.plain_section);
    out_.Notice(routes_.notices_topic, routes_.plain_section, *message, effect.business_no,
                "the plain letter once more");
  }
  void operator()(const letter::RenewRefundNotice& effect) {
    const auto message = letter::ToMessage(effect, routes_.refund_section);
    out_.Notice(routes_.notices_topic, routes_.refund_section, *message, out_.cause().business_no,
                "last moment moved to " + messaging::ToRfc3339(effect.not_after));
  }
  // The bank supplies the letter: GuaranteeRestored has told it already.
  void operator()(const letter::RequestPlainLetter&) {
    out_.Note("event", "the plain letter is asked for");
  }
  void operator()(const letter::RefundPremium& effect) {
    const auto task = letter::PublicTask(effect, after_, out_.now());
    out_.Fact(kEventsTopic, *task, out_.cause().business_no, "premium goes back");
  }
  void operator()(const letter::ReleaseCredit& effect) {
    if (effect.credit_flow.empty()) return;
    out_.Tell(routes_.credit_topic, effect.credit_flow, *letter::ToMessage(effect), {},
              "credit given back: " + effect.amount.ToText());
  }
  void operator()(const letter::TellHeld& effect) {
    out_.Tell(routes_.claim_topic, Neighbour(contract::FlowKind::kClaim),
              *letter::ToMessage(effect), effect.business_no, "held for the claim");
  }
  void operator()(const letter::TellHoldRefused& effect) {
    out_.Tell(routes_.claim_topic, Neighbour(contract::FlowKind::kClaim),
              *letter::ToMessage(effect), effect.business_no, "not held for the claim");
  }
  void operator()(const letter::TellRestored& effect) {
    const auto message = letter::ToMessage(effect);
    out_.Tell(routes_.claim_topic, Neighbour(contract::FlowKind::kClaim), *message, {},
              "tells claim of the restore");
    out_.Tell(routes_.invoice_topic, Neighbour(contract::FlowKind::kInvoice), *message, {},
              "tells invoice of the restore");
  }
  void operator()(const letter::TellPremiumReturned& effect) {
    out_.Tell(routes_.invoice_topic, Neighbour(contract::FlowKind::kInvoice),
              *letter::ToMessage(effect), {}, "tells invoice of the returned premium");
  }
  void operator()(const letter::SetTimer& effect) {
    out_.workspace().SetTimer({Row(),
                               std::string(letter::TimerName(effect.kind)),
                               out_.cause().partition,
                               effect.due,
                               {}});
  }
  void operator()(const letter::ClearTimer& effect) {
    out_.workspace().ClearTimer(Row(), std::string(letter::TimerName(effect.kind)));
  }
  void operator()(const letter::RaiseAlarm& effect) {
    out_.Alarm("guarantee", std::string(letter::AlarmText(effect.kind)));
  }

 private:
  template <typename Fact>
  static std::string NumberOf(const Fact& fact) {
    if constexpr (requires { fact.business_no; }) return fact.business_no;
    return {};
  }
  template <typename Effect>
  void Notice(const std::string& section, const Effect& effect, const std::string& detail,
              UnixMillis not_after = {}) {
    out_.Notice(routes_.notices_topic, section, *letter::ToMessage(effect, out_.now()),
                effect.business_no, detail, not_after);
  }
  [[nodiscard]] RowKey Row() const { return {kGuaranteeKind, out_.cause().flow}; }
  // The same number in a neighbour's flow; also where there is no such guarantee.
  [[nodiscard]] std::string Neighbour(contract::FlowKind kind) const {
    const auto own = contract::SplitFlow(out_.cause().flow);
    if (!own) std::abort();  // checked before it became a command's flow
    return contract::JoinFlow(own->partner, kind, own->number);
  }

  service::Outbound& out_;
  const LetterRoutes& routes_;
  const Guarantee& after_;
};

Result<void> PutIndex(service::Outbound& out, const Guarantee& guarantee, std::int16_t kind,
                      const std::string& business_no, std::string_view status) {
  const RowKey key{kind, out.cause().flow};
  if (Result<void> there = out.workspace().Need(key); !there) return there;
  out.workspace().Put(key, out.cause().partition, out.cause().flow,
                      {guarantee.partner, guarantee.guarantee_no, business_no, std::string(status),
                       guarantee.amount.fen});
  return {};
}

Result<void> Put(service::Outbound& out, const GuaranteeRecord& record) {
  const Guarantee& guarantee = *record.guarantee;
  out.workspace().Put({kGuaranteeKind, out.cause().flow}, out.cause().partition,
                      letter::SerializeGuarantee(record),
                      {guarantee.partner, guarantee.guarantee_no, guarantee.order_no,
                       std::string(letter::StateWord(guarantee.state)), guarantee.available.fen});
  if (guarantee.refund) {
    Result<void> put = PutIndex(out, guarantee, kRefundKind, guarantee.refund->business_no,
                                letter::StatusWord(guarantee.refund->status));
    if (!put) return put;
  }
  if (!guarantee.cancellation) return {};
  return PutIndex(out, guarantee, kCancellationKind, guarantee.cancellation->business_no,
                  letter::StatusWord(guarantee.cancellation->status));
}

service::Outcome OutcomeOf(const letter::Decision& decision, const service::Cause& cause,
                           bool missing) {
  const letter::RefusalFacts& refusal = letter::FactsOf(decision.refusal);
  service::Outcome outcome;
  outcome.verdict = decision.verdict;
  outcome.word = refusal.word;
  outcome.text = refusal.text;
  outcome.business_no = cause.business_no;
  outcome.missing = missing;
  return outcome;
}

}  // namespace

LetterRoutes RoutesOf(const contract::Contract& contract) {
  namespace partner = partner::v1;
  const contract::Interface& plain = InterfaceOf(contract, partner::RestoreNotice::descriptor());
  LetterRoutes routes;
  routes.notices_topic = plain.notice_topic;
  routes.plain_section = plain.section;
  routes.refund_section = InterfaceOf(contract, partner::RefundNotice::descriptor()).section;
  routes.cancel_section = InterfaceOf(contract, partner::CancelNotice::descriptor()).section;
  routes.propose_section = InterfaceOf(contract, partner::CancelApply::descriptor()).section;
  routes.claim_topic = InterfaceOf(contract, partner::CompensateApply::descriptor()).request_topic;
  routes.invoice_topic = InterfaceOf(contract, partner::InvoiceApply::descriptor()).request_topic;
  routes.credit_topic = InterfaceOf(contract, partner::CreditApply::descriptor()).request_topic;
  return routes;
}

Result<std::optional<GuaranteeRecord>> ReadGuarantee(Workspace& workspace,
                                                     const std::string& guarantee_flow) {
  const RowKey key{kGuaranteeKind, guarantee_flow};
  if (Result<void> there = workspace.Need(key); !there) return tl::unexpected(there.error());
  const std::string& state = workspace.Row(key).state;
  if (state.empty()) return std::optional<GuaranteeRecord>{};
  Result<GuaranteeRecord> record = letter::ParseGuarantee(state);
  if (!record) return tl::unexpected(record.error());
  return std::optional<GuaranteeRecord>{std::move(*record)};
}

Result<service::Outcome> WorkGuarantee(service::Outbound& out, const GuaranteeSettings& settings,
                                       const letter::Command& command) {
  Result<std::optional<GuaranteeRecord>> found = ReadGuarantee(out.workspace(), out.cause().flow);
  if (!found) return tl::unexpected(found.error());
  GuaranteeRecord record = std::move(*found).value_or(GuaranteeRecord{});
  const letter::Decision decision =
      letter::Decide(record.guarantee, command, out.now(), settings.policy);
  // The letter may be there and what is withdrawn may not: its request is perhaps not read yet.
  const bool missing =
      !record.guarantee || decision.refusal == letter::RefusalCode::kOperationUnknown;
  Guarantee after = record.guarantee.value_or(Guarantee{});
  Writer writer(out, settings.routes, after);
  for (const letter::Event& event : decision.events) {
    after = letter::Apply(std::move(after), event);
    writer.WriteEvent(event);
  }
  for (const letter::Effect& effect : decision.effects) std::visit(writer, effect);
  if (after.state != letter::State::kNone && !decision.events.empty()) {
    if (record.order_flow.empty()) record.order_flow = after.order_flow;
    record.guarantee = std::move(after);
    if (Result<void> put = Put(out, record); !put) return tl::unexpected(put.error());
  }
  const letter::RefusalFacts& refusal = letter::FactsOf(decision.refusal);
  out.NoteCause(std::string(refusal.word.empty() && record.guarantee
                                ? letter::StateWord(record.guarantee->state)
                                : refusal.word));
  return OutcomeOf(decision, out.cause(), missing);
}

}  // namespace guarantee::order
