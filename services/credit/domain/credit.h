// The credit of one applicant, as a value (rulings 5.3): applications, the line in force, and what
// orders have reserved of it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/money.h"
#include "credit/domain/refusals.h"
#include "machine/decide.h"

namespace guarantee::credit {

// Of one application. kNone: there is none of that number. kLapsed: the line is over, by its date
// or by a renewal.
enum class State : std::uint8_t { kNone, kApplied, kGranted, kDeclined, kWithdrawn, kLapsed };
inline constexpr std::size_t kStateCount = 6;

inline constexpr std::size_t kApplicationsMax = 64;       // of one applicant
inline constexpr std::size_t kOpenReservationsMax = 512;  // at one time
// Released reservations are remembered, the latest of them, so that a late repeat reserves nothing.
inline constexpr std::size_t kReleasedMax = 512;

struct Applicant {
  std::string name;
  std::string code;
  bool operator==(const Applicant&) const = default;
};

using DecisionRecord = machine::DecisionRecord<RefusalCode>;

struct Application {
  State state = State::kNone;
  std::string business_no;
  UnixMillis received_at;
  Applicant applicant;                   // as sent
  std::string attachment;                // a reference; empty: none
  std::optional<UnixMillis> granted_at;  // when the decision was taken
  RefusalCode end_reason = RefusalCode::kNone;
  std::string end_text;  // the decider's or the platform's, the first one
  std::vector<DecisionRecord> decisions;
  bool operator==(const Application&) const = default;
};

// In force while its application is GRANTED. Both ends of the validity belong to it.
struct Line {
  std::string business_no;
  Money limit;
  UnixMillis valid_begin;
  UnixMillis valid_end;
  std::string granted_by;
  bool operator==(const Line&) const = default;
};

struct Reservation {
  std::string order_flow;
  std::string order_no;
  Money amount;
  bool released = false;
  bool operator==(const Reservation&) const = default;
};

// One row, one flow.
struct Credit {
  std::int64_t revision = 0;  // events applied so far
  std::string partner;
  std::vector<Application> applications;  // in order of arrival
  std::optional<Line> line;
  std::vector<Reservation> reservations;  // open ones, and the latest released ones
  // The row's revision at the last change that an earlier decision cannot have known.
  std::int64_t terms_revision = 0;
  std::vector<DecisionRecord> decisions;  // those that concerned no application of the row

  bool operator==(const Credit&) const = default;
};

[[nodiscard]] const Application* FindApplication(const Credit& row, std::string_view business_no);
[[nodiscard]] const Application* OpenApplication(const Credit& row);
// What stands for the line: the granted application, else the open one, else the latest; null
// where there is none.
[[nodiscard]] const Application* LineApplication(const Credit& row);
// The one that people look for: the open application, also of a renewal, else the line's.
[[nodiscard]] const Application* ShownApplication(const Credit& row);
[[nodiscard]] const DecisionRecord* FindDecision(const Credit& row, const std::string& decision_id);
[[nodiscard]] const Reservation* FindReservation(const Credit& row, std::string_view order_flow);

// The sum of what is not released, whatever became of the line it was reserved against.
[[nodiscard]] Money ReservedOf(const Credit& row);
// Limit less what is reserved; zero without a line.
[[nodiscard]] Money HeadroomOf(const Credit& row);
[[nodiscard]] bool InValidity(const Line& line, UnixMillis at);

// 3.21's answer codes.
enum class Standing : std::uint8_t { kReady = 1, kNoCredit = 2, kShort = 3, kDeclined = 4 };
// How the applicant stands at `at` (the receipt of 3.21) for `need`: the amount of the order that
// is known, else the product's minimum. A row that is absent has no credit.
[[nodiscard]] Standing StandingOf(const std::optional<Credit>& row, Money need, UnixMillis at);

}  // namespace guarantee::credit
