#include "order/wiring.h"

#include <filesystem>
#include <fstream>
#include <iterator>

#include "contract/flow.h"
#include "crypto/digest.h"
#include "crypto/identifier.h"
#include "crypto/random.h"
#include "order/adapters/bank_letters.h"
#include "order/adapters/order_rpc.h"
#include "order/app/guarantee_number.h"
#include "order/app/order_units.h"
#include "order/app/rules.h"
#include "sql/lease_store.h"

namespace guarantee::order {
namespace {

constexpr std::size_t kHolderBytes = 8;
constexpr std::size_t kRulesBytesMax = 64U << 10;

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

Result<std::string> ReadFile(const std::string& path, std::size_t most, const char* field) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return Refused("order.file", "cannot read " + path, field);
  std::string bytes((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  if (bytes.size() > most) return Refused("order.file", path + " is too large", field);
  return bytes;
}

class WiredOrderService final : public OrderService {
 public:
  WiredOrderService(const OrderOptions& options, messaging::Bus& bus, sql::Database& database,
                    std::shared_ptr<const contract::Contract> contract,
                    std::shared_ptr<const partner::PartnerDirectory> partners, const Clock& clock)
      : partners_(std::move(partners)),
        store_(database, kGroup),
        leases_(database),
        documents_(database),
        letters_(documents_),
        contract_(std::move(contract)),
        options_(options),
        bus_(bus),
        clock_(clock) {}

  ~WiredOrderService() override { Drain(std::chrono::milliseconds{5000}); }

  Result<void> Start() {
    if (Result<void> checked = CheckProducts(); !checked) return checked;
    Result<std::optional<Rules>> rules = LoadRules();
    if (!rules) return tl::unexpected(rules.error());
    MakeUnits(std::move(*rules));
    MakeProcessor();
    if (Result<void> started = processor_->Start(); !started) return started;
    lag_ = std::make_unique<messaging::LagMeter>(bus_, clock_, kGroup,
                                                 [this] { return processor_->Positions(); });
    std::vector<std::string> ids;
    for (const auto& partner : partners_->partners()) ids.push_back(partner->id);
    rpc_ = std::make_unique<OrderRpc>(OrderRpc::Dependencies{
        processor_.get(), units_.get(), &store_, &documents_, &letters_, lag_.get(), ids});
    return {};
  }

  rpc::v1::OrderService::Service& rpc() override { return *rpc_; }
  sql::SqlDocumentStore& documents() override { return documents_; }
  messaging::Processor::State State() const override { return processor_->state(); }
  messaging::LagMeter& lag() override { return *lag_; }
  void Drain(std::chrono::milliseconds timeout) override {
    if (processor_) processor_->Drain(timeout);
  }

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
        ReadFile(options_.rules_file, kRulesBytesMax, "order.rules_file");
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
        ReadFile(letter.string(), kLetterBytesMax, "order.letter_file");
    if (!bytes) return tl::unexpected(bytes.error());
    const Result<DocumentFacts> facts = letters_.Keep(*bytes);
    if (!facts) return tl::unexpected(facts.error());
    file->rules.letter = *facts;
    return std::optional<Rules>{std::move(file->rules)};
  }

  void MakeUnits(std::optional<Rules> rules) {
    OrderUnits::Dependencies needs;
    needs.contract = contract_;
    needs.policy = [this](const std::string& id) -> std::optional<Policy> {
      const auto partner = partners_->FindPartner(id);
      if (!partner) return std::nullopt;
      return PolicyOf(*partner);
    };
    needs.partition = [this](const std::string& flow) { return processor_->PartitionOf(flow); };
    needs.find_flow = [this](const std::string& partner, const std::string& number) {
      return FindFlow(partner, number);
    };
    needs.load_waiting = [this](const std::string& flow) -> Result<std::string> {
      const auto row = store_.Load({kWaitingKind, flow});
      if (!row) return tl::unexpected(row.error());
      return *row ? (*row)->state : std::string();
    };
    needs.letters = &letters_;
    needs.makers = {[this] { return crypto::MakeIdentifier(clock_.Now(), crypto::SystemRandom()); },
                    [this](const std::string&) {
                      return MintGuaranteeNumber(clock_.Now(), crypto::SystemRandom());
                    }};
    needs.rules = std::move(rules);
    needs.clock = &clock_;
    units_ = std::make_unique<OrderUnits>(std::move(needs));
  }

  void MakeProcessor() {
    messaging::Processor::Options options;
    options.lease.group = kGroup;
    options.lease.holder =
        options_.process_name + "-" + crypto::ToHex(crypto::SystemRandom().Bytes(kHolderBytes));
    options.lease.alone = options_.alone;
    options.requests_topic = kRequestsTopic;
    options.foreign_topics = {kDecisionsTopic, kNoticeEventsTopic};
    options.request_limit_ms = options_.request_limit_ms;
    processor_ = std::make_unique<messaging::Processor>(bus_, store_, leases_, *units_, clock_,
                                                        std::move(options));
  }

  [[nodiscard]] Result<std::optional<std::string>> FindFlow(const std::string& partner,
                                                            const std::string& number) {
    const Result<std::vector<messaging::StoredRow>> rows =
        store_.List({kOrderKind, partner, number, 2});
    if (!rows) return tl::unexpected(rows.error());
    if (rows->size() > 1)
      return Refused("order.ambiguous", "several orders have this number", "number");
    if (rows->empty()) return std::optional<std::string>{};
    return std::optional<std::string>{rows->front().key.id};
  }

  const std::shared_ptr<const partner::PartnerDirectory> partners_;
  sql::SqlWriteStore store_;
  sql::SqlLeaseStore leases_;
  sql::SqlDocumentStore documents_;
  BankLetters letters_;
  const std::shared_ptr<const contract::Contract> contract_;
  const OrderOptions options_;
  messaging::Bus& bus_;
  const Clock& clock_;
  std::unique_ptr<OrderUnits> units_;
  std::unique_ptr<messaging::Processor> processor_;
  std::unique_ptr<messaging::LagMeter> lag_;
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
