#include "order/domain/guards.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "order/domain/effects.h"

namespace guarantee::order {
namespace {

constexpr std::size_t kSha256HexLength = 64;
constexpr std::int64_t kWholePpm = 1'000'000;

template <typename T>
const T* As(const Situation& s) {
  return std::get_if<T>(&s.command);
}

using Replacement = std::pair<std::string_view, std::string_view>;

template <std::size_t N>
std::string Replaced(std::string_view text, const std::array<Replacement, N>& replacements) {
  std::string result;
  while (!text.empty()) {
    const auto hit = std::find_if(replacements.begin(), replacements.end(),
                                  [text](const auto& r) { return text.starts_with(r.first); });
    if (hit == replacements.end()) {
      result.push_back(text.front());
      text.remove_prefix(1);
    } else {
      result += hit->second;
      text.remove_prefix(hit->first.size());
    }
  }
  return result;
}

// Ordinary, no-break and full-width space, tab; hyphen, en dash, em dash, full-width hyphen.
constexpr std::array<Replacement, 8> kAccountNoise = {{{" ", ""},
                                                       {"\t", ""},
                                                       {"\xC2\xA0", ""},
                                                       {"\xE3\x80\x80", ""},
                                                       {"-", ""},
                                                       {"\xE2\x80\x93", ""},
                                                       {"\xE2\x80\x94", ""},
                                                       {"\xEF\xBC\x8D", ""}}};
constexpr std::array<Replacement, 6> kNameNoise = {{{" ", ""},
                                                    {"\t", ""},
                                                    {"\xC2\xA0", ""},
                                                    {"\xE3\x80\x80", ""},
                                                    {"\xEF\xBC\x88", "("},
                                                    {"\xEF\xBC\x89", ")"}}};

const Payment* PaymentOf(const Situation& s) {
  if (const auto* premium = As<PremiumReceived>(s)) return &premium->payment;
  const auto* approve = As<Approve>(s);
  return approve != nullptr && approve->payer ? &*approve->payer : nullptr;
}

bool IsHex(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); }

bool HasTimer(const Situation& s, TimerKind kind) {
  const auto* passed = As<TimePassed>(s);
  if (passed == nullptr || passed->kind != kind || s.now < passed->due) return false;
  const auto timers = TimersOf(s.order);
  return std::find(timers.begin(), timers.end(), Timer{kind, passed->due}) != timers.end();
}

bool AmountOutOfRange(const Situation& s) {
  const auto* apply = As<Apply31>(s);
  return apply != nullptr && (apply->amount.fen <= 0 || apply->amount < s.policy.amount_min ||
                              apply->amount > s.policy.amount_max);
}

bool SameVisit(const Situation& s) {
  const auto* visit = std::get_if<SpendRedirect>(&s.command);
  return visit != nullptr && !visit->visit_id.empty() && s.order.redirect_spent_at &&
         visit->visit_id == s.order.redirect_visit_id;
}
bool IdentityMissing(const Situation& s) {
  const auto* materials = As<CompleteMaterials>(s);
  return materials == nullptr || materials->bidder.name.empty();
}

bool SameIdentity(const Situation& s) {
  const auto* materials = As<CompleteMaterials>(s);
  return materials != nullptr && s.order.bidder && *s.order.bidder == materials->bidder;
}

bool KnownDecision(const Situation& s) {
  const DecisionHead* head = HeadOf(s.command);
  return head != nullptr && machine::FindDecision(s.order.decisions, head->decision_id) != nullptr;
}

bool StaleDecision(const Situation& s) {
  const DecisionHead* head = HeadOf(s.command);
  if (head == nullptr || head->based_on_revision == 0) return false;
  return head->based_on_revision < s.order.terms_revision ||
         head->based_on_revision > s.order.revision;
}

bool MaterialsIncomplete(const Situation& s) {
  const auto* approve = As<Approve>(s);
  return approve == nullptr || !approve->materials_complete;
}

bool QuoteUnfit(const Situation& s) {
  const auto* approve = As<Approve>(s);
  if (approve == nullptr) return true;
  const Quote& quote = approve->quote;
  const bool free_of_charge = quote.premium.fen == 0 && !approve->payer;
  return quote.premium.fen < 0 || free_of_charge || quote.rate_ppm < 0 ||
         quote.rate_ppm > kWholePpm;
}

bool NumberMissing(const Situation& s) {
  const auto* approve = As<Approve>(s);
  if (approve == nullptr) return true;
  return approve->guarantee_no.empty() &&
         !(approve->letter && !approve->letter->guarantee_no.empty());
}

bool NumberTaken(const Situation& s) {
  const auto* approve = As<Approve>(s);
  const auto* ready = As<LetterReady>(s);
  return (approve != nullptr && approve->guarantee_no_taken) ||
         (ready != nullptr && ready->guarantee_no_taken);
}

// 3.2 names the payer, so neither name nor account may be absent.
bool PayerMissing(const Situation& s) {
  const Payment* payment = PaymentOf(s);
  if (payment == nullptr) return !s.policy.premium_step;
  return payment->payer_name.empty() || payment->payer_account.empty();
}

bool NotBasicAccount(const Situation& s) {
  const Payment* payment = PaymentOf(s);
  return payment != nullptr && s.order.basic_account.checked &&
         !SameAccount(payment->payer_account, s.order.basic_account.account);
}

bool PayerNotBidder(const Situation& s) {
  const Payment* payment = PaymentOf(s);
  return payment != nullptr && s.order.basic_account.checked && s.order.bidder &&
         !SamePartyName(payment->payer_name, s.order.bidder->name);
}

bool LetterUnfit(const Situation& s) {
  if (const auto* ready = As<LetterReady>(s)) return !LetterFits(ready->letter, s);
  const auto* approve = As<Approve>(s);
  return approve != nullptr && approve->letter && !LetterFits(*approve->letter, s);
}

// A payment without a name could go back twice; where no money moved there is none to name.
bool ReferenceMissing(const Situation& s) {
  const Payment* payment = PaymentOf(s);
  const bool waived = payment != nullptr && payment->waived && As<Approve>(s) != nullptr;
  return payment != nullptr && !waived && payment->reference.empty();
}

bool KnownPayment(const Situation& s) {
  const Payment* payment = PaymentOf(s);
  const auto& known = s.order.payment_references;
  return payment != nullptr &&
         std::find(known.begin(), known.end(), payment->reference) != known.end();
}

bool OldAttempt(const Situation& s) {
  const auto* failed = As<LetterFailed>(s);
  return failed == nullptr || failed->attempt != s.order.letter_attempt || s.order.letter_retry_due;
}

bool SameLetter(const Situation& s) {
  const auto* ready = As<LetterReady>(s);
  return ready != nullptr && s.order.letter && s.order.letter->sha256 == ready->letter.sha256;
}

bool OfApply(Guard guard, const Situation& s) {
  const auto* apply = As<Apply31>(s);
  if (apply == nullptr) return false;
  if (guard == Guard::kReceivedLate) return apply->received_at > apply->purchase_deadline;
  if (guard == Guard::kBasicAccountMissing) {
    return apply->basic_account.checked && apply->basic_account.account.empty();
  }
  return apply->business_no == s.order.business_no;
}

bool OfPayment(Guard guard, const Situation& s) {
  const auto* premium = As<PremiumReceived>(s);
  if (premium == nullptr) return false;
  if (guard == Guard::kPaymentLate) return premium->payment.arrived_at > s.order.purchase_deadline;
  return premium->payment.amount != s.order.quote.premium;
}

bool OfTimes(Guard guard, const Situation& s) {
  const auto* open = As<OpenTimeChanged>(s);
  const auto* deadline = As<DeadlineChanged>(s);
  if (guard == Guard::kLetterRestored) {
    return (open != nullptr && open->letter_restored) ||
           (deadline != nullptr && deadline->letter_restored);
  }
  // The one received last counts, however late another is executed.
  if (guard == Guard::kSameOpenTime) {
    return open != nullptr && (open->open_time == s.order.open_time ||
                               open->received_at < s.order.open_time_received_at);
  }
  if (deadline == nullptr) return false;
  if (guard == Guard::kSameDeadline) {
    return deadline->purchase_deadline == s.order.purchase_deadline ||
           deadline->received_at < s.order.deadline_received_at;
  }
  return deadline->purchase_deadline < deadline->received_at;
}

}  // namespace

