#include "invoice/domain/guards.h"

#include <algorithm>
#include <array>
#include <utility>

#include "invoice/domain/effects.h"

namespace guarantee::invoice {
namespace {

template <typename T>
const T* As(const Situation& s) {
  return std::get_if<T>(&s.command);
}

const Request& Focus(const Situation& s) {
  static const Request no_request{};
  const Request* request = s.view.request();
  return request != nullptr ? *request : no_request;
}

template <typename Wanted>
bool AnyOther(const Situation& s, const Wanted& wanted) {
  const auto& all = s.view.row.requests;
  return std::any_of(all.begin(), all.end(), [&](const Request& r) {
    return r.business_no != s.view.business_no && wanted(r);
  });
}

bool PremiumGone(const Situation& s) {
  const Guarantee& guarantee = s.view.row.guarantee;
  return guarantee.returned > Money{} && Focus(s).amount != PremiumLeft(guarantee);
}

bool BidderDiffers(const Situation& s) {
  const auto& bidder = s.view.row.guarantee.bidder;
  return !bidder || bidder->code != Focus(s).buyer.code;
}

// A 专票 asks for more than a name, unless the partner's switch says otherwise.
bool Lacks(const Situation& s, std::string Buyer::*field) {
  return !s.policy.relaxed && Focus(s).kind == Kind::kSpecial && (Focus(s).buyer.*field).empty();
}

bool KnownDecision(const Situation& s) {
  const DecisionHead* head = HeadOf(s.command);
  return head != nullptr && FindDecision(s.view.row, head->decision_id) != nullptr;
}

bool DecisionLogFull(const Situation& s) {
  const Request* request = s.view.request();
  const auto& log = request != nullptr ? request->decisions : s.view.row.decisions;
  return machine::DecisionLogFull(log);
}

bool DeciderMissing(const Situation& s) {
  const DecisionHead* head = HeadOf(s.command);
  return head == nullptr || head->decision_id.empty() || head->decided_by.empty();
}

bool StaleDecision(const Situation& s) {
  const DecisionHead* head = HeadOf(s.command);
  if (head == nullptr || head->based_on_revision == 0) return false;
  return head->based_on_revision < s.view.row.terms_revision ||
         head->based_on_revision > s.view.row.revision;
}

InvoiceNumber NumberOf(const Situation& s) {
  if (const auto* issue = As<Issue>(s)) return issue->number;
  const auto* reverse = As<Reverse>(s);
  return reverse != nullptr ? reverse->number : InvoiceNumber{};
}

bool NumberUsed(const Situation& s) {
  const auto& all = s.view.row.requests;
  const InvoiceNumber number = NumberOf(s);
  return std::any_of(all.begin(), all.end(),
                     [&](const Request& r) { return r.blue == number || r.red == number; });
}

// A red letter follows a returned premium, or an invoice that was wrong: then somebody says how.
bool Groundless(const Situation& s) {
  const DecisionHead* head = HeadOf(s.command);
  return s.view.row.guarantee.returned == Money{} && (head == nullptr || head->reason.empty());
}

bool SameNumber(const Situation& s) {
  const bool red = std::holds_alternative<Reverse>(s.command);
  return NumberOf(s) == (red ? Focus(s).red : Focus(s).blue);
}

bool ReturnKnown(const Situation& s) {
  const auto* returned = As<PremiumReturned>(s);
  return returned == nullptr || returned->amount <= s.view.row.guarantee.returned;
}

bool WaitOver(const Situation& s) {
  const auto* passed = As<TimePassed>(s);
  return passed != nullptr && passed->due == Focus(s).wait_until && s.now >= passed->due;
}

struct Check {
  Guard guard;
  bool (*holds)(const Situation&);
};

constexpr std::array<Check, kGuardCount> kChecks = {{
    {Guard::kAlways, [](const Situation&) { return true; }},
    {Guard::kTooManyRequests,
     [](const Situation& s) { return s.view.row.requests.size() >= kRequestsMax; }},
    {Guard::kAnotherOpen,
     [](const Situation& s) {
       return AnyOther(s, [](const Request& r) { return IsOpen(r.state); });
     }},
    {Guard::kAnotherIssued,
     [](const Situation& s) {
       return AnyOther(s, [](const Request& r) { return r.state == State::kIssued; });
     }},
    {Guard::kNotReady,
     [](const Situation& s) {
       return !s.view.row.guarantee.bidder || !s.view.row.guarantee.accepted_at;
     }},
    {Guard::kPremiumGone, PremiumGone},
    {Guard::kBidderDiffers, BidderDiffers},
    {Guard::kAmountDiffers,
     [](const Situation& s) { return Focus(s).amount != PremiumLeft(s.view.row.guarantee); }},
    {Guard::kTaxNumberUnfit,
     [](const Situation& s) {
       return Focus(s).kind == Kind::kSpecial && !Focus(s).tax_number_fits;
     }},
    {Guard::kAddressMissing, [](const Situation& s) { return Lacks(s, &Buyer::address); }},
    {Guard::kPhoneMissing, [](const Situation& s) { return Lacks(s, &Buyer::phone); }},
    {Guard::kBankMissing, [](const Situation& s) { return Lacks(s, &Buyer::bank); }},
    {Guard::kAccountMissing, [](const Situation& s) { return Lacks(s, &Buyer::account); }},
    {Guard::kKnownDecision, KnownDecision},
    {Guard::kDecisionLogFull, DecisionLogFull},
    {Guard::kDeciderMissing, DeciderMissing},
    {Guard::kStaleDecision, StaleDecision},
    {Guard::kNumberUnfit, [](const Situation& s) { return !IsWellFormed(NumberOf(s)); }},
    {Guard::kNumberUsed, NumberUsed},
    {Guard::kSameNumber, SameNumber},
    {Guard::kGroundless, Groundless},
    {Guard::kNamesKnown,
     [](const Situation& s) { return s.view.row.guarantee.bidder.has_value(); }},
    {Guard::kAcceptanceKnown,
     [](const Situation& s) { return s.view.row.guarantee.accepted_at.has_value(); }},
    {Guard::kReturnKnown, ReturnKnown},
    {Guard::kWaitOver, WaitOver},
}};

constexpr bool ChecksInOrder() {
  for (std::size_t i = 0; i < kChecks.size(); ++i) {
    if (static_cast<std::size_t>(kChecks[i].guard) != i || kChecks[i].holds == nullptr)
      return false;
  }
  return true;
}
static_assert(ChecksInOrder(), "kChecks is read by index");

std::string Standing(const Invoices& row) {
  if (const Request* open = OpenRequest(row)) return open->business_no;
  return row.requests.empty() ? "" : row.requests.back().business_no;
}

template <typename T>
std::string NumberIn(const Invoices& row, const T& one) {
  if constexpr (requires { one.business_no; }) {
    if (!one.business_no.empty()) return one.business_no;
    if constexpr (!requires { one.decision; }) return {};
  }
  if constexpr (std::is_same_v<T, Reverse>) {
    if (const Request* issued = IssuedRequest(row)) return issued->business_no;
  }
  return Standing(row);
}

}  // namespace

View ViewOf(Invoices row, std::string business_no) {
  const Request* request = FindRequest(row, business_no);
  const State state = request != nullptr ? request->state : State::kNone;
  return {state, std::move(business_no), std::move(row)};
}

std::string FocusOf(const Invoices& row, const Command& command) {
  return std::visit([&row](const auto& one) { return NumberIn(row, one); }, command);
}

bool Holds(Guard guard, const Situation& situation) {
  return kChecks[static_cast<std::size_t>(guard)].holds(situation);
}

}  // namespace guarantee::invoice
