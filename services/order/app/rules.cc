#include "order/app/rules.h"

#include "service/rules_section.h"

namespace guarantee::order {
namespace {

using nlohmann::json;

constexpr std::string_view kDecidedBy = "rules";

Result<std::string> TextOf(const json& rules, const char* key, bool required) {
  const auto found = rules.find(key);
  if (found == rules.end() && !required) return std::string();
  if (found == rules.end()) return Refused("rules", "must be set", std::string("order.") + key);
  if (!found->is_string()) return Refused("rules", "must be a text", std::string("order.") + key);
  return found->get<std::string>();
}

}  // namespace

Result<RulesFile> ReadRules(std::string_view text) {
  const Result<std::optional<json>> section = service::RulesSection(
      text, "order", {"approve_up_to", "letter_file", "payer_name", "payer_account"});
  if (!section) return tl::unexpected(section.error());
  if (!*section) return Refused("rules", "must be an object", "order");
  const json& order = **section;
  RulesFile file;
  file.rules.decided_by = kDecidedBy;
  const Result<std::string> limit = TextOf(order, "approve_up_to", true);
  if (!limit) return tl::unexpected(limit.error());
  const Result<Money> amount = Money::Parse(*limit);
  if (!amount) return Refused("rules", "must be an amount", "order.approve_up_to");
  file.rules.approve_up_to = *amount;
  const Result<std::string> letter = TextOf(order, "letter_file", true);
  const Result<std::string> name = TextOf(order, "payer_name", true);
  const Result<std::string> account = TextOf(order, "payer_account", true);
  for (const Result<std::string>* value : {&letter, &name, &account}) {
    if (!*value) return tl::unexpected(value->error());
  }
  file.letter_file = *letter;
  file.rules.payer_name = *name;
  file.rules.payer_account = *account;
  return file;
}

Command DecideByRules(const Rules& rules, const Order& order, const std::string& event_id,
                      UnixMillis now) {
  const DecisionHead head{"rules-" + event_id, rules.decided_by, {}, 0};
  if (order.amount > rules.approve_up_to) return Reject{head};
  Approve approve;
  approve.decision = head;
  approve.materials_complete = true;
  const bool checked = order.basic_account.checked;
  approve.payer = Payment{rules.payer_name,
                          checked ? order.basic_account.account : rules.payer_account,
                          {},
                          now,
                          head.decision_id,
                          true};
  Letter letter;
  letter.sha256 = rules.letter.sha256;
  letter.size_bytes = rules.letter.size_bytes;
  letter.media_type = rules.letter.media_type;
  approve.letter = std::move(letter);
  return approve;
}

}  // namespace guarantee::order
