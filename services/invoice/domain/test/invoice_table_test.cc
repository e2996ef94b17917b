// The text table, written from the rulings, against Decide.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <functional>
#include <map>
#include <set>
#include <vector>

#include "machine/table_text.h"
#include "scene.h"

namespace guarantee::invoice::testing {
namespace {

using machine::TableLine;
using Change = std::function<void(Scene&)>;

std::vector<TableLine> Lines() {
  std::ifstream file(GUARANTEE_SOURCE_DIR "/services/invoice/domain/test/invoice_table.txt");
  return machine::ReadTable(file);
}

template <typename T>
Change In(std::function<void(T&)> change) {
  return [change](Scene& scene) { change(std::get<T>(scene.command)); };
}
Change WithHead(std::function<void(DecisionHead&, const Scene&)> change) {
  return [change](Scene& scene) {
    std::visit(
        [&](auto& command) {
          if constexpr (requires { command.decision; }) change(command.decision, scene);
        },
        scene.command);
  };
}
Change ToRow(std::function<void(Invoices&)> change) {
  return [change](Scene& scene) {
    if (!scene.row) scene.row = Invoices{};
    change(*scene.row);
  };
}
Change Ask(std::function<void(RequestInvoice&)> change) { return In<RequestInvoice>(change); }
Change Another(State state) {
  return [state](Scene& scene) { scene.row = InvoicesIn(state, "INVOICE-0"); };
}
Change Learnt(const Command& fact) {
  return [fact](Scene& scene) { scene.row = Taken(scene.row, fact); };
}
Change Numbered(const InvoiceNumber& number) {
  return [number](Scene& scene) {
    if (auto* issue = std::get_if<Issue>(&scene.command)) issue->number = number;
    if (auto* reverse = std::get_if<Reverse>(&scene.command)) reverse->number = number;
  };
}
void GiveReason(Scene& scene) { std::get<Reverse>(scene.command).decision.reason = "wrong title"; }
Money Off(std::int64_t fen) { return {kPremium.fen + fen}; }
void FillLog(Invoices& row) {
  auto& log = row.requests.empty() ? row.decisions : row.requests.back().decisions;
  while (log.size() < machine::kRememberedDecisionsMax) {
    log.push_back({"OLD-" + std::to_string(log.size()), RefusalCode::kNone});
  }
}
void RefuseBefore(Scene& scene) {
  DecisionRefused refused;
  refused.by = {"DECISION-9", "accountant"};
  refused.reason = RefusalCode::kNumberUnfit;
  if (scene.row) refused.business_no = kNumber;
  scene.row = Apply(scene.row.value_or(Invoices{}), refused);
}

std::map<std::string, Change> OfRequests() {
  return {
      {"plain", [](Scene&) {}},
      {"with a reason", GiveReason},
      {"restored", Learnt(Restored())},
      {"accepted", Learnt(Accepted())},
      {"ready", [](Scene& scene) { scene.row = Taken(Taken(scene.row, Restored()), Accepted()); }},
      {"another waits", Another(State::kWaiting)},
      {"another requested", Another(State::kRequested)},
      {"another issued", Another(State::kIssued)},
      {"another failed", Another(State::kFailed)},
      {"another reversed", Another(State::kReversed)},
      {"other bidder", Ask([](auto& r) { r.buyer.code = "91430602MA4L5GJ81X"; })},
      {"a fen less", Ask([](auto& r) { r.amount = Off(-1); })},
      {"a fen more", Ask([](auto& r) { r.amount = Off(1); })},
      {"premium returned", Learnt(Returned())},
      {"part returned", Learnt(PremiumReturned{"demo", "G-1", Money{10'000}})},
      {"what is left", Ask([](auto& r) { r.amount = Off(-10'000); })},
      {"ordinary", Ask([](auto& r) { r.kind = Kind::kOrdinary; })},
      {"relaxed", [](Scene& scene) { scene.policy.relaxed = true; }},
      {"no address", Ask([](auto& r) { r.buyer.address.clear(); })},
      {"no phone", Ask([](auto& r) { r.buyer.phone.clear(); })},
      {"no bank", Ask([](auto& r) { r.buyer.bank.clear(); })},
      {"no account", Ask([](auto& r) { r.buyer.account.clear(); })},
      {"odd tax number", Ask([](auto& r) { r.tax_number_fits = false; })},
      {"no contact", Ask([](auto& r) { r.delivery.email = r.delivery.mobile = ""; })},
      {"no recipient", Ask([](auto& r) { r.delivery.recipient.clear(); })},
      {"no title", Ask([](auto& r) { r.delivery.title.clear(); })},
      {"no mail address", Ask([](auto& r) { r.delivery.mail_address.clear(); })},
      {"too many requests", ToRow([](Invoices& row) {
         for (std::size_t i = 0; i < kRequestsMax; ++i) {
           const std::string number = "OLD-" + std::to_string(i);
           row = *Taken(Taken(row, GoodRequest(number)), Fail{By("D-" + number), number});
         }
       })},
  };
}

std::map<std::string, Change> OfDecisions() {
  return {
      {"no decider", WithHead([](auto& head, const Scene&) { head.decided_by.clear(); })},
      {"log full", ToRow(FillLog)},
      {"refused before", RefuseBefore},
      {"based on now",
       WithHead([](auto& head, const Scene& s) { head.based_on_revision = s.row->revision; })},
      {"based on the future",
       WithHead([](auto& head, const Scene& s) { head.based_on_revision = s.row->revision + 1; })},
      {"based on before", WithHead([](auto& head, const Scene& s) {
         head.based_on_revision = s.row->terms_revision - 1;
         if (head.based_on_revision == 0) head.based_on_revision = -1;
       })},
      {"no number",
       [](Scene& scene) {
         std::visit(
             [](auto& one) {
               if constexpr (requires { one.business_no; }) one.business_no.clear();
             },
             scene.command);
       }},
      {"returned", Learnt(Returned())},
  };
}

std::map<std::string, Change> OfNumbersAndFacts() {
  return {
      {"older number", Numbered({"12345678", "0123456789"})},
      {"older number with a long code", Numbered({"12345678", "012345678901"})},
      {"19 digits", Numbered({"2443200000000000001", ""})},
      {"21 digits", Numbered({"244320000000000000001", ""})},
      {"20 digits and a code", Numbered({kBlue.number, "0123456789"})},
      {"8 digits without a code", Numbered({"12345678", ""})},
      {"code of 9 digits", Numbered({"12345678", "012345678"})},
      {"code of 13 digits", Numbered({"12345678", "0123456789012"})},
      {"a letter in the number", Numbered({"2443200000000000000A", ""})},
      {"no invoice number", Numbered({})},
      {"other number", Numbered({"24432000000000000009", ""})},
      {"the blue number", Numbered(kBlue)},
      {"number of another", ToRow([](Invoices& row) {
         Request other;
         other.state = State::kReversed;
         other.business_no = "INVOICE-0";
         other.blue = kBlue;
         row.requests.push_back(other);
       })},
      {"nothing known", ToRow([](Invoices& row) { row.guarantee = {}; })},
      {"part known",
       [](Scene& scene) {
         scene.row->guarantee.returned = {10'000};
         scene.row->requests.back().amount = Off(-10'000);
         std::get<PremiumReturned>(scene.command).amount = {10'000};
       }},
      {"more of it", In<PremiumReturned>([](auto& returned) { returned.amount = Off(1); })},
      {"asked for less", ToRow([](Invoices& row) { row.requests.back().amount = Off(-1); })},
      {"too early", [](Scene& scene) { scene.now = kWaitEnd + -1; }},
      {"long after", [](Scene& scene) { scene.now = kWaitEnd + 86'400'000; }},
      {"another due time", In<TimePassed>([](auto& passed) { passed.due = kWaitEnd + -1; })},
  };
}

std::map<std::string, Change> Situations() {
  auto all = OfRequests();
  all.merge(OfDecisions());
  all.merge(OfNumbersAndFacts());
  return all;
}

std::string Prefix(Verdict verdict, RefusalCode refusal) {
  if (verdict == Verdict::kApplied) return "ok ";
  if (verdict == Verdict::kSameAgain) return "same again ";
  return "refused " + std::string(FactsOf(refusal).word) + " ";
}

std::string Asked(const Effect& effect) {
  if (const auto* notify = std::get_if<Notify>(&effect)) {
    return notify->issued ? " 3.14(0)" : " 3.14(1)";
  }
  return std::holds_alternative<RaiseAlarm>(effect) ? " alarm" : "";
}

std::string Told(const Scene& scene, const Decision& decision) {
  // The request that was in focus when the command came.
  const std::string number = FocusOf(scene.row.value_or(Invoices{}), scene.command);
  const auto after = After(scene.row, decision);
  const Request* request = after ? FindRequest(*after, number) : nullptr;
  std::string told = Prefix(decision.verdict, decision.refusal);
  told += NameOf(request != nullptr ? request->state : State::kNone);
  for (const Effect& effect : decision.effects) told += Asked(effect);
  return told;
}

std::optional<Scene> SceneOf(const TableLine& line,
                             const std::map<std::string, Change>& situations) {
  const auto state = machine::Named<State>(line.state, kStateCount);
  const auto kind = machine::Named<CommandKind>(line.command, kCommandCount);
  if (!state || !kind || *kind == CommandKind::kProceed) return std::nullopt;
  Scene scene{InvoicesIn(*state), GoodCommand(*kind), kNow, {}};
  if (*kind == CommandKind::kTimePassed) scene.now = kWaitEnd;
  for (const std::string& word : machine::Words(line.situation)) {
    const auto change = situations.find(word);
    if (change == situations.end()) return std::nullopt;
    change->second(scene);
  }
  return scene;
}

View ViewOfScene(const Scene& scene) {
  const Invoices row = scene.row.value_or(Invoices{});
  return ViewOf(row, FocusOf(row, scene.command));
}

TEST(InvoiceTable, EveryLine_IsWhatDecideSays) {
  const auto situations = Situations();
  for (const TableLine& line : Lines()) {
    SCOPED_TRACE(line.Place());
    const auto scene = SceneOf(line, situations);
    ASSERT_TRUE(scene.has_value()) << "a word in this line is unknown";
    EXPECT_EQ(NameOf(ViewOfScene(*scene).state), line.state);
    EXPECT_EQ(Told(*scene, Decide(scene->row, scene->command, scene->now, scene->policy)),
              line.result);
  }
}

TEST(InvoiceTable, EveryCell_HasALine) {
  EXPECT_THAT(machine::CellsWithoutLine<InvoiceKinds>(Lines()), ::testing::IsEmpty());
}

TEST(InvoiceTable, NoLine_StandsTwice) {
  EXPECT_THAT(machine::LinesTwice(Lines()), ::testing::IsEmpty());
}

TEST(InvoiceTable, EveryRule_IsReachedByALine) {
  const auto situations = Situations();
  std::set<std::pair<const Rule*, State>> reached;
  for (const TableLine& line : Lines()) {
    const auto scene = SceneOf(line, situations);
    ASSERT_TRUE(scene.has_value());
    const View view = ViewOfScene(*scene);
    const Situation situation{view, scene->command, scene->now, scene->policy};
    const Rule& rule =
        machine::FirstRule<InvoiceKinds>(Rules(), view.state, KindOf(scene->command),
                                         [&](Guard guard) { return Holds(guard, situation); });
    reached.emplace(&rule, view.state);
  }
  EXPECT_THAT(machine::RulesNotReached<InvoiceKinds>(Rules(), reached), ::testing::IsEmpty());
}

}  // namespace
}  // namespace guarantee::invoice::testing
