#include "credit/adapters/command_codec.h"

#include <tuple>
#include <utility>

#include "contract/formats.h"
#include "guarantee/event/v1/credit_decision.pb.h"
#include "guarantee/event/v1/handshake.pb.h"
#include "guarantee/partner/v1/credit.pb.h"

namespace guarantee::credit {
namespace {

namespace event = guarantee::event::v1;

// Bytes.
constexpr std::size_t kDecisionIdMax = 64;
constexpr std::size_t kDecidedByMax = 128;
constexpr std::size_t kTextMax = 1'024;
constexpr std::size_t kNumberMax = 256;
constexpr std::size_t kMomentMax = 32;

constexpr std::int64_t kDayMs = 24LL * 3'600'000;

Result<void> Check(const std::string& text, std::size_t least, std::size_t most,
                   const char* field) {
  if (text.size() >= least && text.size() <= most) return {};
  return Refused("decision.length",
                 "must have " + std::to_string(least) + " to " + std::to_string(most) + " bytes",
                 field);
}

Result<void> CheckHead(const event::DecideCredit& decision) {
  for (const auto& [text, least, most, field] :
       {std::tuple{&decision.decision_id(), std::size_t{1}, kDecisionIdMax, "decision_id"},
        std::tuple{&decision.decided_by(), std::size_t{1}, kDecidedByMax, "decided_by"},
        std::tuple{&decision.reason(), std::size_t{0}, kTextMax, "reason"},
        std::tuple{&decision.number(), std::size_t{0}, kNumberMax, "number"}}) {
    if (Result<void> checked = Check(*text, least, most, field); !checked) return checked;
  }
  return {};
}

// Empty: `text` is no date alone.
std::optional<UnixMillis> FirstMomentOf(const std::string& text) {
  const Result<UnixMillis> first = contract::ParseTime(text + " 00:00:00");
  return first ? std::optional(*first) : std::nullopt;
}

Result<UnixMillis> Moment(const std::string& text, bool end, const char* field) {
  if (Result<void> checked = Check(text, 1, kMomentMax, field); !checked) {
    return tl::unexpected(checked.error());
  }
  if (const auto first = FirstMomentOf(text)) return end ? LastMomentOfDay(*first, 0) : *first;
  const Result<UnixMillis> moment = contract::ParseTime(text);
  if (!moment) return Refused("decision.time", "must be a date or a moment", field);
  return *moment;
}

Result<Command> Granted(const event::GrantCredit& terms, DecisionHead head,
                        const std::string& number, UnixMillis arrived_at) {
  if (terms.limit_fen() <= 0) return Refused("decision.amount", "must be positive", "limit_fen");
  Grant grant{std::move(head), number, {terms.limit_fen()}, arrived_at, {}};
  if (!terms.valid_from().empty()) {
    const Result<UnixMillis> begin = Moment(terms.valid_from(), false, "valid_from");
    if (!begin) return tl::unexpected(begin.error());
    grant.valid_begin = *begin;
  }
  const Result<UnixMillis> end = Moment(terms.valid_to(), true, "valid_to");
  if (!end) return tl::unexpected(end.error());
  grant.valid_end = *end;
  return Command{std::move(grant)};
}

}  // namespace

Command ToCommand(const partner::v1::CreditApply& request, const std::string& partner,
                  UnixMillis received_at) {
  return ApplyForCredit{partner,
                        request.business_no(),
                        received_at,
                        {request.apply_user(), request.apply_code()},
                        request.credit_zip()};
}

Command ToCommand(const partner::v1::CreditRevocation& request, UnixMillis received_at) {
  return Withdraw{request.business_no(), request.reason(), received_at};
}

Command ToCommand(const event::ReserveCredit& message, UnixMillis arrived_at) {
  return Reserve{message.order_flow(), message.order_no(), {message.amount_fen()}, arrived_at};
}

Command ToCommand(const event::ReleaseCredit& message) { return Release{message.order_flow()}; }

Result<Command> ToCommand(const event::DecideCredit& decision, UnixMillis arrived_at) {
  if (Result<void> head = CheckHead(decision); !head) return tl::unexpected(head.error());
  DecisionHead head{decision.decision_id(), decision.decided_by(), decision.reason(),
                    decision.based_on_revision()};
  switch (decision.decision_case()) {
    case event::DecideCredit::kGrant:
      return Granted(decision.grant(), std::move(head), decision.number(), arrived_at);
    case event::DecideCredit::kDecline:
      return Command{Decline{std::move(head), decision.number()}};
    case event::DecideCredit::DECISION_NOT_SET:
      break;
  }
  return Refused("decision.empty", "says nothing this program knows", "decision");
}

UnixMillis LastMomentOfDay(UnixMillis from, int days) {
  const std::string date = contract::FormatDate(from + days * kDayMs);
  return contract::ParseTime(date + " 00:00:00").value() + (kDayMs - 1);
}

}  // namespace guarantee::credit
