// What a decision asks of the outside, as data.
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "invoice/domain/invoice.h"

namespace guarantee::invoice {

// 3.14. Number and link stand only where it was issued.
struct Notify {
  std::string business_no;
  std::string guarantee_no;
  bool issued = false;
  Kind kind = Kind::kOrdinary;
  InvoiceNumber number;
  std::string url;
  bool operator==(const Notify&) const = default;
};

struct SetTimer {  // replaces the request's timer
  std::string business_no;
  UnixMillis due;
  bool operator==(const SetTimer&) const = default;
};
struct ClearTimer {
  std::string business_no;
  bool operator==(const ClearTimer&) const = default;
};

enum class AlarmKind : std::uint8_t {
  kFlagged,       // accepted although something is odd
  kRedLetterDue,  // the premium of an issued invoice went back
};
struct RaiseAlarm {
  std::string business_no;
  AlarmKind kind = AlarmKind::kFlagged;
  bool operator==(const RaiseAlarm&) const = default;
};

using Effect = std::variant<Notify, SetTimer, ClearTimer, RaiseAlarm>;

struct Timer {
  std::string business_no;
  UnixMillis due;
  bool operator==(const Timer&) const = default;
};
// The timers that the row has, derived from its value alone.
[[nodiscard]] std::vector<Timer> TimersOf(const Invoices& row);

}  // namespace guarantee::invoice
