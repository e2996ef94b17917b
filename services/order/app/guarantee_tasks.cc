#include "order/app/guarantee_tasks.h"

#include <utility>

#include "contract/flow.h"
#include "contract/formats.h"
#include "guarantee/event/v1/guarantee.pb.h"
#include "guarantee/event/v1/guarantee_decision.pb.h"
#include "guarantee/event/v1/handshake.pb.h"
#include "guarantee/event/v1/notice.pb.h"
#include "guarantee/event/v1/order_decision.pb.h"
#include "guarantee/partner/v1/letter.pb.h"
#include "order/adapters/order_codec.h"
#include "order/app/guarantee_rules.h"
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

// Parsed as `Message` and made a command by its codec.
template <typename Message, typename... Receipt>
Result<letter::Command> As(const std::string& bytes, Receipt... receipt) {
  const Result<Message> message = Parse<Message>(bytes);
  if (!message) return tl::unexpected(message.error());
  return letter::Command{letter::ToCommand(*message, receipt...)};
}

// What comes on the service's own requests topic: of the platform, and of the claim service.
Result<letter::Command> Requested(const Envelope& envelope, const std::string& value) {
  const UnixMillis at = envelope.time;
  if (IsOf<partner::v1::CancelApply>(envelope.type)) return As<partner::v1::CancelApply>(value, at);
  if (IsOf<partner::v1::CancelNotice>(envelope.type)) {
    return As<partner::v1::CancelNotice>(value, at);
  }
  if (IsOf<partner::v1::RefundApply>(envelope.type)) return As<partner::v1::RefundApply>(value, at);
  if (IsOf<event::v1::ClaimReceived>(envelope.type)) return As<event::v1::ClaimReceived>(value);
  if (IsOf<event::v1::ClaimPaid>(envelope.type)) return As<event::v1::ClaimPaid>(value);
  if (IsOf<event::v1::ClaimClosed>(envelope.type)) return As<event::v1::ClaimClosed>(value);
  return Permanent("event.type", "the order service does not know this request", envelope.type);
}

// Our own claim is told to the platform, which can name the guarantee only once it has it.
bool WaitsForAcceptance(const Envelope& envelope, const std::string& value) {
  if (!IsOf<event::v1::ClaimReceived>(envelope.type)) return false;
  const auto message = Parse<event::v1::ClaimReceived>(value);
  return message && message->own();
}

Task OnlyAcknowledged(Task task) {
  task.work = [work = std::move(task.work), cause = task.cause](Workspace& workspace,
                                                                UnixMillis now) -> Result<Outcome> {
    const auto record = ReadGuarantee(workspace, cause.flow);
    if (!record) return tl::unexpected(record.error());
    const bool early =
        *record && (*record)->guarantee && !(*record)->guarantee->issue_acknowledged_at;
    if (!early) return work(workspace, now);
    workspace.Note({cause.flow, now, cause.journal_kind, cause.section, cause.source,
                    "waits for the acceptance of the letter; claim asks again"});
    return Outcome{};
  };
  return task;
}

void Wipe(std::string& text) {
  volatile char* at = text.data();
  for (std::size_t left = text.size(); left > 0; --left) *at++ = '\0';
  text.clear();
}

void AddDetails(const letter::Guarantee& guarantee, service::CaseView& view) {
  const auto add = [&view](const char* name, std::string value) {
    view.details.emplace_back(name, std::move(value));
  };
  add("revision", std::to_string(guarantee.revision));
  add("order_no", guarantee.order_no);
  add("amount", guarantee.amount.ToText());
  add("available", guarantee.available.ToText());
  add("open_time", contract::FormatTime(guarantee.open_time));
  add("valid_begin", contract::FormatTime(guarantee.valid_begin));
  add("valid_end", contract::FormatTime(guarantee.valid_end));
  add("letter_sha256", guarantee.sealed_letter.sha256);
  add("held_for", guarantee.hold ? guarantee.hold->business_no : "");
  add("restored_at", guarantee.restore ? contract::FormatTime(guarantee.restore->at) : "");
  add("plain_letter_sha256", guarantee.plain_letter ? guarantee.plain_letter->sha256 : "");
}

}  // namespace

