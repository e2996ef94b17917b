#include "invoice/adapters/invoice_codec.h"

#include <algorithm>
#include <array>
#include <optional>
#include <vector>

#include "guarantee/store/v1/invoice.pb.h"

namespace guarantee::invoice {
namespace {

namespace store = guarantee::store::v1;

constexpr std::array<std::string_view, kStateCount> kStateWords = {
    "none", "waiting", "requested", "issued", "reversed", "failed"};
constexpr std::array<std::string_view, 2> kKindWords = {"ordinary", "special"};
constexpr std::array<std::string_view, 4> kFlagWords = {"no_contact", "no_recipient",
                                                        "no_mail_address", "odd_tax_number"};

void Write(const InvoiceNumber& from, store::StoredInvoiceNumber& to) {
  to.set_number(from.number);
  to.set_code(from.code);
}
InvoiceNumber Read(const store::StoredInvoiceNumber& from) { return {from.number(), from.code()}; }

void Write(const Buyer& from, store::InvoiceBuyer& to) {
  to.set_name(from.name);
  to.set_code(from.code);
  to.set_address(from.address);
  to.set_phone(from.phone);
  to.set_bank(from.bank);
  to.set_account(from.account);
}
Buyer Read(const store::InvoiceBuyer& from) {
  return {from.name(), from.code(), from.address(), from.phone(), from.bank(), from.account()};
}

void Write(const Delivery& from, store::InvoiceDelivery& to) {
  to.set_title(from.title);
  to.set_mail_address(from.mail_address);
  to.set_recipient(from.recipient);
  to.set_email(from.email);
  to.set_mobile(from.mobile);
}
Delivery Read(const store::InvoiceDelivery& from) {
  return {from.title(), from.mail_address(), from.recipient(), from.email(), from.mobile()};
}

template <typename Stored>
void WriteDecisions(const std::vector<DecisionRecord>& from, Stored& to) {
  for (const DecisionRecord& decision : from) {
    store::InvoiceDecisionRecord& record = *to.add_decisions();
    record.set_decision_id(decision.decision_id);
    record.set_refusal(std::string(FactsOf(decision.refusal).word));
  }
}
template <typename Stored>
std::vector<DecisionRecord> ReadDecisions(const Stored& from) {
  std::vector<DecisionRecord> decisions;
  for (const store::InvoiceDecisionRecord& record : from.decisions()) {
    decisions.push_back({record.decision_id(), RefusalOfWord(record.refusal())});
  }
  return decisions;
}

std::optional<UnixMillis> TimeOf(bool present, std::int64_t at) {
  return present ? std::optional<UnixMillis>(UnixMillis{at}) : std::nullopt;
}

void Write(const Request& from, store::StoredInvoiceRequest& to) {
  to.set_state(static_cast<int>(from.state));
  to.set_business_no(from.business_no);
  to.set_received_at(from.received_at.value);
  to.set_wait_until(from.wait_until.value);
  to.set_kind(static_cast<int>(from.kind));
  to.set_amount_fen(from.amount.fen);
  Write(from.buyer, *to.mutable_buyer());
  Write(from.delivery, *to.mutable_delivery());
  to.set_tax_number_fits(from.tax_number_fits);
  for (const Flag flag : from.flags) to.add_flags(static_cast<int>(flag));
  Write(from.blue, *to.mutable_blue());
  to.set_url(from.url);
  Write(from.red, *to.mutable_red());
  to.set_end_reason(std::string(FactsOf(from.end_reason).word));
  to.set_end_text(from.end_text);
  WriteDecisions(from.decisions, to);
}

Request Read(const store::StoredInvoiceRequest& from) {
  Request to;
  to.state = static_cast<State>(from.state());
  to.business_no = from.business_no();
  to.received_at = {from.received_at()};
  to.wait_until = {from.wait_until()};
  to.kind = static_cast<Kind>(from.kind());
  to.amount = {from.amount_fen()};
  to.buyer = Read(from.buyer());
  to.delivery = Read(from.delivery());
  to.tax_number_fits = from.tax_number_fits();
  for (const int flag : from.flags()) to.flags.push_back(static_cast<Flag>(flag));
  to.blue = Read(from.blue());
  to.url = from.url();
  to.red = Read(from.red());
  to.end_reason = RefusalOfWord(from.end_reason());
  to.end_text = from.end_text();
  to.decisions = ReadDecisions(from);
  return to;
}

template <typename Numbered>
bool Within(int number, Numbered last, int first = 0) {
  return number >= first && number <= static_cast<int>(last);
}

// Numbers that a later version may have written are not guessed at.
bool Readable(const store::StoredInvoiceRequest& request) {
  const auto& flags = request.flags();
  return Within(request.state(), State::kFailed, 1) && Within(request.kind(), Kind::kSpecial) &&
         std::all_of(flags.begin(), flags.end(),
                     [](int flag) { return Within(flag, Flag::kOddTaxNumber); }) &&
         !request.business_no().empty();
}

void Write(const Guarantee& from, store::StoredInvoices& to) {
  if (from.bidder) {
    to.mutable_bidder()->set_name(from.bidder->name);
    to.mutable_bidder()->set_code(from.bidder->code);
  }
  to.set_premium_fen(from.premium.fen);
  if (from.restored_at) to.set_restored_at(from.restored_at->value);
  if (from.accepted_at) to.set_accepted_at(from.accepted_at->value);
  to.set_returned_fen(from.returned.fen);
}

Guarantee GuaranteeOf(const store::StoredInvoices& from) {
  Guarantee to;
  if (from.has_bidder()) to.bidder = Bidder{from.bidder().name(), from.bidder().code()};
  to.premium = {from.premium_fen()};
  to.restored_at = TimeOf(from.has_restored_at(), from.restored_at());
  to.accepted_at = TimeOf(from.has_accepted_at(), from.accepted_at());
  to.returned = {from.returned_fen()};
  return to;
}

}  // namespace

std::string SerializeInvoices(const Invoices& row) {
  store::StoredInvoices stored;
  stored.set_revision(row.revision);
  stored.set_partner(row.partner);
  stored.set_guarantee_no(row.guarantee_no);
  Write(row.guarantee, stored);
  for (const Request& request : row.requests) Write(request, *stored.add_requests());
  stored.set_terms_revision(row.terms_revision);
  WriteDecisions(row.decisions, stored);
  return stored.SerializeAsString();
}

Result<Invoices> ParseInvoices(std::string_view bytes) {
  store::StoredInvoices stored;
  const bool parsed = stored.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()));
  if (!parsed || stored.revision() <= 0 ||
      !std::all_of(stored.requests().begin(), stored.requests().end(), Readable)) {
    return Permanent("invoice.stored", "a stored invoice cannot be read");
  }
  Invoices row;
  row.revision = stored.revision();
  row.partner = stored.partner();
  row.guarantee_no = stored.guarantee_no();
  row.guarantee = GuaranteeOf(stored);
  for (const store::StoredInvoiceRequest& from : stored.requests()) {
    row.requests.push_back(Read(from));
  }
  row.terms_revision = stored.terms_revision();
  row.decisions = ReadDecisions(stored);
  return row;
}

std::string_view StateWord(State state) { return kStateWords[static_cast<std::size_t>(state)]; }
std::string_view KindWord(Kind kind) { return kKindWords[static_cast<std::size_t>(kind)]; }
std::string_view FlagWord(Flag flag) { return kFlagWords[static_cast<std::size_t>(flag)]; }

RefusalCode RefusalOfWord(std::string_view word) {
  const auto found = std::find_if(kRefusals.begin(), kRefusals.end(),
                                  [word](const RefusalFacts& facts) { return facts.word == word; });
  return found == kRefusals.end() ? RefusalCode::kNone : found->code;
}

}  // namespace guarantee::invoice
