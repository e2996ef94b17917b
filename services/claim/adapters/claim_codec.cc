#include "claim/adapters/claim_codec.h"

#include <algorithm>
#include <array>
#include <optional>
#include <vector>

#include "guarantee/store/v1/claim.pb.h"

namespace guarantee::claim {
namespace {

namespace store = guarantee::store::v1;

constexpr std::array<std::string_view, kStateCount> kStateWords = {
    "none", "received", "examining", "paying", "paid", "refused", "withdrawn"};

void Write(const Party& from, store::ClaimParty& to) {
  to.set_name(from.name);
  to.set_code(from.code);
}
Party Read(const store::ClaimParty& from) { return {from.name(), from.code()}; }

template <typename Stored>
void WriteDecisions(const std::vector<DecisionRecord>& from, Stored& to) {
  for (const DecisionRecord& decision : from) {
    store::ClaimDecisionRecord& record = *to.add_decisions();
    record.set_decision_id(decision.decision_id);
    record.set_refusal(std::string(FactsOf(decision.refusal).word));
  }
}
template <typename Stored>
std::vector<DecisionRecord> ReadDecisions(const Stored& from) {
  std::vector<DecisionRecord> decisions;
  for (const store::ClaimDecisionRecord& record : from.decisions()) {
    decisions.push_back({record.decision_id(), RefusalOfWord(record.refusal())});
  }
  return decisions;
}

std::optional<UnixMillis> TimeOf(bool present, std::int64_t at) {
  return present ? std::optional<UnixMillis>(UnixMillis{at}) : std::nullopt;
}
std::optional<Money> MoneyOf(bool present, std::int64_t fen) {
  return present ? std::optional<Money>(Money{fen}) : std::nullopt;
}

void WritePresentation(const Claim& from, store::StoredClaim& to) {
  to.set_state(static_cast<int>(from.state));
  to.set_business_no(from.business_no);
  to.set_own(from.own);
  to.set_received_at(from.received_at.value);
  to.set_warning_at(from.warning_at.value);
  to.set_examine_end(from.examine_end.value);
  to.set_clock(from.clock);
  Write(from.beneficiary, *to.mutable_beneficiary());
  for (const std::string& attachment : from.attachments) to.add_attachments(attachment);
  to.set_hold(static_cast<int>(from.hold));
  if (from.hold_answer_due) to.set_hold_answer_due(from.hold_answer_due->value);
  to.set_match(static_cast<int>(from.match));
}

void WriteExamination(const Claim& from, store::StoredClaim& to) {
  if (from.demand) to.set_demand_fen(from.demand->fen);
  for (const std::string& examiner : from.examiners) to.add_examiners(examiner);
  for (const Approval& approval : from.approvals) {
    store::ClaimApproval& stored = *to.add_approvals();
    stored.set_decided_by(approval.decided_by);
    stored.set_amount_fen(approval.amount.fen);
  }
  for (const std::string& text : from.discrepancies) to.add_discrepancies(text);
  if (from.ordered) to.set_ordered_fen(from.ordered->fen);
  if (from.paid) to.set_paid_fen(from.paid->fen);
  to.set_payment_reference(from.payment_reference);
  to.set_end_reason(std::string(FactsOf(from.end_reason).word));
  to.set_withdrawal_reason(from.withdrawal_reason);
  to.set_withdrawal_asked(from.withdrawal_asked);
  to.set_consent_document(from.consent_document);
  to.set_platform(static_cast<int>(from.platform));
  if (from.platform_answer_due) to.set_platform_answer_due(from.platform_answer_due->value);
  to.set_terms_revision(from.terms_revision);
  WriteDecisions(from.decisions, to);
}

void ReadPresentation(const store::StoredClaim& from, Claim& to) {
  to.state = static_cast<State>(from.state());
  to.business_no = from.business_no();
  to.own = from.own();
  to.received_at = {from.received_at()};
  to.warning_at = {from.warning_at()};
  to.examine_end = {from.examine_end()};
  to.clock = from.clock();
  to.beneficiary = Read(from.beneficiary());
  to.attachments.assign(from.attachments().begin(), from.attachments().end());
  to.hold = static_cast<Hold>(from.hold());
  to.hold_answer_due = TimeOf(from.has_hold_answer_due(), from.hold_answer_due());
  to.match = static_cast<Match>(from.match());
}

void ReadExamination(const store::StoredClaim& from, Claim& to) {
  to.demand = MoneyOf(from.has_demand_fen(), from.demand_fen());
  to.examiners.assign(from.examiners().begin(), from.examiners().end());
  for (const store::ClaimApproval& approval : from.approvals()) {
    to.approvals.push_back({approval.decided_by(), {approval.amount_fen()}});
  }
  to.discrepancies.assign(from.discrepancies().begin(), from.discrepancies().end());
  to.ordered = MoneyOf(from.has_ordered_fen(), from.ordered_fen());
  to.paid = MoneyOf(from.has_paid_fen(), from.paid_fen());
  to.payment_reference = from.payment_reference();
  to.end_reason = RefusalOfWord(from.end_reason());
  to.withdrawal_reason = from.withdrawal_reason();
  to.withdrawal_asked = from.withdrawal_asked();
  to.consent_document = from.consent_document();
  to.platform = static_cast<PlatformAnswer>(from.platform());
  to.platform_answer_due = TimeOf(from.has_platform_answer_due(), from.platform_answer_due());
  to.terms_revision = from.terms_revision();
  to.decisions = ReadDecisions(from);
}

template <typename Kind>
bool Within(int number, Kind last, int first = 0) {
  return number >= first && number <= static_cast<int>(last);
}

// Numbers that a later version may have written are not guessed at.
bool Readable(const store::StoredClaim& claim) {
  return Within(claim.state(), State::kWithdrawn, 1) && Within(claim.hold(), Hold::kRefused) &&
         Within(claim.match(), Match::kDiffers) &&
         Within(claim.platform(), PlatformAnswer::kClosed) && !claim.business_no().empty();
}

}  // namespace

std::string SerializeClaims(const Claims& row) {
  store::StoredClaims stored;
  stored.set_revision(row.revision);
  stored.set_partner(row.partner);
  stored.set_guarantee_no(row.guarantee_no);
  if (row.guarantee.available) stored.set_available_fen(row.guarantee.available->fen);
  if (row.guarantee.valid_end) stored.set_valid_end(row.guarantee.valid_end->value);
  if (row.guarantee.tenderee) Write(*row.guarantee.tenderee, *stored.mutable_tenderee());
  for (const Claim& claim : row.claims) {
    store::StoredClaim& to = *stored.add_claims();
    WritePresentation(claim, to);
    WriteExamination(claim, to);
  }
  WriteDecisions(row.decisions, stored);
  return stored.SerializeAsString();
}

Result<Claims> ParseClaims(std::string_view bytes) {
  store::StoredClaims stored;
  const bool parsed = stored.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()));
  if (!parsed || stored.revision() <= 0 ||
      !std::all_of(stored.claims().begin(), stored.claims().end(), Readable)) {
    return Permanent("claim.stored", "a stored claim cannot be read");
  }
  Claims row;
  row.revision = stored.revision();
  row.partner = stored.partner();
  row.guarantee_no = stored.guarantee_no();
  row.guarantee.available = MoneyOf(stored.has_available_fen(), stored.available_fen());
  row.guarantee.valid_end = TimeOf(stored.has_valid_end(), stored.valid_end());
  if (stored.has_tenderee()) row.guarantee.tenderee = Read(stored.tenderee());
  for (const store::StoredClaim& from : stored.claims()) {
    Claim claim;
    ReadPresentation(from, claim);
    ReadExamination(from, claim);
    row.claims.push_back(std::move(claim));
  }
  row.decisions = ReadDecisions(stored);
  return row;
}

std::string_view StateWord(State state) { return kStateWords[static_cast<std::size_t>(state)]; }

RefusalCode RefusalOfWord(std::string_view word) {
  const auto found = std::find_if(kRefusals.begin(), kRefusals.end(),
                                  [word](const RefusalFacts& facts) { return facts.word == word; });
  return found == kRefusals.end() ? RefusalCode::kNone : found->code;
}

}  // namespace guarantee::claim
