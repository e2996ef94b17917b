#include "service/units.h"

#include <algorithm>

#include "guarantee/event/v1/state.pb.h"
#include "guarantee/store/v1/waiting.pb.h"
#include "service/outbound.h"

namespace guarantee::service {
namespace {

using messaging::Delivered;
using messaging::Envelope;
using messaging::RowKey;
using messaging::Unit;
using messaging::Workspace;

std::string ToWaiting(const Delivered& record) {
  store::v1::WaitingCommand waiting;
  waiting.set_topic(record.source.topic);
  for (const messaging::Header& header : record.headers) {
    (*waiting.mutable_headers())[header.name] = header.value;
  }
  waiting.set_value(record.value);
  waiting.set_appended_at(record.appended_at.value);
  return waiting.SerializeAsString();
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

void AddRows(const Task& task, std::vector<RowKey>& rows) {
  rows.push_back(task.subject);
  rows.insert(rows.end(), task.more_rows.begin(), task.more_rows.end());
}

event::v1::MatterState ToMessage(const PublicState& state, UnixMillis now) {
  event::v1::MatterState message;
  message.set_kind(state.kind);
  message.set_number(state.view.number);
  message.set_business_no(state.view.business_no);
  message.set_state(state.view.state);
  message.set_amount_fen(state.view.amount_fen);
  message.set_at(now.value);
  for (const auto& [name, value] : state.view.details) {
    if (value.empty()) continue;
    event::v1::MatterDetail& detail = *message.add_details();
    detail.set_name(name);
    detail.set_value(value);
  }
  return message;
}

}  // namespace

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

Cause CauseOf(const Delivered& record, const Envelope& envelope, std::string journal_kind,
              std::int32_t partition) {
  Cause cause = CauseOfCall(envelope, partition);
  cause.journal_kind = std::move(journal_kind);
  cause.source = messaging::StartOffset{record.source, record.offset};
  return cause;
}

Cause CauseOfCall(const Envelope& envelope, std::int32_t partition) {
  Cause cause;
  cause.partner = envelope.partner;
  cause.flow = envelope.flow;
  cause.partition = partition;
  cause.event_id = envelope.id;
  cause.business_no = envelope.business_no;
  cause.traceparent = envelope.traceparent;
  cause.journal_kind = "request";
  cause.section = envelope.interface_section;
  return cause;
}

Cause CauseOfDecision(const std::string& partner, const std::string& flow, std::int32_t partition,
                      std::string event_id) {
  Cause cause;
  cause.partner = partner;
  cause.flow = flow;
  cause.partition = partition;
  cause.event_id = std::move(event_id);
  cause.journal_kind = "decision";
  return cause;
}

Cause CauseOfTimer(const messaging::Timer& timer, const std::string& partner,
                   std::string event_id) {
  Cause cause;
  cause.partner = partner;
  cause.flow = timer.row.id;
  cause.partition = timer.partition;
  cause.event_id = std::move(event_id);
  cause.journal_kind = "timer";
  cause.detail = timer.name;
  return cause;
}

Result<void> Units::Run(Workspace& workspace, const Task& task, UnixMillis now) const {
  const Result<Outcome> outcome = task.work(workspace, now);
  if (!outcome) return tl::unexpected(outcome.error());
  if (!needs_.state_topic.empty()) {
    if (Result<void> told = TellState(workspace, task.cause, now); !told) return told;
  }
  if (task.done) task.done(*outcome);
  return {};
}

Result<void> Units::TellState(Workspace& workspace, const Cause& cause, UnixMillis now) const {
  for (const RowKey& key : workspace.Changed()) {
    const messaging::StoredRow& row = workspace.Row(key);
    const Result<std::optional<PublicState>> state = needs_.maker->StateOf(row);
    if (!state) return tl::unexpected(state.error());
    if (!*state) continue;
    Cause own = cause;
    own.flow = key.id;
    own.partition = row.partition;
    Outbound out(workspace, own, now, needs_.event_id);
    out.Fact(needs_.state_topic, ToMessage(**state, now), (*state)->view.business_no,
             (*state)->view.state);
  }
  return {};
}

Unit Units::FromRecord(const Delivered& record) {
  Result<Unit> unit = FromReadable(record);
  if (!unit) unit = Failing(unit.error());
  const std::string& flow = record.key.empty() ? record.source.topic : record.key;
  unit->dead_letter = DeadLetterOf(record, needs_.partition(flow));
  return std::move(*unit);
}

Result<Unit> Units::FromReadable(const Delivered& record) const {
  const Result<Envelope> envelope = messaging::ReadEnvelope(record);
  if (!envelope) return tl::unexpected(envelope.error());
  if (Result<void> own = contract::CheckOwner(envelope->flow, envelope->partner); !own) {
    return tl::unexpected(own.error());
  }
  Result<std::optional<Task>> task = needs_.maker->FromRecord(record, *envelope);
  if (!task) return tl::unexpected(task.error());
  if (!*task) {
    Unit nothing;
    nothing.decide = [](Workspace&) -> Result<void> { return {}; };
    return nothing;
  }
  return Make(std::move(**task), (*task)->waits ? ToWaiting(record) : std::string());
}

Unit Units::FromTask(Task task) const { return Make(std::move(task), {}); }

Unit Units::Make(Task task, std::string waiting) const {
  Unit unit;
  AddRows(task, unit.rows);
  unit.rows.push_back(QueueOf(task.cause.flow));
  unit.decide = [this, task = std::move(task),
                 waiting = std::move(waiting)](Workspace& workspace) -> Result<void> {
    const UnixMillis now = needs_.clock->Now();
    const Result<bool> aside = PutAside(workspace, task, waiting, now);
    if (!aside) return tl::unexpected(aside.error());
    return *aside ? Result<void>{} : Run(workspace, task, now);
  };
  return unit;
}

Result<bool> Units::PutAside(Workspace& workspace, const Task& task, const std::string& waiting,
                             UnixMillis now) const {
  const RowKey row = QueueOf(task.cause.flow);
  const std::string& stored = workspace.Row(row).state;
  if (task.done && !stored.empty()) return Retryable(needs_.waiting_code, "处理中");
  const bool missing = workspace.Row(task.subject).state.empty();
  if (waiting.empty() || (stored.empty() && !missing)) return false;
  auto queue = Parse<store::v1::WaitingQueue>(stored);
  if (!queue) return tl::unexpected(queue.error());
  if (queue->commands_size() >= kWaitingMax || stored.size() + waiting.size() > kWaitingBytesMax) {
    return Permanent(needs_.waiting_code, "too much waits for this number");
  }
  if (!queue->add_commands()->ParseFromString(waiting)) {
    return Permanent(needs_.waiting_code, "a waiting record cannot be kept");
  }
  const bool first = stored.empty();
  workspace.Put(row, task.cause.partition, queue->SerializeAsString(),
                {task.cause.partner, {}, {}, "waiting", 0});
  if (first) workspace.SetTimer({row, kWaitingTimer, task.cause.partition, now, {}});
  return true;
}

Unit Units::FromTimer(const messaging::Timer& timer) {
  if (timer.row.kind == needs_.waiting_kind) {
    Result<Unit> unit = FromQueue(timer);
    return unit ? std::move(*unit) : Failing(unit.error());
  }
  const Result<contract::FlowKey> flow = contract::SplitFlow(timer.row.id);
  if (!flow) return Failing(flow.error());
  Result<Task> task = needs_.maker->FromTimer(timer, *flow);
  if (!task) return Failing(task.error());
  Unit unit = Make(std::move(*task), {});
  // Cleared first, so that a timer which the decision sets anew stays; and only as it was found, so
  // that one which somebody has moved before we had the row stays as well.
  unit.decide = [timer, decide = std::move(unit.decide)](Workspace& workspace) -> Result<void> {
    workspace.ClearFired(timer);
    return decide(workspace);
  };
  return unit;
}

Result<Unit> Units::FromQueue(const messaging::Timer& timer) const {
  // Asked first: what is not found afterwards was not there.
  const Result<bool> all_read = needs_.all_read();
  if (!all_read) return tl::unexpected(all_read.error());
  Result<std::string> stored = needs_.load_waiting(timer.row.id);
  if (!stored) return tl::unexpected(stored.error());
  const auto queue = Parse<store::v1::WaitingQueue>(*stored);
  if (!queue) return tl::unexpected(queue.error());
  std::vector<Task> tasks;
  Unit unit;
  for (const store::v1::WaitingCommand& waiting : queue->commands()) {
    const Delivered record = FromStored(waiting, timer);
    const Result<Envelope> envelope = messaging::ReadEnvelope(record);
    if (!envelope) return tl::unexpected(envelope.error());
    Result<std::optional<Task>> task = needs_.maker->FromRecord(record, *envelope);
    if (!task) return tl::unexpected(task.error());
    if (!*task) continue;
    AddRows(**task, unit.rows);
    tasks.push_back(std::move(**task));
  }
  const RowKey row = QueueOf(timer.row.id);
  unit.rows.push_back(row);
  unit.decide = [this, timer, row, all_read = *all_read, stored = std::move(*stored),
                 tasks = std::move(tasks)](Workspace& workspace) -> Result<void> {
    if (workspace.Row(row).state != stored) {
      return Retryable(messaging::kConflictCode, "another record has queued meanwhile");
    }
    const UnixMillis now = needs_.clock->Now();
    const bool missing = std::any_of(tasks.begin(), tasks.end(), [&](const Task& task) {
      return workspace.Row(task.subject).state.empty();
    });
    if (missing && !all_read) {
      messaging::Timer later = timer;
      later.due = now + kWaitingAgainMs;
      workspace.SetTimer(std::move(later));
      return {};
    }
    workspace.ClearTimer(timer.row, timer.name);
    workspace.Put(row, timer.partition, {}, workspace.Row(row).summary);
    for (const Task& task : tasks) {
      if (Result<void> done = Run(workspace, task, now); !done) return done;
    }
    return {};
  };
  return unit;
}

}  // namespace guarantee::service
