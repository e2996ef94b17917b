#include "service/outbound.h"

#include "runtime/service.h"

namespace guarantee::service {

messaging::OutboxEntry Outbound::Entry(std::string topic, const google::protobuf::Message& message,
                                       std::string business_no, std::string detail) const {
  messaging::OutboxEntry entry;
  entry.partition = cause_.partition;
  entry.topic = std::move(topic);
  entry.envelope.id = event_id_();
  entry.envelope.type = message.GetTypeName();
  entry.envelope.partner = cause_.partner;
  entry.envelope.flow = cause_.flow;
  entry.envelope.time = now_;
  entry.envelope.business_no = std::move(business_no);
  entry.envelope.causation = cause_.event_id;
  entry.envelope.traceparent = cause_.traceparent;
  entry.value = message.SerializeAsString();
  entry.detail = std::move(detail);
  return entry;
}

void Outbound::Fact(std::string topic, const google::protobuf::Message& message,
                    std::string business_no, std::string detail) {
  workspace_.Emit(Entry(std::move(topic), message, std::move(business_no), std::move(detail)));
}

void Outbound::Notice(std::string topic, std::string section,
                      const google::protobuf::Message& message, std::string business_no,
                      std::string detail, UnixMillis not_after) {
  messaging::OutboxEntry entry =
      Entry(std::move(topic), message, std::move(business_no), std::move(detail));
  entry.envelope.interface_section = std::move(section);
  entry.envelope.not_after = not_after;
  workspace_.Emit(std::move(entry));
}

void Outbound::Tell(std::string requests_topic, std::string flow,
                    const google::protobuf::Message& message, std::string business_no,
                    std::string detail) {
  messaging::OutboxEntry entry =
      Entry(std::move(requests_topic), message, std::move(business_no), std::move(detail));
  entry.envelope.flow = std::move(flow);
  entry.sequenced = false;
  workspace_.Emit(std::move(entry));
}

void Outbound::Note(std::string journal_kind, std::string detail) {
  workspace_.Note(
      {cause_.flow, now_, std::move(journal_kind), {}, std::nullopt, std::move(detail)});
}

void Outbound::Alarm(std::string_view component, const std::string& text) {
  Note("event", "alarm: " + text);
  workspace_.AfterCommit([component = std::string(component), text] {
    runtime::Log(runtime::Level::kWarning, component, "alarm: " + text);
  });
}

void Outbound::NoteCause(const std::string& outcome) {
  workspace_.Note({cause_.flow, now_, cause_.journal_kind, cause_.section, cause_.source,
                   cause_.detail.empty() ? outcome : cause_.detail + ": " + outcome});
}

}  // namespace guarantee::service