bool SameAccount(std::string_view left, std::string_view right) {
  return Replaced(left, kAccountNoise) == Replaced(right, kAccountNoise);
}

bool SamePartyName(std::string_view left, std::string_view right) {
  return Replaced(left, kNameNoise) == Replaced(right, kNameNoise);
}

bool LetterFits(const Letter& letter, const Situation& s) {
  const bool found = letter.size_bytes > 0 && !letter.media_type.empty() &&
                     letter.sha256.size() == kSha256HexLength &&
                     std::all_of(letter.sha256.begin(), letter.sha256.end(), IsHex);
  return found && letter.generated_at <= s.now + s.policy.clock_difference_ms &&
         letter.generated_at <= s.order.purchase_deadline &&
         letter.valid_begin <= letter.generated_at && letter.generated_at < letter.valid_end &&
         s.order.open_time < letter.valid_end;
}

namespace {

using Predicate = bool (*)(const Situation&);
struct Check {
  Guard guard;
  Predicate holds;
};

constexpr std::array<Check, kGuardCount> kChecks = {{
    {Guard::kAlways, [](const Situation&) { return true; }},
    {Guard::kReceivedLate, [](const Situation& s) { return OfApply(Guard::kReceivedLate, s); }},
    {Guard::kAmountOutOfRange, AmountOutOfRange},
    {Guard::kBasicAccountMissing,
     [](const Situation& s) { return OfApply(Guard::kBasicAccountMissing, s); }},
    {Guard::kSameBusinessNumber,
     [](const Situation& s) { return OfApply(Guard::kSameBusinessNumber, s); }},
    {Guard::kSameVisit, SameVisit},
    {Guard::kRedirectSpent,
     [](const Situation& s) { return s.order.redirect_spent_at.has_value(); }},
    {Guard::kPastDeadline, [](const Situation& s) { return s.now > s.order.purchase_deadline; }},
    {Guard::kIdentityMissing, IdentityMissing},
    {Guard::kSameIdentity, SameIdentity},
    {Guard::kIdentityKnown, [](const Situation& s) { return s.order.bidder.has_value(); }},
    {Guard::kKnownDecision, KnownDecision},
    {Guard::kDecisionLogFull,
     [](const Situation& s) { return machine::DecisionLogFull(s.order.decisions); }},
    {Guard::kStaleDecision, StaleDecision},
    {Guard::kMaterialsIncomplete, MaterialsIncomplete},
    {Guard::kQuoteUnfit, QuoteUnfit},
    {Guard::kNumberMissing, NumberMissing},
    {Guard::kNumberTaken, NumberTaken},
    {Guard::kPayerMissing, PayerMissing},
    {Guard::kPayerNotBasicAccount, NotBasicAccount},
    {Guard::kPayerNotBidder, PayerNotBidder},
    {Guard::kLetterUnfit, LetterUnfit},
    {Guard::kPayerGiven, [](const Situation& s) { return PaymentOf(s) != nullptr; }},
    {Guard::kReferenceMissing, ReferenceMissing},
    {Guard::kKnownPayment, KnownPayment},
    {Guard::kPaymentLate, [](const Situation& s) { return OfPayment(Guard::kPaymentLate, s); }},
    {Guard::kPremiumDiffers,
     [](const Situation& s) { return OfPayment(Guard::kPremiumDiffers, s); }},
    {Guard::kCreditAwaited,
     [](const Situation& s) { return s.order.credit == CreditState::kAsked; }},
    {Guard::kCreditReserved,
     [](const Situation& s) { return s.order.credit == CreditState::kReserved; }},
    {Guard::kCreditSettled,
     [](const Situation& s) {
       return s.order.credit == CreditState::kDenied || s.order.credit == CreditState::kReleased;
     }},
    {Guard::kCreditToRelease,
     [](const Situation& s) {
       return s.order.credit == CreditState::kAsked || s.order.credit == CreditState::kDenied;
     }},
    {Guard::kOldAttempt, OldAttempt},
    {Guard::kSameLetter, SameLetter},
    {Guard::kCancelPending, [](const Situation& s) { return CancellationPending(s.order); }},
    {Guard::kCancelByDecision, [](const Situation& s) { return s.policy.cancel_by_decision; }},
    {Guard::kNoCancelRequest, [](const Situation& s) { return !s.order.cancel_request; }},
    {Guard::kNotAcknowledged, [](const Situation& s) { return !s.order.issue_acknowledged_at; }},
    {Guard::kAcknowledged,
     [](const Situation& s) { return s.order.issue_acknowledged_at.has_value(); }},
    {Guard::kExpiryKnown,
     [](const Situation& s) { return s.order.issue_notice_expired_at.has_value(); }},
    {Guard::kSameOpenTime, [](const Situation& s) { return OfTimes(Guard::kSameOpenTime, s); }},
    {Guard::kSameDeadline, [](const Situation& s) { return OfTimes(Guard::kSameDeadline, s); }},
    {Guard::kNewDeadlinePast,
     [](const Situation& s) { return OfTimes(Guard::kNewDeadlinePast, s); }},
    {Guard::kLetterRestored, [](const Situation& s) { return OfTimes(Guard::kLetterRestored, s); }},
    {Guard::kDeadlineTimer,
     [](const Situation& s) { return HasTimer(s, TimerKind::kPurchaseDeadline); }},
    {Guard::kLetterTimer, [](const Situation& s) { return HasTimer(s, TimerKind::kLetterRetry); }},
    {Guard::kCreditTimer, [](const Situation& s) { return HasTimer(s, TimerKind::kCreditAnswer); }},
    {Guard::kPageNotNeeded, [](const Situation& s) { return !s.policy.needs_page; }},
    {Guard::kPayerDeclared, [](const Situation& s) { return s.order.declared_payer.has_value(); }},
    {Guard::kCreditWanted,
     [](const Situation& s) {
       return s.policy.credit_backed && s.order.credit == CreditState::kNone;
     }},
    {Guard::kLetterAtHand,
     [](const Situation& s) {
       return s.order.offered_letter && LetterFits(*s.order.offered_letter, s);
     }},
    {Guard::kLetterUnrequested, [](const Situation& s) { return s.order.letter_attempt == 0; }},
}};

constexpr bool ChecksInOrder() {
  for (std::size_t i = 0; i < kChecks.size(); ++i) {
    if (static_cast<std::size_t>(kChecks[i].guard) != i || kChecks[i].holds == nullptr)
      return false;
  }
  return true;
}
static_assert(ChecksInOrder(), "kChecks is read by index");

}  // namespace

bool Holds(Guard guard, const Situation& situation) {
  return kChecks[static_cast<std::size_t>(guard)].holds(situation);
}

}  // namespace guarantee::order
