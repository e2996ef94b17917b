// Orders in every state, made by the commands that lead there, and one good command of each kind.
#pragma once

#include <optional>
#include <string>

#include "order/domain/decide.h"
#include "order/domain/transitions.h"

namespace guarantee::order::testing {

inline constexpr UnixMillis kReceived{1'000'000};
inline constexpr UnixMillis kNow{1'500'000};
inline constexpr UnixMillis kDeadline{2'000'000};
inline constexpr UnixMillis kOpening{3'000'000};
inline constexpr UnixMillis kValidEnd{20'000'000'000};

struct Scene {
  std::optional<Order> order;
  Command command;
  UnixMillis now = kNow;
  Policy policy;
};

// The order after the decision's events.
inline std::optional<Order> After(std::optional<Order> order, const Decision& decision) {
  for (const Event& event : decision.events) order = Apply(order.value_or(Order{}), event);
  if (order && order->state == State::kNone) return std::nullopt;
  return order;
}

inline std::optional<Order> Taken(std::optional<Order> order, const Command& command,
                                  UnixMillis now, const Policy& policy) {
  return After(order, Decide(order, command, now, policy));
}

inline Policy CreditBacked() {
  Policy policy;
  policy.institution_name = "示例银行";
  policy.credit_backed = true;
  policy.amount_max = Money{1'000'000'000};
  return policy;
}

inline Letter GoodLetter() {
  return {.guarantee_no = {},
          .sha256 = std::string(64, 'a'),
          .size_bytes = 1'000,
          .media_type = "application/pdf",
          .generated_at = kNow,
          .valid_begin = kNow,
          .valid_end = kValidEnd};
}

inline Payment GoodPayment() {
  return {.payer_name = "甲公司",
          .payer_account = "4200-1",
          .amount = Money{125'000},
          .arrived_at = kNow,
          .reference = "PAY-1",
          .waived = false};
}

inline Apply31 GoodApply() {
  return {.partner = "demo",
          .order_no = "ORDER-1",
          .business_no = "BUSINESS-1",
          .amount = Money{50'000'000},
          .applied_at = kReceived,
          .received_at = kReceived,
          .purchase_deadline = kDeadline,
          .open_time = kOpening,
          .sealed = {"sealed-name", "sealed-code", "", "", "", "", "", ""},
          .basic_account = {true, "某银行", "4200 1"}};
}

inline Approve GoodApprove() {
  return {.decision = {"DECISION-1", "underwriter", "fine", 0},
          .quote = {Money{125'000}, 2'500},
          .guarantee_no = "G-1",
          .materials_complete = false,
          .payer = std::nullopt,
          .letter = std::nullopt};
}

inline Cancel GoodCancel() { return {"order-1 as written", "no bid", kNow}; }

// A command that is fine wherever its kind is.
inline Command GoodCommand(CommandKind kind) {
  const DecisionHead other{"DECISION-2", "manager", "because", 0};
  switch (kind) {
    case CommandKind::kApply:
      return GoodApply();
    case CommandKind::kSpendRedirect:
      return SpendRedirect{{}};
    case CommandKind::kCompleteMaterials:
      return CompleteMaterials{{"甲公司", "CODE"}, other};
    case CommandKind::kApprove: {
      Approve approve = GoodApprove();
      approve.decision.decision_id = "DECISION-2";
      return approve;
    }
    case CommandKind::kReject:
      return Reject{other};
    case CommandKind::kPremiumReceived:
      return PremiumReceived{GoodPayment(), other};
    case CommandKind::kCreditReserved:
      return CreditReserved{};
    case CommandKind::kCreditRefused:
      return CreditRefused{"no headroom"};
    case CommandKind::kLetterReady:
      return LetterReady{GoodLetter(), false, other};
    case CommandKind::kLetterFailed:
      return LetterFailed{1, "token away"};
    case CommandKind::kCancel:
      return GoodCancel();
    case CommandKind::kAcceptCancel:
      return AcceptCancel{other};
    case CommandKind::kDeclineCancel:
      return DeclineCancel{other};
    case CommandKind::kOpenTimeChanged:
      return OpenTimeChanged{kOpening + 1'000, kNow, false};
    case CommandKind::kDeadlineChanged:
      return DeadlineChanged{kDeadline + 1'000, kNow, false};
    case CommandKind::kTimePassed:
      return TimePassed{TimerKind::kPurchaseDeadline, kDeadline + 1};
    case CommandKind::kIssueNoticeAccepted:
      return IssueNoticeAccepted{kNow};
    case CommandKind::kIssueNoticeExpired:
      return IssueNoticeExpired{kNow};
    case CommandKind::kProceed:
      break;
  }
  return SpendRedirect{{}};
}

// An order in `state`, reached by commands; the product is credit-backed, so PREMIUM_OK rests.
inline std::optional<Order> OrderIn(State state) {
  const Policy policy = CreditBacked();
  std::optional<Order> order;
  const auto run = [&](const Command& command, UnixMillis now = kNow) {
    order = Taken(std::move(order), command, now, policy);
  };
  if (state == State::kNone) return order;
  run(GoodApply());
  if (state == State::kAccepted) return order;
  if (state == State::kCancelled) run(GoodCancel());
  if (state == State::kRejected) run(Reject{{"DECISION-1", "underwriter", "no", 0}});
  if (state == State::kLapsed) {
    run(TimePassed{TimerKind::kPurchaseDeadline, kDeadline + 1}, kDeadline + 1);
  }
  if (IsEnded(state)) return order;
  run(CompleteMaterials{{"甲公司", "CODE"}});
  if (state == State::kUnderwriting) return order;
  run(GoodApprove());
  if (state == State::kAwaitPremium) return order;
  run(PremiumReceived{GoodPayment()});
  if (state == State::kPremiumReceived) return order;
  run(CreditReserved{});
  if (state == State::kIssuing) return order;
  run(LetterReady{GoodLetter()});
  return order;
}

}  // namespace guarantee::order::testing