GuaranteeTasks::GuaranteeTasks(Dependencies needs)
    : needs_(std::move(needs)), routes_(RoutesOf(*needs_.contract)) {}

bool GuaranteeTasks::Concerns(const Envelope& envelope) {
  // Decisions say what they are about by their type, whatever event they were copied from.
  if (IsOf<event::v1::DecideGuarantee>(envelope.type)) return true;
  if (IsOf<event::v1::DecideOrder>(envelope.type)) return false;
  const auto flow = contract::SplitFlow(envelope.flow);
  return flow && flow->kind == contract::FlowKind::kGuarantee;
}

Result<std::optional<Task>> GuaranteeTasks::FromRecord(const Delivered& record,
                                                       const Envelope& envelope) {
  if (record.source.topic == kNoticeEventsTopic) return FromNoticeResult(record, envelope);
  Result<Task> task;
  if (record.source.topic == kDecisionsTopic) {
    task = FromTopicDecision(record, envelope);
  } else {
    Result<letter::Command> command = Requested(envelope, record.value);
    if (!command) return tl::unexpected(command.error());
    task =
        Make(service::CauseOf(record, envelope, "request", needs_.tools.partition(envelope.flow)),
             std::move(*command));
    if (task && WaitsForAcceptance(envelope, record.value)) {
      task = OnlyAcknowledged(std::move(*task));
    }
  }
  if (!task) return tl::unexpected(task.error());
  return std::optional<Task>{std::move(*task)};
}

Result<std::optional<Task>> GuaranteeTasks::FromNoticeResult(const Delivered& record,
                                                             const Envelope& envelope) const {
  // Results of partners that are not configured here any more change nothing.
  if (!needs_.policy(envelope.partner)) return std::optional<Task>{};
  const std::string& section = envelope.interface_section;
  const std::string& number = envelope.business_no;
  const bool accepted = IsOf<event::v1::NoticeAccepted>(envelope.type);
  std::optional<letter::Command> command;
  if (section == routes_.plain_section && accepted) {
    command = letter::PlainNoticeAccepted{number, envelope.time};
  } else if (section == routes_.refund_section && accepted) {
    command = letter::RefundNoticeAccepted{number, envelope.time};
  } else if (section == routes_.refund_section && IsOf<event::v1::NoticeExpired>(envelope.type)) {
    command = letter::RefundNoticeExpired{number, envelope.time};
  } else if (section == routes_.propose_section && accepted) {
    command = letter::ProposalAccepted{number, envelope.time};
  } else if (section == routes_.propose_section && IsOf<event::v1::NoticeParked>(envelope.type)) {
    command = letter::ProposalRefused{number, envelope.time};
  }
  if (!command) return std::optional<Task>{};
  Cause cause = service::CauseOf(record, envelope, "notice", needs_.tools.partition(envelope.flow));
  cause.detail = accepted ? "accepted by the platform" : "not accepted by the platform";
  Result<Task> task = Make(std::move(cause), std::move(*command));
  if (!task) return tl::unexpected(task.error());
  return std::optional<Task>{std::move(*task)};
}

