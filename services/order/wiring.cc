#include "order/wiring.h"

#include <array>
#include <filesystem>

#include "crypto/purpose.h"
#include "crypto/random.h"
#include "host/case_rpc.h"
#include "order/adapters/bank_letters.h"
#include "order/adapters/order_rpc.h"
#include "order/adapters/sealed_opener.h"
#include "order/app/guarantee_number.h"
#include "order/app/guarantee_rules.h"
#include "order/app/order_desk.h"
#include "order/app/rules.h"
#include "runtime/file.h"

namespace guarantee::order {
namespace {

constexpr std::size_t kRulesBytesMax = 64U << 10;
constexpr const char* kFileCode = "order.file";

Policy PolicyOf(const partner::Partner& partner) {
  Policy policy;
  policy.institution_name = partner.institution.name;
  policy.insurer_code = partner.institution.insurer_code;
  policy.credit_backed = partner.products.credit_backed;
  policy.cancel_by_decision = partner.products.cancel_by_decision;
  policy.amount_min = partner.limits.amount_min;
  policy.amount_max = partner.limits.amount_max;
  policy.valid_days = static_cast<std::int32_t>(partner.products.valid_days);
  return policy;
}

host::HostOptions HostOptionsOf(const OrderOptions& options, host::AttachmentOptions attachments) {
  host::HostOptions host;
  host.group = kGroup;
  host.process_name = options.process_name;
  host.alone = options.alone;
  host.requests_topic = kRequestsTopic;
  host.state_topic = kStateTopic;
  host.foreign_topics = {kDecisionsTopic, kNoticeEventsTopic};
  host.waiting_kind = kWaitingKind;
  host.waiting_code = "order.waiting";
  host.request_limit_ms = options.request_limit_ms;
  host.partners = attachments.partners->Ids();
  host.attachments = std::move(attachments);
  return host;
}

class WiredOrderService final : public OrderService {
 public:
  WiredOrderService(const OrderOptions& options, messaging::Bus& bus, sql::Database& database,
                    std::shared_ptr<const contract::Contract> contract,
                    std::shared_ptr<const partner::PartnerDirectory> partners, const Clock& clock)
      : partners_(std::move(partners)),
        documents_(database),
        letters_(documents_),
        contract_(std::move(contract)),
        options_(options),
        clock_(clock),
        path_(HostOptionsOf(options, {contract_, partners_, kEventsTopic}), bus, database, clock) {}

  Result<void> Start() {
    Result<LoadedRules> rules = LoadRules();
    if (!rules) return tl::unexpected(rules.error());
    if (Result<void> made = MakeDesk(std::move(*rules)); !made) return made;
    if (Result<void> started = path_.Start(*desk_); !started) return started;
    orders_ = std::make_unique<OrderRpc>(*tasks_, documents_, letters_, path_);
    cases_ = std::make_unique<host::CaseRpc>(contract_, *desk_, path_);
    return {};
  }

  grpc::Service& orders() override { return *orders_; }
  rpc::v1::CaseService::Service& cases() override { return *cases_; }
  rpc::v1::AttachmentService::Service* attachments() override { return path_.attachments(); }
  host::AttachmentCounts attachment_counts() const override { return path_.attachment_counts(); }
  std::vector<grpc::Service*> rpcs() override {
    return {orders_.get(), cases_.get(), path_.attachments()};
  }
  sql::SqlDocumentStore& documents() override { return documents_; }
  messaging::Processor::State State() const override { return path_.State(); }
  messaging::LagMeter& lag() override { return path_.lag(); }
  void Drain(std::chrono::milliseconds timeout) override { path_.Drain(timeout); }

 private:
  struct LoadedRules {
    std::optional<Rules> orders;
    std::optional<GuaranteeRules> guarantees;
  };

  [[nodiscard]] Result<LoadedRules> LoadRules() {
    LoadedRules loaded;
    if (options_.rules_file.empty()) return loaded;
    const Result<std::string> text =
        runtime::ReadFile(options_.rules_file, kRulesBytesMax, kFileCode, "order.rules_file");
    if (!text) return tl::unexpected(text.error());
    Result<RulesFile> orders = ReadRules(*text);
    if (!orders) return tl::unexpected(orders.error());
    Result<DocumentFacts> letter = KeepRulesLetter(orders->letter_file);
    if (!letter) return tl::unexpected(letter.error());
    orders->rules.letter = std::move(*letter);
    loaded.orders = std::move(orders->rules);
    Result<std::optional<GuaranteeRulesFile>> guarantees = ReadGuaranteeRules(*text);
    if (!guarantees) return tl::unexpected(guarantees.error());
    if (!*guarantees) return loaded;
    loaded.guarantees = (*guarantees)->rules;
    if ((*guarantees)->letter_file.empty()) return loaded;
    letter = KeepRulesLetter((*guarantees)->letter_file);
    if (!letter) return tl::unexpected(letter.error());
    loaded.guarantees->plain_letter = std::move(*letter);
    return loaded;
  }

