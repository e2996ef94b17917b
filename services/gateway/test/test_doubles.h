// Doubles with levers for the gateway's tests.
#pragma once

#include <atomic>
#include <condition_variable>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "gateway/metrics.h"
#include "messaging/bus.h"
#include "sql/database.h"

namespace guarantee::gateway {

inline constexpr std::chrono::seconds kTestDeadline{10};

// A producer that keeps what it is given. Levers: away (reports retryable errors), held (reports
// wait until Release).
class TestBus final : public messaging::Bus, public messaging::Producer {
 public:
  void SetAway(bool away) { away_ = away; }
  void Hold() {
    const std::lock_guard lock(mutex_);
    holding_ = true;
  }
  void Release() {
    std::vector<messaging::PublishReport> held;
    {
      const std::lock_guard lock(mutex_);
      holding_ = false;
      held.swap(held_);
    }
    for (const messaging::PublishReport& report : held) report(messaging::Position{0, 0});
  }
  std::vector<messaging::Record> records() {
    const std::lock_guard lock(mutex_);
    return records_;
  }
  bool AwaitRecords(std::size_t count) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, kTestDeadline, [&] { return records_.size() >= count; });
  }

  void Publish(messaging::Record record, messaging::PublishReport report) override {
    if (away_) return report(Retryable("bus.unavailable", "the broker is away"));
    {
      const std::lock_guard lock(mutex_);
      records_.push_back(std::move(record));
      changed_.notify_all();
      if (holding_) {
        held_.push_back(std::move(report));
        return;
      }
    }
    report(messaging::Position{0, 0});
  }
  Result<void> WarmUp(std::span<const std::string>, std::chrono::milliseconds) override {
    if (away_) return Retryable("bus.unavailable", "the broker is away");
    return {};
  }
  bool Drain(std::chrono::milliseconds) override {
    const std::lock_guard lock(mutex_);
    return held_.empty();
  }

  messaging::Producer& producer() override { return *this; }
  Result<std::unique_ptr<messaging::Consumer>> Subscribe(
      const messaging::SubscribeOptions&) override {
    return Unused();
  }
  Result<std::int64_t> EndOffset(const messaging::TopicPartition&,
                                 std::chrono::milliseconds) override {
    return Unused();
  }
  Result<std::vector<std::int64_t>> EndOffsets(const std::string&,
                                               std::chrono::milliseconds) override {
    return Unused();
  }
  Result<std::int32_t> PartitionCount(const std::string&, std::chrono::milliseconds) override {
    return Unused();
  }
  Result<messaging::TopicSettings> Describe(const std::string&,
                                            std::chrono::milliseconds) override {
    return Unused();
  }
  Result<void> CreateTopics(std::span<const messaging::TopicSettings>,
                            std::chrono::milliseconds) override {
    return Unused();
  }

 private:
  static tl::unexpected<Error> Unused() {
    return Permanent("test.unused", "the gateway does not consume");
  }

  std::atomic<bool> away_{false};
  std::mutex mutex_;
  std::condition_variable changed_;
  bool holding_ = false;
  std::vector<messaging::Record> records_;
  std::vector<messaging::PublishReport> held_;
};

// A real database that can be taken away.
class TestDatabase final : public sql::Database {
 public:
  explicit TestDatabase(std::unique_ptr<sql::Database> real) : real_(std::move(real)) {}
  void SetAway(bool away) { away_ = away; }
  void FailNext(int count, Error error) {
    const std::lock_guard lock(mutex_);
    failures_ = count;
    error_ = std::move(error);
  }

  sql::Dialect dialect() const override { return real_->dialect(); }
  Result<void> Transact(const sql::Work& work) override {
    if (const Result<void> there = Ask(); !there) return there;
    return real_->Transact(work);
  }
  Result<void> Read(const sql::Work& work) override {
    if (const Result<void> there = Ask(); !there) return there;
    return real_->Read(work);
  }
  Result<UnixMillis> Now() override {
    return Ask().and_then([this] { return real_->Now(); });
  }
  Result<void> Migrate(std::span<const sql::Migration> migrations) override {
    return Ask().and_then([&] { return real_->Migrate(migrations); });
  }

 private:
  Result<void> Ask() {
    if (away_) return Retryable("sql.unavailable", "the database is away");
    const std::lock_guard lock(mutex_);
    if (failures_ == 0) return {};
    --failures_;
    return tl::unexpected(error_);
  }

  std::unique_ptr<sql::Database> real_;
  std::atomic<bool> away_{false};
  std::mutex mutex_;
  int failures_ = 0;
  Error error_;
};

class TestMetrics final : public GatewayMetrics {
 public:
  void CountRequest(std::string_view section, std::string_view outcome,
                    std::chrono::microseconds) override {
    const std::lock_guard lock(mutex_);
    ++requests_[std::string(section) + " " + std::string(outcome)];
  }
  void AddInFlight(int difference) override { in_flight_ += difference; }
  void CountWarning(std::string_view section, std::string_view kind) override {
    const std::lock_guard lock(mutex_);
    ++warnings_[std::string(section) + " " + std::string(kind)];
  }
  int requests(const std::string& key) {
    const std::lock_guard lock(mutex_);
    return requests_[key];
  }
  [[nodiscard]] int in_flight() const { return in_flight_; }

 private:
  std::mutex mutex_;
  std::map<std::string, int> requests_;
  std::map<std::string, int> warnings_;
  std::atomic<int> in_flight_{0};
};

}  // namespace guarantee::gateway
