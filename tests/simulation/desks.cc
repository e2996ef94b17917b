#include "desks.h"

#include <map>

#include "contract/flow.h"
#include "order/app/guarantee_number.h"
#include "order/app/order_work.h"

namespace guarantee::simulation {
namespace {

constexpr std::string_view kSeal = "sealed:";
constexpr std::int32_t kValidDays = 5;
constexpr std::size_t kDigestHexLength = 64;

// Of the two amounts that are asked for, the rules take the smaller one.
constexpr Money kRulesUpTo{200'000};

order::Rules OrderRules(order::DocumentFacts letter) {
  order::Rules rules;
  rules.approve_up_to = kRulesUpTo;
  rules.payer_name = "bidder";
  rules.payer_account = "6222024000064789589";
  rules.letter = std::move(letter);
  rules.decided_by = "rules";
  return rules;
}

std::string Opened(const std::string& sealed) {
  return sealed.starts_with(kSeal) ? sealed.substr(kSeal.size()) : sealed;
}

bool IsPartner(const std::string& id) {
  for (const char* const partner : kPartnerIds) {
    if (id == partner) return true;
  }
  return false;
}

// The first partner is a bank with everything switched on, the second the simplest case.
std::optional<order::Policy> PolicyOf(const std::string& partner) {
  if (!IsPartner(partner)) return std::nullopt;
  order::Policy policy;
  policy.institution_name = "institution";
  policy.credit_backed = partner == kPartnerIds[0];
  policy.cancel_by_decision = partner == kPartnerIds[0];
  policy.valid_days = kValidDays;
  return policy;
}

// A digest of its own for every content; the order service only compares them.
std::string DigestOf(std::string_view bytes) {
  std::string digest;
  std::uint64_t hash = 0xcbf29ce484222325ULL;
  for (const char c : bytes) {
    hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
  }
  while (digest.size() < kDigestHexLength) {
    constexpr std::string_view kHex = "0123456789abcdef";
    digest.push_back(kHex[hash & 15U]);
    hash = (hash >> 4U) | (hash << 60U);
  }
  return digest;
}

}  // namespace

std::string Sealed(const std::string& plain) { return std::string(kSeal) + plain; }

std::string KeyOf(const std::string& partner, const std::string& order_no) {
  return "key of " + partner + " " + order_no;
}

std::string CreditFlow(const std::string& partner, const std::string& code) {
  return contract::JoinFlow(partner, contract::FlowKind::kCredit, "hash-" + code);
}

class OrderSide::Letters final : public order::LetterMaker {
 public:
  Result<order::DocumentFacts> Keep(std::string_view bytes) override {
    order::DocumentFacts facts{DigestOf(bytes), static_cast<std::int64_t>(bytes.size()),
                               "application/pdf"};
    kept_.insert_or_assign(facts.sha256, facts);
    return facts;
  }
  Result<order::DocumentFacts> Find(const std::string& sha256) override {
    const auto found = kept_.find(sha256);
    if (found == kept_.end()) return Refused("document.unknown", "no such document");
    return found->second;
  }

