#include "dispatcher/adapters/event_codec.h"

#include "contract/flow.h"
#include "contract/formats.h"
#include "crypto/digest.h"
#include "crypto/identifier.h"
#include "dispatcher/app/topics.h"
#include "guarantee/event/v1/notice.pb.h"
#include "messaging/event.h"

namespace guarantee::dispatcher {
namespace {

namespace wire = guarantee::event::v1;

constexpr std::size_t kIdBytesMax = 200;
constexpr std::size_t kFlowBytesMax = 1'024;

// The flow names the order or the guarantee; a credit flow's number is a keyed hash and stays out.
void NameSubject(const std::string& flow, wire::NoticeHead& head) {
  const Result<contract::FlowKey> key = contract::SplitFlow(flow);
  if (!key) return;
  switch (key->kind) {
    case contract::FlowKind::kOrder:
      head.set_order_no(key->number);
      return;
    case contract::FlowKind::kGuarantee:
    case contract::FlowKind::kClaim:
    case contract::FlowKind::kInvoice:
      head.set_guarantee_no(key->number);
      return;
    case contract::FlowKind::kCredit:
      return;
  }
}

void FillHead(const Notice& notice, UnixMillis now, wire::NoticeHead& head) {
  head.set_notice_id(notice.head.id);
  head.set_section(notice.head.section);
  head.set_business_no(notice.business_no);
  head.set_sequence(notice.head.sequence);
  head.set_attempts(notice.delivery.attempts);
  head.set_at(now.value);
  head.set_resend_of(notice.resend_of);
  NameSubject(notice.head.flow, head);
}

struct Told {
  std::string type;
  std::string value;
};

template <typename Message>
Told Pack(const Message& message) {
  return {Message::descriptor()->full_name(), message.SerializeAsString()};
}

Told Encode(Telling telling, const Notice& notice, const AnswerText& answer, UnixMillis now) {
  if (telling == Telling::kAccepted) {
    wire::NoticeAccepted event;
    FillHead(notice, now, *event.mutable_notice());
    event.set_answer_code(answer.code);
    return Pack(event);
  }
  if (telling == Telling::kParked) {
    wire::NoticeParked event;
    FillHead(notice, now, *event.mutable_notice());
    event.set_answer_code(answer.code);
    event.set_reason(answer.message);
    return Pack(event);
  }
  wire::NoticeExpired event;
  FillHead(notice, now, *event.mutable_notice());
  event.set_not_after(notice.delivery.not_after.value_or(UnixMillis{}).value);
  event.set_possibly_received(notice.delivery.possibly_received);
  event.set_still_head(notice.delivery.state == State::kParked);
  return Pack(event);
}

// PostgreSQL takes no NUL and no invalid UTF-8 in text; nothing of ours writes either.
bool IsStorable(std::string_view text, std::size_t bytes_max) {
  return text.size() <= bytes_max && text.find('\0') == std::string_view::npos &&
         contract::IsUtf8(text);
}

bool IsStorable(const messaging::Envelope& envelope) {
  const std::string_view texts[] = {envelope.type,        envelope.partner,
                                    envelope.business_no, envelope.interface_section,
                                    envelope.causation,   envelope.traceparent};
  for (const std::string_view text : texts) {
    if (!IsStorable(text, kFlowBytesMax)) return false;
  }
  return IsStorable(envelope.id, kIdBytesMax) && IsStorable(envelope.flow, kFlowBytesMax);
}

UnusableRecord DeadLetter(const messaging::Delivered& record, const std::string& reason) {
  const std::string place = record.source.topic + "/" + std::to_string(record.source.partition) +
                            "/" + std::to_string(record.offset);
  UnusableRecord unusable;
  messaging::OutboxEntry& entry = unusable.dead_letter;
  entry.partition = record.source.partition;
  entry.topic = kDeadLetterTopic;
  entry.sequenced = false;
  entry.envelope.id = "dead-" + crypto::ToHex(crypto::Sha256(place)).substr(0, 32);
  entry.envelope.type = "guarantee.deadletter";
  entry.envelope.partner = "unknown";
  entry.envelope.flow = "unknown/" + std::to_string(record.source.partition);
  entry.envelope.time = record.appended_at;
  entry.value = record.value;
  entry.detail = place + ": " + reason;
  return unusable;
}

Head HeadOf(const messaging::Delivered& record, const messaging::Envelope& envelope) {
  return {envelope.id,
          envelope.flow,
          envelope.partner,
          envelope.interface_section,
          record.source.partition,
          envelope.sequence,
          {}};
}

Notice NoticeOf(const messaging::Delivered& record, const messaging::Envelope& envelope) {
  Notice notice;
  notice.head = HeadOf(record, envelope);
  notice.type = envelope.type;
  notice.business_no = envelope.business_no;
  notice.causation = envelope.causation;
  notice.traceparent = envelope.traceparent;
  notice.bus_offset = record.offset;
  notice.received_at = envelope.time;
  if (envelope.not_after.value != 0) notice.delivery.not_after = envelope.not_after;
  return notice;
}

IncomingRecord ReadRenewal(const messaging::Delivered& record,
                           const messaging::Envelope& envelope) {
  wire::RenewNotice renewal;
  if (!renewal.ParseFromString(record.value)) return DeadLetter(record, "unreadable renewal");
  RenewalRecord read;
  read.head = HeadOf(record, envelope);
  read.head.section = renewal.section();
  read.target_id = renewal.notice_id();
  read.not_after = {renewal.not_after()};
  read.bus_offset = record.offset;
  return read;
}

IncomingRecord ReadResend(const messaging::Delivered& record, const messaging::Envelope& envelope) {
  wire::ResendNotice resend;
  if (!resend.ParseFromString(record.value)) return DeadLetter(record, "unreadable resend");
  ResendRecord read;
  read.notice = NoticeOf(record, envelope);
  if (!resend.section().empty()) read.notice.head.section = resend.section();
  if (!resend.business_no().empty()) read.notice.business_no = resend.business_no();
  read.target_id = resend.notice_id();
  return read;
}

}  // namespace

messaging::OutboxEntry EventCodec::Tell(Telling telling, const Notice& notice,
                                        const AnswerText& answer, UnixMillis now) {
  Told told = Encode(telling, notice, answer, now);
  messaging::OutboxEntry entry;
  entry.partition = notice.head.partition;
  entry.topic = kNoticeEventsTopic;
  entry.envelope.id = crypto::MakeIdentifier(now, random_);
  entry.envelope.type = std::move(told.type);
  entry.envelope.partner = notice.head.partner;
  entry.envelope.flow = notice.head.flow;
  entry.envelope.time = now;
  entry.envelope.interface_section = notice.head.section;
  entry.envelope.business_no = notice.business_no;
  entry.envelope.causation = notice.head.id;
  entry.envelope.traceparent = notice.traceparent;
  entry.value = std::move(told.value);
  entry.detail = notice.head.section;
  return entry;
}

IncomingRecord ReadNoticeRecord(const messaging::Delivered& record) {
  const Result<messaging::Envelope> envelope = messaging::ReadEnvelope(record);
  if (!envelope) return DeadLetter(record, Describe(envelope.error()));
  if (!IsStorable(*envelope)) return DeadLetter(record, "a header is no text, or too long");
  const Result<contract::FlowKey> flow = contract::SplitFlow(envelope->flow);
  if (!flow) return DeadLetter(record, Describe(flow.error()));
  if (flow->partner != envelope->partner) {
    return DeadLetter(record, "the flow is another partner's");
  }
  if (envelope->sequence <= 0) return DeadLetter(record, "no sequence: it has no place in a lane");
  if (envelope->type == wire::RenewNotice::descriptor()->full_name()) {
    return ReadRenewal(record, *envelope);
  }
  if (envelope->type == wire::ResendNotice::descriptor()->full_name()) {
    return ReadResend(record, *envelope);
  }
  Notice notice = NoticeOf(record, *envelope);
  notice.value = record.value;
  return notice;
}

}  // namespace guarantee::dispatcher
