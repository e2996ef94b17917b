#include "invoice/app/invoice_desk.h"

#include <cstdlib>
#include <utility>

#include "contract/flow.h"
#include "guarantee/event/v1/handshake.pb.h"
#include "guarantee/event/v1/invoice_decision.pb.h"
#include "guarantee/event/v1/notice.pb.h"
#include "guarantee/partner/v1/invoice.pb.h"
#include "guarantee/partner/v1/letter.pb.h"
#include "invoice/adapters/command_codec.h"
#include "invoice/adapters/invoice_codec.h"
#include "invoice/domain/guards.h"
#include "service/units.h"

namespace guarantee::invoice {
namespace {

using messaging::Delivered;
using messaging::Envelope;
using messaging::RowKey;
using service::Cause;
using service::IsOf;
using service::Task;

// Parsed as `Message` and made a command by `make`.
template <typename Message, typename Make>
Result<Command> As(const std::string& bytes, const Make& make) {
  const Result<Message> message = service::Parse<Message>(bytes);
  if (!message) return tl::unexpected(message.error());
  return make(*message);
}

// Whoever writes to the topic names the guarantee in the flow and in the message.
Result<void> CheckPlace(const Cause& cause, const Command& command) {
  const Result<contract::FlowKey> flow = contract::SplitFlow(cause.flow);
  if (!flow) return tl::unexpected(flow.error());
  if (flow->kind != contract::FlowKind::kInvoice || flow->partner != cause.partner) {
    return Permanent("event.subject", "is not an invoice's of this partner", cause.flow);
  }
  const bool same = std::visit(
      [&flow](const auto& one) {
        if constexpr (requires { one.guarantee_no; }) return one.guarantee_no == flow->number;
        return true;
      },
      command);
  if (same) return {};
  return Permanent("event.subject", "is not the guarantee that the message names", cause.flow);
}

// What comes on the service's own requests topic: of the platform, and of the order service.
Result<Command> Requested(const Envelope& envelope, const std::string& value) {
  const auto by_partner = [&](const auto& m) { return ToCommand(m, envelope.partner); };
  if (IsOf<partner::v1::InvoiceApply>(envelope.type)) {
    return As<partner::v1::InvoiceApply>(
        value, [&](const auto& m) { return ToCommand(m, envelope.partner, envelope.time); });
  }
  if (IsOf<event::v1::GuaranteeRestored>(envelope.type)) {
    return As<event::v1::GuaranteeRestored>(value, by_partner);
  }
  if (IsOf<event::v1::PremiumReturned>(envelope.type)) {
    return As<event::v1::PremiumReturned>(value, by_partner);
  }
  return Permanent("event.type", "not for the invoice service", envelope.type);
}

std::string FlagWords(const Request& request) {
  std::string words;
  for (const Flag flag : request.flags) {
    words += (words.empty() ? "" : " ") + std::string(FlagWord(flag));
  }
  return words;
}

void AddDetails(const Invoices& row, const Request& request, service::CaseView& view) {
  const auto add = [&view](const char* name, std::string value) {
    view.details.emplace_back(name, std::move(value));
  };
  const Guarantee& guarantee = row.guarantee;
  add("revision", std::to_string(row.revision));
  add("kind", std::string(KindWord(request.kind)));
  add("received_at", messaging::ToRfc3339(request.received_at));
  add("waits_until", messaging::ToRfc3339(request.wait_until));
  add("premium", guarantee.bidder ? guarantee.premium.ToText() : "");
  add("restored", guarantee.restored_at ? messaging::ToRfc3339(*guarantee.restored_at) : "");
  add("accepted", guarantee.accepted_at ? messaging::ToRfc3339(*guarantee.accepted_at) : "");
  add("returned", guarantee.returned.fen > 0 ? guarantee.returned.ToText() : "");
  add("flags", FlagWords(request));
  add("number", request.blue.number);
  add("code", request.blue.code);
  add("red_number", request.red.number);
  add("reason", std::string(FactsOf(request.end_reason).word));
}

NoticeTypes NoticesOf(const contract::Contract& contract) {
  const contract::Interface* result =
      contract.FindMessage(partner::v1::InvoiceNotice::descriptor()->full_name());
  const contract::Interface* restore =
      contract.FindMessage(partner::v1::RestoreNotice::descriptor()->full_name());
  if (result == nullptr || restore == nullptr) std::abort();  // the contract was linted at load
  const auto* field = partner::v1::InvoiceNotice::descriptor()->FindFieldByNumber(
      partner::v1::InvoiceNotice::kInvoiceUrlFieldNumber);
  const contract::FieldPlan* link = result->message.Find(field->name());
  if (link == nullptr) std::abort();
  return {result->section, result->notice_topic, link->sent_length, restore->section};
}

}  // namespace

InvoiceDesk::InvoiceDesk(Dependencies dependencies)
    : needs_(std::move(dependencies)), notices_(NoticesOf(*needs_.contract)) {}

Result<std::optional<Task>> InvoiceDesk::FromRecord(const Delivered& record,
                                                    const Envelope& envelope) {
  if (record.source.topic == kNoticeEventsTopic) return FromNoticeResult(record, envelope);
  const bool decision = record.source.topic == kDecisionsTopic;
  Cause cause = service::CauseOf(record, envelope, decision ? "decision" : "request",
                                 needs_.tools.partition(envelope.flow));
  if (decision && !IsOf<event::v1::DecideInvoice>(envelope.type)) {
    return Permanent("event.type", "not a decision on an invoice", envelope.type);
  }
  Result<Command> command =
      decision ? Decided(record.value, cause) : Requested(envelope, record.value);
  if (!command) return tl::unexpected(command.error());
  Result<Task> task = Make(std::move(cause), std::move(*command));
  if (!task) return tl::unexpected(task.error());
  task->waits = decision;
  return std::optional<Task>{std::move(*task)};
}

// The notice is of the guarantee's flow; what it means to us is of the invoice's.
Result<std::optional<Task>> InvoiceDesk::FromNoticeResult(const Delivered& record,
                                                          const Envelope& envelope) const {
  std::optional<Task> nothing;
  if (!IsOf<event::v1::NoticeAccepted>(envelope.type)) return nothing;
  const auto accepted = service::Parse<event::v1::NoticeAccepted>(record.value);
  if (!accepted) return tl::unexpected(accepted.error());
  if (accepted->notice().section() != notices_.restore_section) return nothing;
  const Result<contract::FlowKey> flow = contract::SplitFlow(envelope.flow);
  if (!flow) return tl::unexpected(flow.error());
  if (flow->kind != contract::FlowKind::kGuarantee) {
    return Permanent("event.subject", "is not a guarantee's", envelope.flow);
  }
  Cause cause = service::CauseOf(record, envelope, "notice", 0);
  cause.flow = contract::JoinFlow(flow->partner, contract::FlowKind::kInvoice, flow->number);
  cause.partition = needs_.tools.partition(cause.flow);
  cause.detail = "accepted by the platform";
  Result<Task> task =
      Make(std::move(cause), RestoreAccepted{flow->partner, flow->number, envelope.time});
  if (!task) return tl::unexpected(task.error());
  return std::optional<Task>{std::move(*task)};
}

Result<Task> InvoiceDesk::FromTimer(const messaging::Timer& timer, const contract::FlowKey& flow) {
  const std::optional<TimePassed> passed = TimerOf(timer.name, timer.due);
  if (!passed) return Permanent("timer.name", "unknown", timer.name);
  Cause cause = service::CauseOfTimer(timer, flow.partner, needs_.tools.event_id());
  cause.business_no = passed->business_no;
  return Make(std::move(cause), *passed);
}

Result<Task> InvoiceDesk::FromRequest(const Envelope& envelope, const std::string&) {
  return Refused("request.type", "not for the invoice service", envelope.type);
}

Result<Task> InvoiceDesk::FromDecision(const RowKey& subject, const std::string& partner,
                                       const std::string& type, const std::string& message) {
  if (!IsOf<event::v1::DecideInvoice>(type)) {
    return Refused("decision.type", "not a decision on an invoice", "type");
  }
  Cause cause = service::CauseOfDecision(partner, subject.id, needs_.tools.partition(subject.id),
                                         needs_.tools.event_id());
  Result<Command> command = Decided(message, cause);
  if (!command) return tl::unexpected(command.error());
  return Make(std::move(cause), std::move(*command));
}

Result<Command> InvoiceDesk::Decided(const std::string& message, const Cause& cause) const {
  const auto decision = service::Parse<event::v1::DecideInvoice>(message);
  if (!decision) return tl::unexpected(decision.error());
  const Result<contract::FlowKey> flow = contract::SplitFlow(cause.flow);
  if (!flow) return tl::unexpected(flow.error());
  if (flow->kind != contract::FlowKind::kInvoice || flow->partner != cause.partner) {
    return Refused("decision.flow", "is not an invoice's of this partner", "ce_subject");
  }
  return ToCommand(*decision, notices_.link_length_max);
}

Result<Task> InvoiceDesk::Make(Cause cause, Command command) const {
  const std::optional<Policy> policy = needs_.policy(cause.partner);
  if (!policy) return Permanent("event.partner", "the partner is not configured", cause.partner);
  if (Result<void> place = CheckPlace(cause, command); !place) {
    return tl::unexpected(place.error());
  }
  Task task;
  task.subject = {kInvoicesKind, cause.flow};
  task.cause = cause;
  task.work = [this, cause = std::move(cause), command = std::move(command), policy = *policy](
                  messaging::Workspace& workspace, UnixMillis now) -> Result<service::Outcome> {
    service::Outbound out(workspace, cause, now, needs_.tools.event_id);
    return Work(out, {policy, notices_, needs_.issue_by_rules}, command);
  };
  return task;
}

Result<std::optional<service::CaseView>> InvoiceDesk::Describe(
    const service::CaseKind&, const messaging::StoredRow& row) const {
  const Result<Invoices> invoices = ParseInvoices(row.state);
  if (!invoices) return tl::unexpected(invoices.error());
  const Request* request = ShownRequest(*invoices);
  if (request == nullptr) return std::optional<service::CaseView>{};
  service::CaseView view{invoices->partner,
                         invoices->guarantee_no,
                         request->business_no,
                         std::string(StateWord(request->state)),
                         request->amount.fen,
                         row.updated_at,
                         {}};
  AddDetails(*invoices, *request, view);
  return std::optional<service::CaseView>{std::move(view)};
}

}  // namespace guarantee::invoice
