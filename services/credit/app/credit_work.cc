#include "credit/app/credit_work.h"

#include <array>
#include <utility>

#include "contract/flow.h"
#include "contract/messages.h"
#include "credit/adapters/credit_codec.h"
#include "credit/adapters/event_codec.h"
#include "guarantee/event/v1/handshake.pb.h"
#include "guarantee/partner/v1/credit.pb.h"

namespace guarantee::credit {
namespace {

using messaging::RowKey;

constexpr std::string_view kLineEnd = "line_end:";

// By 3.21's code.
constexpr std::array<std::string_view, 5> kStandingTexts = {
    "", contract::messages::kCreditGranted, contract::messages::kCreditNone,
    contract::messages::kCreditTooSmall, contract::messages::kCreditDeclined};

const char* AlarmText(AlarmKind kind) {
  switch (kind) {
    case AlarmKind::kReservationRefused:
      return "nothing could be reserved: an order that is paid for cannot be issued";
    case AlarmKind::kLapsedWhileReserved:
      return "a line is over while guarantees are outstanding on it";
  }
  return "unknown alarm";
}

// Writes what the domain asked for.
class Writer {
 public:
  // `after` follows the events: the row as each of them, and then each effect, finds it.
  Writer(service::Outbound& out, const WorkSettings& settings, const Credit& after)
      : out_(out), settings_(settings), after_(after) {}

  void WriteEvent(const Event& event) {
    const std::string number = BusinessNoOf(event, after_);
    const Application* application = FindApplication(after_, number);
    out_.Fact(kEventsTopic, *PublicEvent(event, after_), number,
              std::string(StateWord(application != nullptr ? application->state : State::kNone)));
  }

  void operator()(const Notify& effect) {
    partner::v1::CreditApplyNotice notice;
    notice.set_business_no(effect.business_no);
    notice.set_apply_time(out_.now().value);
    notice.set_credit_result(effect.granted ? partner::v1::OUTCOME_SUCCESS
                                            : partner::v1::OUTCOME_FAILURE);
    notice.set_apply_user(effect.applicant.name);
    notice.set_apply_code(effect.applicant.code);
    if (effect.valid_begin) notice.set_valid_begin_time(effect.valid_begin->value);
    if (effect.valid_end) notice.set_valid_end_time(effect.valid_end->value);
    out_.Notice(settings_.notice.topic, settings_.notice.section, notice, effect.business_no,
                effect.granted ? "granted" : "declined");
  }
  void operator()(const TellReserved& effect) {
    event::v1::Reserved message;
    message.set_credit_flow(out_.cause().flow);
    message.set_amount_fen(effect.amount.fen);
    Tell(effect.order_flow, message, "reserved " + effect.amount.ToText());
  }
  void operator()(const TellRefused& effect) {
    event::v1::ReservationRefused message;
    message.set_reason(effect.reason);
    message.set_text(effect.text);
    Tell(effect.order_flow, message, "nothing reserved: " + effect.reason);
  }
  void operator()(const SetTimer& effect) {
    out_.workspace().SetTimer(
        {Row(), TimerName(effect.business_no), out_.cause().partition, effect.due, {}});
  }
  void operator()(const ClearTimer& effect) {
    out_.workspace().ClearTimer(Row(), TimerName(effect.business_no));
  }
  void operator()(const RaiseAlarm& effect) { out_.Alarm("credit", AlarmText(effect.kind)); }

 private:
  [[nodiscard]] RowKey Row() const { return {kCreditsKind, out_.cause().flow}; }
  void Tell(const std::string& order_flow, const google::protobuf::Message& message,
            std::string detail) {
    out_.Tell(kOrderRequestsTopic, order_flow, message, {}, std::move(detail));
  }

