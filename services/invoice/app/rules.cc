#include "invoice/app/rules.h"

#include "crypto/digest.h"
#include "service/rules_section.h"

namespace guarantee::invoice {
namespace {

using nlohmann::json;

constexpr const char* kSection = "invoice";
constexpr const char* kIssueKey = "issue";
constexpr const char* kDecidedBy = "rules";
constexpr std::size_t kDigits = 20;  // of a fully digital invoice's number
constexpr unsigned kBase = 10;
// A name that is reserved and never resolves.
constexpr const char* kLinkPrefix = "https://demonstration.invalid/";

// One digit a byte of the digest.
std::string NumberOf(const std::string& text) {
  const std::string digest = crypto::Sha256(text);
  static_assert(crypto::kSha256Bytes >= kDigits);
  std::string number;
  for (std::size_t at = 0; at < kDigits; ++at) {
    number += std::to_string(static_cast<unsigned char>(digest[at]) % kBase);
  }
  return number;
}

}  // namespace

Result<bool> ReadRules(std::string_view text) {
  const Result<std::optional<json>> found = service::RulesSection(text, kSection, {kIssueKey});
  if (!found) return tl::unexpected(found.error());
  if (!*found) return false;
  const json& rules = **found;
  const auto issue = rules.find(kIssueKey);
  if (issue == rules.end() || !issue->is_boolean()) {
    return Refused("rules", "must be true or false", std::string(kSection) + "." + kIssueKey);
  }
  return issue->get<bool>();
}

std::optional<Command> IssueByRules(const Invoices& row, const std::string& event_id) {
  const Request* open = OpenRequest(row);
  if (open == nullptr || open->state != State::kRequested) return std::nullopt;
  const std::string& business_no = open->business_no;
  const std::string number = NumberOf(event_id + "/" + business_no);
  return Issue{{std::string(kIssueKey) + "-" + business_no, kDecidedBy, {}, 0},
               business_no,
               {number, {}},
               kLinkPrefix + number};
}

}  // namespace guarantee::invoice
