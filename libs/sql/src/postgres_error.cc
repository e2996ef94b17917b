#include "postgres_error.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace guarantee::sql {
namespace {

using namespace std::string_view_literals;

template <std::size_t kCount>
bool OneOf(std::string_view word, const std::array<std::string_view, kCount>& words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

// serialization_failure, deadlock_detected, unique_violation
constexpr std::array kConflicts = {"40001"sv, "40P01"sv, "23505"sv};
// Classes: connection, resources, system error outside of PostgreSQL.
constexpr std::array kUnavailableClasses = {"08"sv, "53"sv, "58"sv};
// query_canceled (statement_timeout), lock_not_available: load, not a fault of the statement.
constexpr std::array kBusy = {"57014"sv, "55P03"sv};
// A demoted primary, and plans or prepared names the server no longer stands by: a fresh
// connection cures them.
constexpr std::array kStaleSession = {"25006"sv, "0A000"sv, "26000"sv, "25P03"sv};
// Primary messages of these name tables, columns and settings, never an input.
constexpr std::array kSafeClasses = {"08"sv, "23"sv, "25"sv, "40"sv,
                                     "42"sv, "53"sv, "55"sv, "57"sv};

std::string Field(const PGresult& result, int code) {
  const char* text = PQresultErrorField(&result, code);
  return text == nullptr ? std::string() : std::string(text);
}

}  // namespace

PostgresFault FaultOf(std::string_view sqlstate, std::string_view message,
                      std::string_view constraint) {
  const std::string_view sqlclass = sqlstate.substr(0, 2);
  std::string text = fmt::format("SQLSTATE {}", sqlstate.empty() ? "unknown"sv : sqlstate);
  if (OneOf(sqlclass, kSafeClasses)) text += fmt::format(": {}", message);
  if (!constraint.empty()) text += fmt::format(" (constraint {})", constraint);
  if (OneOf(sqlstate, kConflicts)) {
    return {{ErrorKind::kRetryable, "sql.conflict", {}, std::move(text)}, false};
  }
  const bool lost = sqlstate.starts_with("57P0") || OneOf(sqlclass, kUnavailableClasses) ||
                    OneOf(sqlstate, kStaleSession);
  if (lost || OneOf(sqlstate, kBusy)) {
    return {{ErrorKind::kRetryable, "sql.unavailable", {}, std::move(text)}, lost};
  }
  return {{ErrorKind::kPermanent, "sql.statement", {}, std::move(text)}, false};
}

PostgresFault FaultOf(const PGresult& result) {
  return FaultOf(Field(result, PG_DIAG_SQLSTATE), Field(result, PG_DIAG_MESSAGE_PRIMARY),
                 Field(result, PG_DIAG_CONSTRAINT_NAME));
}

}  // namespace guarantee::sql