  // One file for all: for demonstration only.
  [[nodiscard]] Result<DocumentFacts> KeepRulesLetter(const std::string& file) {
    if (!options_.demonstration_letters) {
      return Refused("rules", "a letter from the rules file is for demonstration only",
                     "order.letters_demonstration");
    }
    const std::filesystem::path letter =
        std::filesystem::path(options_.rules_file).parent_path() / file;
    const Result<std::string> bytes =
        runtime::ReadFile(letter.string(), kLetterBytesMax, kFileCode, "order.letter_file");
    if (!bytes) return tl::unexpected(bytes.error());
    return letters_.Keep(*bytes);
  }

  [[nodiscard]] Result<void> MakeDesk(LoadedRules rules) {
    const auto flow_key = crypto::TokenKey::Derive(options_.key, crypto::kFlowPurpose);
    if (!flow_key) return tl::unexpected(flow_key.error());
    const auto redirect_key = crypto::TokenKey::Derive(options_.key, crypto::kRedirectPurpose);
    if (!redirect_key) return tl::unexpected(redirect_key.error());
    const auto restore_key = crypto::TokenKey::Derive(options_.key, "restore");
    if (!restore_key) return tl::unexpected(restore_key.error());
    opener_ = std::make_unique<CipherOpener>(partners_, options_.storage_keys, *restore_key);
    if (Result<void> checked = opener_->Check(); !checked) return checked;
    MakeTasks(std::move(rules.orders), *flow_key, *redirect_key);
    GuaranteeTasks::Dependencies needs;
    needs.tools = path_.Tools();
    needs.contract = contract_;
    needs.policy = [this](const std::string& id) { return LetterPolicyOf(id); };
    needs.letters = &letters_;
    needs.opener = opener_.get();
    needs.rules = std::move(rules.guarantees);
    guarantees_ = std::make_unique<GuaranteeTasks>(std::move(needs));
    desk_ = std::make_unique<OrderDesk>(*tasks_, *guarantees_);
    return {};
  }

  [[nodiscard]] std::optional<letter::Policy> LetterPolicyOf(const std::string& id) const {
    if (!partners_->FindPartner(id)) return std::nullopt;
    return options_.letter_policy;
  }

  void MakeTasks(std::optional<Rules> rules, const crypto::TokenKey& flow_key,
                 const crypto::TokenKey& redirect_key) {
    OrderTasks::Dependencies needs;
    needs.contract = contract_;
    needs.policy = [this](const std::string& id) -> std::optional<Policy> {
      const auto partner = partners_->FindPartner(id);
      if (!partner) return std::nullopt;
      return PolicyOf(*partner);
    };
    needs.letter_policy = [this](const std::string& id) { return LetterPolicyOf(id); };
    needs.credit_flow = [this, flow_key](const Order& order) {
      return CreditFlowOf(order, *opener_, flow_key);
    };
    needs.redirect_token = [redirect_key](const std::string& partner, const std::string& order) {
      const std::array<std::string_view, 2> parts{partner, order};
      return redirect_key.Make(parts);
    };
    const service::DeskTools tools = path_.Tools();
    needs.partition = tools.partition;
    needs.find_flow = [this](const std::string& partner, const std::string& number) {
      return FindFlow(partner, number);
    };
    needs.letters = &letters_;
    needs.makers = {tools.event_id, [this](const std::string&) {
                      return MintGuaranteeNumber(clock_.Now(), crypto::SystemRandom());
                    }};
    needs.rules = std::move(rules);
    needs.clock = &clock_;
    tasks_ = std::make_unique<OrderTasks>(std::move(needs));
  }

  [[nodiscard]] Result<std::optional<std::string>> FindFlow(const std::string& partner,
                                                            const std::string& number) {
    const Result<std::vector<messaging::StoredRow>> rows =
        path_.store().List({kOrderKind, partner, number, 2});
    if (!rows) return tl::unexpected(rows.error());
    if (rows->size() > 1)
      return Refused("order.ambiguous", "several orders have this number", "number");
    if (rows->empty()) return std::optional<std::string>{};
    return std::optional<std::string>{rows->front().key.id};
  }

  const std::shared_ptr<const partner::PartnerDirectory> partners_;
  sql::SqlDocumentStore documents_;
  BankLetters letters_;
  const std::shared_ptr<const contract::Contract> contract_;
  const OrderOptions options_;
  const Clock& clock_;
  // These outlive what asks them.
  std::unique_ptr<CipherOpener> opener_;
  std::unique_ptr<OrderTasks> tasks_;
  std::unique_ptr<GuaranteeTasks> guarantees_;
  std::unique_ptr<OrderDesk> desk_;
  host::WritePath path_;
  std::unique_ptr<OrderRpc> orders_;
  std::unique_ptr<host::CaseRpc> cases_;
};

}  // namespace

Result<std::unique_ptr<OrderService>> OrderService::Start(
    const OrderOptions& options, messaging::Bus& bus, sql::Database& database,
    std::shared_ptr<const contract::Contract> contract,
    std::shared_ptr<const partner::PartnerDirectory> partners, const Clock& clock) {
  if (Result<void> migrated = database.Migrate(sql::WriteStoreMigrations()); !migrated) {
    return tl::unexpected(migrated.error());
  }
  auto service = std::make_unique<WiredOrderService>(options, bus, database, std::move(contract),
                                                     std::move(partners), clock);
  if (Result<void> started = service->Start(); !started) return tl::unexpected(started.error());
  return service;
}

}  // namespace guarantee::order
