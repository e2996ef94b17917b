// What a decision asks of the outside, as data.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>

#include "credit/domain/credit.h"

namespace guarantee::credit {

// 3.6. The validity stands only where it was granted.
struct Notify {
  std::string business_no;
  bool granted = false;
  Applicant applicant;
  std::optional<UnixMillis> valid_begin;
  std::optional<UnixMillis> valid_end;
  bool operator==(const Notify&) const = default;
};

// To the order service, under the order's flow. A repeat is harmless there.
struct TellReserved {
  std::string order_flow;
  Money amount;
  bool operator==(const TellReserved&) const = default;
};
struct TellRefused {
  std::string order_flow;
  std::string reason;  // a stable word
  std::string text;
  bool operator==(const TellRefused&) const = default;
};

struct SetTimer {  // replaces the application's timer
  std::string business_no;
  UnixMillis due;
  bool operator==(const SetTimer&) const = default;
};
struct ClearTimer {
  std::string business_no;
  bool operator==(const ClearTimer&) const = default;
};

enum class AlarmKind : std::uint8_t {
  kReservationRefused,   // an order that is paid for cannot be issued
  kLapsedWhileReserved,  // guarantees are outstanding on a line that is over
};
struct RaiseAlarm {
  std::string business_no;  // of the application; empty where there is none
  AlarmKind kind = AlarmKind::kReservationRefused;
  bool operator==(const RaiseAlarm&) const = default;
};

using Effect = std::variant<Notify, TellReserved, TellRefused, SetTimer, ClearTimer, RaiseAlarm>;

struct Timer {
  std::string business_no;
  UnixMillis due;  // the first moment after the validity
  bool operator==(const Timer&) const = default;
};
// The row's one timer, derived from its value alone.
[[nodiscard]] std::optional<Timer> TimerOf(const Credit& row);

}  // namespace guarantee::credit
