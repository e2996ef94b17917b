// The text table, written from the rulings, against Decide.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <functional>
#include <map>
#include <set>
#include <vector>

#include "machine/table_text.h"
#include "order/domain/guards.h"
#include "scene.h"

namespace guarantee::order::testing {
namespace {

using machine::TableLine;

std::vector<TableLine> Lines() {
  std::ifstream file(GUARANTEE_SOURCE_DIR "/services/order/domain/test/order_table.txt");
  return machine::ReadTable(file);
}

using Change = std::function<void(Scene&)>;

template <typename T>
Change In(std::function<void(T&)> change) {
  return [change](Scene& scene) { change(std::get<T>(scene.command)); };
}
Change ToOrder(std::function<void(Order&)> change) {
  return [change](Scene& scene) { change(*scene.order); };
}
Change At(UnixMillis now) {
  return [now](Scene& scene) { scene.now = now; };
}
Change SpentBy(const char* visit_id) {
  return [visit_id](Scene& scene) {
    scene.order->redirect_spent_at = kNow;
    scene.order->redirect_visit_id = visit_id;
    std::get<SpendRedirect>(scene.command).visit_id = "VISIT-1";
  };
}
Change WithPayment(std::function<void(Payment&)> change) {
  return [change](Scene& scene) {
    if (auto* premium = std::get_if<PremiumReceived>(&scene.command)) {
      change(premium->payment);
    } else {
      change(*std::get<Approve>(scene.command).payer);
    }
  };
}
Change WithLetter(std::function<void(Letter&)> change) {
  return [change](Scene& scene) {
    if (auto* ready = std::get_if<LetterReady>(&scene.command)) {
      change(ready->letter);
    } else {
      change(*std::get<Approve>(scene.command).letter);
    }
  };
}
Change WithHead(std::function<void(DecisionHead&, const Order&)> change) {
  return [change](Scene& scene) {
    std::visit(
        [&](auto& command) {
          if constexpr (requires { command.decision; }) change(command.decision, *scene.order);
        },
        scene.command);
  };
}
Change Credit(CreditState credit) {
  return ToOrder([credit](Order& order) {
    order.credit = credit;
    order.credit_answer_due.reset();
  });
}
Change CancelAsked(bool declined) {
  return ToOrder([declined](Order& order) {
    order.cancel_request = CancelRequest{"order-1 as written", "", kNow, declined};
  });
}
void SetNewTime(Scene& scene, UnixMillis value) {
  if (auto* open = std::get_if<OpenTimeChanged>(&scene.command)) open->open_time = value;
  if (auto* end = std::get_if<DeadlineChanged>(&scene.command)) end->purchase_deadline = value;
}
Change NewTime(UnixMillis value) {
  return [value](Scene& scene) { SetNewTime(scene, value); };
}

std::map<std::string, Change> OfRequests() {
  return {
      {"plain", [](Scene&) {}},
      {"received at the deadline", In<Apply31>([](auto& a) { a.received_at = kDeadline; })},
      {"received after the deadline", In<Apply31>([](auto& a) { a.received_at = kDeadline + 1; })},
      {"processed after the deadline", At(kDeadline + 1)},
      {"after the deadline", At(kDeadline + 1)},
      {"at the deadline", At(kDeadline)},
      {"after the opening", At(kOpening + 1)},
      {"amount zero", In<Apply31>([](auto& a) { a.amount = Money{0}; })},
      {"amount above the limit", In<Apply31>([](auto& a) { a.amount = Money{1'000'000'001}; })},
      {"no basic account", In<Apply31>([](auto& a) { a.basic_account.account.clear(); })},
      {"opening past", In<Apply31>([](auto& a) {
         a.open_time = kReceived + -1;
         a.purchase_deadline = kReceived;
       })},
      {"other business number", In<Apply31>([](auto& a) { a.business_no = "BUSINESS-2"; })},
      {"no page", [](Scene& scene) { scene.policy.needs_page = false; }},
      {"unbacked", [](Scene& scene) { scene.policy.credit_backed = false; }},
      {"no premium step", [](Scene& scene) { scene.policy.premium_step = false; }},
      {"by decision", [](Scene& scene) { scene.policy.cancel_by_decision = true; }},
      {"same value",
       [](Scene& scene) {
         SetNewTime(scene, std::holds_alternative<OpenTimeChanged>(scene.command)
                               ? scene.order->open_time
                               : scene.order->purchase_deadline);
       }},
      {"to the past", NewTime(kNow + -1)},
      {"to the moment of receipt", NewTime(kNow)},
      {"beyond the opening", NewTime(kOpening + 1)},
      {"beyond the letter", NewTime({10'000'000'000})},
      {"letter restored",
       [](Scene& scene) {
         if (auto* open = std::get_if<OpenTimeChanged>(&scene.command))
           open->letter_restored = true;
         if (auto* end = std::get_if<DeadlineChanged>(&scene.command)) end->letter_restored = true;
       }},
  };
}

std::map<std::string, Change> OfDecisions() {
  return {
      {"no identity", In<CompleteMaterials>([](auto& c) { c.bidder = {}; })},
      {"other identity", In<CompleteMaterials>([](auto& c) { c.bidder.name = "乙公司"; })},
      {"decider vouches", In<Approve>([](auto& a) { a.materials_complete = true; })},
      {"no premium", In<Approve>([](auto& a) { a.quote.premium = Money{0}; })},
      {"no number", In<Approve>([](auto& a) { a.guarantee_no.clear(); })},
      {"number taken",
       [](Scene& scene) {
         if (auto* a = std::get_if<Approve>(&scene.command)) a->guarantee_no_taken = true;
         if (auto* l = std::get_if<LetterReady>(&scene.command)) l->guarantee_no_taken = true;
       }},
      {"payer named", In<Approve>([](auto& a) { a.payer = GoodPayment(); })},
      {"letter enclosed", In<Approve>([](auto& a) { a.letter = GoodLetter(); })},
      {"letter enclosed with the bank's number", In<Approve>([](auto& a) {
         a.letter = GoodLetter();
         a.letter->guarantee_no = "BANK-7";
       })},
      {"stale",
       [](Scene& scene) {
         WithHead([](auto& head, const auto& order) { head.based_on_revision = order.revision; })(
             scene);
         scene.order = Taken(scene.order, OpenTimeChanged{kOpening + 5, kNow, false}, kNow, {});
       }},
      {"based on the future", WithHead([](auto& head, const auto& order) {
         head.based_on_revision = order.revision + 1;
       })},
      {"no payer account", WithPayment([](auto& p) { p.payer_account.clear(); })},
      {"other account", WithPayment([](auto& p) { p.payer_account = "4200-2"; })},
      {"other name", WithPayment([](auto& p) { p.payer_name = "乙公司"; })},
      {"amount differs", WithPayment([](auto& p) { p.amount = Money{125'001}; })},
      {"arrived at the deadline", WithPayment([](auto& p) { p.arrived_at = kDeadline; })},
      {"arrived after the deadline", WithPayment([](auto& p) { p.arrived_at = kDeadline + 1; })},
      {"second payment", WithPayment([](auto& p) { p.reference = "PAY-2"; })},
      {"no money moved", WithPayment([](auto& p) { p.waived = true; })},
      {"no reference", WithPayment([](auto& p) { p.reference.clear(); })},
      {"with the bank's number", WithLetter([](auto& l) { l.guarantee_no = "BANK-7"; })},
      {"other letter", WithLetter([](auto& l) { l.sha256 = std::string(64, 'b'); })},
      {"no digest", WithLetter([](auto& l) { l.sha256.clear(); })},
      {"generated after the deadline", WithLetter([](auto& l) { l.generated_at = kDeadline + 1; })},
      {"generated before its validity", WithLetter([](auto& l) { l.valid_begin = kNow + 1; })},
      {"letter ends before the opening", WithLetter([](auto& l) { l.valid_end = kOpening; })},
      {"earlier attempt", In<LetterFailed>([](auto& f) { f.attempt = 0; })},
  };
}

std::map<std::string, Change> OfOrders() {
  return {
      {"account unchecked",
       [](Scene& scene) {
         if (scene.order) scene.order->basic_account.checked = false;
         if (auto* apply = std::get_if<Apply31>(&scene.command)) {
           apply->basic_account.checked = false;
         }
       }},
      {"link spent", ToOrder([](auto& o) { o.redirect_spent_at = kNow; })},
      {"link spent by this visit", SpentBy("VISIT-1")},
      {"link spent by another visit", SpentBy("VISIT-2")},
      {"bidder unknown", ToOrder([](auto& o) { o.bidder.reset(); })},
      {"decision known",
       [](Scene& scene) {
         scene.order->decisions.push_back({"DECISION-2", RefusalCode::kNone});
       }},
      {"decision log full", ToOrder([](auto& o) {
         o.decisions.assign(kRememberedDecisionsMax, {"OTHER", RefusalCode::kNone});
       })},
      {"64 refused before", ToOrder([](auto& o) {
         o.decisions.assign(kRememberedDecisionsMax, {"OTHER", RefusalCode::kQuoteUnfit});
       })},
      {"payment known", ToOrder([](auto& o) { o.payment_references = {"PAY-1"}; })},
      {"letter offered", ToOrder([](auto& o) { o.offered_letter = GoodLetter(); })},
      {"letter overtaken by the opening", ToOrder([](auto& o) { o.open_time = kValidEnd; })},
      {"credit held", Credit(CreditState::kReserved)},
      {"no credit", Credit(CreditState::kNone)},
      {"credit asked", Credit(CreditState::kAsked)},
      {"credit denied", Credit(CreditState::kDenied)},
      {"credit released", Credit(CreditState::kReleased)},
      {"cancel pending", CancelAsked(false)},
      {"cancel declined", CancelAsked(true)},
      {"premium waived", ToOrder([](auto& o) { o.premium->waived = true; })},
      {"acknowledged", ToOrder([](auto& o) { o.issue_acknowledged_at = kNow; })},
      {"notice expired", ToOrder([](auto& o) { o.issue_notice_expired_at = kNow; })},
      {"retry set", ToOrder([](auto& o) { o.letter_retry_due = kNow + 1; })},
      {"value had before",
       [](Scene& scene) {
         SetNewTime(scene, kNow + 7);
         scene.order->earlier_open_times = {kNow + 7};
         scene.order->earlier_deadlines = {kNow + 7};
       }},
      {"deadline moved", ToOrder([](auto& o) { o.purchase_deadline = kDeadline + 60'000; })},
      {"credit unanswered",
       [](Scene& scene) {
         scene.command = TimePassed{TimerKind::kCreditAnswer, *scene.order->credit_answer_due};
         scene.now = *scene.order->credit_answer_due;
       }},
      {"letter retry",
       [](Scene& scene) {
         scene.command = TimePassed{TimerKind::kLetterRetry, kNow};
       }},
      {"letter retry due",
       [](Scene& scene) {
         scene.order->letter_retry_due = kNow;
         scene.command = TimePassed{TimerKind::kLetterRetry, kNow};
       }},
  };
}

std::map<std::string, Change> Situations() {
  auto all = OfRequests();
  all.merge(OfOrders());
  all.merge(OfDecisions());
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
  const auto after = After(scene.order, decision);
  std::string text = Prefix(decision.verdict, decision.refusal) +
                     std::string(NameOf(after ? after->state : State::kNone));
  for (const Effect& effect : decision.effects) {
    if (std::holds_alternative<NotifyIssued>(effect)) text += " 3.2(0)";
    if (std::holds_alternative<NotifyFailed>(effect)) text += " 3.2(1)";
    if (const auto* cancel = std::get_if<NotifyCancel>(&effect)) {
      text += cancel->cancelled ? " 3.4(0)" : " 3.4(1)";
    }
  }
  return text + If<RefundPremium>(decision.effects, "refund") +
         If<ReleaseCredit>(decision.effects, "release") +
         If<ReserveCredit>(decision.effects, "reserve") +
         If<RequestLetter>(decision.effects, "letter") + If<RaiseAlarm>(decision.effects, "alarm") +
         If<RenewIssueNotice>(decision.effects, "renew");
}

std::optional<Scene> SceneOf(const TableLine& line,
                             const std::map<std::string, Change>& situations) {
  const auto state = machine::Named<State>(line.state, kStateCount);
  const auto kind = machine::Named<CommandKind>(line.command, kCommandCount);
  if (!state || !kind || *kind == CommandKind::kProceed) return std::nullopt;
  Scene scene{OrderIn(*state), GoodCommand(*kind), kNow, CreditBacked()};
  for (const std::string& word : machine::Words(line.situation)) {
    const auto change = situations.find(word);
    if (change == situations.end()) return std::nullopt;
    change->second(scene);
  }
  return scene;
}

TEST(OrderTable, EveryLine_IsWhatDecideSays) {
  const auto situations = Situations();
  const auto lines = Lines();
  ASSERT_GT(lines.size(), 500U);
  for (const TableLine& line : lines) {
    SCOPED_TRACE(line.Place());
    const auto scene = SceneOf(line, situations);
    ASSERT_TRUE(scene.has_value()) << "a word in this line is unknown";
    const Decision decision = Decide(scene->order, scene->command, scene->now, scene->policy);
    EXPECT_EQ(Told(*scene, decision), line.result);
  }
}

TEST(OrderTable, EveryCell_HasALine) {
  EXPECT_THAT(machine::CellsWithoutLine<OrderKinds>(Lines()), ::testing::IsEmpty());
}

TEST(OrderTable, NoLine_StandsTwice) {
  EXPECT_THAT(machine::LinesTwice(Lines()), ::testing::IsEmpty());
}

TEST(OrderTable, EveryRule_IsReachedByALine) {
  const auto situations = Situations();
  std::set<std::pair<const Rule*, State>> reached;
  for (const TableLine& line : Lines()) {
    const auto scene = SceneOf(line, situations);
    ASSERT_TRUE(scene.has_value());
    const Order order = scene->order.value_or(Order{});
    const Situation situation{order, scene->command, scene->now, scene->policy};
    const Rule& rule =
        machine::FirstRule<OrderKinds>(Rules(), order.state, KindOf(scene->command),
                                       [&](Guard guard) { return Holds(guard, situation); });
    reached.emplace(&rule, order.state);
  }
  EXPECT_THAT(machine::RulesNotReached<OrderKinds>(Rules(), reached), ::testing::IsEmpty());
}

}  // namespace
}  // namespace guarantee::order::testing
