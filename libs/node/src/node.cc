#include "node/node.h"

#include <chrono>

#include "kafka/kafka_bus.h"
#include "runtime/service.h"
#include "security.h"
#include "sql/embedded_log.h"

namespace guarantee::node {
namespace {

using runtime::ConfigKey;
using runtime::KeyKind;

constexpr std::chrono::milliseconds kTopicTimeout{10'000};
// Below the bound that relays count with (messaging::Processor::Options::publish_ms).
constexpr std::chrono::milliseconds kMessageTimeout{3'000};
constexpr std::string_view kSqlitePrefix = "sqlite:";

constexpr ConfigKey kCommonKeys[] = {
    {.name = "process.name", .required = true, .help = "in logs, metrics and lease holders"},
    {.name = "process.environment",
     .fallback = "production",
     .help = "development, test or production"},
    {.name = "bus.kind", .fallback = "kafka", .help = "kafka or embedded"},
    {.name = "bus.brokers", .help = "host:port, several with commas"},
    {.name = "bus.security_file",
     .kind = KeyKind::kFile,
     .help = "TLS and SASL towards the brokers, `name = value` by librdkafka's names; empty: none"},
    {.name = "store.kind", .fallback = "postgres", .help = "postgres or sqlite"},
    {.name = "store.dsn", .required = true, .help = "postgresql://… or sqlite:<path>"},
    {.name = "store.connections",
     .kind = KeyKind::kInteger,
     .fallback = "6",
     .least = 1,
     .most = 64,
     .help = "PostgreSQL connections of this process"},
    {.name = "admin.address",
     .kind = KeyKind::kAddress,
     .required = true,
     .help = "/livez /readyz /metrics"},
    {.name = "rpc.address",
     .help = "this process' own gRPC, host:port; loopback unless rpc.tls_folder is set"},
    {.name = "rpc.tls_folder",
     .kind = KeyKind::kFile,
     .help = "tls.crt, tls.key and ca.crt of calls between our processes; empty: no TLS"},
    {.name = "partners.file", .kind = KeyKind::kFile, .required = true},
    {.name = "topics.file", .kind = KeyKind::kFile, .required = true, .help = "the catalogue"},
};

class OpenedNode final : public Node {
 public:
  Result<void> Open(const runtime::Config& config, const std::vector<std::string>& topics) {
    process_name_ = config.Text("process.name");
    const auto environment = partner::ParseEnvironment(config.Text("process.environment"));
    if (!environment) {
      return Refused("config", "must be development, test or production", "process.environment");
    }
    environment_ = *environment;
    Result<std::shared_ptr<const contract::Contract>> contract = contract::Contract::Load();
    if (!contract) return tl::unexpected(contract.error());
    contract_ = std::move(*contract);
    auto partners =
        partner::PartnerDirectory::Load(config.Text("partners.file"), environment_, *contract_);
    if (!partners) return Refused("partners", partner::Describe(partners.error()), "partners.file");
    partners_ = std::move(*partners);
    if (Result<void> opened = OpenStore(config); !opened) return opened;
    return OpenBus(config, topics);
  }

  Result<void> OpenStore(const runtime::Config& config) {
    const std::string& kind = config.Text("store.kind");
    const std::string& dsn = config.Text("store.dsn");
    if (kind == "sqlite") {
      if (!dsn.starts_with(kSqlitePrefix)) {
        return Refused("config", "must be sqlite:<path>", "store.dsn");
      }
      auto file = sql::SqliteFile::Open(dsn.substr(kSqlitePrefix.size()));
      if (!file) return tl::unexpected(file.error());
      file_ = std::move(*file);
      return {};
    }
    if (kind != "postgres") return Refused("config", "must be postgres or sqlite", "store.kind");
    sql::PostgresOptions options;
    options.dsn = dsn;
    options.connections = static_cast<std::size_t>(config.Integer("store.connections"));
    auto pool = sql::PostgresPool::Open(options);
    if (!pool) return tl::unexpected(pool.error());
    pool_ = std::move(*pool);
    return {};
  }

  std::unique_ptr<sql::Database> Schema(const std::string& schema) override {
    return file_ ? file_->Schema(schema) : pool_->Schema(schema);
  }
  messaging::Bus& bus() override { return *bus_; }
  bool alone() const override { return file_ != nullptr; }
  partner::Environment environment() const override { return environment_; }
  const std::string& process_name() const override { return process_name_; }
  std::shared_ptr<const contract::Contract> contract() const override { return contract_; }
  std::shared_ptr<const partner::PartnerDirectory> partners() const override { return partners_; }

 private:
  Result<void> OpenBus(const runtime::Config& config, const std::vector<std::string>& topics) {
    Result<std::vector<CatalogueTopic>> catalogue = LoadCatalogue(config.Text("topics.file"));
    if (!catalogue) return tl::unexpected(catalogue.error());
    const std::string& kind = config.Text("bus.kind");
    if (kind == "embedded") {
      if (!file_)
        return Refused("config", "the embedded log needs store.kind = sqlite", "bus.kind");
      auto log = sql::OpenEmbeddedLog(file_, {});
      if (!log) return tl::unexpected(log.error());
      bus_ = std::move(*log);
      std::vector<messaging::TopicSettings> settings;
      for (const CatalogueTopic& topic : *catalogue) settings.push_back(SettingsFor(topic, 1));
      return bus_->CreateTopics(settings, kTopicTimeout);
    }
    if (kind != "kafka") return Refused("config", "must be kafka or embedded", "bus.kind");
    if (config.Text("bus.brokers").empty()) return Refused("config", "must be set", "bus.brokers");
    kafka::KafkaOptions options;
    options.brokers = config.Text("bus.brokers");
    options.client_id = process_name_;
    options.message_timeout = kMessageTimeout;
    auto security = ReadBusSecurity(config.Text("bus.security_file"));
    if (!security) return tl::unexpected(security.error());
    options.security = std::move(*security);
    auto bus = kafka::OpenKafka(options);
    if (!bus) return tl::unexpected(bus.error());
    bus_ = std::move(*bus);
    return CheckTopics(*bus_, *catalogue, topics, environment_, kTopicTimeout);
  }

  std::string process_name_;
  partner::Environment environment_ = partner::Environment::kProduction;
  std::shared_ptr<const contract::Contract> contract_;
  std::shared_ptr<const partner::PartnerDirectory> partners_;
  std::shared_ptr<sql::PostgresPool> pool_;
  std::shared_ptr<sql::SqliteFile> file_;
  std::unique_ptr<messaging::Bus> bus_;  // before the store goes
};

}  // namespace

std::vector<ConfigKey> CommonKeys() { return {std::begin(kCommonKeys), std::end(kCommonKeys)}; }

std::vector<ConfigKey> WithCommonKeys(std::span<const ConfigKey> own) {
  std::vector<ConfigKey> keys = CommonKeys();
  keys.insert(keys.end(), own.begin(), own.end());
  return keys;
}

Result<void> MigrateSchema(const runtime::Config& config, const std::string& schema,
                           std::span<const sql::Migration> migrations) {
  OpenedNode node;
  if (Result<void> opened = node.OpenStore(config); !opened) return opened;
  return node.Schema(schema)->Migrate(migrations);
}

Result<std::unique_ptr<Node>> Node::Open(const runtime::Config& config,
                                         const std::vector<std::string>& topics) {
  auto node = std::make_unique<OpenedNode>();
  if (Result<void> opened = node->Open(config, topics); !opened) {
    return tl::unexpected(opened.error());
  }
  return node;
}

}  // namespace guarantee::node
