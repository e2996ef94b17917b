#include "order/wiring.h"

#include <filesystem>

#include "crypto/random.h"
#include "order/adapters/bank_letters.h"
#include "order/adapters/order_rpc.h"
#include "order/app/guarantee_number.h"
#include "order/app/order_tasks.h"
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

host::HostOptions HostOptionsOf(const OrderOptions& options, std::vector<std::string> partners) {
  host::HostOptions host;
  host.group = kGroup;
  host.process_name = options.process_name;
  host.alone = options.alone;
  host.requests_topic = kRequestsTopic;
  host.foreign_topics = {kDecisionsTopic, kNoticeEventsTopic};
  host.waiting_kind = kWaitingKind;
  host.waiting_code = "order.waiting";
  host.request_limit_ms = options.request_limit_ms;
  host.partners = std::move(partners);
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
        path_(HostOptionsOf(options, partners_->Ids()), bus, database, clock) {}

  Result<void> Start() {
    if (Result<void> checked = CheckProducts(); !checked) return checked;
    Result<std::optional<Rules>> rules = LoadRules();
    if (!rules) return tl::unexpected(rules.error());
    MakeTasks(std::move(*rules));
    if (Result<void> started = path_.Start(*tasks_); !started) return started;
    rpc_ = std::make_unique<OrderRpc>(
        OrderRpc::Dependencies{&path_.processor(), tasks_.get(), &path_.units(), &path_.store(),
                               &documents_, &letters_, &path_.lag(), path_.options().partners});
    return {};
  }

  rpc::v1::OrderService::Service& rpc() override { return *rpc_; }
  sql::SqlDocumentStore& documents() override { return documents_; }
  messaging::Processor::State State() const override { return path_.State(); }
  messaging::LagMeter& lag() override { return path_.lag(); }
  void Drain(std::chrono::milliseconds timeout) override { path_.Drain(timeout); }

 private:
  // A reservation would never be answered: there is no credit service in this program yet.
  [[nodiscard]] Result<void> CheckProducts() const {
    for (const auto& partner : partners_->partners()) {
      if (partner->products.credit_backed) {
        return Refused("order.products", "credit-backed products need the credit service",
                       "partners." + partner->id + ".products.credit_backed");
      }
    }
    return {};
  }

  [[nodiscard]] Result<std::optional<Rules>> LoadRules() {
    if (options_.rules_file.empty()) return std::optional<Rules>{};
    const Result<std::string> text =
        runtime::ReadFile(options_.rules_file, kRulesBytesMax, kFileCode, "order.rules_file");
    if (!text) return tl::unexpected(text.error());
    Result<RulesFile> file = ReadRules(*text);
    if (!file) return tl::unexpected(file.error());
    if (!options_.demonstration_letters) {
      return Refused("rules", "a letter from the rules file is for demonstration only",
                     "order.letters_demonstration");
    }
    const std::filesystem::path letter =
        std::filesystem::path(options_.rules_file).parent_path() / file->letter_file;
    const Result<std::string> bytes =
        runtime::ReadFile(letter.string(), kLetterBytesMax, kFileCode, "order.letter_file");
    if (!bytes) return tl::unexpected(bytes.error());
    const Result<DocumentFacts> facts = letters_.Keep(*bytes);
    if (!facts) return tl::unexpected(facts.error());
    file->rules.letter = *facts;
    return std::optional<Rules>{std::move(file->rules)};
  }

  void MakeTasks(std::optional<Rules> rules) {
    OrderTasks::Dependencies needs;
    needs.contract = contract_;
    needs.policy = [this](const std::string& id) -> std::optional<Policy> {
      const auto partner = partners_->FindPartner(id);
      if (!partner) return std::nullopt;
      return PolicyOf(*partner);
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
  std::unique_ptr<OrderTasks> tasks_;  // outlives what asks it
  host::WritePath path_;
  std::unique_ptr<OrderRpc> rpc_;
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
