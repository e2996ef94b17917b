#include "claim/app/claim_desk.h"

#include <cstdlib>
#include <utility>

#include "claim/adapters/claim_codec.h"
#include "claim/adapters/command_codec.h"
#include "contract/flow.h"
#include "guarantee/event/v1/claim_decision.pb.h"
#include "guarantee/event/v1/handshake.pb.h"
#include "guarantee/partner/v1/claim.pb.h"
#include "service/units.h"

namespace guarantee::claim {
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

// What comes on the service's own requests topic: of the platform, and of the order service.
Result<Command> Requested(const Envelope& envelope, const std::string& value) {
  if (IsOf<partner::v1::CompensateApply>(envelope.type)) {
    return As<partner::v1::CompensateApply>(
        value, [&](const auto& m) { return ToCommand(m, envelope.partner, envelope.time); });
  }
  if (IsOf<partner::v1::CompensateNotice>(envelope.type)) {
    return As<partner::v1::CompensateNotice>(
        value, [&](const auto& m) { return ToCommand(m, envelope.time); });
  }
  if (IsOf<event::v1::GuaranteeHeld>(envelope.type)) {
    return As<event::v1::GuaranteeHeld>(value, [](const auto& m) { return ToCommand(m); });
  }
  if (IsOf<event::v1::HoldRefused>(envelope.type)) {
    return As<event::v1::HoldRefused>(value, [](const auto& m) { return ToCommand(m); });
  }
  if (IsOf<event::v1::GuaranteeRestored>(envelope.type)) {
    return As<event::v1::GuaranteeRestored>(
        value, [&](const auto& m) { return ToCommand(m, envelope.partner); });
  }
  return Permanent("event.type", "not for the claim service", envelope.type);
}

void AddDetails(const Claims& row, const Claim& claim, service::CaseView& view) {
  const auto add = [&view](const char* name, std::string value) {
    view.details.emplace_back(name, std::move(value));
  };
  add("revision", std::to_string(row.revision));
  add("registered_by_us", claim.own ? "yes" : "");
  add("received_at", messaging::ToRfc3339(claim.received_at));
  add("examine_by", messaging::ToRfc3339(claim.examine_end));
  add("hold", claim.hold == Hold::kHeld ? "held" : "");
  add("available", row.guarantee.available ? row.guarantee.available->ToText() : "");
  add("beneficiary", claim.match == Match::kDiffers ? "differs" : "");
  add("approvals", std::to_string(claim.approvals.size()));
  add("ordered", claim.ordered ? claim.ordered->ToText() : "");
  add("paid", claim.paid ? claim.paid->ToText() : "");
  add("reason", std::string(FactsOf(claim.end_reason).word));
  add("withdrawal_asked", claim.withdrawal_asked ? "yes" : "");
}

}  // namespace

ClaimDesk::ClaimDesk(Dependencies dependencies) : needs_(std::move(dependencies)) {
  const contract::Contract& contract = *needs_.contract;
  const contract::Interface* result =
      contract.FindMessage(partner::v1::CompensateNotice::descriptor()->full_name());
  const contract::Interface* apply =
      contract.FindMessage(partner::v1::CompensateApply::descriptor()->full_name());
  if (result == nullptr || apply == nullptr) std::abort();  // the contract was linted at load
  notices_ = {result->section, apply->section, result->notice_topic};
}

Result<std::optional<Task>> ClaimDesk::FromRecord(const Delivered& record,
                                                  const Envelope& envelope) {
  const bool decision = record.source.topic == kDecisionsTopic;
  Cause cause = service::CauseOf(record, envelope, decision ? "decision" : "request",
                                 needs_.tools.partition(envelope.flow));
  if (decision && !IsOf<event::v1::DecideClaim>(envelope.type)) {
    return Permanent("event.type", "not a decision on a claim", envelope.type);
  }
  Result<Command> command = decision ? Decided(record.value, cause, record.appended_at)
                                     : Requested(envelope, record.value);
  if (!command) return tl::unexpected(command.error());
  const bool waits = decision && !std::holds_alternative<Register>(*command);
  Result<Task> task = Make(std::move(cause), std::move(*command));
  if (!task) return tl::unexpected(task.error());
  task->waits = waits;
  return std::optional<Task>{std::move(*task)};
}