Result<Task> GuaranteeTasks::FromTopicDecision(const Delivered& record,
                                               const Envelope& envelope) const {
  if (!IsOf<event::v1::DecideGuarantee>(envelope.type)) {
    return Permanent("event.type", "not a decision on a guarantee", envelope.type);
  }
  const auto decision = Parse<event::v1::DecideGuarantee>(record.value);
  if (!decision) return tl::unexpected(decision.error());
  Cause cause =
      service::CauseOf(record, envelope, "decision", needs_.tools.partition(envelope.flow));
  if (!decision->number().empty()) {
    cause.flow =
        contract::JoinFlow(envelope.partner, contract::FlowKind::kGuarantee, decision->number());
    cause.partition = needs_.tools.partition(cause.flow);
  }
  const auto flow = contract::SplitFlow(cause.flow);
  if (!flow || flow->kind != contract::FlowKind::kGuarantee) {
    return Told(*decision, std::move(cause),
                {ErrorKind::kRefused, "decision.flow", "ce_subject", "is not a guarantee's"});
  }
  Result<Task> task = Decided(*decision, cause, record.appended_at);
  if (!task && task.error().kind == ErrorKind::kRefused) {
    task = Told(*decision, std::move(cause), task.error());
  }
  if (task) task->waits = true;
  return task;
}

Result<Task> GuaranteeTasks::Decided(const event::v1::DecideGuarantee& decision, Cause cause,
                                     UnixMillis arrived_at) const {
  const auto letter = KeepSupplied(*needs_.letters, letter::LetterOf(decision));
  if (!letter) return tl::unexpected(letter.error());
  Result<letter::Command> command =
      letter::ToCommand(decision, *letter, needs_.tools.event_id(), arrived_at);
  if (!command) return tl::unexpected(command.error());
  cause.detail = decision.decided_by();
  const std::string number = letter::BusinessNoOf(*command);
  if (!number.empty()) cause.business_no = number;
  return Make(std::move(cause), std::move(*command));
}

Task GuaranteeTasks::Told(const event::v1::DecideGuarantee& decision, Cause cause,
                          const Error& error) const {
  Task task;
  task.subject = {kGuaranteeKind, cause.flow};
  task.cause = cause;
  task.work = [this, cause = std::move(cause), decision, error](Workspace& workspace,
                                                                UnixMillis now) -> Result<Outcome> {
    service::Outbound out(workspace, cause, now, needs_.tools.event_id);
    event::v1::GuaranteeDecisionRefused refused;
    refused.mutable_guarantee()->set_at(now.value);
    refused.set_decision_id(decision.decision_id());
    refused.set_decided_by(decision.decided_by());
    refused.set_reason(error.code);
    refused.set_text(error.field.empty() ? error.message : error.field + ": " + error.message);
    out.Fact(kEventsTopic, refused, {}, error.code);
    out.NoteCause(error.code);
    return Outcome{};
  };
  return task;
}

Result<Task> GuaranteeTasks::FromTimer(const messaging::Timer& timer,
                                       const contract::FlowKey& flow) {
  const std::optional<letter::TimerKind> kind = letter::TimerKindOf(timer.name);
  if (!kind) return Permanent("order.timer", "a timer nobody knows", timer.name);
  return Make(service::CauseOfTimer(timer, flow.partner, timer.name),
              letter::TimePassed{*kind, timer.due});
}

Result<Task> GuaranteeTasks::FromRequest(const Envelope& envelope, const std::string& message) {
  Cause cause = service::CauseOfCall(envelope, needs_.tools.partition(envelope.flow));
  if (IsOf<partner::v1::RestoreApply>(envelope.type)) {
    return Restore(std::move(cause), message, envelope.time);
  }
  Result<letter::Command> command =
      Refused("request.type", "not for the order service", envelope.type);
  std::int16_t kind = kRefundKind;
  if (IsOf<partner::v1::RefundRevocation>(envelope.type)) {
    command = As<partner::v1::RefundRevocation>(message, envelope.time);
  } else if (IsOf<partner::v1::CancelRevocation>(envelope.type)) {
    command = As<partner::v1::CancelRevocation>(message, envelope.time);
    kind = kCancellationKind;
  }
  if (!command) return tl::unexpected(command.error());
  if (!contract::SplitFlow(cause.flow)) {
    // Not in the gateway's register: it may be a number of ours.
    const auto row = needs_.tools.find(kind, envelope.partner, letter::BusinessNoOf(*command));
    if (!row) return tl::unexpected(row.error());
    if (*row) {
      cause.flow = (*row)->key.id;
      cause.partition = needs_.tools.partition(cause.flow);
    }
  }
  return Make(std::move(cause), std::move(*command));
}

