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

namespace guarantee::claim::testing {
namespace {

using machine::TableLine;

std::vector<TableLine> Lines() {
  std::ifstream file(GUARANTEE_SOURCE_DIR "/services/claim/domain/test/claim_table.txt");
  return machine::ReadTable(file);
}

using Change = std::function<void(Scene&)>;

template <typename T>
Change In(std::function<void(T&)> change) {
  return [change](Scene& scene) { change(std::get<T>(scene.command)); };
}
Change ToClaim(std::function<void(Claim&, Claims&)> change) {
  return [change](Scene& scene) { change(scene.row->claims.back(), *scene.row); };
}
Change At(UnixMillis now) {
  return [now](Scene& scene) { scene.now = now; };
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
// Another claim of the same guarantee, received before.
Change Another(State state) {
  return [state](Scene& scene) { scene.row = ClaimIn(state, "CLAIM-0"); };
}
Change Timer(TimerKind kind, UnixMillis due) {
  return [kind, due](Scene& scene) {
    scene.command = TimePassed{kNumber, kind, due};
    scene.now = due;
  };
}
void SetAmount(Scene& scene, Money amount) {
  if (auto* approve = std::get_if<ApprovePayment>(&scene.command)) approve->amount = amount;
  if (auto* confirm = std::get_if<ConfirmPayment>(&scene.command)) confirm->amount = amount;
}
void SetDocument(Scene& scene, const std::string& document) {
  if (auto* demand = std::get_if<SetDemand>(&scene.command)) demand->document = document;
  if (auto* consent = std::get_if<PreApproveWithdrawal>(&scene.command)) {
    consent->document = document;
  }
}
void SetBeneficiary(Scene& scene, const Party& party) {
  if (auto* present = std::get_if<Present>(&scene.command)) present->beneficiary = party;
  if (scene.row && !scene.row->claims.empty()) scene.row->claims.back().beneficiary = party;
}
// What the order service says of the names.
void SetTenderee(Scene& scene, const Party& party) {
  std::get<GuaranteeRestored>(scene.command).tenderee = party;
}
// The examination's 100 % as the escalation of it would have left the claim.
void Escalate(Scene& scene) { scene.row->claims.back().clock = kClockEnded; }

void AwaitHold(Claim& claim, Claims& row) {
  claim.hold = Hold::kAsked;
  claim.hold_answer_due = kNow + 300'000;
  claim.match = Match::kOpen;
  row.guarantee = {};
}
void HaveHold(Claim& claim, Claims& row) {
  claim.hold = Hold::kHeld;
  claim.hold_answer_due.reset();
  claim.match = Match::kSame;
  row.guarantee = {kAvailable, kValidEnd, kTenderee};
}
void BeOwn(Claim& claim, Claims&) {
  claim.own = true;
  claim.platform = PlatformAnswer::kNone;
}
void BeTold(Claim& claim, Claims& row) {
  if (IsOpen(claim.state)) HaveHold(claim, row);
  claim.platform = PlatformAnswer::kAwaited;
  claim.platform_answer_due = kNow + 3 * kDayMs;
}

std::map<std::string, Change> OfRequests() {
  return {
      {"plain", [](Scene&) {}},
      {"received at the end of validity", In<Present>([](auto& p) { p.received_at = kValidEnd; })},
      {"another claim open", Another(State::kReceived)},
      {"another claim examined", Another(State::kExamining)},
      {"another claim being paid", Another(State::kPaying)},
      {"another claim paid", Another(State::kPaid)},
      {"another claim refused", Another(State::kRefused)},
      {"another claim withdrawn", Another(State::kWithdrawn)},
      {"too many claims",
       [](Scene& scene) {
         scene.row = Claims{};
         for (std::size_t at = 0; at < kClaimsMax; ++at) {
           Claim old;
           old.state = State::kRefused;
           old.business_no = "OLD-" + std::to_string(at);
           scene.row->claims.push_back(old);
         }
       }},
      {"other beneficiary",
       [](Scene& scene) {
         SetBeneficiary(scene, {"另一家", "CODE-2"});
       }},
      {"code in small letters",
       [](Scene& scene) {
         SetBeneficiary(scene, {"某招标人", "91430602 ma4l5gj80y"});
       }},
      {"other name",
       [](Scene& scene) {
         SetBeneficiary(scene, {"另一家", kTenderee.code});
       }},
      {"letter names no code",
       [](Scene& scene) {
         SetTenderee(scene, {kTenderee.name, ""});
       }},
      {"platform refused", In<PlatformResult>([](auto& r) { r.paid = false; })},
      {"platform paid a part", In<PlatformResult>([](auto& r) { r.amount = Money{1}; })},
      {"platform paid too much",
       In<PlatformResult>([](auto& r) { r.amount = Money{kAvailable.fen + 1}; })},
      {"platform paid nothing", In<PlatformResult>([](auto& r) { r.amount = Money{}; })},
      {"still sealed", In<GuaranteeHeld>([](auto& h) { h.tenderee.reset(); })},
      {"presented in the future", In<Register>([](auto& r) { r.presented_at = kNow + 1; })},
      {"presented now", In<Register>([](auto& r) { r.presented_at = kNow; })},
      {"no beneficiary", In<Register>([](auto& r) { r.beneficiary.name.clear(); })},
      {"no beneficiary code", In<Register>([](auto& r) { r.beneficiary.code.clear(); })},
      {"no number", In<Register>([](auto& r) { r.business_no.clear(); })},
      {"too many attachments",
       In<Register>([](auto& r) { r.attachments.assign(kAttachmentsMax + 1, "document"); })},
  };
}

std::map<std::string, Change> OfDecisions() {
  return {
      {"decision known",
       [](Scene& scene) {
         if (!scene.row) scene.row = Claims{};
         scene.row->decisions.push_back({"DECISION-9", RefusalCode::kNone});
       }},
      {"decision log full",
       [](Scene& scene) {
         if (!scene.row) scene.row = Claims{};
         auto& claims = scene.row->claims;
         auto& log = claims.empty() ? scene.row->decisions : claims.back().decisions;
         log.assign(machine::kRememberedDecisionsMax, {"OTHER", RefusalCode::kNone});
       }},
      {"nobody named", WithHead([](auto& head, const auto&) { head.decided_by.clear(); })},
      {"stale", WithHead([](auto& head, const auto& scene) {
         head.based_on_revision = scene.row->claims.back().terms_revision - 1;
         // The first event of a row is its first revision; before it nothing could be seen.
         if (head.based_on_revision == 0) head.based_on_revision = -1;
       })},
      {"based on the future", WithHead([](auto& head, const auto& scene) {
         head.based_on_revision = scene.row->revision + 1;
       })},
      {"no document", [](Scene& scene) { SetDocument(scene, ""); }},
      {"demand zero", In<SetDemand>([](auto& d) { d.amount = Money{}; })},
      {"demand unchanged", In<SetDemand>([](auto& d) { d.amount = kAvailable; })},
      {"demand raised", In<SetDemand>([](auto& d) { d.amount = Money{kAvailable.fen + 1}; })},
      {"other amount", [](Scene& scene) { SetAmount(scene, Money{kAvailable.fen - 1}); }},
      {"amount named", [](Scene& scene) { SetAmount(scene, kAvailable); }},
      {"no discrepancies", In<Refuse>([](auto& r) { r.discrepancies.clear(); })},
      {"blank discrepancy", In<Refuse>([](auto& r) { r.discrepancies = {""}; })},
      {"too many discrepancies", In<Refuse>([](auto& r) {
         for (std::size_t at = 0; at < kDiscrepanciesMax; ++at) {
           r.discrepancies.push_back(std::to_string(at));
         }
       })},
      {"no reference", In<ConfirmPayment>([](auto& c) { c.reference.clear(); })},
      {"other reference", In<ConfirmPayment>([](auto& c) { c.reference = "PAY-2"; })},
      {"reference used",
       [](Scene& scene) {
         Claim old = ClaimIn(State::kPaid, "CLAIM-0")->claims.front();
         scene.row->claims.insert(scene.row->claims.begin(), old);
       }},
      {"same examiner", WithHead([](auto& head, const auto&) { head.decided_by = "examiner"; })},
  };
}

std::map<std::string, Change> OfClaims() {
  return {
      {"own", ToClaim(BeOwn)},
      {"told", ToClaim(BeTold)},
      {"platform silent", ToClaim([](Claim& c, Claims&) {
         c.platform = PlatformAnswer::kSilent;
         c.platform_answer_due.reset();
       })},
      {"platform answered", ToClaim([](Claim& c, Claims&) { c.platform = PlatformAnswer::kPaid; })},
      {"registration closed",
       ToClaim([](Claim& c, Claims&) { c.platform = PlatformAnswer::kClosed; })},
      {"asked before", ToClaim([](Claim& c, Claims&) { c.withdrawal_asked = true; })},
      {"consent on file", ToClaim([](Claim& c, Claims&) { c.consent_document = "consent"; })},
      {"hold awaited", ToClaim(AwaitHold)},
      {"held", ToClaim(HaveHold)},
      {"sealed", ToClaim([](Claim& c, Claims& row) {
         c.match = Match::kOpen;
         row.guarantee.tenderee.reset();
       })},
      {"names lost", ToClaim([](Claim&, Claims& row) { row.guarantee.tenderee.reset(); })},
      {"names known",
       [](Scene& scene) {
         if (!scene.row) scene.row = Claims{};
         scene.row->guarantee.tenderee = kTenderee;
         if (!scene.row->claims.empty()) scene.row->claims.back().match = Match::kSame;
       }},
      {"discrepant", ToClaim([](Claim& c, Claims& row) {
         c.match = Match::kDiffers;
         row.guarantee.tenderee = kTenderee;
       })},
      {"demand lower before", ToClaim([](Claim& c, Claims&) { c.demand = Money{20'000'000}; })},
      {"demand above the available",
       ToClaim([](Claim& c, Claims&) { c.demand = Money{kAvailable.fen + 1}; })},
      {"nothing available",
       ToClaim([](Claim&, Claims& row) { row.guarantee.available = Money{}; })},
      {"approved by one", ToClaim([](Claim& c, Claims&) {
         c.approvals = {{"maker", kAvailable}};
       })},
      {"approved by the same", ToClaim([](Claim& c, Claims&) {
         c.approvals = {{"manager", kAvailable}};
       })},
      {"escalated", Escalate},
  };
}

std::map<std::string, Change> OfTime() {
  return {
      {"after the examination", At(kExamineEnd)},
      {"last moment of the examination", At(kExamineEnd + -1)},
      {"80 %", Timer(TimerKind::kExaminationWarning, kWarning)},
      {"100 %", Timer(TimerKind::kExaminationEnd, kExamineEnd)},
      {"100 % of another time", Timer(TimerKind::kExaminationEnd, kExamineEnd + 1)},
      {"hold unanswered",
       [](Scene& scene) {
         const UnixMillis due = kNow + 300'000;
         Claim& claim = scene.row->claims.back();
         AwaitHold(claim, *scene.row);
         Timer(TimerKind::kHoldAnswer, due)(scene);
       }},
      {"hold timer of before", Timer(TimerKind::kHoldAnswer, kNow + 300'000)},
      {"platform's days over", Timer(TimerKind::kPlatformAnswer, kNow + 3 * kDayMs)},
      {"fired early", [](Scene& scene) { scene.now = scene.now + -1; }},
  };
}

std::map<std::string, Change> Situations() {
  auto all = OfRequests();
  all.merge(OfDecisions());
  all.merge(OfClaims());
  all.merge(OfTime());
  return all;
}

std::string Prefix(Verdict verdict, RefusalCode refusal) {
  if (verdict == Verdict::kApplied) return "ok ";
  if (verdict == Verdict::kSameAgain) return "same again ";
  return "refused " + std::string(FactsOf(refusal).word) + " ";
}

template <typename T>
std::string If(const std::vector<Effect>& effects, const char* word) {
  for (const Effect& effect : effects) {
    if (std::holds_alternative<T>(effect)) return std::string(" ") + word;
  }
  return "";
}

std::string Told(const Scene& scene, const Decision& decision) {
  const auto after = After(scene.row, decision);
  const Claim* claim =
      after ? FindClaim(*after, FocusOf(*after, BusinessNoOf(scene.command))) : nullptr;
  const auto& effects = decision.effects;
  return Prefix(decision.verdict, decision.refusal) +
         std::string(NameOf(claim != nullptr ? claim->state : State::kNone)) +
         If<NotifyPaid>(effects, "3.12(0)") + If<NotifyRefused>(effects, "3.12(1)") +
         If<NotifyRegistered>(effects, "3.11") + If<AskHold>(effects, "ask") +
         If<TellPaid>(effects, "paid") + If<CloseHold>(effects, "release") +
         If<RaiseAlarm>(effects, "alarm");
}

std::optional<Scene> SceneOf(const TableLine& line,
                             const std::map<std::string, Change>& situations) {
  const auto state = machine::Named<State>(line.state, kStateCount);
  const auto kind = machine::Named<CommandKind>(line.command, kCommandCount);
  if (!state || !kind || *kind == CommandKind::kProceed) return std::nullopt;
  Scene scene{ClaimIn(*state), GoodCommand(*kind), kNow, GoodPolicy()};
  for (const std::string& word : machine::Words(line.situation)) {
    const auto change = situations.find(word);
    if (change == situations.end()) return std::nullopt;
    change->second(scene);
  }
  return scene;
}

TEST(ClaimTable, EveryLine_IsWhatDecideSays) {
  const auto situations = Situations();
  const auto lines = Lines();
  ASSERT_GT(lines.size(), 400U);
  for (const TableLine& line : lines) {
    SCOPED_TRACE(line.Place());
    const auto scene = SceneOf(line, situations);
    ASSERT_TRUE(scene.has_value()) << "a word in this line is unknown";
    const Decision decision = Decide(scene->row, scene->command, scene->now, scene->policy);
    EXPECT_EQ(Told(*scene, decision), line.result);
  }
}

TEST(ClaimTable, EveryCell_HasALine) {
  EXPECT_THAT(machine::CellsWithoutLine<ClaimKinds>(Lines()), ::testing::IsEmpty());
}

TEST(ClaimTable, NoLine_StandsTwice) {
  EXPECT_THAT(machine::LinesTwice(Lines()), ::testing::IsEmpty());
}

TEST(ClaimTable, EveryRule_IsReachedByALine) {
  const auto situations = Situations();
  std::set<std::pair<const Rule*, State>> reached;
  for (const TableLine& line : Lines()) {
    const auto scene = SceneOf(line, situations);
    ASSERT_TRUE(scene.has_value());
    const Claims row = scene->row.value_or(Claims{});
    const View view = ViewOf(row, std::holds_alternative<Register>(scene->command)
                                      ? BusinessNoOf(scene->command)
                                      : FocusOf(row, BusinessNoOf(scene->command)));
    const Situation situation{view, scene->command, scene->now, scene->policy};
    const Rule& rule =
        machine::FirstRule<ClaimKinds>(Rules(), view.state, KindOf(scene->command),
                                       [&](Guard guard) { return Holds(guard, situation); });
    reached.emplace(&rule, view.state);
  }
  EXPECT_THAT(machine::RulesNotReached<ClaimKinds>(Rules(), reached), ::testing::IsEmpty());
}

}  // namespace
}  // namespace guarantee::claim::testing
