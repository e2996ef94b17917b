#include <fmt/format.h>

#include <chrono>

#include "bank-simulator/answers.h"
#include "guarantee/event/v1/credit.pb.h"
#include "guarantee/event/v1/credit_decision.pb.h"

namespace guarantee::bank_simulator {
namespace {

using event::v1::DecideCredit;

constexpr std::chrono::hours kZone{8};  // UTC+8

std::string DateAfter(UnixMillis now, int days) {
  using namespace std::chrono;
  const sys_time<milliseconds> local{milliseconds(now.value) + kZone};
  const year_month_day date{floor<std::chrono::days>(local) + std::chrono::days(days)};
  return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
}

Answered OnApplied(const Question& question, const event::v1::CreditApplied& applied) {
  if (IsLeft(question, applied.credit().business_no())) return std::nullopt;
  auto decision = Begin<DecideCredit>(question);
  decision.set_number(applied.credit().business_no());
  decision.mutable_grant()->set_limit_fen(question.policy.credit_limit.fen);
  decision.mutable_grant()->set_valid_to(
      DateAfter({applied.received_at()}, question.policy.credit_days));
  return Finish(decision);
}

}  // namespace

void AddCreditAnswers(Answerers& answerers) { Add<event::v1::CreditApplied, OnApplied>(answerers); }

}  // namespace guarantee::bank_simulator
