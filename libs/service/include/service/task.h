// One command of a service, read and ready to be done, and the port by which a service brings its
// commands. What is the same for every service (units.h, outbound.h, host) works on these.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "contract/flow.h"
#include "machine/decide.h"
#include "messaging/event.h"
#include "messaging/execute.h"

namespace guarantee::service {

// What a command came with.
struct Cause {
  std::string partner;
  std::string flow;            // key of what it is about
  std::int32_t partition = 0;  // of the flow in the service's requests topic
  std::string event_id;        // of the record or call; becomes the causation
  std::string business_no;
  std::string traceparent;
  std::string journal_kind;  // request, decision, event, notice or timer
  std::string section;
  std::string detail;  // nothing sensitive
  std::optional<messaging::StartOffset> source;
};

// What became of the command, for whoever called. `word` and `text` of a refusal; `data` of an
// answer that has one (3.17 to 3.21).
struct Outcome {
  machine::Verdict verdict = machine::Verdict::kApplied;
  std::string word;
  std::string text;
  std::string business_no;
  std::string data;
  // The thing is not there. A call looks again once everything that came before was handled.
  bool missing = false;
};

// "refused", "same_again", "pending" (the first of two approvals) or "applied".
[[nodiscard]] std::string_view ResultWord(const Outcome& outcome);

struct Task {
  Cause cause;
  // The row it is about, and further ones that it may read or write.
  messaging::RowKey subject;
  std::vector<messaging::RowKey> more_rows;
  // Decides and writes; called under the rows' locks, again after a conflict. A refusal that is
  // told is an outcome, an error parks the record (permanent) or is tried again (retryable).
  std::function<Result<Outcome>(messaging::Workspace&, UnixMillis now)> work;
  // Of a record: it waits while its subject is missing, and behind what waits already.
  bool waits = false;
  // Of a call: told the outcome.
  std::function<void(const Outcome&)> done;
};

// A line of a list, and what `show` adds. Nothing sealed or sensitive.
struct CaseView {
  std::string partner;
  std::string number;
  std::string business_no;
  std::string state;
  std::int64_t amount_fen = 0;
  UnixMillis updated_at;
  std::vector<std::pair<std::string, std::string>> details;
};

// What operators and deciders call a kind of things ("refund"), and the row that holds it.
struct CaseKind {
  std::string word;
  std::int16_t row_kind = 0;
  contract::FlowKind flow_kind = contract::FlowKind::kOrder;
};

// A row's matter as subscribers see it.
struct PublicState {
  std::string kind;
  CaseView view;
};

// What a service makes of records and timers. Called on several threads at once.
class TaskMaker {
 public:
  virtual ~TaskMaker() = default;

  // A record of one of the service's topics. Empty: it does not concern us. Permanent: it cannot
  // be read and is parked.
  [[nodiscard]] virtual Result<std::optional<Task>> FromRecord(
      const messaging::Delivered& record, const messaging::Envelope& envelope) = 0;
  [[nodiscard]] virtual Result<Task> FromTimer(const messaging::Timer& timer,
                                               const contract::FlowKey& flow) = 0;
  // What the state topic is told when this row has changed; empty: nothing.
  [[nodiscard]] virtual Result<std::optional<PublicState>> StateOf(
      const messaging::StoredRow& /*row*/) const {
    return std::optional<PublicState>{};
  }
};

// A service, with what can be asked of it by a call.
class Desk : public TaskMaker {
 public:
  // A request of the platform that waits for the service's answer; `envelope.time` is its receipt.
  [[nodiscard]] virtual Result<Task> FromRequest(const messaging::Envelope& envelope,
                                                 const std::string& message) = 0;
  // A decision that came as a call: full name and bytes of its message.
  [[nodiscard]] virtual Result<Task> FromDecision(const messaging::RowKey& subject,
                                                  const std::string& partner,
                                                  const std::string& type,
                                                  const std::string& message) = 0;
  // Whether that decision begins a case where there is none yet.
  [[nodiscard]] virtual bool Opens(const std::string& /*type*/,
                                   const std::string& /*message*/) const {
    return false;
  }

  [[nodiscard]] virtual const std::vector<CaseKind>& kinds() const = 0;
  // Empty: the row holds nothing of that kind.
  [[nodiscard]] virtual Result<std::optional<CaseView>> Describe(
      const CaseKind& kind, const messaging::StoredRow& row) const = 0;
  // By default, what the first of `kinds` shows.
  [[nodiscard]] Result<std::optional<PublicState>> StateOf(
      const messaging::StoredRow& row) const override;
};

// What a service gets from whoever runs it; all thread-safe, and there as long as the service.
struct DeskTools {
  std::function<std::string()> event_id;  // a new identity
  std::function<std::int32_t(const std::string& flow)> partition;
  // As committed, outside any transaction.
  std::function<Result<std::optional<messaging::StoredRow>>(const messaging::RowKey&)> load;
  // The row that a number means (its own or the platform's) within a partner; refused
  // "….ambiguous" when there are several.
  std::function<Result<std::optional<messaging::StoredRow>>(
      std::int16_t kind, const std::string& partner, const std::string& number)>
      find;
  const Clock* clock = nullptr;
};

}  // namespace guarantee::service
