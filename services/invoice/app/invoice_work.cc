#include "invoice/app/invoice_work.h"

#include <utility>

#include "contract/flow.h"
#include "guarantee/partner/v1/invoice.pb.h"
#include "invoice/adapters/event_codec.h"
#include "invoice/adapters/invoice_codec.h"
#include "invoice/app/rules.h"
#include "invoice/domain/guards.h"

namespace guarantee::invoice {
namespace {

using messaging::RowKey;

constexpr std::string_view kTimerPrefix = "restore_wait:";

const char* AlarmText(AlarmKind kind) {
  switch (kind) {
    case AlarmKind::kFlagged:
      return "an invoice was asked for with something missing or odd: look at its flags";
    case AlarmKind::kRedLetterDue:
      return "the premium of an issued invoice went back: a red letter is due";
  }
  return "unknown alarm";
}

// Writes what the domain asked for.
class Writer {
 public:
  // `after` follows the events: the row as each of them, and then each effect, finds it.
  Writer(service::Outbound& out, const WorkSettings& settings, const Invoices& after)
      : out_(out), settings_(settings), after_(after) {}

  void WriteEvent(const Event& event) {
    const auto fact = PublicEvent(event, after_, out_.now());
    const std::string number = std::visit([](const auto& one) { return NumberOf(one); }, event);
    const Request* request = FindRequest(after_, number);
    out_.Fact(kEventsTopic, *fact, number,
              std::string(StateWord(request != nullptr ? request->state : State::kNone)));
  }

  void operator()(const Notify& effect) {
    partner::v1::InvoiceNotice notice;
    notice.set_business_no(effect.business_no);
    notice.set_apply_time(out_.now().value);
    notice.set_guarantee_no(effect.guarantee_no);
    notice.set_type(effect.kind == Kind::kSpecial ? partner::v1::INVOICE_TYPE_SPECIAL
                                                  : partner::v1::INVOICE_TYPE_ORDINARY);
    notice.set_invoice_result(effect.issued ? partner::v1::OUTCOME_SUCCESS
                                            : partner::v1::OUTCOME_FAILURE);
    if (effect.issued) {
      notice.set_invoice_no(effect.number.number);
      notice.set_invoice_code(effect.number.code);
      notice.set_invoice_url(effect.url);
    }
    out_.Notice(settings_.notices.topic, settings_.notices.section, notice, effect.business_no,
                effect.issued ? "issued" : "failed");
  }
  void operator()(const SetTimer& effect) {
    out_.workspace().SetTimer(
        {Row(), TimerName(effect.business_no), out_.cause().partition, effect.due, {}});
  }
  void operator()(const ClearTimer& effect) {
    out_.workspace().ClearTimer(Row(), TimerName(effect.business_no));
  }
  void operator()(const RaiseAlarm& effect) { out_.Alarm("invoice", AlarmText(effect.kind)); }

 private:
  template <typename Fact>
  static std::string NumberOf(const Fact& fact) {
    if constexpr (requires { fact.business_no; }) return fact.business_no;
    return {};
  }
  [[nodiscard]] RowKey Row() const { return {kInvoicesKind, out_.cause().flow}; }

  service::Outbound& out_;
  const WorkSettings& settings_;
  const Invoices& after_;
};

// The row, or an empty one that knows what it would be the row of.
Result<Invoices> ReadRow(service::Outbound& out) {
  const std::string& state = out.workspace().Row({kInvoicesKind, out.cause().flow}).state;
  if (!state.empty()) return ParseInvoices(state);
  const Result<contract::FlowKey> flow = contract::SplitFlow(out.cause().flow);
  if (!flow) return tl::unexpected(flow.error());
  Invoices row;
  row.partner = flow->partner;
  row.guarantee_no = flow->number;
  return row;
}

// Nothing is kept of a decision on what does not exist.
bool WorthKeeping(const Invoices& row) {
  return !row.requests.empty() || row.guarantee != Guarantee{};
}

void Keep(service::Outbound& out, const Invoices& row) {
  messaging::RowSummary summary{row.partner, row.guarantee_no, {}, "none", 0};
  if (const Request* request = ShownRequest(row)) {
    summary.business_no = request->business_no;
    summary.status = std::string(StateWord(request->state));
    summary.amount_fen = request->amount.fen;
  }
  out.workspace().Put({kInvoicesKind, out.cause().flow}, out.cause().partition,
                      SerializeInvoices(row), std::move(summary));
}

service::Outcome Take(service::Outbound& out, const WorkSettings& settings, const Command& command,
                      Invoices& row) {
  const std::string focus = FocusOf(row, command);
  const Decision decision = Decide(row, command, out.now(), settings.policy);
  Writer writer(out, settings, row);
  for (const Event& event : decision.events) {
    row = Apply(std::move(row), event);
    writer.WriteEvent(event);
  }
  for (const Effect& effect : decision.effects) std::visit(writer, effect);
  if (!decision.events.empty() && WorthKeeping(row)) Keep(out, row);
  const RefusalFacts& facts = FactsOf(decision.refusal);
  service::Outcome outcome;
  outcome.verdict = decision.verdict;
  outcome.word = std::string(facts.word);
  outcome.text = std::string(facts.text);
  outcome.business_no = focus;
  outcome.missing = decision.refusal == RefusalCode::kUnknown;
  return outcome;
}

// A decision may name the guarantee instead of a request.
Command Named(Command command, const Invoices& row) {
  std::visit(
      [&row](auto& one) {
        if constexpr (requires {
                        one.decision;
                        one.business_no;
                      }) {
          if (one.business_no == row.guarantee_no) one.business_no.clear();
        }
      },
      command);
  return command;
}

}  // namespace

std::string TimerName(const std::string& business_no) {
  return std::string(kTimerPrefix) + business_no;
}

std::optional<TimePassed> TimerOf(std::string_view name, UnixMillis due) {
  if (!name.starts_with(kTimerPrefix)) return std::nullopt;
  return TimePassed{std::string(name.substr(kTimerPrefix.size())), due};
}

Result<service::Outcome> Work(service::Outbound& out, const WorkSettings& settings,
                              const Command& command) {
  Result<Invoices> row = ReadRow(out);
  if (!row) return tl::unexpected(row.error());
  service::Outcome outcome = Take(out, settings, Named(command, *row), *row);
  out.NoteCause(outcome.word.empty() ? "taken" : outcome.word);
  if (!settings.issue_by_rules) return outcome;
  if (const auto issue = IssueByRules(*row, out.cause().event_id)) {
    const service::Outcome taken = Take(out, settings, *issue, *row);
    out.Note("decision", "by rules: " + (taken.word.empty() ? "taken" : taken.word));
  }
  return outcome;
}

}  // namespace guarantee::invoice
