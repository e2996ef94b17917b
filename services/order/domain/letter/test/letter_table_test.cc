// The text table, written from the rulings, against Decide.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <functional>
#include <map>
#include <set>
#include <vector>

#include "machine/table_text.h"
#include "order/domain/letter/guards.h"
#include "scene.h"

namespace guarantee::order::letter::testing {
namespace {

using machine::TableLine;

std::vector<TableLine> Lines() {
  std::ifstream file(GUARANTEE_SOURCE_DIR "/services/order/domain/letter/test/letter_table.txt");
  return machine::ReadTable(file);
}

using Change = std::function<void(Scene&)>;

template <typename T>
Change In(std::function<void(T&)> change) {
  return [change](Scene& scene) { change(std::get<T>(scene.command)); };
}
Change ToLetter(std::function<void(Guarantee&)> change) {
  return [change](Scene& scene) { change(*scene.guarantee); };
}
Change Received(UnixMillis at) {
  return [at](Scene& scene) {
    std::visit(
        [at](auto& command) {
          if constexpr (requires { command.received_at; }) command.received_at = at;
        },
        scene.command);
  };
}
Change Processed(UnixMillis at) {
  return [at](Scene& scene) { scene.now = at; };
}
Change At(UnixMillis at) {
  return [at](Scene& scene) {
    Received(at)(scene);
    Processed(at)(scene);
  };
}
Change Numbered(std::string number) {
  return [number](Scene& scene) {
    std::visit(
        [&number](auto& command) {
          if constexpr (requires { command.business_no; }) command.business_no = number;
        },
        scene.command);
  };
}
// The number of the operation that the state or the situation already has.
Change SameNumber() {
  return [](Scene& scene) {
    switch (KindOf(scene.command)) {
      case CommandKind::kRequestRefund:
      case CommandKind::kApproveRefund:
      case CommandKind::kRejectRefund:
        return Numbered("REFUND-1")(scene);
      default:
        return Numbered("CANCEL-1")(scene);
    }
  };
}
Change WithHead(std::function<void(DecisionHead&, const Guarantee&)> change) {
  return [change](Scene& scene) {
    std::visit(
        [&](auto& command) {
          if constexpr (requires { command.decision; }) change(command.decision, *scene.guarantee);
        },
        scene.command);
  };
}
Change Answered(OperationKind kind, const char* number, OperationOutcome outcome) {
  return ToLetter([=](Guarantee& g) { g.operations.push_back({kind, number, outcome, {}}); });
}
Change Cancelling(const char* number, bool own, CancellationStatus status, bool sent,
                  bool overdue) {
  return ToLetter([=](Guarantee& g) {
    g.cancellation = Cancellation{number, "why", own, status, kNow, {}, {}, overdue};
    if (sent) g.cancellation->sent_at = kNow;
    if (sent && !overdue) g.cancellation->answer_due = kNow + 259'200'000;
  });
}
Change Both(Change first, Change second) {
  return [=](Scene& scene) {
    first(scene);
    second(scene);
  };
}
Change Timer(TimerKind kind, UnixMillis due) {
  return [=](Scene& scene) {
    scene.command = TimePassed{kind, due};
    scene.now = due;
  };
}

std::map<std::string, Change> OfTimes() {
  return {
      {"plain", [](Scene&) {}},
      {"before the opening", At(kBefore)},
      {"received before the opening", Received(kOpening + -1)},
      {"just before the opening", At(kOpening + -1)},
      {"at the opening", At(kOpening)},
      {"after the opening", At(kNow)},
      {"processed after the opening", Processed(kNow)},
      {"clocks differ", Both(Received(kOpening), Processed(kOpening + -1))},
      {"at the gate", At(kOpening + -300'000)},
      {"before the gate", At(kOpening + -300'001)},
      {"at the end of validity", At(kValidEnd)},
      {"past validity", At(kValidEnd + 1)},
      {"processed past validity", Both(Received(kValidEnd), Processed(kValidEnd + 1))},
      {"same value",
       [](Scene& scene) {
         if (auto* open = std::get_if<OpenTimeChanged>(&scene.command)) {
           open->open_time = scene.guarantee->open_time;
         } else {
           std::get<DeadlineChanged>(scene.command).purchase_deadline =
               scene.guarantee->purchase_deadline;
         }
       }},
      {"to the past",
       [](Scene& scene) { std::get<OpenTimeChanged>(scene.command).open_time = kIssuedAt; }},
      {"too early", Processed(kValidEnd)},
      {"opening timer", Timer(TimerKind::kOpening, kOpening)},
      {"opening beyond validity", ToLetter([](auto& g) { g.open_time = kValidEnd + 100; })},
      {"opening moved", ToLetter([](auto& g) { g.open_time = kOpening + 1; })},
      {"answer timer", Timer(TimerKind::kProposalAnswer, kNow + 259'200'000)},
  };
}

std::map<std::string, Change> OfCommands() {
  return {
      {"other order", In<Issue>([](auto& i) { i.order_flow = "demo/order/ORDER-2"; })},
      {"other number", Numbered("OTHER")},
      {"no number", Numbered("")},
      {"same number", SameNumber()},
      {"the proposal's number", Numbered("PROPOSAL-1")},
      {"other key", In<RequestRestore>([](auto& r) { r.key_fingerprint = "key-2"; })},
      {"the same try", In<RequestRestore>([](auto& r) { r.received_at = kNow + -1; })},
      {"no fingerprint", In<RequestRestore>([](auto& r) { r.key_fingerprint.clear(); })},
      {"key opens nothing", In<RequestRestore>([](auto& r) { r.names.reset(); })},
      {"names differ", In<RequestRestore>([](auto& r) { r.names->tenderee_name = "other"; })},
      {"bidder differs", In<RequestRestore>([](auto& r) { r.bidder_differs = true; })},
      {"no digest", In<PlainLetterReady>([](auto& r) { r.letter.sha256.clear(); })},
      {"no bytes", In<PlainLetterReady>([](auto& r) { r.letter.size_bytes = 0; })},
      {"the sealed letter", In<PlainLetterReady>([](auto& r) { r.letter = File('a'); })},
      {"declined", In<CancelNoticeReceived>([](auto& n) { n.cancelled = false; })},
      {"the whole amount", In<ClaimPaid>([](auto& p) { p.amount = kAmount; })},
      {"too much", In<ClaimPaid>([](auto& p) { p.amount = Money{kAmount.fen + 1}; })},
      {"no amount", In<ClaimPaid>([](auto& p) { p.amount = Money{0}; })},
      {"no reference", In<ClaimPaid>([](auto& p) { p.reference.clear(); })},
      {"stale",
       [](Scene& scene) {
         WithHead([](auto& head, const auto& g) { head.based_on_revision = g.revision; })(scene);
         scene.guarantee->terms_revision = ++scene.guarantee->revision;
       }},
      {"based on the future",
       WithHead([](auto& head, const auto& g) { head.based_on_revision = g.revision + 1; })},
      {"told", [](Scene& scene) { scene.policy.notify_expiry = true; }},
  };
}

std::map<std::string, Change> OfLetters() {
  using Status = CancellationStatus;
  return {
      {"not acknowledged", ToLetter([](auto& g) { g.issue_acknowledged_at.reset(); })},
      {"opened", ToLetter([](auto& g) {
         g.restore = Restore{GoodNames(), "key-1", kNow};
         g.restore_requests = {{"RESTORE-1", kNow + -1}};
       })},
      {"unopened", ToLetter([](auto& g) {
         g.restore.reset();
         g.restore_requests.clear();
       })},
      {"plain letter there", ToLetter([](auto& g) { g.plain_letter = File('c'); })},
      {"two restores", ToLetter([](auto& g) {
         g.restore_requests = {{"RESTORE-1", {}}, {"RESTORE-2", {}}};
       })},
      {"restores full", ToLetter([](auto& g) {
         g.restore_requests.assign(kRememberedRestoresMax, {"RESTORE-1", {}});
       })},
      {"3.8 accepted", ToLetter([](auto& g) { g.plain_acknowledged_at = kNow; })},
      {"no premium", ToLetter([](auto& g) { g.premium.reset(); })},
      {"premium waived", ToLetter([](auto& g) { g.premium->waived = true; })},
      {"unbacked", ToLetter([](auto& g) { g.credit = {}; })},
      {"refund pending", ToLetter([](auto& g) {
         g.refund = Refund{"REFUND-1", "no bid", RefundStatus::kRequested, kBefore, {}, {}};
       })},
      {"refund answered",
       Both(ToLetter([](auto& g) {
              g.refund = Refund{"REFUND-1", "no bid", RefundStatus::kRefused, kBefore, {}, {}};
            }),
            Answered(OperationKind::kRefund, "REFUND-1", OperationOutcome::kRefused))},
      {"earlier refund withdrawn",
       Both(Answered(OperationKind::kRefund, "REFUND-0", OperationOutcome::kWithdrawn),
            Numbered("REFUND-0"))},
      {"3.16 accepted", ToLetter([](auto& g) { g.refund->notice_accepted_at = kNow; })},
      {"3.16 expired", ToLetter([](auto& g) { g.refund->notice_expired_at = kNow; })},
      {"cancellation pending", Cancelling("CANCEL-1", false, Status::kRequested, false, false)},
      {"cancellation answered",
       Both(Cancelling("CANCEL-1", false, Status::kRefused, false, false),
            Answered(OperationKind::kCancellation, "CANCEL-1", OperationOutcome::kRefused))},
      {"earlier cancellation withdrawn",
       Both(Answered(OperationKind::kCancellation, "CANCEL-0", OperationOutcome::kWithdrawn),
            Numbered("CANCEL-0"))},
      {"proposal unsent", Cancelling("PROPOSAL-1", true, Status::kProposed, false, false)},
      {"proposal open", Cancelling("PROPOSAL-1", true, Status::kProposed, true, false)},
      {"proposal consented", Cancelling("PROPOSAL-1", true, Status::kConsented, true, false)},
      {"proposal overdue", Cancelling("PROPOSAL-1", true, Status::kProposed, true, true)},
      {"proposal consented and overdue",
       Cancelling("PROPOSAL-1", true, Status::kConsented, true, true)},
      {"number used", Answered(OperationKind::kProposal, "PROPOSAL-2", OperationOutcome::kRefused)},
      {"claim held", ToLetter([](auto& g) {
         g.hold = ClaimHold{"CLAIM-1", kNow};
       })},
      {"other claim held", ToLetter([](auto& g) {
         g.hold = ClaimHold{"CLAIM-9", kNow};
       })},
      {"claim answered", Answered(OperationKind::kClaim, "CLAIM-1", OperationOutcome::kDone)},
      {"nothing left", ToLetter([](auto& g) { g.available = Money{0}; })},
      {"payment known", ToLetter([](auto& g) { g.payment_references = {"PAYMENT-1"}; })},
      {"decision known", ToLetter([](auto& g) {
         g.decisions.push_back({"DECISION-2", RefusalCode::kNone});
       })},
      {"decision log full", ToLetter([](auto& g) {
         g.decisions.assign(kRememberedDecisionsMax, {"OTHER", RefusalCode::kNone});
       })},
  };
}

std::map<std::string, Change> Situations() {
  auto all = OfTimes();
  all.merge(OfCommands());
  all.merge(OfLetters());
  return all;
}

std::string Prefix(Verdict verdict, RefusalCode refusal) {
  if (verdict == Verdict::kApplied) return "ok ";
  if (verdict == Verdict::kSameAgain) return "same again ";
  return "refused " + std::string(FactsOf(refusal).word) + " ";
}

struct Spoken {
  std::string operator()(const NotifyPlainLetter&) const { return " 3.8"; }
  std::string operator()(const ResendPlainLetter&) const { return " 3.8-again"; }
  std::string operator()(const NotifyRefund& n) const {
    return n.refunded ? " 3.16(0)" : " 3.16(1)";
  }
  std::string operator()(const RenewRefundNotice&) const { return " renew"; }
  std::string operator()(const NotifyCancel& n) const {
    return n.cancelled ? " 3.10(0)" : " 3.10(1)";
  }
  std::string operator()(const SendProposal&) const { return " 3.9"; }
  std::string operator()(const RequestPlainLetter&) const { return " letter"; }
  std::string operator()(const RefundPremium&) const { return " premium"; }
  std::string operator()(const ReleaseCredit&) const { return " release"; }
  std::string operator()(const TellHeld&) const { return " held"; }
  std::string operator()(const TellHoldRefused&) const { return " not-held"; }
  std::string operator()(const TellRestored&) const { return " names"; }
  std::string operator()(const TellPremiumReturned&) const { return " returned"; }
  std::string operator()(const SetTimer&) const { return ""; }
  std::string operator()(const ClearTimer&) const { return ""; }
  std::string operator()(const RaiseAlarm&) const { return " alarm"; }
};

std::string Told(const Scene& scene, const Decision& decision) {
  const auto after = After(scene.guarantee, decision);
  std::string text = Prefix(decision.verdict, decision.refusal) +
                     std::string(NameOf(after ? after->state : State::kNone));
  for (const Effect& effect : decision.effects) text += std::visit(Spoken{}, effect);
  return text;
}

std::optional<Scene> SceneOf(const TableLine& line,
                             const std::map<std::string, Change>& situations) {
  const auto state = machine::Named<State>(line.state, kStateCount);
  const auto kind = machine::Named<CommandKind>(line.command, kCommandCount);
  if (!state || !kind || *kind == CommandKind::kProceed) return std::nullopt;
  Scene scene{GuaranteeIn(*state), GoodCommand(*kind), GoodTime(*kind), Policy{}};
  for (const std::string& word : machine::Words(line.situation)) {
    const auto change = situations.find(word);
    if (change == situations.end()) return std::nullopt;
    change->second(scene);
  }
  return scene;
}

TEST(LetterTable, EveryLine_IsWhatDecideSays) {
  const auto situations = Situations();
  const auto lines = Lines();
  ASSERT_GT(lines.size(), 450U);
  for (const TableLine& line : lines) {
    SCOPED_TRACE(line.Place());
    const auto scene = SceneOf(line, situations);
    ASSERT_TRUE(scene.has_value()) << "a word in this line is unknown";
    const Decision decision = Decide(scene->guarantee, scene->command, scene->now, scene->policy);
    EXPECT_EQ(Told(*scene, decision), line.result);
  }
}

TEST(LetterTable, EveryCell_HasALine) {
  EXPECT_THAT(machine::CellsWithoutLine<LetterKinds>(Lines()), ::testing::IsEmpty());
}

TEST(LetterTable, NoLine_StandsTwice) {
  EXPECT_THAT(machine::LinesTwice(Lines()), ::testing::IsEmpty());
}

TEST(LetterTable, EveryRule_IsReachedByALine) {
  const auto situations = Situations();
  std::set<std::pair<const Rule*, State>> reached;
  for (const TableLine& line : Lines()) {
    const auto scene = SceneOf(line, situations);
    ASSERT_TRUE(scene.has_value());
    const Guarantee value = scene->guarantee.value_or(Guarantee{});
    const Situation situation{value, scene->command, scene->now, scene->policy};
    const Rule& rule =
        machine::FirstRule<LetterKinds>(Rules(), value.state, KindOf(scene->command),
                                        [&](Guard guard) { return Holds(guard, situation); });
    reached.emplace(&rule, value.state);
  }
  EXPECT_THAT(machine::RulesNotReached<LetterKinds>(Rules(), reached), ::testing::IsEmpty());
}

}  // namespace
}  // namespace guarantee::order::letter::testing