Result<Task> ClaimDesk::FromTimer(const messaging::Timer& timer, const contract::FlowKey& flow) {
  const std::optional<TimePassed> passed = TimerOf(timer.name, timer.due);
  if (!passed) return Permanent("timer.name", "unknown", timer.name);
  Cause cause = service::CauseOfTimer(timer, flow.partner, needs_.tools.event_id());
  cause.business_no = passed->business_no;
  return Make(std::move(cause), *passed);
}

Result<Task> ClaimDesk::FromRequest(const Envelope& envelope, const std::string& message) {
  if (!IsOf<partner::v1::CompensateRevocation>(envelope.type)) {
    return Refused("request.type", "not for the claim service", envelope.type);
  }
  const auto revocation = service::Parse<partner::v1::CompensateRevocation>(message);
  if (!revocation) return tl::unexpected(revocation.error());
  Cause cause = service::CauseOfCall(envelope, needs_.tools.partition(envelope.flow));
  if (!contract::SplitFlow(cause.flow)) {
    // Not in the gateway's register: it may be the number of a claim that we registered.
    const auto row = needs_.tools.find(kClaimsKind, envelope.partner, revocation->business_no());
    if (!row) return tl::unexpected(row.error());
    if (*row) {
      cause.flow = (*row)->key.id;
      cause.partition = needs_.tools.partition(cause.flow);
    }
  }
  return Make(std::move(cause), ToCommand(*revocation));
}

Result<Task> ClaimDesk::FromDecision(const RowKey& subject, const std::string& partner,
                                     const std::string& type, const std::string& message) {
  if (!IsOf<event::v1::DecideClaim>(type)) {
    return Refused("decision.type", "not a decision on a claim", "type");
  }
  Cause cause = service::CauseOfDecision(partner, subject.id, needs_.tools.partition(subject.id),
                                         needs_.tools.event_id());
  Result<Command> command = Decided(message, cause, needs_.tools.clock->Now());
  if (!command) return tl::unexpected(command.error());
  return Make(std::move(cause), std::move(*command));
}

bool ClaimDesk::Opens(const std::string& type, const std::string& message) const {
  event::v1::DecideClaim decision;
  return IsOf<event::v1::DecideClaim>(type) && decision.ParseFromString(message) &&
         decision.decision_case() == event::v1::DecideClaim::kRegister;
}

Result<Command> ClaimDesk::Decided(const std::string& message, const Cause& cause,
                                   UnixMillis arrived_at) const {
  const auto decision = service::Parse<event::v1::DecideClaim>(message);
  if (!decision) return tl::unexpected(decision.error());
  const Result<contract::FlowKey> flow = contract::SplitFlow(cause.flow);
  if (!flow) return tl::unexpected(flow.error());
  if (flow->kind != contract::FlowKind::kClaim || flow->partner != cause.partner) {
    return Refused("decision.flow", "is not a claim's of this partner", "ce_subject");
  }
  return ToCommand(*decision, {cause.partner, flow->number, needs_.tools.event_id(), arrived_at});
}

Result<Task> ClaimDesk::Make(Cause cause, Command command) const {
  std::shared_ptr<const Policy> policy = needs_.policy(cause.partner);
  if (!policy) return Permanent("event.partner", "the partner is not configured", cause.partner);
  Task task;
  task.subject = {kClaimsKind, cause.flow};
  task.cause = cause;
  task.work = [this, cause = std::move(cause), command = std::move(command),
               policy = std::move(policy)](messaging::Workspace& workspace,
                                           UnixMillis now) -> Result<service::Outcome> {
    service::Outbound out(workspace, cause, now, needs_.tools.event_id);
    return Work(out, {*policy, notices_, needs_.rules}, command);
  };
  return task;
}

Result<std::optional<service::CaseView>> ClaimDesk::Describe(
    const service::CaseKind&, const messaging::StoredRow& row) const {
  const Result<Claims> claims = ParseClaims(row.state);
  if (!claims) return tl::unexpected(claims.error());
  const Claim* claim = ShownClaim(*claims);
  if (claim == nullptr) return std::optional<service::CaseView>{};
  service::CaseView view{claims->partner,
                         claims->guarantee_no,
                         claim->business_no,
                         std::string(StateWord(claim->state)),
                         claim->paid.value_or(DemandOf(*claims, *claim)).fen,
                         row.updated_at,
                         {}};
  AddDetails(*claims, *claim, view);
  return std::optional<service::CaseView>{std::move(view)};
}

}  // namespace guarantee::claim
