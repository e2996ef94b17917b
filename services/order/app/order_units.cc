#include "order/app/order_units.h"

#include <cstdlib>

#include "contract/flow.h"
#include "guarantee/event/v1/notice.pb.h"
#include "guarantee/event/v1/order_decision.pb.h"
#include "guarantee/partner/v1/order.pb.h"
#include "guarantee/store/v1/waiting.pb.h"
#include "order/adapters/command_codec.h"
#include "order/adapters/order_codec.h"
#include "order/app/rules.h"

namespace guarantee::order {
namespace {

using messaging::Delivered;
using messaging::Envelope;
using messaging::RowKey;
using messaging::Unit;
using messaging::Workspace;

Unit Failing(Error error) {
  Unit unit;
  unit.decide = [error = std::move(error)](Workspace&) -> Result<void> {
    return tl::unexpected(error);
  };
  return unit;
}

messaging::OutboxEntry DeadLetterOf(const Delivered& record, std::int32_t partition) {
  messaging::OutboxEntry entry;
  entry.partition = partition;
  entry.topic = record.source.topic + ".dlq";
  entry.sequenced = false;
  const Result<Envelope> envelope = messaging::ReadEnvelope(record);
  if (envelope) {
    entry.envelope = *envelope;
  } else {
    // Even a record without a readable envelope is kept, under where it stood.
    entry.envelope.id = record.source.topic + ":" + std::to_string(record.source.partition) + ":" +
                        std::to_string(record.offset);
    entry.envelope.type = "unreadable";
    entry.envelope.partner = "unknown";
    entry.envelope.flow = record.key.empty() ? entry.envelope.id : record.key;
    entry.envelope.time = record.appended_at;
  }
  entry.value = record.value;
  return entry;
}

template <typename Message>
Result<Message> Parse(const std::string& bytes) {
  Message message;
  if (!message.ParseFromString(bytes)) {
    return Permanent("event.value", "not a " + std::string(message.GetTypeName()));
  }
  return message;
}

store::v1::WaitingCommand ToWaiting(const Delivered& record) {
  store::v1::WaitingCommand waiting;
  waiting.set_topic(record.source.topic);
  for (const messaging::Header& header : record.headers) {
    (*waiting.mutable_headers())[header.name] = header.value;
  }
  waiting.set_value(record.value);
  waiting.set_appended_at(record.appended_at.value);
  return waiting;
}

Delivered FromStored(const store::v1::WaitingCommand& waiting, const messaging::Timer& timer) {
  Delivered record;
  record.source = {waiting.topic(), timer.partition};
  record.offset = -1;
  record.key = timer.row.id;
  record.appended_at = {waiting.appended_at()};
  for (const auto& [name, value] : waiting.headers()) record.headers.push_back({name, value});
  record.value = waiting.value();
  return record;
}

// What a command may read or write: its order, the order's queue, the numbers that it may take.
std::vector<RowKey> RowsOf(const Cause& cause, const Command& command, const std::string& minted) {
  std::vector<RowKey> rows{{kOrderKind, cause.flow}, {kWaitingKind, cause.flow}};
  for (const std::string& number : {minted, GuaranteeNumberOf(command)}) {
    if (number.empty()) continue;
    rows.push_back({kGuaranteeKind,
                    contract::JoinFlow(cause.partner, contract::FlowKind::kGuarantee, number)});
  }
  return rows;
}

bool IsDecision(const std::string& type) {
  return type == event::v1::DecideOrder::descriptor()->full_name();
}

// An order tells its result once: if it was not issued, the notice that was accepted told the
// failure, and nothing follows from it.
Unit IfIssued(Unit unit) {
  unit.decide = [order = unit.rows.front(),
                 decide = std::move(unit.decide)](Workspace& workspace) -> Result<void> {
    if (workspace.Row(order).summary.status != StateWord(State::kIssued)) return {};
    return decide(workspace);
  };
  return unit;
}

}  // namespace

OrderUnits::OrderUnits(Dependencies dependencies) : dependencies_(std::move(dependencies)) {
  const contract::Contract& contract = *dependencies_.contract;
  const contract::Interface* issue =
      contract.FindMessage(partner::v1::OrderApplyNotice::descriptor()->full_name());
  const contract::Interface* cancel =
      contract.FindMessage(partner::v1::OrderCancelNotice::descriptor()->full_name());
  if (issue == nullptr || cancel == nullptr) std::abort();  // the contract was linted at load
  notices_ = {issue->section, cancel->section, issue->notice_topic};
}

Unit OrderUnits::FromRecord(const Delivered& record) {
  Result<Unit> unit = FromReadable(record);
  if (!unit) unit = Failing(unit.error());
  const std::string& flow = record.key.empty() ? record.source.topic : record.key;
  unit->dead_letter = DeadLetterOf(record, dependencies_.partition(flow));
  return std::move(*unit);
}

Result<Unit> OrderUnits::FromReadable(const Delivered& record) {
  const Result<Envelope> envelope = messaging::ReadEnvelope(record);
  if (!envelope) return tl::unexpected(envelope.error());
  if (Result<void> own = contract::CheckOwner(envelope->flow, envelope->partner); !own) {
    return tl::unexpected(own.error());
  }
  if (record.source.topic == kDecisionsTopic) {
    Result<Bound> bound = BindDecision(record, *envelope);
    if (bound) return Make(std::move(*bound));
    if (bound.error().kind != ErrorKind::kRefused) return tl::unexpected(bound.error());
    return Told(record, *envelope, bound.error());
  }
  if (record.source.topic == kNoticeEventsTopic) return FromNoticeResult(record, *envelope);
  return FromRequest(record, *envelope);
}

Unit OrderUnits::Told(const Delivered& record, const Envelope& envelope, const Error& error) const {
  const auto decision = Parse<event::v1::DecideOrder>(record.value);
  if (!decision) return Failing(decision.error());
  Unit unit;
  unit.decide = [this, cause = CauseOf(record, envelope, "decision"), error,
                 decision = *decision](Workspace& workspace) -> Result<void> {
    RefuseUnbound(workspace, cause, {dependencies_.makers, dependencies_.clock->Now()}, decision,
                  error);
    return {};
  };
  return unit;
}

Cause OrderUnits::CauseOf(const Delivered& record, const Envelope& envelope,
                          std::string kind) const {
  Cause cause;
  cause.partner = envelope.partner;
  cause.flow = envelope.flow;
  cause.partition = dependencies_.partition(envelope.flow);
  cause.event_id = envelope.id;
  cause.business_no = envelope.business_no;
  cause.traceparent = envelope.traceparent;
  cause.journal_kind = std::move(kind);
  cause.section = envelope.interface_section;
  cause.source = messaging::StartOffset{record.source, record.offset};
  return cause;
}

Result<Unit> OrderUnits::FromRequest(const Delivered& record, const Envelope& envelope) {
  const std::optional<Policy> policy = dependencies_.policy(envelope.partner);
  if (!policy) return Permanent("event.partner", "the partner is not configured", envelope.partner);
  Cause cause = CauseOf(record, envelope, "request");
  if (envelope.type == partner::v1::OrderApply::descriptor()->full_name()) {
    const auto request = Parse<partner::v1::OrderApply>(record.value);
    if (!request) return tl::unexpected(request.error());
    return Make(
        Bind(std::move(cause), ToCommand(*request, envelope.partner, envelope.time), *policy));
  }
  if (envelope.type == partner::v1::OrderCancelApply::descriptor()->full_name()) {
    const auto request = Parse<partner::v1::OrderCancelApply>(record.value);
    if (!request) return tl::unexpected(request.error());
    return Make(Bind(std::move(cause), ToCommand(*request, envelope.time), *policy));
  }
  return Permanent("event.type", "the order service does not know this request", envelope.type);
}

Result<std::optional<DocumentFacts>> OrderUnits::KeepLetter(
    const event::v1::DecideOrder& decision) {
  const event::v1::SuppliedLetter* letter = LetterOf(decision);
  const bool unusable = letter != nullptr && letter->file().size() > kInlineLetterBytesMax;
  if (letter == nullptr || unusable) return std::optional<DocumentFacts>{};
  Result<DocumentFacts> facts = letter->file().empty()
                                    ? dependencies_.letters->Find(letter->sha256())
                                    : dependencies_.letters->Keep(letter->file());
  // What is no letter is the domain's to refuse, as an outcome that the decider can read.
  if (!facts && facts.error().kind == ErrorKind::kRefused) return std::optional<DocumentFacts>{};
  if (!facts) return tl::unexpected(facts.error());
  if (!letter->sha256().empty() && letter->sha256() != facts->sha256) {
    return std::optional<DocumentFacts>{};
  }
  return std::optional<DocumentFacts>{std::move(*facts)};
}

Result<OrderUnits::Bound> OrderUnits::BindDecision(const Delivered& record,
                                                   const Envelope& envelope) {
  if (!IsDecision(envelope.type)) {
    return Permanent("event.type", "not a decision on an order", envelope.type);
  }
  const auto decision = Parse<event::v1::DecideOrder>(record.value);
  if (!decision) return tl::unexpected(decision.error());
  const std::optional<Policy> policy = dependencies_.policy(envelope.partner);
  if (!policy) return Permanent("event.partner", "the partner is not configured", envelope.partner);
  const auto letter = KeepLetter(*decision);
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
  Bound bound = Bind(std::move(cause), std::move(*command), *policy);
  bound.waiting = ToWaiting(record).SerializeAsString();
  return bound;
}

Result<Unit> OrderUnits::FromNoticeResult(const Delivered& record, const Envelope& envelope) {
  const std::optional<Policy> policy = dependencies_.policy(envelope.partner);
  Unit nothing;
  nothing.decide = [](Workspace&) -> Result<void> { return {}; };
  // Results of other services' notices, and of 3.4, change nothing here.
  const bool ours = policy && envelope.interface_section == notices_.issue_section;
  if (!ours) return nothing;
  Cause cause = CauseOf(record, envelope, "notice");
  if (envelope.type == event::v1::NoticeAccepted::descriptor()->full_name()) {
    const auto accepted = Parse<event::v1::NoticeAccepted>(record.value);
    if (!accepted) return tl::unexpected(accepted.error());
    cause.detail = "accepted by the platform";
    return IfIssued(Make(Bind(std::move(cause), IssueNoticeAccepted{envelope.time}, *policy)));
  }
  if (envelope.type == event::v1::NoticeExpired::descriptor()->full_name()) {
    const auto expired = Parse<event::v1::NoticeExpired>(record.value);
    if (!expired) return tl::unexpected(expired.error());
    cause.detail = "could not be delivered in time";
    return Make(Bind(std::move(cause), IssueNoticeExpired{envelope.time}, *policy));
  }
  return nothing;
}

Result<Unit> OrderUnits::FromCall(const std::string& partner, const std::string& flow,
                                  const event::v1::DecideOrder& decision,
                                  std::shared_ptr<WorkResult> result) {
  const std::optional<Policy> policy = dependencies_.policy(partner);
  if (!policy) return Refused("order.partner", "the partner is not configured", "partner");
  const auto letter = KeepLetter(decision);
  if (!letter) return tl::unexpected(letter.error());
  const Result<Command> command = ToCommand(decision, *letter, dependencies_.clock->Now());
  if (!command) return tl::unexpected(command.error());
  Cause cause;
  cause.partner = partner;
  cause.flow = flow;
  cause.partition = dependencies_.partition(flow);
  cause.event_id = decision.decision_id();
  cause.journal_kind = "decision";
  cause.detail = decision.decided_by();
  return Make(Bind(std::move(cause), *command, *policy,
                   [result = std::move(result)](const WorkResult& outcome) { *result = outcome; }));
}

Unit OrderUnits::FromTimer(const messaging::Timer& timer) {
  if (timer.row.kind == kWaitingKind) {
    Result<Unit> unit = FromWaiting(timer);
    return unit ? std::move(*unit) : Failing(unit.error());
  }
  const Result<contract::FlowKey> flow = contract::SplitFlow(timer.row.id);
  const std::optional<TimerKind> kind = TimerKindOf(timer.name);
  const std::optional<Policy> policy =
      flow ? dependencies_.policy(flow->partner) : std::optional<Policy>{};
  if (!kind || !policy) {
    return Failing({ErrorKind::kPermanent, "order.timer", timer.name, "a timer nobody knows"});
  }
  Cause cause;
  cause.partner = flow->partner;
  cause.flow = timer.row.id;
  cause.partition = timer.partition;
  cause.event_id = timer.name;
  cause.journal_kind = "timer";
  cause.detail = timer.name;
  Unit unit = Make(Bind(std::move(cause), TimePassed{*kind, timer.due}, *policy));
  // Cleared first, so that a timer which the decision sets anew stays.
  unit.decide = [timer, decide = std::move(unit.decide)](Workspace& workspace) -> Result<void> {
    workspace.ClearTimer(timer.row, timer.name);
    return decide(workspace);
  };
  return unit;
}

Result<Unit> OrderUnits::FromWaiting(const messaging::Timer& timer) {
  Result<std::string> stored = dependencies_.load_waiting(timer.row.id);
  if (!stored) return tl::unexpected(stored.error());
  const auto queue = Parse<store::v1::WaitingQueue>(*stored);
  if (!queue) return tl::unexpected(queue.error());
  std::vector<Bound> commands;
  Unit unit;
  for (const store::v1::WaitingCommand& waiting : queue->commands()) {
    const Delivered record = FromStored(waiting, timer);
    const Result<Envelope> envelope = messaging::ReadEnvelope(record);
    if (!envelope) return tl::unexpected(envelope.error());
    Result<Bound> bound = BindDecision(record, *envelope);
    if (!bound) return tl::unexpected(bound.error());
    const std::vector<RowKey> rows = RowsOf(bound->cause, bound->command, bound->minted);
    unit.rows.insert(unit.rows.end(), rows.begin(), rows.end());
    commands.push_back(std::move(*bound));
  }
  const RowKey row{kWaitingKind, timer.row.id};
  unit.rows.push_back(row);
  unit.decide = [this, timer, row, stored = std::move(*stored),
                 commands = std::move(commands)](Workspace& workspace) -> Result<void> {
    if (workspace.Row(row).state != stored) {
      return Retryable(messaging::kConflictCode, "another command has queued meanwhile");
    }
    workspace.ClearTimer(timer.row, timer.name);
    workspace.Put(row, timer.partition, {}, workspace.Row(row).summary);
    const UnixMillis now = dependencies_.clock->Now();
    for (const Bound& bound : commands) {
      if (const Result<WorkResult> done = Run(workspace, bound, now); !done) {
        return tl::unexpected(done.error());
      }
    }
    return {};
  };
  return unit;
}

OrderUnits::Bound OrderUnits::Bind(Cause cause, Command command, const Policy& policy,
                                   Outcome outcome) const {
  std::string minted = dependencies_.makers.guarantee_no(cause.partner);
  return {std::move(cause), std::move(command), policy, std::move(minted), {}, std::move(outcome)};
}

Unit OrderUnits::Make(Bound bound) const {
  Unit unit;
  unit.rows = RowsOf(bound.cause, bound.command, bound.minted);
  unit.decide = [this, bound = std::move(bound)](Workspace& workspace) -> Result<void> {
    const UnixMillis now = dependencies_.clock->Now();
    const Result<bool> aside = PutAside(workspace, bound, now);
    if (!aside) return tl::unexpected(aside.error());
    if (*aside) return {};
    const Result<WorkResult> done = Run(workspace, bound, now);
    if (!done) return tl::unexpected(done.error());
    const bool accepted =
        std::holds_alternative<Apply31>(bound.command) && done->verdict == Verdict::kApplied;
    return accepted && dependencies_.rules ? ApplyRules(workspace, bound, now) : Result<void>{};
  };
  return unit;
}

Result<bool> OrderUnits::PutAside(Workspace& workspace, const Bound& bound, UnixMillis now) const {
  const RowKey row{kWaitingKind, bound.cause.flow};
  const std::string& stored = workspace.Row(row).state;
  const bool is_call = bound.outcome != nullptr;
  if (is_call && !stored.empty()) return Retryable("order.waiting", "处理中");
  const bool missing = workspace.Row({kOrderKind, bound.cause.flow}).state.empty();
  if (bound.waiting.empty() || (stored.empty() && !missing)) return false;
  auto queue = Parse<store::v1::WaitingQueue>(stored);
  if (!queue) return tl::unexpected(queue.error());
  if (queue->commands_size() >= kWaitingMax ||
      stored.size() + bound.waiting.size() > kWaitingBytesMax) {
    return Permanent("order.waiting", "too many decisions wait for this order");
  }
  if (!queue->add_commands()->ParseFromString(bound.waiting)) {
    return Permanent("order.waiting", "a waiting command cannot be kept");
  }
  workspace.Put(row, bound.cause.partition, queue->SerializeAsString(),
                {bound.cause.partner, {}, {}, "waiting", 0});
  if (stored.empty()) {
    workspace.SetTimer({row, kWaitingTimer, bound.cause.partition, now, {}});
  }
  return true;
}

Result<WorkResult> OrderUnits::Run(Workspace& workspace, const Bound& bound, UnixMillis now) const {
  Result<WorkResult> done =
      Work(workspace, bound.cause, SettingsOf(bound.policy, now), bound.command, bound.minted);
  if (done && bound.outcome) bound.outcome(*done);
  return done;
}

Result<void> OrderUnits::ApplyRules(Workspace& workspace, const Bound& bound,
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
  const Result<WorkResult> done = Run(workspace, rule, now);
  if (!done) return tl::unexpected(done.error());
  return {};
}

}  // namespace guarantee::order
