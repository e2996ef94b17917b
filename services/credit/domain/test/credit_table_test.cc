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

namespace guarantee::credit::testing {
namespace {

using machine::TableLine;
using Change = std::function<void(Scene&)>;

std::vector<TableLine> Lines() {
  std::ifstream file(GUARANTEE_SOURCE_DIR "/services/credit/domain/test/credit_table.txt");
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
Change ToRow(std::function<void(Credit&)> change) {
  return [change](Scene& scene) { change(*scene.row); };
}
Change Another(State state) {
  return [state](Scene& scene) { scene.row = CreditIn(state, "CREDIT-0"); };
}
// As if an order had taken it while there was a line.
void Hold(Credit& row, const std::string& order, Money amount) {
  row = Apply(std::move(row), CreditReserved{amount, {}, kNow, {"demo/order/" + order, order}});
}
void GiveBack(Credit& row, const std::string& order) { row = *Taken(row, GoodRelease(order)); }
void FillLog(std::vector<DecisionRecord>& log) {
  while (log.size() < machine::kRememberedDecisionsMax) {
    log.push_back({"OLD-" + std::to_string(log.size()), RefusalCode::kNone});
  }
}
// The line before is in force and used; the command's application came after it.
void Renew(Scene& scene) {
  scene.row = CreditIn(State::kGranted, "CREDIT-0");
  scene.row = Taken(scene.row, GoodReserve());
  scene.row = Taken(scene.row, GoodApply());
}

std::map<std::string, Change> OfApplications() {
  return {
      {"plain", [](Scene&) {}},
      {"another open", Another(State::kApplied)},
      {"another granted", Another(State::kGranted)},
      {"another declined", Another(State::kDeclined)},
      {"another withdrawn", Another(State::kWithdrawn)},
      {"another lapsed", Another(State::kLapsed)},
      {"too many applications",
       [](Scene& scene) {
         scene.row = Credit{};
         for (std::size_t i = 0; i < kApplicationsMax; ++i) {
           const std::string number = "OLD-" + std::to_string(i);
           scene.row = Taken(Taken(scene.row, GoodApply(number)), Withdraw{number, "", kNow});
         }
       }},
      {"renewal asked", [](Scene& scene) { scene.row = Taken(scene.row, GoodApply("CREDIT-2")); }},
      {"received before the grant",
       In<Withdraw>([](auto& withdraw) { withdraw.received_at = kNow + -1; })},
      {"renewal", Renew},
      {"validity over",
       [](Scene& scene) {
         scene.command = LineOver();
         scene.now = kEnd + 1;
       }},
      {"long after the validity", [](Scene& scene) { scene.now = kEnd + 90 * kDayMs; }},
      {"another due time", In<TimePassed>([](auto& passed) { passed.due = kEnd; })},
  };
}

std::map<std::string, Change> OfDecisions() {
  return {
      {"no number",
       [](Scene& scene) {
         if (auto* grant = std::get_if<Grant>(&scene.command)) grant->business_no.clear();
         if (auto* decline = std::get_if<Decline>(&scene.command)) decline->business_no.clear();
       }},
      {"last moment of validity", [](Scene& scene) { scene.now = kEnd; }},
      {"validity over already", [](Scene& scene) { scene.now = kEnd + 1; }},
      {"no limit", In<Grant>([](auto& grant) { grant.limit = {}; })},
      {"negative limit", In<Grant>([](auto& grant) { grant.limit = {-1}; })},
      {"validity ends before it begins", In<Grant>([](auto& g) { g.valid_begin = g.valid_end; })},
      {"limit of what is reserved", In<Grant>([](auto& grant) { grant.limit = kAmount; })},
      {"limit below what is reserved",
       In<Grant>([](auto& grant) { grant.limit = {kAmount.fen - 1}; })},
      {"based on now",
       WithHead([](auto& head, const Scene& s) { head.based_on_revision = s.row->revision; })},
      {"based on the future",
       WithHead([](auto& head, const Scene& s) { head.based_on_revision = s.row->revision + 1; })},
      {"based on before",
       WithHead([](auto& head, const Scene& s) { head.based_on_revision = s.row->revision - 1; })},
      {"no decider", WithHead([](auto& head, const Scene&) { head.decided_by.clear(); })},
      {"no decision id", WithHead([](auto& head, const Scene&) { head.decision_id.clear(); })},
      {"log full", ToRow([](Credit& row) { FillLog(row.applications.back().decisions); })},
      {"log of the row full",
       [](Scene& scene) {
         scene.row = Credit{};
         FillLog(scene.row->decisions);
       }},
      {"refused before",
       [](Scene& scene) {
         DecisionRefused refused;
         refused.by = {"DECISION-9", "officer"};
         refused.reason = RefusalCode::kTermsUnfit;
         if (scene.row) refused.business_no = kNumber;
         scene.row = Apply(scene.row.value_or(Credit{}), refused);
       }},
      {"same decision",
       WithHead([](auto& head, const Scene&) { head.decision_id = "D-" + kNumber; })},
  };
}

std::map<std::string, Change> OfReservations() {
  return {
      {"reserved", ToRow([](Credit& row) { Hold(row, "ORDER-1", kAmount); })},
      {"released", ToRow([](Credit& row) { GiveBack(row, "ORDER-1"); })},
      {"most is taken", ToRow([](Credit& row) { Hold(row, "ORDER-0", {70'000'001}); })},
      {"and given back", ToRow([](Credit& row) { GiveBack(row, "ORDER-0"); })},
      {"all of the limit", In<Reserve>([](auto& reserve) { reserve.amount = kLimit; })},
      {"a fen more than the limit", In<Reserve>([](auto& r) { r.amount = {kLimit.fen + 1}; })},
      {"other amount", In<Reserve>([](auto& reserve) { reserve.amount = {1}; })},
      {"no amount", In<Reserve>([](auto& reserve) { reserve.amount = {}; })},
      {"negative amount", In<Reserve>([](auto& reserve) { reserve.amount = {-1}; })},
      {"no order", In<Reserve>([](auto& reserve) { reserve.order_flow.clear(); })},
      {"before the validity", In<Reserve>([](auto& r) { r.arrived_at = kBegin + -1; })},
      {"at its first moment", In<Reserve>([](auto& r) { r.arrived_at = kBegin; })},
      {"at its last moment", In<Reserve>([](auto& r) { r.arrived_at = kEnd; })},
      {"after the validity", In<Reserve>([](auto& r) { r.arrived_at = kEnd + 1; })},
      {"processed later", [](Scene& scene) { scene.now = kEnd + kDayMs; }},
      {"too many reservations", ToRow([](Credit& row) {
         for (std::size_t i = 0; i < kOpenReservationsMax; ++i) {
           Hold(row, "OTHER-" + std::to_string(i), {1});
         }
       })},
  };
}

std::map<std::string, Change> Situations() {
  auto all = OfApplications();
  all.merge(OfDecisions());
  all.merge(OfReservations());
  return all;
}

std::string Prefix(Verdict verdict, RefusalCode refusal) {
  if (verdict == Verdict::kApplied) return "ok ";
  if (verdict == Verdict::kSameAgain) return "same again ";
  return "refused " + std::string(FactsOf(refusal).word) + " ";
}

std::string Asked(const Effect& effect) {
  if (const auto* notify = std::get_if<Notify>(&effect)) {
    return notify->granted ? " 3.6(0)" : " 3.6(1)";
  }
  if (std::holds_alternative<TellReserved>(effect)) return " reserved";
  if (std::holds_alternative<TellRefused>(effect)) return " refused";
  return std::holds_alternative<RaiseAlarm>(effect) ? " alarm" : "";
}

std::string Told(const Scene& scene, const Decision& decision) {
  // The application that was in focus when the command came.
  const std::string number = FocusOf(scene.row.value_or(Credit{}), scene.command);
  const auto after = After(scene.row, decision);
  const Application* application = after ? FindApplication(*after, number) : nullptr;
  std::string told = Prefix(decision.verdict, decision.refusal);
  told += NameOf(application != nullptr ? application->state : State::kNone);
  for (const Effect& effect : decision.effects) told += Asked(effect);
  return told;
}

std::optional<Scene> SceneOf(const TableLine& line,
                             const std::map<std::string, Change>& situations) {
  const auto state = machine::Named<State>(line.state, kStateCount);
  const auto kind = machine::Named<CommandKind>(line.command, kCommandCount);
  if (!state || !kind) return std::nullopt;
  Scene scene{CreditIn(*state), GoodCommand(*kind), kNow};
  for (const std::string& word : machine::Words(line.situation)) {
    const auto change = situations.find(word);
    if (change == situations.end()) return std::nullopt;
    change->second(scene);
  }
  return scene;
}

View ViewOfScene(const Scene& scene) {
  const Credit row = scene.row.value_or(Credit{});
  return ViewOf(row, FocusOf(row, scene.command));
}

TEST(CreditTable, EveryLine_IsWhatDecideSays) {
  const auto situations = Situations();
  for (const TableLine& line : Lines()) {
    SCOPED_TRACE(line.Place());
    const auto scene = SceneOf(line, situations);
    ASSERT_TRUE(scene.has_value()) << "a word in this line is unknown";
    EXPECT_EQ(NameOf(ViewOfScene(*scene).state), line.state);
    EXPECT_EQ(Told(*scene, Decide(scene->row, scene->command, scene->now)), line.result);
  }
}

TEST(CreditTable, EveryCell_HasALine) {
  EXPECT_THAT(machine::CellsWithoutLine<CreditKinds>(Lines()), ::testing::IsEmpty());
}

TEST(CreditTable, NoLine_StandsTwice) {
  EXPECT_THAT(machine::LinesTwice(Lines()), ::testing::IsEmpty());
}

TEST(CreditTable, EveryRule_IsReachedByALine) {
  const auto situations = Situations();
  std::set<std::pair<const Rule*, State>> reached;
  for (const TableLine& line : Lines()) {
    const auto scene = SceneOf(line, situations);
    ASSERT_TRUE(scene.has_value());
    const View view = ViewOfScene(*scene);
    const Situation situation{view, scene->command, scene->now, {}};
    const Rule& rule =
        machine::FirstRule<CreditKinds>(Rules(), view.state, KindOf(scene->command),
                                        [&](Guard guard) { return Holds(guard, situation); });
    reached.emplace(&rule, view.state);
  }
  EXPECT_THAT(machine::RulesNotReached<CreditKinds>(Rules(), reached), ::testing::IsEmpty());
}

}  // namespace
}  // namespace guarantee::credit::testing
