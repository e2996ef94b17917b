#include "order/app/guarantee_rules.h"

#include "service/rules_section.h"

namespace guarantee::order {
namespace {

using nlohmann::json;

constexpr const char* kSection = "guarantee";
constexpr const char* kRefundKey = "refund_up_to";
constexpr const char* kCancelKey = "cancel_up_to";
constexpr const char* kLetterKey = "letter_file";
constexpr const char* kDecidedBy = "rules";
// A refund, a cancellation, a letter.
constexpr int kStepsMax = 3;

Error Wrong(const char* key, const char* rule) {
  return {ErrorKind::kRefused, "rules", std::string(kSection) + "." + key, rule};
}

Result<Money> AmountOf(const json& section, const char* key) {
  const auto found = section.find(key);
  if (found == section.end()) return Money{};
  if (!found->is_string()) return tl::unexpected(Wrong(key, "must be an amount"));
  const Result<Money> amount = Money::Parse(found->get<std::string>());
  if (!amount) return tl::unexpected(Wrong(key, "must be an amount"));
  return *amount;
}

letter::DecisionHead Head(const char* step, const std::string& number) {
  return {std::string("rules-") + step + "-" + number, kDecidedBy, {}, 0};
}

}  // namespace

Result<std::optional<GuaranteeRulesFile>> ReadGuaranteeRules(std::string_view text) {
  const Result<std::optional<json>> section =
      service::RulesSection(text, kSection, {kRefundKey, kCancelKey, kLetterKey});
  if (!section) return tl::unexpected(section.error());
  if (!*section) return std::optional<GuaranteeRulesFile>{};
  const Result<Money> refund = AmountOf(**section, kRefundKey);
  if (!refund) return tl::unexpected(refund.error());
  const Result<Money> cancel = AmountOf(**section, kCancelKey);
  if (!cancel) return tl::unexpected(cancel.error());
  GuaranteeRulesFile file;
  file.rules.refund_up_to = *refund;
  file.rules.cancel_up_to = *cancel;
  if (const auto found = (*section)->find(kLetterKey); found != (*section)->end()) {
    if (!found->is_string()) return tl::unexpected(Wrong(kLetterKey, "must be a text"));
    file.letter_file = found->get<std::string>();
  }
  return std::optional<GuaranteeRulesFile>{std::move(file)};
}

std::optional<letter::Command> DecideByRules(const GuaranteeRules& rules,
                                             const letter::Guarantee& guarantee, UnixMillis now) {
  const std::string& number = guarantee.guarantee_no;
  if (letter::RefundPending(guarantee) && guarantee.amount <= rules.refund_up_to) {
    const std::string& refund = guarantee.refund->business_no;
    return letter::ApproveRefund{Head("refund", refund), refund};
  }
  if (letter::CancellationPending(guarantee) && guarantee.amount <= rules.cancel_up_to) {
    const std::string& cancellation = guarantee.cancellation->business_no;
    return letter::ApproveCancellation{Head("cancel", cancellation), cancellation};
  }
  if (guarantee.restore && !guarantee.plain_letter && rules.plain_letter) {
    return letter::PlainLetterReady{Head("letter", number),
                                    {rules.plain_letter->sha256, rules.plain_letter->size_bytes,
                                     rules.plain_letter->media_type, now}};
  }
  return std::nullopt;
}

Result<void> ApplyGuaranteeRules(service::Outbound& out, const GuaranteeSettings& settings,
                                 const GuaranteeRules& rules) {
  for (int step = 0; step < kStepsMax; ++step) {
    const auto record = ReadGuarantee(out.workspace(), out.cause().flow);
    if (!record) return tl::unexpected(record.error());
    if (!*record || !(*record)->guarantee) return {};
    const auto command = DecideByRules(rules, *(*record)->guarantee, out.now());
    if (!command) return {};
    service::Cause cause = out.cause();
    cause.journal_kind = "decision";
    cause.section.clear();
    cause.source.reset();
    cause.detail = kDecidedBy;
    service::Outbound ruled = out.For(cause);
    const Result<service::Outcome> done = WorkGuarantee(ruled, settings, *command);
    if (!done) return tl::unexpected(done.error());
    if (done->verdict != letter::Verdict::kApplied) return {};
  }
  return {};
}

}  // namespace guarantee::order
