// Claims in every state, made by the commands that lead there, and one good command of each kind.
#pragma once

#include <optional>
#include <string>
#include <utility>

#include "claim/domain/decide.h"
#include "claim/domain/guards.h"
#include "claim/domain/transitions.h"

namespace guarantee::claim::testing {

inline constexpr std::int64_t kHourMs = 3'600'000;
inline constexpr std::int64_t kDayMs = 24 * kHourMs;
inline constexpr std::int32_t kPresentationDay = 20'000;  // a Friday
// Local midnight of a day.
[[nodiscard]] constexpr UnixMillis Midnight(std::int32_t day) {
  return {day * kDayMs - 8 * kHourMs};
}

inline constexpr UnixMillis kReceived = Midnight(kPresentationDay) + 10 * kHourMs;
inline constexpr UnixMillis kNow = kReceived + kHourMs;
// Monday to Friday of the week after.
inline constexpr UnixMillis kWarning = Midnight(kPresentationDay + 7);
inline constexpr UnixMillis kExamineEnd = Midnight(kPresentationDay + 8);
inline constexpr UnixMillis kValidEnd = Midnight(kPresentationDay + 100);
inline constexpr Money kAvailable{50'000'000};
inline const std::string kNumber = "CLAIM-1";
inline const Party kTenderee{"某招标人", "91430602MA4L5GJ80Y"};

struct Scene {
  std::optional<Claims> row;
  Command command;
  UnixMillis now = kNow;
  Policy policy;
};

// The row after the decision's events.
inline std::optional<Claims> After(std::optional<Claims> row, const Decision& decision) {
  for (const Event& event : decision.events) row = Apply(row.value_or(Claims{}), event);
  return row;
}

inline Policy GoodPolicy() {
  Policy policy;
  policy.contact_name = "张三";
  policy.contact_phone = "0730-8888888";
  policy.non_working_days = {kPresentationDay + 1, kPresentationDay + 2, kPresentationDay + 8,
                             kPresentationDay + 9};
  return policy;
}

inline std::optional<Claims> Taken(std::optional<Claims> row, const Command& command,
                                   UnixMillis now = kNow) {
  return After(row, Decide(row, command, now, GoodPolicy()));
}

inline Present GoodPresent(const std::string& number = kNumber) {
  return {"demo", "G-1", number, kReceived, kTenderee, {"https://files.example.com/a/1.zip"}};
}
inline Register GoodRegister(const std::string& number = kNumber) {
  return {{"DECISION-9", "registrar", "paper", 0},
          "demo",
          "G-1",
          number,
          kReceived,
          kTenderee,
          {"document:1"}};
}
inline GuaranteeHeld GoodHold(const std::string& number = kNumber) {
  return {number, kAvailable, kValidEnd, kTenderee};
}
inline DecisionHead By(const std::string& id, const std::string& who) {
  return {id, who, "because", 0};
}
inline ConfirmPayment GoodConfirm(const std::string& number = kNumber) {
  return {By("DECISION-9", "cashier"), number, "PAY-1", {}, kNow};
}

// A command that is fine wherever its kind is.
inline Command GoodCommand(CommandKind kind) {
  const DecisionHead other = By("DECISION-9", "manager");
  switch (kind) {
    case CommandKind::kPresent:
      return GoodPresent();
    case CommandKind::kWithdraw:
      return Withdraw{kNumber, "放弃理賠"};
    case CommandKind::kPlatformResult:
      return PlatformResult{kNumber, true, kAvailable, "赔付成功", kNow};
    case CommandKind::kGuaranteeHeld:
      return GoodHold();
    case CommandKind::kHoldRefused:
      return HoldRefused{kNumber, "guarantee.expired", "保函已到期"};
    case CommandKind::kGuaranteeRestored:
      return GuaranteeRestored{"demo", "G-1", kTenderee, kNow};
    case CommandKind::kRegister:
      return GoodRegister();
    case CommandKind::kOpenExamination:
      return OpenExamination{other, kNumber};
    case CommandKind::kSetDemand:
      return SetDemand{other, kNumber, Money{20'000'000}, "letter of the beneficiary"};
    case CommandKind::kApprovePayment:
      return ApprovePayment{other, kNumber, {}};
    case CommandKind::kRefuse:
      return Refuse{other, kNumber, {"缺少索赔声明", "签章不全"}};
    case CommandKind::kPreApproveWithdrawal:
      return PreApproveWithdrawal{other, kNumber, "consent of the beneficiary"};
    case CommandKind::kConfirmPayment:
      return GoodConfirm();
    case CommandKind::kCloseRegistered:
      return CloseRegistered{other, kNumber};
    case CommandKind::kTimePassed:
    case CommandKind::kProceed:
      break;
  }
  return TimePassed{kNumber, TimerKind::kExaminationEnd, kExamineEnd};
}

// A row whose claim is in `state`, reached by commands. RECEIVED waits for the hold; from
// EXAMINING on the guarantee is held and restored.
inline std::optional<Claims> ClaimIn(State state, const std::string& number = kNumber) {
  std::optional<Claims> row;
  const auto run = [&](const Command& command) { row = Taken(std::move(row), command); };
  if (state == State::kNone) return row;
  run(GoodPresent(number));
  if (state == State::kReceived) return row;
  run(GoodHold(number));
  run(OpenExamination{By("D-1", "examiner"), number});
  if (state == State::kRefused) run(Refuse{By("D-2", "examiner"), number, {"缺少索赔声明"}});
  if (state == State::kWithdrawn) {
    run(PreApproveWithdrawal{By("D-2", "examiner"), number, "consent"});
    run(Withdraw{number, "放弃理賠"});
  }
  if (state != State::kPaying && state != State::kPaid) return row;
  run(ApprovePayment{By("D-2", "maker"), number, {}});
  run(ApprovePayment{By("D-3", "checker"), number, {}});
  if (state == State::kPaying) return row;
  ConfirmPayment confirm = GoodConfirm(number);
  confirm.decision = By("D-4", "cashier");
  run(confirm);
  return row;
}

}  // namespace guarantee::claim::testing
