#include "invoice/domain/invoice.h"

#include <algorithm>

namespace guarantee::invoice {
namespace {

constexpr std::size_t kDigitalNumberDigits = 20;
constexpr std::size_t kOlderNumberDigits = 8;
constexpr std::size_t kOlderCodeDigitsMin = 10;
constexpr std::size_t kOlderCodeDigitsMax = 12;

bool IsDigits(const std::string& text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

template <typename Wanted>
const Request* First(const Invoices& row, const Wanted& wanted) {
  const auto found = std::find_if(row.requests.begin(), row.requests.end(), wanted);
  return found == row.requests.end() ? nullptr : &*found;
}

}  // namespace

bool IsWellFormed(const InvoiceNumber& one) {
  if (!IsDigits(one.number) || !IsDigits(one.code)) return false;
  if (one.code.empty()) return one.number.size() == kDigitalNumberDigits;
  return one.number.size() == kOlderNumberDigits && one.code.size() >= kOlderCodeDigitsMin &&
         one.code.size() <= kOlderCodeDigitsMax;
}

const Request* FindRequest(const Invoices& row, std::string_view business_no) {
  return First(row, [&](const Request& r) { return r.business_no == business_no; });
}
const Request* OpenRequest(const Invoices& row) {
  return First(row, [](const Request& r) { return IsOpen(r.state); });
}
const Request* IssuedRequest(const Invoices& row) {
  return First(row, [](const Request& r) { return r.state == State::kIssued; });
}

const Request* ShownRequest(const Invoices& row) {
  if (const Request* open = OpenRequest(row)) return open;
  if (const Request* issued = IssuedRequest(row)) return issued;
  return row.requests.empty() ? nullptr : &row.requests.back();
}

const DecisionRecord* FindDecision(const Invoices& row, const std::string& decision_id) {
  if (const auto* known = machine::FindDecision(row.decisions, decision_id)) return known;
  for (const Request& request : row.requests) {
    if (const auto* known = machine::FindDecision(request.decisions, decision_id)) return known;
  }
  return nullptr;
}

Money PremiumLeft(const Guarantee& guarantee) {
  return {std::max<std::int64_t>(0, guarantee.premium.fen - guarantee.returned.fen)};
}

}  // namespace guarantee::invoice