bool GuaranteeTasks::MayOpen(const std::optional<letter::Guarantee>& guarantee,
                             const letter::RequestRestore& unopened,
                             const std::string& partner) const {
  const std::optional<letter::Policy> policy = needs_.policy(partner);
  if (!guarantee || !policy) return false;
  // Without names every gate before the opening has been passed if that is all that is missing.
  return letter::Decide(guarantee, unopened, needs_.tools.clock->Now(), *policy).refusal ==
         letter::RefusalCode::kCannotOpen;
}

struct GuaranteeTasks::Sealed {
  letter::GuaranteeRecord letter;
  Order order;
};

Result<std::optional<GuaranteeTasks::Sealed>> GuaranteeTasks::LoadSealed(
    const std::string& guarantee_flow) const {
  const auto row = needs_.tools.load({kGuaranteeKind, guarantee_flow});
  if (!row) return tl::unexpected(row.error());
  if (!*row) return std::optional<Sealed>{};
  Result<letter::GuaranteeRecord> letter = letter::ParseGuarantee((*row)->state);
  if (!letter) return tl::unexpected(letter.error());
  const auto order_row = needs_.tools.load({kOrderKind, letter->order_flow});
  if (!order_row) return tl::unexpected(order_row.error());
  if (!*order_row) return std::optional<Sealed>{};
  Result<Order> order = ParseOrder((*order_row)->state);
  if (!order) return tl::unexpected(order.error());
  return std::optional<Sealed>{Sealed{*std::move(letter), *std::move(order)}};
}

void GuaranteeTasks::RememberKey(Workspace& workspace, const Cause& cause, const RowKey& key,
                                 UnixMillis now) const {
  const std::string& first = workspace.Row(key).state;
  if (first.empty()) {
    return workspace.Put(key, cause.partition, cause.flow, {cause.partner, {}, {}, "used", 0});
  }
  if (first == cause.flow) return;
  service::Outbound(workspace, cause, now, needs_.tools.event_id)
      .Alarm("guarantee", "the key has opened another letter before: " + first);
}

Result<Task> GuaranteeTasks::Restore(Cause cause, const std::string& message,
                                     UnixMillis received_at) const {
  auto request = Parse<partner::v1::RestoreApply>(message);
  if (!request) return tl::unexpected(request.error());
  const Secret key{request->secret_key()};
  Wipe(*request->mutable_secret_key());
  const Result<std::optional<Sealed>> found = LoadSealed(cause.flow);
  if (!found) return tl::unexpected(found.error());
  if (!*found) return Make(std::move(cause), letter::ToCommand(*request, {}, received_at));
  const Sealed& sealed = **found;
  const Fingerprints fingerprints =
      needs_.opener->FingerprintsOf(cause.partner, request->guarantee_no(), key);
  letter::Opening opening;
  opening.key_fingerprint = fingerprints.of_guarantee;
  const bool skipped = !MayOpen(sealed.letter.guarantee,
                                letter::ToCommand(*request, opening, received_at), cause.partner);
  if (!skipped) {
    // Before the transaction: nothing slow is done under locks.
    Result<letter::Opening> done =
        needs_.opener->Open(cause.partner, sealed.order, request->guarantee_no(), key);
    if (!done) return tl::unexpected(done.error());
    opening = std::move(*done);
    opening.key_fingerprint = fingerprints.of_guarantee;
  }
  const bool opens = opening.names.has_value();
  Result<Task> task = Make(cause, letter::ToCommand(*request, std::move(opening), received_at));
  if (!task) return task;
  const RowKey order_row{kOrderKind, sealed.letter.order_flow};
  const RowKey key_row{kRestoreKeyKind, fingerprints.of_partner};
  task->more_rows.push_back(order_row);
  if (opens) task->more_rows.push_back(key_row);
  task->work = [this, cause = std::move(cause), work = std::move(task->work), order_row, key_row,
                fields = sealed.order.sealed, skipped,
                opens](Workspace& workspace, UnixMillis now) -> Result<Outcome> {
    const Result<Order> order = ParseOrder(workspace.Row(order_row).state);
    if (!order) return tl::unexpected(order.error());
    if (!(order->sealed == fields)) return Retryable("order.sealed", "处理中");
    Result<Outcome> outcome = work(workspace, now);
    if (!outcome) return outcome;
    // The gate has opened since we looked: now the key is to be tried.
    const bool gate_opened =
        skipped && outcome->word == letter::FactsOf(letter::RefusalCode::kCannotOpen).word;
    if (gate_opened) return Retryable("order.restore_gate", "处理中");
    if (opens && outcome->verdict == machine::Verdict::kApplied) {
      RememberKey(workspace, cause, key_row, now);
    }
    return outcome;
  };
  return task;
}

