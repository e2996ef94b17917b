#include "order/app/order_tasks.h"

#include <cstdlib>

#include "contract/flow.h"
#include "guarantee/event/v1/handshake.pb.h"
#include "guarantee/event/v1/notice.pb.h"
#include "guarantee/event/v1/order_decision.pb.h"
#include "guarantee/partner/v1/order.pb.h"
#include "order/adapters/command_codec.h"
#include "order/adapters/order_codec.h"
#include "order/app/rules.h"
#include "order/app/supplied_letter.h"
#include "service/outbound.h"
#include "service/units.h"

namespace guarantee::order {
namespace {

using messaging::Delivered;
using messaging::Envelope;
using messaging::RowKey;
using messaging::Workspace;
using service::Cause;
using service::IsOf;
using service::Outcome;
using service::Parse;
using service::Task;

// The numbers that a command may take.
std::vector<RowKey> NumbersOf(const Cause& cause, const Command& command,
                              const std::string& minted) {
  std::vector<RowKey> rows;
  for (const std::string& number : {minted, GuaranteeNumberOf(command)}) {
    if (number.empty()) continue;
    rows.push_back({kGuaranteeKind,
                    contract::JoinFlow(cause.partner, contract::FlowKind::kGuarantee, number)});
  }
  return rows;
}

// Of the results that an order tells (a second application gets a failure of its own) only that of
// the issue, under the order's own business number, has consequences.
Task OfTheIssue(Task task) {
  task.work = [order = task.subject, number = task.cause.business_no, work = std::move(task.work)](
                  Workspace& workspace, UnixMillis now) -> Result<Outcome> {
    const messaging::RowSummary& summary = workspace.Row(order).summary;
    if (summary.status != StateWord(State::kIssued) || summary.business_no != number) {
      return Outcome{};
    }
    return work(workspace, now);
  };
  return task;
}

}  // namespace

OrderTasks::OrderTasks(Dependencies dependencies) : dependencies_(std::move(dependencies)) {
  const contract::Contract& contract = *dependencies_.contract;
  const contract::Interface* issue =
      contract.FindMessage(partner::v1::OrderApplyNotice::descriptor()->full_name());
  const contract::Interface* cancel =
      contract.FindMessage(partner::v1::OrderCancelNotice::descriptor()->full_name());
  if (issue == nullptr || cancel == nullptr) std::abort();  // the contract was linted at load
  notices_ = {issue->section, cancel->section, issue->notice_topic};
  routes_ = RoutesOf(contract);
}

Result<std::optional<Task>> OrderTasks::FromRecord(const Delivered& record,
                                                   const Envelope& envelope) {
  if (record.source.topic == kNoticeEventsTopic) return FromNoticeResult(record, envelope);
  const bool decision = record.source.topic == kDecisionsTopic;
  Result<Task> task = decision ? FromDecision(record, envelope) : FromRequest(record, envelope);
  if (!task && decision && task.error().kind == ErrorKind::kRefused) {
    task = Told(record, envelope, task.error());
  }
  if (!task) return tl::unexpected(task.error());
  return std::optional<Task>{std::move(*task)};
}

Result<Policy> OrderTasks::PolicyOf(const std::string& partner) const {
  const std::optional<Policy> policy = dependencies_.policy(partner);
  if (!policy) return Permanent("event.partner", "the partner is not configured", partner);
  return *policy;
}

Cause OrderTasks::CauseOf(const Delivered& record, const Envelope& envelope,
                          std::string kind) const {
  return service::CauseOf(record, envelope, std::move(kind),
                          dependencies_.partition(envelope.flow));
}

Result<Task> OrderTasks::Told(const Delivered& record, const Envelope& envelope,
                              const Error& error) const {
  const auto decision = Parse<event::v1::DecideOrder>(record.value);
  if (!decision) return tl::unexpected(decision.error());
  Task task;
  task.cause = CauseOf(record, envelope, "decision");
  task.subject = {kOrderKind, task.cause.flow};
  task.work = [this, cause = task.cause, error, decision = *decision](
                  Workspace& workspace, UnixMillis now) -> Result<Outcome> {
    service::Outbound out(workspace, cause, now, dependencies_.makers.event_id);
    RefuseUnbound(out, decision, error);
    return Outcome{};
  };
  return task;
}

Result<Task> OrderTasks::FromRequest(const Delivered& record, const Envelope& envelope) const {
  const Result<Policy> policy = PolicyOf(envelope.partner);
  if (!policy) return tl::unexpected(policy.error());
  Cause cause = CauseOf(record, envelope, "request");
  if (IsOf<partner::v1::OrderApply>(envelope.type)) {
    const auto request = Parse<partner::v1::OrderApply>(record.value);
    if (!request) return tl::unexpected(request.error());
    return Make(std::move(cause), ToCommand(*request, envelope.partner, envelope.time), *policy);
  }
  if (IsOf<partner::v1::OrderCancelApply>(envelope.type)) {
    const auto request = Parse<partner::v1::OrderCancelApply>(record.value);
    if (!request) return tl::unexpected(request.error());
    return Make(std::move(cause), ToCommand(*request, envelope.time), *policy);
  }
  if (IsOf<event::v1::Reserved>(envelope.type)) {
    return Make(std::move(cause), CreditReserved{}, *policy);
  }
  if (IsOf<event::v1::ReservationRefused>(envelope.type)) {
    const auto refused = Parse<event::v1::ReservationRefused>(record.value);
    if (!refused) return tl::unexpected(refused.error());
    return Make(std::move(cause), CreditRefused{refused->reason()}, *policy);
  }
  return Permanent("event.type", "the order service does not know this request", envelope.type);
}

bool OrderTasks::Answers(const Envelope& envelope) {
  return IsOf<partner::v1::OpenTimeMaintenance>(envelope.type) ||
         IsOf<partner::v1::PurchaseDeadlineMaintenance>(envelope.type);
}

Result<Task> OrderTasks::FromCalledRequest(const Envelope& envelope,
                                           const std::string& message) const {
  const std::optional<Policy> policy = dependencies_.policy(envelope.partner);
  if (!policy) return Refused("order.partner", "the partner is not configured", "partner");
  Cause cause = service::CauseOfCall(envelope, dependencies_.partition(envelope.flow));
  if (IsOf<partner::v1::OpenTimeMaintenance>(envelope.type)) {
    const auto request = Parse<partner::v1::OpenTimeMaintenance>(message);
    if (!request) return tl::unexpected(request.error());
    return Make(std::move(cause), OpenTimeChanged{{request->open_time()}, envelope.time, false},
                *policy);
  }
  if (IsOf<partner::v1::PurchaseDeadlineMaintenance>(envelope.type)) {
    const auto request = Parse<partner::v1::PurchaseDeadlineMaintenance>(message);
    if (!request) return tl::unexpected(request.error());
    return Make(std::move(cause), DeadlineChanged{{request->bzj_end_time()}, envelope.time, false},
                *policy);
  }
  return Refused("request.type", "not for the order service", envelope.type);
}

Result<Task> OrderTasks::FromDecision(const Delivered& record, const Envelope& envelope) const {
  if (!IsOf<event::v1::DecideOrder>(envelope.type)) {
    return Permanent("event.type", "not a decision on an order", envelope.type);
  }
  const auto decision = Parse<event::v1::DecideOrder>(record.value);
  if (!decision) return tl::unexpected(decision.error());
  const Result<Policy> policy = PolicyOf(envelope.partner);
  if (!policy) return tl::unexpected(policy.error());
  const auto letter = KeepSupplied(*dependencies_.letters, LetterOf(*decision));
  if (!letter) return tl::unexpected(letter.error());
  Result<Command> command = ToCommand(*decision, *letter, record.appended_at);
  if (!command) return tl::unexpected(command.error());
  Cause cause = CauseOf(record, envelope, "decision");
  if (!decision->number().empty()) {
    const auto flow = dependencies_.find_flow(envelope.partner, decision->number());
    if (!flow) return tl::unexpected(flow.error());
    cause.flow = flow->value_or(
        contract::JoinFlow(envelope.partner, contract::FlowKind::kOrder, decision->number()));
    cause.partition = dependencies_.partition(cause.flow);
  }
  cause.detail = decision->decided_by();
  Task task = Make(std::move(cause), std::move(*command), *policy);
  task.waits = true;
  return task;
}

Result<std::optional<Task>> OrderTasks::FromNoticeResult(const Delivered& record,
                                                         const Envelope& envelope) const {
  const std::optional<Policy> policy = dependencies_.policy(envelope.partner);
  // Results of other services' notices, and of 3.4, change nothing here.
  const bool ours = policy && envelope.interface_section == notices_.issue_section;
  if (!ours) return std::optional<Task>{};
  Cause cause = CauseOf(record, envelope, "notice");
  if (IsOf<event::v1::NoticeAccepted>(envelope.type)) {
    const auto accepted = Parse<event::v1::NoticeAccepted>(record.value);
    if (!accepted) return tl::unexpected(accepted.error());
    cause.detail = "accepted by the platform";
    return std::optional<Task>{
        OfTheIssue(Make(std::move(cause), IssueNoticeAccepted{envelope.time}, *policy))};
  }
  if (IsOf<event::v1::NoticeExpired>(envelope.type)) {
    const auto expired = Parse<event::v1::NoticeExpired>(record.value);
    if (!expired) return tl::unexpected(expired.error());
    cause.detail = "could not be delivered in time";
    return std::optional<Task>{
        OfTheIssue(Make(std::move(cause), IssueNoticeExpired{envelope.time}, *policy))};
  }
  return std::optional<Task>{};
}

Result<Task> OrderTasks::FromCall(const std::string& partner, const std::string& flow,
                                  const event::v1::DecideOrder& decision) {
  const std::optional<Policy> policy = dependencies_.policy(partner);
  if (!policy) return Refused("order.partner", "the partner is not configured", "partner");
  const auto letter = KeepSupplied(*dependencies_.letters, LetterOf(decision));
  if (!letter) return tl::unexpected(letter.error());
  Result<Command> command = ToCommand(decision, *letter, dependencies_.clock->Now());
  if (!command) return tl::unexpected(command.error());
  Cause cause = service::CauseOfDecision(partner, flow, dependencies_.partition(flow),
                                         decision.decision_id());
  cause.detail = decision.decided_by();
  return Make(std::move(cause), std::move(*command), *policy);
}

Result<Task> OrderTasks::FromRedirect(const std::string& partner, const std::string& flow,
                                      const std::string& visit_id) const {
  const std::optional<Policy> policy = dependencies_.policy(partner);
  if (!policy) return Refused("order.partner", "the partner is not configured", "partner");
  Cause cause;
  cause.partner = partner;
  cause.flow = flow;
  cause.partition = dependencies_.partition(flow);
  cause.event_id = dependencies_.makers.event_id();
  cause.journal_kind = "request";
  cause.detail = "the bidder came by the link";
  return Make(std::move(cause), SpendRedirect{visit_id}, *policy);
}

Result<Task> OrderTasks::FromTimer(const messaging::Timer& timer, const contract::FlowKey& flow) {
  const std::optional<TimerKind> kind = TimerKindOf(timer.name);
  const std::optional<Policy> policy = dependencies_.policy(flow.partner);
  if (!kind || !policy) return Permanent("order.timer", "a timer nobody knows", timer.name);
  return Make(service::CauseOfTimer(timer, flow.partner, timer.name), TimePassed{*kind, timer.due},
              *policy);
}

Task OrderTasks::Make(Cause cause, Command command, const Policy& policy) const {
  std::string minted = dependencies_.makers.guarantee_no(cause.partner);
  const letter::Policy letter_policy =
      dependencies_.letter_policy(cause.partner).value_or(letter::Policy{});
  Task task;
  task.cause = cause;
  task.subject = {kOrderKind, cause.flow};
  task.more_rows = NumbersOf(cause, command, minted);
  std::string token;
  if (const auto* apply = std::get_if<Apply31>(&command)) {
    token = dependencies_.redirect_token(apply->partner, apply->order_no);
    task.more_rows.push_back({kRedirectKind, token});
  }
  task.work = [this, token = std::move(token),
               bound = Bound{std::move(cause), std::move(command), policy, letter_policy,
                             std::move(minted)}](Workspace& workspace,
                                                 UnixMillis now) -> Result<Outcome> {
    Result<Outcome> done = Run(workspace, bound, now);
    const bool accepted = done && done->verdict == Verdict::kApplied &&
                          std::holds_alternative<Apply31>(bound.command);
    if (accepted) {
      workspace.Put({kRedirectKind, token}, bound.cause.partition, bound.cause.flow,
                    {bound.cause.partner, {}, {}, "open", 0});
    }
    if (!accepted || !dependencies_.rules) return done;
    if (Result<void> ruled = ApplyRules(workspace, bound, now); !ruled) {
      return tl::unexpected(ruled.error());
    }
    return done;
  };
  return task;
}

Result<Outcome> OrderTasks::Run(Workspace& workspace, const Bound& bound, UnixMillis now) const {
  service::Outbound out(workspace, bound.cause, now, dependencies_.makers.event_id);
  const GuaranteeSettings guarantee{bound.letter_policy, routes_};
  return Work(
      out, {bound.policy, notices_, guarantee, dependencies_.partition, dependencies_.credit_flow},
      bound.command, bound.minted);
}

Result<void> OrderTasks::ApplyRules(Workspace& workspace, const Bound& bound,
                                    UnixMillis now) const {
  const Result<std::optional<Order>> order = ReadOrder(workspace, bound.cause.flow);
  if (!order) return tl::unexpected(order.error());
  if (!*order) return {};
  Bound rule = bound;
  rule.cause.journal_kind = "decision";
  rule.cause.section.clear();
  rule.cause.source.reset();
  rule.cause.detail = dependencies_.rules->decided_by;
  rule.command = DecideByRules(*dependencies_.rules, **order, bound.cause.event_id, now);
  const Result<Outcome> done = Run(workspace, rule, now);
  if (!done) return tl::unexpected(done.error());
  return {};
}

}  // namespace guarantee::order