  service::Outbound& out_;
  const WorkSettings& settings_;
  const Credit& after_;
};

// Empty: nothing is kept yet.
Result<std::optional<Credit>> ReadRow(service::Outbound& out) {
  const std::string& state = out.workspace().Row({kCreditsKind, out.cause().flow}).state;
  if (state.empty()) return std::optional<Credit>{};
  Result<Credit> row = ParseCredit(state);
  if (!row) return tl::unexpected(row.error());
  return std::optional<Credit>{std::move(*row)};
}

void Keep(service::Outbound& out, const Credit& row) {
  messaging::RowSummary summary{row.partner, {}, {}, "none", 0};
  const Result<contract::FlowKey> flow = contract::SplitFlow(out.cause().flow);
  if (flow) summary.number = flow->number;
  if (const Application* line = ShownApplication(row)) {
    summary.business_no = line->business_no;
    summary.status = std::string(StateWord(line->state));
  }
  if (row.line) summary.amount_fen = row.line->limit.fen;
  out.workspace().Put({kCreditsKind, out.cause().flow}, out.cause().partition, SerializeCredit(row),
                      std::move(summary));
}

// Of the application that the command is about; an empty one stands for the one that is shown.
std::string NumberOf(const Command& command, const Credit& row) {
  const std::string named = std::visit(
      [](const auto& one) -> std::string {
        if constexpr (requires { one.business_no; }) return one.business_no;
        return {};
      },
      command);
  const Application* shown = ShownApplication(row);
  return named.empty() && shown != nullptr ? shown->business_no : named;
}

service::Outcome Take(service::Outbound& out, const WorkSettings& settings, const Command& command,
                      Credit& row) {
  const std::string named = NumberOf(command, row);
  const Decision decision = Decide(row, command, out.now());
  Writer writer(out, settings, row);
  for (const Event& event : decision.events) {
    row = Apply(std::move(row), event);
    writer.WriteEvent(event);
  }
  for (const Effect& effect : decision.effects) std::visit(writer, effect);
  // Nothing is kept of a decision on what does not exist.
  if (!decision.events.empty() && !row.applications.empty()) Keep(out, row);
  const RefusalFacts& facts = FactsOf(decision.refusal);
  service::Outcome outcome;
  outcome.verdict = decision.verdict;
  outcome.word = std::string(facts.word);
  outcome.text = std::string(facts.text);
  outcome.missing = decision.refusal == RefusalCode::kUnknown;
  outcome.business_no = named;
  return outcome;
}

}  // namespace

std::string TimerName(const std::string& business_no) {
  return std::string(kLineEnd) + business_no;
}

std::optional<TimePassed> TimerOf(std::string_view name, UnixMillis due) {
  if (!name.starts_with(kLineEnd)) return std::nullopt;
  return TimePassed{std::string(name.substr(kLineEnd.size())), due};
}

Result<service::Outcome> Work(service::Outbound& out, const WorkSettings& settings,
                              const Command& command) {
  const Result<std::optional<Credit>> stored = ReadRow(out);
  if (!stored) return tl::unexpected(stored.error());
  Credit row = stored->value_or(Credit{});
  service::Outcome outcome = Take(out, settings, command, row);
  out.NoteCause(outcome.word.empty() ? "taken" : outcome.word);
  if (!settings.rules) return outcome;
  if (const auto decided = DecideByRules(*settings.rules, row, out.now())) {
    const service::Outcome taken = Take(out, settings, *decided, row);
    out.Note("decision", "by rules: " + (taken.word.empty() ? "taken" : taken.word));
  }
  return outcome;
}

Result<service::Outcome> Answer(service::Outbound& out, Money need, UnixMillis received_at) {
  const Result<std::optional<Credit>> row = ReadRow(out);
  if (!row) return tl::unexpected(row.error());
  const auto code = static_cast<std::size_t>(StandingOf(*row, need, received_at));
  service::Outcome outcome;
  outcome.data = std::to_string(code);
  outcome.text = std::string(kStandingTexts[code]);
  outcome.missing = !*row;
  out.NoteCause("code " + outcome.data);
  return outcome;
}

}  // namespace guarantee::credit