Result<Task> GuaranteeTasks::FromDecision(const RowKey& subject, const std::string& partner,
                                          const std::string& type, const std::string& message) {
  if (!IsOf<event::v1::DecideGuarantee>(type)) {
    return Refused("decision.type", "not a decision on a guarantee", "type");
  }
  const auto decision = Parse<event::v1::DecideGuarantee>(message);
  if (!decision) return tl::unexpected(decision.error());
  Cause cause = service::CauseOfDecision(partner, subject.id, needs_.tools.partition(subject.id),
                                         needs_.tools.event_id());
  return Decided(*decision, std::move(cause), needs_.tools.clock->Now());
}

Result<Task> GuaranteeTasks::Make(Cause cause, letter::Command command) const {
  const std::optional<letter::Policy> policy = needs_.policy(cause.partner);
  if (!policy) return Permanent("event.partner", "the partner is not configured", cause.partner);
  Task task;
  task.subject = {kGuaranteeKind, cause.flow};
  task.more_rows = {{kRefundKind, cause.flow}, {kCancellationKind, cause.flow}};
  task.cause = cause;
  task.work = [this, cause = std::move(cause), command = std::move(command), policy = *policy](
                  Workspace& workspace, UnixMillis now) -> Result<Outcome> {
    service::Outbound out(workspace, cause, now, needs_.tools.event_id);
    const GuaranteeSettings settings{policy, routes_};
    Result<Outcome> outcome = WorkGuarantee(out, settings, command);
    if (!outcome || !needs_.rules) return outcome;
    if (Result<void> ruled = ApplyGuaranteeRules(out, settings, *needs_.rules); !ruled) {
      return tl::unexpected(ruled.error());
    }
    return outcome;
  };
  return task;
}

Result<std::optional<service::CaseView>> GuaranteeTasks::Describe(
    const service::CaseKind& kind, const messaging::StoredRow& row) const {
  const bool own_row = kind.row_kind == kGuaranteeKind;
  std::optional<messaging::StoredRow> loaded;
  if (!own_row) {
    auto found = needs_.tools.load({kGuaranteeKind, row.key.id});
    if (!found) return tl::unexpected(found.error());
    if (!*found) return std::optional<service::CaseView>{};
    loaded = std::move(*found);
  }
  const Result<letter::GuaranteeRecord> record =
      letter::ParseGuarantee(own_row ? row.state : loaded->state);
  if (!record) return tl::unexpected(record.error());
  if (!record->guarantee) return std::optional<service::CaseView>{};
  service::CaseView view{row.summary.partner,
                         row.summary.number,
                         own_row ? std::string() : row.summary.business_no,
                         row.summary.status,
                         row.summary.amount_fen,
                         row.updated_at,
                         {}};
  AddDetails(*record->guarantee, view);
  return std::optional<service::CaseView>{std::move(view)};
}

}  // namespace guarantee::order
