#include "credit/app/credit_desk.h"

#include <cstdlib>
#include <utility>

#include "contract/flow.h"
#include "credit/adapters/command_codec.h"
#include "credit/adapters/credit_codec.h"
#include "guarantee/event/v1/credit_decision.pb.h"
#include "guarantee/event/v1/handshake.pb.h"
#include "guarantee/partner/v1/credit.pb.h"
#include "service/units.h"

namespace guarantee::credit {
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

// A reservation is answered under the order's flow, which has to be the same partner's.
template <typename Message>
Result<void> CheckOrder(const Message& message, const std::string& partner) {
  return contract::CheckOwner(message.order_flow(), partner);
}

bool IsHandshake(const std::string& type) {
  return IsOf<event::v1::ReserveCredit>(type) || IsOf<event::v1::ReleaseCredit>(type);
}

// What comes on the service's own requests topic: of the platform, and of the order service.
Result<Command> Requested(const Envelope& envelope, const std::string& value,
                          UnixMillis arrived_at) {
  if (IsOf<partner::v1::CreditApply>(envelope.type)) {
    return As<partner::v1::CreditApply>(
        value, [&](const auto& m) { return ToCommand(m, envelope.partner, envelope.time); });
  }
  if (IsOf<event::v1::ReserveCredit>(envelope.type)) {
    return As<event::v1::ReserveCredit>(value, [&](const auto& m) -> Result<Command> {
      if (Result<void> own = CheckOrder(m, envelope.partner); !own) {
        return tl::unexpected(own.error());
      }
      return ToCommand(m, arrived_at);
    });
  }
  if (IsOf<event::v1::ReleaseCredit>(envelope.type)) {
    return As<event::v1::ReleaseCredit>(value, [&](const auto& m) -> Result<Command> {
      if (Result<void> own = CheckOrder(m, envelope.partner); !own) {
        return tl::unexpected(own.error());
      }
      return ToCommand(m);
    });
  }
  return Permanent("event.type", "not for the credit service", envelope.type);
}

Result<Command> Decided(const std::string& message, const Cause& cause, UnixMillis arrived_at) {
  auto decision = service::Parse<event::v1::DecideCredit>(message);
  if (!decision) return tl::unexpected(decision.error());
  const Result<contract::FlowKey> flow = contract::SplitFlow(cause.flow);
  if (!flow) return tl::unexpected(flow.error());
  if (flow->kind != contract::FlowKind::kCredit || flow->partner != cause.partner) {
    return Refused("decision.flow", "is not a credit's of this partner", "ce_subject");
  }
  // It may name the applicant's flow instead of an application.
  if (decision->number() == flow->number) decision->clear_number();
  return ToCommand(*decision, arrived_at);
}

void AddDetails(const Credit& row, const Application& application, service::CaseView& view) {
  const auto add = [&view](const char* name, std::string value) {
    view.details.emplace_back(name, std::move(value));
  };
  add("revision", std::to_string(row.revision));
  add("received_at", messaging::ToRfc3339(application.received_at));
  add("applications", std::to_string(row.applications.size()));
  add("reserved", ReservedOf(row).ToText());
  add("reason", std::string(FactsOf(application.end_reason).word));
  if (!row.line) return;
  add("valid_from", messaging::ToRfc3339(row.line->valid_begin));
  add("valid_to", messaging::ToRfc3339(row.line->valid_end));
  add("headroom", HeadroomOf(row).ToText());
  add("granted_by", row.line->granted_by);
}

}  // namespace

CreditDesk::CreditDesk(Dependencies dependencies) : needs_(std::move(dependencies)) {
  const contract::Interface* notice =
      needs_.contract->FindMessage(partner::v1::CreditApplyNotice::descriptor()->full_name());
  if (notice == nullptr) std::abort();  // the contract was linted at load
  notice_ = {notice->section, notice->notice_topic};
}

