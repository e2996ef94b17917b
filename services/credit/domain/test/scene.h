// Credit in every state, made by the commands that lead there, and one good command of each kind.
#pragma once

#include <optional>
#include <string>

#include "credit/domain/decide.h"
#include "credit/domain/guards.h"
#include "credit/domain/transitions.h"

namespace guarantee::credit::testing {

inline constexpr std::int64_t kDayMs = 24LL * 3'600'000;
inline constexpr UnixMillis kNow{1'700'000'000'000};
inline constexpr UnixMillis kBegin{kNow.value - 2 * kDayMs};
inline constexpr UnixMillis kEnd{kNow.value + 300 * kDayMs};
inline constexpr Money kLimit{100'000'000};
inline constexpr Money kAmount{30'000'000};
inline const std::string kNumber = "CREDIT-1";
inline const Applicant kApplicant{"某投标人", "91430602MA4L5GJ80Y"};

struct Scene {
  std::optional<Credit> row;
  Command command;
  UnixMillis now = kNow;
};

// The row after the decision's events.
inline std::optional<Credit> After(std::optional<Credit> row, const Decision& decision) {
  for (const Event& event : decision.events) row = Apply(row.value_or(Credit{}), event);
  return row;
}
inline std::optional<Credit> Taken(const std::optional<Credit>& row, const Command& command,
                                   UnixMillis now = kNow) {
  return After(row, Decide(row, command, now));
}

inline DecisionHead By(const std::string& id) { return {id, "officer", "", 0}; }
inline ApplyForCredit GoodApply(const std::string& number = kNumber) {
  return {"demo", number, kNow, kApplicant, "https://files.example.com/a.zip"};
}
inline Grant GoodGrant(const std::string& id, const std::string& number = kNumber) {
  return {By(id), number, kLimit, kBegin, kEnd};
}
inline Reserve GoodReserve(const std::string& order = "ORDER-1", Money amount = kAmount) {
  return {"demo/order/" + order, order, amount, kNow};
}
inline Release GoodRelease(const std::string& order = "ORDER-1") { return {"demo/order/" + order}; }
inline TimePassed LineOver(const std::string& number = kNumber) { return {number, kEnd + 1}; }

// A command that is fine wherever its kind is.
inline Command GoodCommand(CommandKind kind) {
  switch (kind) {
    case CommandKind::kApplyForCredit:
      return GoodApply();
    case CommandKind::kWithdraw:
      return Withdraw{kNumber, "不再需要", kNow};
    case CommandKind::kGrant:
      return GoodGrant("DECISION-9");
    case CommandKind::kDecline:
      return Decline{By("DECISION-9"), kNumber};
    case CommandKind::kReserve:
      return GoodReserve();
    case CommandKind::kRelease:
      return GoodRelease();
    case CommandKind::kTimePassed:
      break;
  }
  return LineOver();
}

// A row whose only application is in `state`, reached by commands.
inline std::optional<Credit> CreditIn(State state, const std::string& number = kNumber) {
  std::optional<Credit> row;
  if (state == State::kNone) return row;
  row = Taken(row, GoodApply(number));
  if (state == State::kDeclined) row = Taken(row, Decline{By("D-" + number), number});
  if (state == State::kWithdrawn) row = Taken(row, Withdraw{number, "不再需要", kNow});
  if (state == State::kGranted || state == State::kLapsed) {
    row = Taken(row, GoodGrant("D-" + number, number));
  }
  if (state == State::kLapsed) row = Taken(row, LineOver(number), kEnd + 1);
  return row;
}

}  // namespace guarantee::credit::testing
