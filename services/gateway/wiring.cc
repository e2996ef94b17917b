#include "gateway/wiring.h"

#include <algorithm>

namespace guarantee::gateway {
namespace {

constexpr std::size_t kWorkers = 2;
constexpr std::size_t kWorkersWaitingMax = 256;
constexpr std::chrono::milliseconds kWarmUpTimeout{2'000};
constexpr std::chrono::milliseconds kLastReportsTimeout{2'000};
constexpr std::size_t kRedirectBytesMax = 160;
constexpr std::size_t kTokenBytes = 27;

tl::unexpected<Error> BadOption(std::string field, std::string rule) {
  return Refused("gateway.option", std::move(rule), std::move(field));
}

Result<void> CheckRedirectBase(std::string_view base, partner::Environment environment,
                               const std::string& field) {
  const bool plain = base.starts_with("http://");
  if ((!plain && !base.starts_with("https://")) || !base.ends_with('/')) {
    return BadOption(field, "must be an http or https address ending in /");
  }
  if (plain && environment != partner::Environment::kDevelopment) {
    return BadOption(field, "must be https outside development");
  }
  if (base.size() > kRedirectBytesMax - kTokenBytes) {
    return BadOption(field, "must have at most 133 characters");
  }
  return {};
}

Result<void> CheckInterfaces(const GatewayOptions& options, const contract::Contract& contract) {
  for (const std::string& section : options.interfaces) {
    const contract::Interface* interface = contract.FindSection(section);
    if (interface == nullptr || !interface->FromPlatform()) {
      return BadOption("gateway.interfaces", "unknown section " + section);
    }
  }
  return {};
}

Result<void> CheckCounts(const GatewayOptions& options) {
  struct Count {
    const char* field;
    std::size_t value;
    std::size_t max;
  };
  for (const Count& count :
       {Count{"gateway.http_threads", options.http_threads, 64},
        Count{"gateway.register.threads", options.registering.threads, 16},
        Count{"gateway.register.batch_max", options.registering.batch_max, 10'000},
        Count{"gateway.register.attempts_max", options.registering.attempts_max, 20},
        Count{"gateway.register.confirm_batch_max", options.registering.confirm_batch_max, 10'000},
        Count{"gateway.sign_in.verifications_at_once", options.sign_in.verifications_at_once, 16},
        Count{"gateway.sign_in.failures_max", options.sign_in.failures_max, 1'000},
        Count{"gateway.event_bytes_max", options.event_bytes_max,
              messaging::kRecordBytesMax / 2}}) {
    if (count.value >= 1 && count.value <= count.max) continue;
    return BadOption(count.field, "must be 1 to " + std::to_string(count.max));
  }
  return {};
}

Result<void> CheckOptions(const GatewayOptions& options, const GatewayDependencies& parts) {
  if (const Result<void> counts = CheckCounts(options); !counts) return counts;
  if (options.request_timeout < std::chrono::milliseconds(100) ||
      options.request_timeout > std::chrono::minutes(1)) {
    return BadOption("gateway.request_timeout_ms", "must be 100 to 60000");
  }
  if (options.sign_in.cache_time > std::chrono::minutes(5)) {
    return BadOption("gateway.sign_in.cache_time", "must be at most five minutes");
  }
  Result<void> checked = CheckInterfaces(options, *parts.contract).and_then([&] {
    return CheckRedirectBase(options.redirect_base, options.environment, "gateway.redirect_base");
  });
  for (const auto& partner : parts.partners->partners()) {
    if (!checked || !partner->redirect_base) continue;
    checked = CheckRedirectBase(*partner->redirect_base, options.environment,
                                "partners." + partner->id + ".redirect_host");
  }
  return checked;
}

std::vector<std::string> Topics(const GatewayOptions& options, const contract::Contract& contract) {
  std::vector<std::string> topics;
  for (const std::string& section : options.interfaces) {
    const contract::Interface* interface = contract.FindSection(section);
    if (interface->synchronous || interface->request_topic.empty()) continue;
    if (std::find(topics.begin(), topics.end(), interface->request_topic) == topics.end()) {
      topics.push_back(interface->request_topic);
    }
  }
  return topics;
}

}  // namespace

Result<std::unique_ptr<Gateway>> Gateway::Start(const GatewayOptions& options,
                                                const GatewayDependencies& parts) {
  if (const Result<void> checked = CheckOptions(options, parts); !checked) {
    return tl::unexpected(checked.error());
  }
  Result<GatewayKeys> keys = GatewayKeys::Derive(options.key);
  if (!keys) return BadOption("gateway.key_file", keys.error().message);
  std::unique_ptr<Gateway> gateway(new Gateway(options, parts, *std::move(keys)));
  return gateway->Migrate().and_then([&] { return gateway->Listen(); }).map([&] {
    return std::move(gateway);
  });
}

Gateway::Gateway(const GatewayOptions& options, const GatewayDependencies& parts, GatewayKeys keys)
    : options_(options),
      parts_(parts),
      batcher_(options.registering, *parts.database),
      deadlines_(options.request_timeout),
      workers_(kWorkers, kWorkersWaitingMax),
      in_flight_(std::make_shared<InFlight>(options.requests_in_flight_max,
                                            options.requests_in_flight_per_partner_max,
                                            *parts.metrics)),
      authenticator_(std::make_shared<Authenticator>(options.sign_in, *parts.clock, *parts.random,
                                                     parts.partners)),
      pipeline_(std::make_shared<Pipeline>(
          options,
          PipelineParts{parts.contract, &parts.bus->producer(), &batcher_, &deadlines_, &workers_,
                        parts.metrics, parts.random, parts.clock, parts.services},
          std::move(keys))),
      edge_(parts.contract, authenticator_, in_flight_, pipeline_, *parts.metrics, *parts.random),
      topics_(Topics(options, *parts.contract)) {}

Gateway::~Gateway() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    changed_.notify_all();
  }
  if (prober_.joinable()) prober_.join();
  authenticator_->Stop();
  workers_.Stop();
  batcher_.Stop(std::chrono::steady_clock::now());
  parts_.bus->producer().Drain(kLastReportsTimeout);
  pipeline_->Close();
  deadlines_.Stop();
  server_.reset();
}

// A database that is away is no reason not to start: the probing thread tries again.
Result<void> Gateway::Migrate() {
  const Result<void> migrated = parts_.database->Migrate(RegisterMigrations());
  migrated_ = migrated.has_value();
  if (!migrated && migrated.error().kind != ErrorKind::kRetryable) return migrated;
  return {};
}

Result<void> Gateway::Listen() {
  // The pipeline keeps the deadline; the server only catches what the pipeline forgot.
  constexpr std::chrono::milliseconds kServerMargin{5'000};
  ProbeOnce();
  http::ServerLimits limits = options_.http;
  limits.answer_timeout = std::max(limits.answer_timeout, options_.request_timeout + kServerMargin);
  auto server = http::HttpServer::Start(
      {options_.address, options_.http_threads, limits, parts_.clock}, edge_);
  if (!server) return tl::unexpected(server.error());
  server_ = std::move(*server);
  prober_ = std::thread([this] { Probe(); });
  return {};
}

void Gateway::Probe() {
  std::unique_lock lock(mutex_);
  while (!changed_.wait_for(lock, options_.probe_interval, [this] { return stopping_; })) {
    lock.unlock();
    ProbeOnce();
    lock.lock();
  }
}

void Gateway::ProbeOnce() {
  Result<void> database = migrated_ ? Result<void>{} : Migrate();
  if (database && !migrated_) database = Retryable("sql.unavailable", "the schema is not there");
  if (database) database = parts_.database->Now().map([](UnixMillis) {});
  Note(database_trouble_, database ? "" : "database: " + Describe(database.error()));
  const Result<void> bus = parts_.bus->producer().WarmUp(topics_, kWarmUpTimeout);
  Note(bus_trouble_, bus ? "" : "bus: " + Describe(bus.error()));
}

void Gateway::Note(std::string& slot, std::string text) {
  const std::lock_guard lock(mutex_);
  slot = std::move(text);
}

Readiness Gateway::readiness() const {
  const std::lock_guard lock(mutex_);
  Readiness readiness;
  if (draining_) readiness.reasons.emplace_back("draining");
  for (const std::string& trouble : {database_trouble_, bus_trouble_}) {
    if (!trouble.empty()) readiness.reasons.push_back(trouble);
  }
  readiness.ready = readiness.reasons.empty();
  return readiness;
}

RegisterReader Gateway::reader() const { return {*parts_.database, *parts_.contract}; }

void Gateway::ReplacePartners(std::shared_ptr<const partner::PartnerDirectory> partners) {
  authenticator_->Replace(std::move(partners));
}

bool Gateway::Drain(std::chrono::milliseconds timeout) {
  const auto until = std::chrono::steady_clock::now() + timeout;
  {
    const std::lock_guard lock(mutex_);
    draining_ = true;
  }
  const bool answered = server_->Drain(timeout);
  const auto rest = std::chrono::duration_cast<std::chrono::milliseconds>(
      until - std::chrono::steady_clock::now());
  const bool reported = parts_.bus->producer().Drain(std::max(rest, std::chrono::milliseconds(0)));
  batcher_.Stop(until);
  return answered && reported;
}

}  // namespace guarantee::gateway
