#include "bank-simulator/options.h"

#include <fstream>

#include "partner/directory.h"

namespace guarantee::bank_simulator {
namespace {

using runtime::ConfigKey;
using runtime::KeyKind;

// What a decision may carry inline.
constexpr std::size_t kLetterBytesMax = 512U << 10;
constexpr const char* kLetterKey = "bank.letter_file";
constexpr const char* kPlainLetterKey = "bank.plain_letter_file";

Result<std::string> ReadLetter(const runtime::Config& config, const char* key) {
  const std::string& path = config.Text(key);
  std::ifstream file(path, std::ios::binary);
  if (!file) return Refused("config", "cannot read " + path, key);
  std::string bytes(kLetterBytesMax + 1, '\0');
  file.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  bytes.resize(static_cast<std::size_t>(file.gcount()));
  if (bytes.size() > kLetterBytesMax) {
    return Refused("config", "must be at most 512 KiB", key);
  }
  if (!bytes.starts_with("%PDF-")) return Refused("config", "must be a PDF", key);
  return bytes;
}

Result<void> ReadBus(const runtime::Config& config, BankOptions& options) {
  const std::string& kind = config.Text("bus.kind");
  if (kind == "kafka") {
    options.brokers = config.Text("bus.brokers");
    if (options.brokers.empty()) return Refused("config", "must be set", "bus.brokers");
    return {};
  }
  if (kind != "embedded") return Refused("config", "must be kafka or embedded", "bus.kind");
  options.hub_rpc = config.Text("bank.hub_rpc");
  if (options.hub_rpc.empty()) {
    return Refused("config", "must be set for the embedded log", "bank.hub_rpc");
  }
  return {};
}

}  // namespace

const std::vector<ConfigKey>& Keys() {
  static const std::vector<ConfigKey> keys = {
      {.name = "process.name", .required = true, .help = "in logs and metrics"},
      {.name = "process.environment", .fallback = "production", .help = "development only"},
      {.name = "bus.kind", .fallback = "kafka", .help = "kafka or embedded"},
      {.name = "bus.brokers", .help = "host:port, several with commas"},
      {.name = "admin.address",
       .kind = KeyKind::kAddress,
       .required = true,
       .help = "/livez /readyz /metrics"},
      {.name = "bank.hub_rpc", .help = "the hub's gRPC address, for the embedded log"},
      {.name = "bank.partitions",
       .kind = KeyKind::kInteger,
       .fallback = "4",
       .least = 1,
       .most = 64,
       .help = "partitions of each events topic on the embedded log"},
      {.name = kLetterKey,
       .kind = KeyKind::kFile,
       .required = true,
       .help = "the demonstration letter, a PDF of at most 512 KiB"},
      {.name = kPlainLetterKey,
       .kind = KeyKind::kFile,
       .required = true,
       .help = "the same in plain, after the opening"},
      {.name = "bank.position_file",
       .kind = KeyKind::kFile,
       .fallback = "bank-positions.json",
       .help = "how far the events were read"},
      {.name = "bank.approve_up_to",
       .fallback = "10000000.00",
       .help = "yuan; above: orders are rejected, claims left to people"},
      {.name = "bank.credit_limit", .fallback = "10000000.00", .help = "yuan, of every line"},
      {.name = "bank.credit_days",
       .kind = KeyKind::kInteger,
       .fallback = "365",
       .least = 1,
       .most = 3'650,
       .help = "validity of every line"},
      {.name = "bank.leave_suffix",
       .fallback = "-W",
       .help = "operations whose number ends so are left undecided"},
      {.name = "bank.payer_name", .fallback = "示范付款人", .help = "who pays every premium"},
      {.name = "bank.payer_account",
       .fallback = "6200000000000000001",
       .help = "must be the bidder's basic account where an order checks it"},
  };
  return keys;
}

Result<BankOptions> ReadOptions(const runtime::Config& config) {
  if (partner::ParseEnvironment(config.Text("process.environment")) !=
      partner::Environment::kDevelopment) {
    return Refused("config", "demonstration letters are for development only",
                   "process.environment");
  }
  BankOptions options;
  options.process_name = config.Text("process.name");
  if (Result<void> bus = ReadBus(config, options); !bus) return tl::unexpected(bus.error());
  options.hub_partitions = static_cast<std::int32_t>(config.Integer("bank.partitions"));
  options.position_file = config.Text("bank.position_file");
  const Result<Money> limit = Money::Parse(config.Text("bank.approve_up_to"));
  if (!limit) return Refused("config", "must be an amount", "bank.approve_up_to");
  const Result<std::string> letter = ReadLetter(config, kLetterKey);
  if (!letter) return tl::unexpected(letter.error());
  const Result<std::string> plain = ReadLetter(config, kPlainLetterKey);
  if (!plain) return tl::unexpected(plain.error());
  const Result<Money> credit = Money::Parse(config.Text("bank.credit_limit"));
  if (!credit) return Refused("config", "must be an amount", "bank.credit_limit");
  options.policy = {*limit,
                    config.Text("bank.payer_name"),
                    config.Text("bank.payer_account"),
                    *letter,
                    *plain,
                    *credit,
                    static_cast<int>(config.Integer("bank.credit_days")),
                    config.Text("bank.leave_suffix")};
  return options;
}

}  // namespace guarantee::bank_simulator
