#include "claim/domain/claim.h"

#include <algorithm>

namespace guarantee::claim {
namespace {

// Codes are written with and without spaces and in either case.
std::string Plain(const std::string& text) {
  std::string plain;
  for (const char c : text) {
    if (c == ' ' || c == '\t') continue;
    plain.push_back(c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c);
  }
  return plain;
}

}  // namespace

const Claim* FindClaim(const Claims& row, std::string_view business_no) {
  const auto found = std::find_if(row.claims.begin(), row.claims.end(),
                                  [&](const Claim& c) { return c.business_no == business_no; });
  return found == row.claims.end() ? nullptr : &*found;
}

const Claim* OpenClaim(const Claims& row) {
  const auto found = std::find_if(row.claims.begin(), row.claims.end(),
                                  [](const Claim& c) { return IsOpen(c.state); });
  return found == row.claims.end() ? nullptr : &*found;
}

std::string FocusOf(const Claims& row, const std::string& business_no) {
  if (!business_no.empty()) return business_no;
  if (const Claim* open = OpenClaim(row)) return open->business_no;
  return row.claims.empty() ? "" : row.claims.back().business_no;
}

const Claim* ShownClaim(const Claims& row) {
  if (const Claim* open = OpenClaim(row)) return open;
  const auto paid = std::find_if(row.claims.rbegin(), row.claims.rend(),
                                 [](const Claim& one) { return one.state == State::kPaid; });
  if (paid != row.claims.rend()) return &*paid;
  return row.claims.empty() ? nullptr : &row.claims.back();
}

Money DemandOf(const Claims& row, const Claim& claim) {
  return claim.demand.value_or(row.guarantee.available.value_or(Money{}));
}

const DecisionRecord* FindDecision(const Claims& row, const std::string& decision_id) {
  if (const auto* known = machine::FindDecision(row.decisions, decision_id)) return known;
  for (const Claim& claim : row.claims) {
    if (const auto* known = machine::FindDecision(claim.decisions, decision_id)) return known;
  }
  return nullptr;
}

bool SameParty(const Party& sent, const Party& restored) {
  if (restored.code.empty()) return Plain(sent.name) == Plain(restored.name);
  return Plain(sent.code) == Plain(restored.code);
}

}  // namespace guarantee::claim
