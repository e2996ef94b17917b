#include "bank-simulator/process.h"

#include "bank-simulator/feed.h"
#include "bank-simulator/options.h"
#include "node/health.h"
#include "runtime/admin.h"

namespace guarantee::bank_simulator {
namespace {

class Process final : public runtime::Running {
 public:
  explicit Process(BankOptions options) : options_(std::move(options)), desk_(options_.policy) {}

  Result<void> Start(const runtime::Config& config) {
    auto positions = Positions::Load(options_.position_file);
    if (!positions) return tl::unexpected(positions.error());
    positions_ = std::move(*positions);
    auto feed = options_.brokers.empty() ? StartHubFeed(options_, desk_, *positions_)
                                         : StartKafkaFeed(options_, desk_, *positions_);
    if (!feed) return tl::unexpected(feed.error());
    feed_ = std::move(*feed);
    auto admin = runtime::AdminServer::Start(config.At("admin.address"),
                                             {[] { return runtime::Reasons(); },
                                              [this] { return feed_->Troubles(); },
                                              node::MakeRegistry(options_.process_name),
                                              {}});
    if (!admin) return tl::unexpected(admin.error());
    admin_ = std::move(*admin);
    return {};
  }

 private:
  const BankOptions options_;
  const Desk desk_;
  std::unique_ptr<Positions> positions_;
  std::unique_ptr<Feed> feed_;
  std::unique_ptr<runtime::AdminServer> admin_;  // goes first: it asks the feed
};

}  // namespace

Result<std::unique_ptr<runtime::Running>> StartProcess(const runtime::Config& config) {
  Result<BankOptions> options = ReadOptions(config);
  if (!options) return tl::unexpected(options.error());
  auto process = std::make_unique<Process>(std::move(*options));
  if (Result<void> started = process->Start(config); !started) {
    return tl::unexpected(started.error());
  }
  return process;
}

}  // namespace guarantee::bank_simulator
