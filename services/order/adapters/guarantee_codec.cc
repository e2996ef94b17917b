#include "order/adapters/guarantee_codec.h"

#include <algorithm>
#include <array>
#include <climits>

#include "guarantee/store/v1/guarantee.pb.h"

namespace guarantee::order::letter {
namespace {

namespace store = guarantee::store::v1;

constexpr std::array<std::string_view, kStateCount> kStateWords = {
    "none", "sealed", "restored", "refunded", "cancelled", "paid", "expired"};
constexpr std::array<std::string_view, 4> kRefundWords = {"requested", "approved", "refused",
                                                          "withdrawn"};
constexpr std::array<std::string_view, 7> kCancellationWords = {
    "requested", "proposed", "consented", "done", "refused", "withdrawn", "closed"};
constexpr std::array<std::string_view, 3> kTimerNames = {"opening", "expiry", "proposal_answer"};
constexpr std::array<std::string_view, 8> kAlarmTexts = {
    "the letter was given back, but its notice could not be delivered before the opening",
    "the restored bidder is not the one who paid or proved himself",
    "a claim came for a letter that was cancelled or given back",
    "a payment was told that no hold allows",
    "a claim was paid before the letter was restored",
    "the platform did not answer our own cancellation in time",
    "the platform takes a live letter for cancelled",
    "the platform has accepted our own cancellation after it was closed here"};
static_assert(!kAlarmTexts.back().empty());
constexpr int kOperationKinds = 4;
constexpr int kOperationOutcomes = 3;

template <typename Kind, std::size_t N>
std::string_view Word(const std::array<std::string_view, N>& words, Kind kind) {
  const auto at = static_cast<std::size_t>(kind);
  return at < words.size() ? words[at] : std::string_view();
}
template <typename Number>
bool Below(Number value, std::size_t count) {
  return value >= 0 && static_cast<std::size_t>(value) < count;
}

void Write(const LetterFile& from, store::StoredFile& to) {
  to.set_sha256(from.sha256);
  to.set_size_bytes(from.size_bytes);
  to.set_media_type(from.media_type);
  to.set_generated_at(from.generated_at.value);
}
LetterFile Read(const store::StoredFile& from) {
  return {from.sha256(), from.size_bytes(), from.media_type(), {from.generated_at()}};
}

void Write(const RestoredNames& from, store::SealedFields& to) {
  to.set_bidder_name(from.bidder_name);
  to.set_bidder_code(from.bidder_code);
  to.set_project_name(from.project_name);
  to.set_project_number(from.project_number);
  to.set_section_number(from.section_number);
  to.set_section_name(from.section_name);
  to.set_tenderee_name(from.tenderee_name);
  to.set_tenderee_code(from.tenderee_code);
}
RestoredNames Read(const store::SealedFields& from) {
  return {from.bidder_name(),    from.bidder_code(),  from.project_name(),  from.project_number(),
          from.section_number(), from.section_name(), from.tenderee_name(), from.tenderee_code()};
}

// `message` is made only where there is a time.
template <typename Make>
void WriteTime(const std::optional<UnixMillis>& from, const Make& message) {
  if (from) message()->set_at(from->value);
}
std::optional<UnixMillis> ReadTime(bool present, const store::OptionalTime& time) {
  if (!present) return std::nullopt;
  return UnixMillis{time.at()};
}

void WriteTerms(const Guarantee& from, store::Guarantee& to) {
  to.set_partner(from.partner);
  to.set_guarantee_no(from.guarantee_no);
  to.set_order_no(from.order_no);
  to.set_amount_fen(from.amount.fen);
  to.set_available_fen(from.available.fen);
  to.set_issued_at(from.issued_at.value);
  to.set_valid_begin(from.valid_begin.value);
  to.set_valid_end(from.valid_end.value);
  to.set_open_time(from.open_time.value);
  to.set_purchase_deadline(from.purchase_deadline.value);
  Write(from.sealed_letter, *to.mutable_sealed_letter());
  if (from.premium) {
    store::GuaranteePremium& premium = *to.mutable_premium();
    premium.set_amount_fen(from.premium->amount.fen);
    premium.set_payer_name(from.premium->payer_name);
    premium.set_payer_account(from.premium->payer_account);
    premium.set_reference(from.premium->reference);
    premium.set_waived(from.premium->waived);
  }
  to.set_premium_returned(from.premium_returned);
  to.set_credit_reserved(from.credit.reserved);
  to.set_credit_flow(from.credit.flow);
  WriteTime(from.issue_acknowledged_at, [&] { return to.mutable_issue_acknowledged_at(); });
}

void ReadTerms(const store::Guarantee& from, Guarantee& to) {
  to.partner = from.partner();
  to.guarantee_no = from.guarantee_no();
  to.order_no = from.order_no();
  to.amount = {from.amount_fen()};
  to.available = {from.available_fen()};
  to.issued_at = {from.issued_at()};
  to.valid_begin = {from.valid_begin()};
  to.valid_end = {from.valid_end()};
  to.open_time = {from.open_time()};
  to.purchase_deadline = {from.purchase_deadline()};
  to.sealed_letter = Read(from.sealed_letter());
  if (from.has_premium()) {
    const store::GuaranteePremium& premium = from.premium();
    to.premium = Premium{{premium.amount_fen()},
                         premium.payer_name(),
                         premium.payer_account(),
                         premium.reference(),
                         premium.waived()};
  }
  to.premium_returned = from.premium_returned();
  to.credit = {from.credit_reserved(), from.credit_flow()};
  to.issue_acknowledged_at =
      ReadTime(from.has_issue_acknowledged_at(), from.issue_acknowledged_at());
}

void WriteRestore(const Guarantee& from, store::Guarantee& to) {
  if (from.restore) {
    store::GuaranteeRestore& restore = *to.mutable_restore();
    Write(from.restore->names, *restore.mutable_names());
    restore.set_key_fingerprint(from.restore->key_fingerprint);
    restore.set_at(from.restore->at.value);
  }
  for (const RestoreRequest& one : from.restore_requests) {
    store::GuaranteeRestoreRequest& request = *to.add_restore_requests();
    request.set_business_no(one.business_no);
    request.set_received_at(one.received_at.value);
  }
  if (from.plain_letter) Write(*from.plain_letter, *to.mutable_plain_letter());
  WriteTime(from.plain_acknowledged_at, [&] { return to.mutable_plain_acknowledged_at(); });
}

void ReadRestore(const store::Guarantee& from, Guarantee& to) {
  if (from.has_restore()) {
    to.restore = Restore{
        Read(from.restore().names()), from.restore().key_fingerprint(), {from.restore().at()}};
  }
  for (const store::GuaranteeRestoreRequest& one : from.restore_requests()) {
    to.restore_requests.push_back({one.business_no(), {one.received_at()}});
  }
  if (from.has_plain_letter()) to.plain_letter = Read(from.plain_letter());
  to.plain_acknowledged_at =
      ReadTime(from.has_plain_acknowledged_at(), from.plain_acknowledged_at());
}

void WriteProcesses(const Guarantee& from, store::Guarantee& to) {
  if (from.refund) {
    store::GuaranteeRefund& refund = *to.mutable_refund();
    refund.set_business_no(from.refund->business_no);
    refund.set_reason(from.refund->reason);
    refund.set_status(static_cast<int>(from.refund->status));
    refund.set_requested_at(from.refund->requested_at.value);
    WriteTime(from.refund->notice_accepted_at, [&] { return refund.mutable_notice_accepted_at(); });
    WriteTime(from.refund->notice_expired_at, [&] { return refund.mutable_notice_expired_at(); });
  }
  if (from.cancellation) {
    store::GuaranteeCancellation& cancellation = *to.mutable_cancellation();
    cancellation.set_business_no(from.cancellation->business_no);
    cancellation.set_reason(from.cancellation->reason);
    cancellation.set_own(from.cancellation->own);
    cancellation.set_status(static_cast<int>(from.cancellation->status));
    cancellation.set_requested_at(from.cancellation->requested_at.value);
    WriteTime(from.cancellation->sent_at, [&] { return cancellation.mutable_sent_at(); });
    WriteTime(from.cancellation->answer_due, [&] { return cancellation.mutable_answer_due(); });
    cancellation.set_overdue(from.cancellation->overdue);
  }
  if (from.hold) {
    to.mutable_hold()->set_business_no(from.hold->business_no);
    to.mutable_hold()->set_received_at(from.hold->received_at.value);
  }
}

bool ReadRefund(const store::GuaranteeRefund& from, Guarantee& to) {
  if (!Below(from.status(), kRefundWords.size())) return false;
  to.refund = Refund{from.business_no(),
                     from.reason(),
                     static_cast<RefundStatus>(from.status()),
                     {from.requested_at()},
                     ReadTime(from.has_notice_accepted_at(), from.notice_accepted_at()),
                     ReadTime(from.has_notice_expired_at(), from.notice_expired_at())};
  return true;
}

bool ReadCancellation(const store::GuaranteeCancellation& from, Guarantee& to) {
  if (!Below(from.status(), kCancellationWords.size())) return false;
  to.cancellation = Cancellation{from.business_no(),
                                 from.reason(),
                                 from.own(),
                                 static_cast<CancellationStatus>(from.status()),
                                 {from.requested_at()},
                                 ReadTime(from.has_sent_at(), from.sent_at()),
                                 ReadTime(from.has_answer_due(), from.answer_due()),
                                 from.overdue()};
  return true;
}

bool ReadProcesses(const store::Guarantee& from, Guarantee& to) {
  if (from.has_hold()) {
    to.hold = ClaimHold{from.hold().business_no(), {from.hold().received_at()}};
  }
  return (!from.has_refund() || ReadRefund(from.refund(), to)) &&
         (!from.has_cancellation() || ReadCancellation(from.cancellation(), to));
}

void WriteMemory(const Guarantee& from, store::Guarantee& to) {
  for (const std::string& reference : from.payment_references) {
    to.add_payment_references(reference);
  }
  for (const Operation& operation : from.operations) {
    store::GuaranteeOperation& stored = *to.add_operations();
    stored.set_kind(static_cast<int>(operation.kind));
    stored.set_business_no(operation.business_no);
    stored.set_outcome(static_cast<int>(operation.outcome));
    stored.set_withdraw_reason(operation.withdraw_reason);
  }
  for (const DecisionRecord& decision : from.decisions) {
    store::DecisionRecord& stored = *to.add_decisions();
    stored.set_decision_id(decision.decision_id);
    stored.set_refusal(std::string(FactsOf(decision.refusal).word));
  }
}

bool ReadMemory(const store::Guarantee& from, Guarantee& to) {
  to.payment_references.assign(from.payment_references().begin(), from.payment_references().end());
  for (const store::GuaranteeOperation& stored : from.operations()) {
    if (!Below(stored.kind(), kOperationKinds) || !Below(stored.outcome(), kOperationOutcomes)) {
      return false;
    }
    to.operations.push_back({static_cast<OperationKind>(stored.kind()), stored.business_no(),
                             static_cast<OperationOutcome>(stored.outcome()),
                             stored.withdraw_reason()});
  }
  for (const store::DecisionRecord& stored : from.decisions()) {
    to.decisions.push_back({stored.decision_id(), RefusalOfWord(stored.refusal())});
  }
  return true;
}

// False where a number in it is not one of this program's.
bool Read(const store::Guarantee& from, const std::string& order_flow, Guarantee& to) {
  if (from.state() <= 0 || !Below(from.state(), kStateCount)) return false;
  to.state = static_cast<State>(from.state());
  to.revision = from.revision();
  to.terms_revision = from.terms_revision();
  to.order_flow = order_flow;
  ReadTerms(from, to);
  ReadRestore(from, to);
  return ReadProcesses(from, to) && ReadMemory(from, to);
}

}  // namespace

std::string SerializeGuarantee(const GuaranteeRecord& record) {
  store::StoredGuarantee stored;
  stored.set_order_flow(record.order_flow);
  if (record.guarantee) {
    store::Guarantee& to = *stored.mutable_guarantee();
    to.set_state(static_cast<int>(record.guarantee->state));
    to.set_revision(record.guarantee->revision);
    to.set_terms_revision(record.guarantee->terms_revision);
    WriteTerms(*record.guarantee, to);
    WriteRestore(*record.guarantee, to);
    WriteProcesses(*record.guarantee, to);
    WriteMemory(*record.guarantee, to);
  }
  return stored.SerializeAsString();
}

Result<GuaranteeRecord> ParseGuarantee(std::string_view bytes) {
  const auto unreadable = [] {
    return Permanent("guarantee.stored", "a stored guarantee cannot be read");
  };
  store::StoredGuarantee stored;
  if (bytes.size() > INT_MAX ||
      !stored.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())) ||
      stored.order_flow().empty()) {
    return unreadable();
  }
  GuaranteeRecord record{stored.order_flow(), std::nullopt};
  if (!stored.has_guarantee()) return record;
  record.guarantee.emplace();
  if (!Read(stored.guarantee(), stored.order_flow(), *record.guarantee)) return unreadable();
  return record;
}

std::string_view StateWord(State state) { return Word(kStateWords, state); }
std::string_view StatusWord(RefundStatus status) { return Word(kRefundWords, status); }
std::string_view StatusWord(CancellationStatus status) { return Word(kCancellationWords, status); }

RefusalCode RefusalOfWord(std::string_view word) {
  const auto found = std::find_if(kRefusals.begin(), kRefusals.end(),
                                  [word](const RefusalFacts& facts) { return facts.word == word; });
  return found == kRefusals.end() ? RefusalCode::kNone : found->code;
}

std::string_view TimerName(TimerKind kind) { return Word(kTimerNames, kind); }
std::optional<TimerKind> TimerKindOf(std::string_view name) {
  const auto found = std::find(kTimerNames.begin(), kTimerNames.end(), name);
  if (found == kTimerNames.end()) return std::nullopt;
  return static_cast<TimerKind>(found - kTimerNames.begin());
}
std::string_view AlarmText(AlarmKind kind) { return Word(kAlarmTexts, kind); }

}  // namespace guarantee::order::letter
