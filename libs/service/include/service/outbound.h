// What a command leaves behind beside the rows: facts, notices, messages to neighbours, the
// journal.
#pragma once

#include <google/protobuf/message.h>

#include <functional>
#include <string>

#include "service/task.h"

namespace guarantee::service {

// Writes into the workspace of one task; made for one call of Task::work.
class Outbound {
 public:
  Outbound(messaging::Workspace& workspace, const Cause& cause, UnixMillis now,
           const std::function<std::string()>& event_id)
      : workspace_(workspace), cause_(cause), now_(now), event_id_(event_id) {}

  // The same for another cause, which outlives it: a second flow that the task concerns.
  [[nodiscard]] Outbound For(const Cause& cause) const {
    return {workspace_, cause, now_, event_id_};
  }

  // A public fact of the cause's flow. `detail` is one line for `flow show`.
  void Fact(std::string topic, const google::protobuf::Message& message, std::string business_no,
            std::string detail);
  // A notice to the platform, worthless after `not_after` (0: never).
  void Notice(std::string topic, std::string section, const google::protobuf::Message& message,
              std::string business_no, std::string detail, UnixMillis not_after = {});
  // A message to a neighbour under its own flow key. It has no sequence: a repeat is harmless.
  void Tell(std::string requests_topic, std::string flow, const google::protobuf::Message& message,
            std::string business_no, std::string detail);

  void Note(std::string journal_kind, std::string detail);
  // For operators: in the journal and, once committed, as a warning in the log. Nothing sensitive.
  void Alarm(std::string_view component, const std::string& text);
  // The command itself, with its outcome.
  void NoteCause(const std::string& outcome);

  [[nodiscard]] messaging::Workspace& workspace() { return workspace_; }
  [[nodiscard]] const Cause& cause() const { return cause_; }
  [[nodiscard]] UnixMillis now() const { return now_; }

 private:
  [[nodiscard]] messaging::OutboxEntry Entry(std::string topic,
                                             const google::protobuf::Message& message,
                                             std::string business_no, std::string detail) const;

  messaging::Workspace& workspace_;
  const Cause& cause_;
  const UnixMillis now_;
  const std::function<std::string()>& event_id_;
};

// The message in a record's value; permanent "event.value".
template <typename Message>
[[nodiscard]] Result<Message> Parse(const std::string& bytes) {
  Message message;
  if (!message.ParseFromString(bytes)) {
    return Permanent("event.value", "not a " + std::string(message.GetTypeName()));
  }
  return message;
}

template <typename Message>
[[nodiscard]] bool IsOf(const std::string& type) {
  return type == Message::descriptor()->full_name();
}

}  // namespace guarantee::service