 private:
  std::map<std::string, order::DocumentFacts> kept_;
};

class OrderSide::Opener final : public order::SealedOpener {
 public:
  order::Fingerprints FingerprintsOf(const std::string& /*partner*/,
                                     const std::string& /*guarantee_no*/,
                                     const Secret& key) const override {
    const std::string digest = DigestOf(key.Reveal());
    return {digest, digest};
  }
  Result<order::letter::Opening> Open(const std::string& partner, const order::Order& order,
                                      const std::string& /*guarantee_no*/,
                                      const Secret& key) const override {
    order::letter::Opening opening;
    if (key.Reveal() != KeyOf(partner, order.order_no)) return opening;
    order::letter::RestoredNames names;
    names.bidder_name = Opened(order.sealed.bidder_name);
    names.bidder_code = Opened(order.sealed.bidder_code);
    names.tenderee_name = Opened(order.sealed.tenderee_name);
    names.tenderee_code = Opened(order.sealed.tenderee_code);
    opening.names = std::move(names);
    return opening;
  }
};

OrderSide::OrderSide(service::DeskTools tools, std::shared_ptr<const contract::Contract> contract,
                     bool by_rules)
    : letters_(std::make_unique<Letters>()), opener_(std::make_unique<Opener>()) {
  const auto letter_policy = [](const std::string& partner) {
    return IsPartner(partner) ? std::optional<order::letter::Policy>{order::letter::Policy{}}
                              : std::nullopt;
  };
  order::OrderTasks::Dependencies orders;
  orders.contract = contract;
  orders.policy = PolicyOf;
  orders.letter_policy = letter_policy;
  orders.partition = tools.partition;
  orders.find_flow = [find = tools.find](
                         const std::string& partner,
                         const std::string& number) -> Result<std::optional<std::string>> {
    const auto row = find(order::kOrderKind, partner, number);
    if (!row) return tl::unexpected(row.error());
    return *row ? std::optional<std::string>{(*row)->key.id} : std::nullopt;
  };
  orders.letters = letters_.get();
  // Counted for each partner alone, so that the two have guarantees of the same numbers.
  auto minted = std::make_shared<std::map<std::string, int>>();
  orders.makers = {tools.event_id, [minted](const std::string& partner) {
                     return "M" + std::to_string(++(*minted)[partner]);
                   }};
  orders.credit_flow = [](const order::Order& order) {
    return order.bidder ? CreditFlow(order.partner, order.bidder->code) : std::string();
  };
  orders.redirect_token = [](const std::string& partner, const std::string& order_no) {
    return "token-" + partner + "-" + order_no;
  };
  orders.clock = tools.clock;
  if (by_rules) orders.rules = OrderRules(letters_->Keep("letter by rules").value());
  tasks_ = std::make_unique<order::OrderTasks>(std::move(orders));
  order::GuaranteeTasks::Dependencies guarantees;
  guarantees.tools = std::move(tools);
  guarantees.contract = std::move(contract);
  guarantees.policy = letter_policy;
  guarantees.letters = letters_.get();
  guarantees.opener = opener_.get();
  if (by_rules) {
    guarantees.rules = {kRulesUpTo, kRulesUpTo, letters_->Keep("plain letter by rules").value()};
  }
  guarantees_ = std::make_unique<order::GuaranteeTasks>(std::move(guarantees));
  desk_ = std::make_unique<order::OrderDesk>(*tasks_, *guarantees_);
}

OrderSide::~OrderSide() = default;

std::unique_ptr<service::Desk> MakeClaimDesk(service::DeskTools tools,
                                             std::shared_ptr<const contract::Contract> contract,
                                             bool by_rules) {
  claim::Policy policy;
  policy.contact_name = "contact";
  policy.contact_phone = "0730-1234567";
  claim::ClaimDesk::Dependencies needs;
  needs.tools = std::move(tools);
  needs.contract = std::move(contract);
  needs.policy = [shared = std::make_shared<const claim::Policy>(std::move(policy))](
                     const std::string& partner) { return IsPartner(partner) ? shared : nullptr; };
  if (by_rules) needs.rules = {kRulesUpTo};
  return std::make_unique<claim::ClaimDesk>(std::move(needs));
}

std::unique_ptr<service::Desk> MakeCreditDesk(service::DeskTools tools,
                                              std::shared_ptr<const contract::Contract> contract,
                                              bool by_rules) {
  credit::CreditDesk::Dependencies needs;
  needs.tools = std::move(tools);
  needs.contract = std::move(contract);
  needs.knows_partner = IsPartner;
  needs.minimum_amount = Money{100};
  if (by_rules) needs.rules = {Money{5'000'000}, 3};
  return std::make_unique<credit::CreditDesk>(std::move(needs));
}

std::unique_ptr<service::Desk> MakeInvoiceDesk(service::DeskTools tools,
                                               std::shared_ptr<const contract::Contract> contract,
                                               bool by_rules) {
  invoice::InvoiceDesk::Dependencies needs;
  needs.tools = std::move(tools);
  needs.contract = std::move(contract);
  needs.policy = [](const std::string& partner) {
    return IsPartner(partner) ? std::optional<invoice::Policy>{invoice::Policy{}} : std::nullopt;
  };
  needs.issue_by_rules = by_rules;
  return std::make_unique<invoice::InvoiceDesk>(std::move(needs));
}

}  // namespace guarantee::simulation