Result<std::optional<Task>> CreditDesk::FromRecord(const Delivered& record,
                                                   const Envelope& envelope) {
  const bool decision = record.source.topic == kDecisionsTopic;
  const bool handshake = !decision && IsHandshake(envelope.type);
  const char* kind = decision ? "decision" : handshake ? "event" : "request";
  Cause cause = service::CauseOf(record, envelope, kind, needs_.tools.partition(envelope.flow));
  // Neither a trace nor a number may lead from the public facts of a line to an order.
  if (handshake) {
    cause.traceparent.clear();
    cause.business_no.clear();
  }
  if (decision && !IsOf<event::v1::DecideCredit>(envelope.type)) {
    return Permanent("event.type", "not a decision on a credit", envelope.type);
  }
  Result<Command> command = decision ? Decided(record.value, cause, record.appended_at)
                                     : Requested(envelope, record.value, record.appended_at);
  if (!command) return tl::unexpected(command.error());
  Result<Task> task = Make(std::move(cause), std::move(*command));
  if (!task) return tl::unexpected(task.error());
  task->waits = decision;
  return std::optional<Task>{std::move(*task)};
}

Result<Task> CreditDesk::FromTimer(const messaging::Timer& timer, const contract::FlowKey& flow) {
  std::optional<TimePassed> passed = TimerOf(timer.name, timer.due);
  if (!passed) return Permanent("timer.name", "unknown", timer.name);
  Cause cause = service::CauseOfTimer(timer, flow.partner, needs_.tools.event_id());
  cause.business_no = passed->business_no;
  return Make(std::move(cause), Command{std::move(*passed)});
}

Result<Task> CreditDesk::FromRequest(const Envelope& envelope, const std::string& message) {
  Cause cause = service::CauseOfCall(envelope, needs_.tools.partition(envelope.flow));
  if (IsOf<partner::v1::CreditQuery>(envelope.type)) {
    // The flow says whose credit it is; the message has nothing to add.
    return Make(std::move(cause), [need = needs_.minimum_amount, at = envelope.time](
                                      service::Outbound& out) { return Answer(out, need, at); });
  }
  if (!IsOf<partner::v1::CreditRevocation>(envelope.type)) {
    return Refused("request.type", "not for the credit service", envelope.type);
  }
  const auto revocation = service::Parse<partner::v1::CreditRevocation>(message);
  if (!revocation) return tl::unexpected(revocation.error());
  return Make(std::move(cause), ToCommand(*revocation, envelope.time));
}

Result<Task> CreditDesk::FromDecision(const RowKey& subject, const std::string& partner,
                                      const std::string& type, const std::string& message) {
  if (!IsOf<event::v1::DecideCredit>(type)) {
    return Refused("decision.type", "not a decision on a credit", "type");
  }
  Cause cause = service::CauseOfDecision(partner, subject.id, needs_.tools.partition(subject.id),
                                         needs_.tools.event_id());
  Result<Command> command = Decided(message, cause, needs_.tools.clock->Now());
  if (!command) return tl::unexpected(command.error());
  return Make(std::move(cause), std::move(*command));
}

Result<Task> CreditDesk::Make(Cause cause, Command command) const {
  return Make(std::move(cause), [this, command = std::move(command)](service::Outbound& out) {
    return Work(out, {notice_, needs_.rules}, command);
  });
}

Result<Task> CreditDesk::Make(Cause cause, WorkFunction work) const {
  if (!needs_.knows_partner(cause.partner)) {
    return Permanent("event.partner", "the partner is not configured", cause.partner);
  }
  Task task;
  task.subject = {kCreditsKind, cause.flow};
  task.cause = cause;
  task.work = [this, cause = std::move(cause), work = std::move(work)](
                  messaging::Workspace& workspace, UnixMillis now) -> Result<service::Outcome> {
    service::Outbound out(workspace, cause, now, needs_.tools.event_id);
    return work(out);
  };
  return task;
}

Result<std::optional<service::CaseView>> CreditDesk::Describe(
    const service::CaseKind&, const messaging::StoredRow& row) const {
  const Result<Credit> credit = ParseCredit(row.state);
  if (!credit) return tl::unexpected(credit.error());
  const Application* application = ShownApplication(*credit);
  if (application == nullptr) return std::optional<service::CaseView>{};
  service::CaseView view{credit->partner,
                         row.summary.number,
                         application->business_no,
                         std::string(StateWord(application->state)),
                         credit->line ? credit->line->limit.fen : 0,
                         row.updated_at,
                         {}};
  AddDetails(*credit, *application, view);
  return std::optional<service::CaseView>{std::move(view)};
}

}  // namespace guarantee::credit
