#include <fmt/format.h>

#include <atomic>
#include <condition_variable>
#include <future>
#include <thread>

#include "bank-simulator/feed.h"
#include "kafka/kafka_bus.h"
#include "runtime/service.h"

namespace guarantee::bank_simulator {
namespace {

using messaging::Delivered;
using messaging::StartOffset;
using messaging::TopicPartition;

constexpr const char* kGroup = "bank-simulator";
constexpr std::chrono::milliseconds kPollWait{200};
constexpr std::chrono::milliseconds kCloseTimeout{2'000};
constexpr std::size_t kBatchMax = 100;

class KafkaFeed final : public Feed, private messaging::AssignmentHandler {
 public:
  KafkaFeed(std::unique_ptr<messaging::Bus> bus, const Desk& desk, Positions& positions)
      : bus_(std::move(bus)), desk_(desk), positions_(positions) {}

  ~KafkaFeed() override {
    thread_.request_stop();
    if (thread_.joinable()) thread_.join();
  }

  Result<void> Start() {
    auto consumer = bus_->Subscribe({kGroup, {kEventsTopics.begin(), kEventsTopics.end()}, this});
    if (!consumer) return tl::unexpected(consumer.error());
    consumer_ = std::move(*consumer);
    thread_ = std::jthread([this](const std::stop_token& stop) { Run(stop); });
    return {};
  }

  runtime::Reasons Troubles() const override {
    if (assigned_) return {};
    return {"no partition is assigned yet"};
  }

 private:
  Result<std::vector<StartOffset>> OnAssigned(std::span<const TopicPartition> partitions) override {
    std::vector<StartOffset> starts;
    for (const TopicPartition& one : partitions) starts.push_back({one, positions_.Next(one)});
    assigned_ = true;
    return starts;
  }
  void OnRevoked(std::span<const TopicPartition>, bool) override { assigned_ = false; }

  void Run(const std::stop_token& stop) {
    while (!stop.stop_requested()) {
      Result<std::vector<Delivered>> events = consumer_->Poll(kPollWait, kBatchMax);
      Result<void> handled;
      if (!events) {
        handled = tl::unexpected(events.error());
      } else if (!events->empty()) {
        handled = Handle(*events);
        if (!handled) SeekBack(*events);
      }
      if (handled) continue;
      runtime::Log(runtime::Level::kWarning, "bank", Describe(handled.error()));
      Pause(stop);
    }
    consumer_->Close(kCloseTimeout);
  }

  // All decisions of the batch at once, then the position.
  Result<void> Handle(const std::vector<Delivered>& events) {
    std::vector<std::future<Result<messaging::Position>>> reports;
    for (const Delivered& event : events) {
      std::optional<messaging::Record> decision = AnswerOnce(desk_, positions_, event);
      if (!decision) continue;
      auto promise = std::make_shared<std::promise<Result<messaging::Position>>>();
      reports.push_back(promise->get_future());
      bus_->producer().Publish(std::move(*decision), [promise](Result<messaging::Position> report) {
        promise->set_value(std::move(report));
      });
    }
    for (auto& report : reports) {
      if (report.wait_for(kPublishTimeout) != std::future_status::ready) {
        return Retryable("bus.timeout", "no delivery report in time");
      }
      if (const auto result = report.get(); !result) return tl::unexpected(result.error());
    }
    return Advance(events);
  }

  Result<void> Advance(const std::vector<Delivered>& events) {
    std::map<TopicPartition, std::int64_t> next;
    for (const Delivered& event : events) {
      positions_.Remember(std::string(event.FindHeader("ce_id")));
      next[event.source] = event.offset + 1;
    }
    std::vector<StartOffset> commits;
    for (const auto& [source, offset] : next) {
      if (Result<void> kept = positions_.Advance(source, offset); !kept) return kept;
      commits.push_back({source, offset});
    }
    consumer_->CommitForLagTools(commits);
    return {};
  }

  void SeekBack(const std::vector<Delivered>& events) {
    std::map<TopicPartition, std::int64_t> first;
    for (const Delivered& event : events) first.emplace(event.source, event.offset);
    for (const auto& [source, offset] : first) {
      const Result<void> sought = consumer_->Seek({source, offset});
      // An assignment that is gone begins at the kept position anyway.
      if (!sought) consumer_->Rejoin();
    }
  }

  void Pause(const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    std::condition_variable_any wake;
    wake.wait_for(lock, stop, kRetryPause, [] { return false; });
  }

  std::unique_ptr<messaging::Bus> bus_;
  const Desk& desk_;
  Positions& positions_;
  std::unique_ptr<messaging::Consumer> consumer_;
  std::atomic<bool> assigned_{false};
  std::mutex mutex_;
  std::jthread thread_;
};

}  // namespace

std::optional<messaging::Record> AnswerOnce(const Desk& desk, const Positions& positions,
                                            const Delivered& event) {
  if (!positions.IsNew(std::string(event.FindHeader("ce_id")))) return std::nullopt;
  Result<std::optional<messaging::Record>> decision = desk.Answer(event, SystemClock().Now());
  if (decision) return std::move(*decision);
  runtime::Log(runtime::Level::kError, "bank",
               fmt::format("{}/{}@{} is passed over: {}", event.source.topic,
                           event.source.partition, event.offset, Describe(decision.error())));
  return std::nullopt;
}

Result<std::unique_ptr<Feed>> StartKafkaFeed(const BankOptions& options, const Desk& desk,
                                             Positions& positions) {
  kafka::KafkaOptions kafka_options;
  kafka_options.brokers = options.brokers;
  kafka_options.client_id = options.process_name;
  auto bus = kafka::OpenKafka(kafka_options);
  if (!bus) return tl::unexpected(bus.error());
  auto feed = std::make_unique<KafkaFeed>(std::move(*bus), desk, positions);
  if (Result<void> started = feed->Start(); !started) return tl::unexpected(started.error());
  return feed;
}

}  // namespace guarantee::bank_simulator
