#include "credit/adapters/credit_codec.h"

#include <algorithm>
#include <array>
#include <vector>

#include "guarantee/store/v1/credit.pb.h"

namespace guarantee::credit {
namespace {

namespace store = guarantee::store::v1;

constexpr std::array<std::string_view, kStateCount> kStateWords = {
    "none", "applied", "granted", "declined", "withdrawn", "lapsed"};

template <typename Stored>
void WriteDecisions(const std::vector<DecisionRecord>& from, Stored& to) {
  for (const DecisionRecord& decision : from) {
    store::CreditDecisionRecord& record = *to.add_decisions();
    record.set_decision_id(decision.decision_id);
    record.set_refusal(std::string(FactsOf(decision.refusal).word));
  }
}
template <typename Stored>
std::vector<DecisionRecord> ReadDecisions(const Stored& from) {
  std::vector<DecisionRecord> decisions;
  for (const store::CreditDecisionRecord& record : from.decisions()) {
    decisions.push_back({record.decision_id(), RefusalOfWord(record.refusal())});
  }
  return decisions;
}

void Write(const Application& from, store::StoredCreditApplication& to) {
  to.set_state(static_cast<int>(from.state));
  to.set_business_no(from.business_no);
  to.set_received_at(from.received_at.value);
  to.set_applicant_name(from.applicant.name);
  to.set_applicant_code(from.applicant.code);
  to.set_attachment(from.attachment);
  if (from.granted_at) to.set_granted_at(from.granted_at->value);
  to.set_end_reason(std::string(FactsOf(from.end_reason).word));
  to.set_end_text(from.end_text);
  WriteDecisions(from.decisions, to);
}
Application Read(const store::StoredCreditApplication& from) {
  Application to;
  to.state = static_cast<State>(from.state());
  to.business_no = from.business_no();
  to.received_at = {from.received_at()};
  to.applicant = {from.applicant_name(), from.applicant_code()};
  to.attachment = from.attachment();
  if (from.has_granted_at()) to.granted_at = UnixMillis{from.granted_at()};
  to.end_reason = RefusalOfWord(from.end_reason());
  to.end_text = from.end_text();
  to.decisions = ReadDecisions(from);
  return to;
}

void Write(const Line& from, store::StoredCreditLine& to) {
  to.set_business_no(from.business_no);
  to.set_limit_fen(from.limit.fen);
  to.set_valid_begin(from.valid_begin.value);
  to.set_valid_end(from.valid_end.value);
  to.set_granted_by(from.granted_by);
}
Line Read(const store::StoredCreditLine& from) {
  return {from.business_no(),
          {from.limit_fen()},
          {from.valid_begin()},
          {from.valid_end()},
          from.granted_by()};
}

void Write(const Reservation& from, store::StoredCreditReservation& to) {
  to.set_order_flow(from.order_flow);
  to.set_order_no(from.order_no);
  to.set_amount_fen(from.amount.fen);
  to.set_released(from.released);
}
Reservation Read(const store::StoredCreditReservation& from) {
  return {from.order_flow(), from.order_no(), {from.amount_fen()}, from.released()};
}

// Numbers that a later version may have written are not guessed at.
bool Readable(const store::StoredCreditApplication& application) {
  return application.state() > static_cast<int>(State::kNone) &&
         application.state() < static_cast<int>(kStateCount) && !application.business_no().empty();
}

}  // namespace

std::string SerializeCredit(const Credit& row) {
  store::StoredCredit stored;
  stored.set_revision(row.revision);
  stored.set_partner(row.partner);
  for (const Application& application : row.applications) {
    Write(application, *stored.add_applications());
  }
  if (row.line) Write(*row.line, *stored.mutable_line());
  for (const Reservation& reservation : row.reservations) {
    Write(reservation, *stored.add_reservations());
  }
  stored.set_terms_revision(row.terms_revision);
  WriteDecisions(row.decisions, stored);
  return stored.SerializeAsString();
}

Result<Credit> ParseCredit(std::string_view bytes) {
  store::StoredCredit stored;
  const bool parsed = stored.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()));
  if (!parsed || stored.revision() <= 0 ||
      !std::all_of(stored.applications().begin(), stored.applications().end(), Readable)) {
    return Permanent("credit.stored", "a stored credit cannot be read");
  }
  Credit row;
  row.revision = stored.revision();
  row.partner = stored.partner();
  for (const auto& application : stored.applications()) {
    row.applications.push_back(Read(application));
  }
  if (stored.has_line()) row.line = Read(stored.line());
  for (const auto& reservation : stored.reservations()) {
    row.reservations.push_back(Read(reservation));
  }
  row.terms_revision = stored.terms_revision();
  row.decisions = ReadDecisions(stored);
  return row;
}

std::string_view StateWord(State state) { return kStateWords[static_cast<std::size_t>(state)]; }

RefusalCode RefusalOfWord(std::string_view word) {
  const auto found = std::find_if(kRefusals.begin(), kRefusals.end(),
                                  [word](const RefusalFacts& facts) { return facts.word == word; });
  return found == kRefusals.end() ? RefusalCode::kNone : found->code;
}

}  // namespace guarantee::credit
