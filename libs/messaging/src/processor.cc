#include "messaging/processor.h"

#include <algorithm>

namespace guarantee::messaging {
namespace {

constexpr std::chrono::milliseconds kTimerPoll{250};
constexpr std::chrono::milliseconds kPassedPoll{5};
constexpr std::chrono::milliseconds kOffsetTimeout{2000};
constexpr std::chrono::milliseconds kShortestTimeout{1};  // of a caller whose deadline is here
constexpr std::size_t kTimersMax = 100;                   // of one Execute
constexpr int kTimerBatchesMax = 50;                      // of one round
constexpr std::int64_t kTimerAsideMs = 3'600'000;

std::vector<std::string> Inputs(const Processor::Options& options) {
  std::vector<std::string> topics = options.foreign_topics;
  topics.insert(topics.begin(), options.requests_topic);
  return topics;
}

}  // namespace

Processor::Processor(Bus& bus, WriteStore& store, LeaseStore& leases, UnitMaker& maker,
                     const Clock& clock, Options options)
    : bus_(bus),
      store_(store),
      maker_(maker),
      clock_(clock),
      options_(std::move(options)),
      leases_(leases, clock, options_.lease),
      executor_(store),
      consumer_(bus, leases_, *this, clock, {Inputs(options_)}),
      relay_(store, bus.producer(), leases_, clock, {options_.publish_ms}),
      watermark_(options_.request_limit_ms) {}

Processor::~Processor() { Drain(std::chrono::milliseconds{5000}); }

Result<void> Processor::Start() {
  const Result<std::int32_t> count = bus_.PartitionCount(options_.requests_topic, kOffsetTimeout);
  if (!count) return tl::unexpected(count.error());
  partitions_ = *count;
  if (Result<void> started = consumer_.Start(); !started) return started;
  relay_.Start();
  timers_ = std::thread([this] { TimerLoop(); });
  return {};
}

void Processor::Drain(std::chrono::milliseconds timeout) {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  if (timers_.joinable()) timers_.join();
  // The relay goes first: it publishes only under leases, which the consumer's stop releases.
  relay_.Stop();
  consumer_.Stop(timeout);
}

Result<void> Processor::HandleBatch(const Batch& batch) {
  std::vector<Unit> units;
  units.reserve(batch.records.size());
  for (const Delivered& record : batch.records) {
    Unit unit = maker_.FromRecord(record);
    unit.source = StartOffset{record.source, record.offset};
    units.push_back(std::move(unit));
  }
  Result<void> done = executor_.ExecuteBatch(units, batch.moves);
  if (done) relay_.Kick();
  return done;
}

void Processor::AssignmentChanged() { relay_.Kick(); }

Result<void> Processor::Execute(std::span<const Unit> units) {
  Result<void> done = executor_.Execute(units);
  if (done) relay_.Kick();
  return done;
}

std::int32_t Processor::PartitionOf(const std::string& flow) const {
  return PartitionOfKey(flow, partitions_);
}

Result<void> Processor::WaitUntilPassed(const std::string& flow,
                                        std::chrono::milliseconds timeout) {
  const std::int64_t deadline_ms = clock_.MonotonicMs() + timeout.count();
  const TopicPartition source{options_.requests_topic, PartitionOf(flow)};
  const Result<std::int64_t> end = bus_.EndOffset(source, std::max(timeout, kShortestTimeout));
  if (!end) return tl::unexpected(end.error());
  return WaitUntil({{source, *end}}, deadline_ms);
}

Result<void> Processor::WaitUntilAllPassed(std::chrono::milliseconds timeout) {
  const std::int64_t deadline_ms = clock_.MonotonicMs() + timeout.count();
  auto ends = RequestEnds(std::max(timeout, kShortestTimeout));
  if (!ends) return tl::unexpected(ends.error());
  return WaitUntil(std::move(*ends), deadline_ms);
}

Result<bool> Processor::AllPassed() {
  auto ends = RequestEnds(kOffsetTimeout);
  if (!ends) return tl::unexpected(ends.error());
  if (Result<void> looked = ErasePassed(*ends); !looked) return tl::unexpected(looked.error());
  return ends->empty();
}

Result<std::map<TopicPartition, std::int64_t>> Processor::RequestEnds(
    std::chrono::milliseconds timeout) {
  const Result<std::vector<std::int64_t>> ends = bus_.EndOffsets(options_.requests_topic, timeout);
  if (!ends) return tl::unexpected(ends.error());
  std::map<TopicPartition, std::int64_t> unread;
  for (std::size_t partition = 0; partition < ends->size(); ++partition) {
    unread[{options_.requests_topic, static_cast<std::int32_t>(partition)}] = (*ends)[partition];
  }
  return unread;
}

Result<void> Processor::ErasePassed(std::map<TopicPartition, std::int64_t>& ends) {
  std::erase_if(ends, [](const auto& end) { return end.second == 0; });
  if (ends.empty()) return {};
  const Result<std::vector<StartOffset>> offsets = store_.LoadOffsets(options_.lease.group);
  if (!offsets) return tl::unexpected(offsets.error());
  for (const StartOffset& offset : *offsets) {
    const auto end = ends.find(offset.source);
    if (end != ends.end() && offset.next >= end->second) ends.erase(end);
  }
  return {};
}

Result<void> Processor::WaitUntil(std::map<TopicPartition, std::int64_t> ends,
                                  std::int64_t deadline_ms) {
  for (;;) {
    if (Result<void> looked = ErasePassed(ends); !looked) return looked;
    if (ends.empty()) return {};
    if (clock_.MonotonicMs() >= deadline_ms) return Retryable("service.behind", "处理中");
    std::unique_lock lock(mutex_);
    if (wake_.wait_for(lock, kPassedPoll, [this] { return stopping_; })) {
      return Retryable("service.stopping", "处理中");
    }
  }
}

Processor::State Processor::state() const {
  State state{consumer_.State(), relay_.State(), {}};
  const std::lock_guard lock(mutex_);
  state.timer_trouble = timer_trouble_;
  return state;
}

void Processor::TimerLoop() {
  std::unique_lock lock(mutex_);
  while (!wake_.wait_for(lock, kTimerPoll, [this] { return stopping_; })) {
    lock.unlock();
    const Result<void> done = TimerRound();
    lock.lock();
    timer_trouble_ = done ? std::string() : guarantee::Describe(done.error());
  }
}

// A watermark is begun only when something may be due, and kept over rounds until it is passed.
Result<void> Processor::TimerRound() {
  const std::vector<std::int32_t> partitions = leases_.Acting(0);
  if (partitions.empty()) {
    watermark_.Abandon();
    return {};
  }
  if (!watermark_.pending()) {
    const UnixMillis t0 = clock_.Now();
    const Result<std::vector<Timer>> due = store_.LoadDue(partitions, t0, 1);
    if (!due) return tl::unexpected(due.error());
    if (due->empty()) return {};
    std::map<TopicPartition, std::int64_t> ends;
    for (const std::string& topic : Inputs(options_)) {
      const Result<std::vector<std::int64_t>> offsets = bus_.EndOffsets(topic, kOffsetTimeout);
      if (!offsets) return tl::unexpected(offsets.error());
      for (std::size_t partition = 0; partition < offsets->size(); ++partition) {
        const auto number = static_cast<std::int32_t>(partition);
        const bool matters = topic != options_.requests_topic || leases_.Epoch(number).has_value();
        if (matters) ends[{topic, number}] = (*offsets)[partition];
      }
    }
    watermark_.Begin(t0, std::move(ends));
  }
  const Result<std::vector<StartOffset>> offsets = store_.LoadOffsets(options_.lease.group);
  if (!offsets) return tl::unexpected(offsets.error());
  const std::optional<UnixMillis> due = watermark_.Passed(*offsets);
  return due ? FireDue(partitions, *due) : Result<void>{};
}

Result<void> Processor::FireDue(std::span<const std::int32_t> partitions, UnixMillis due) {
  for (int round = 0; round < kTimerBatchesMax; ++round) {
    const Result<std::vector<Timer>> timers = store_.LoadDue(partitions, due, kTimersMax);
    if (!timers) return tl::unexpected(timers.error());
    if (timers->empty()) return {};
    if (Result<void> fired = Fire(*timers); !fired) return fired;
    relay_.Kick();
    if (timers->size() < kTimersMax) return {};
  }
  return {};
}

// All in one Execute; if one of them cannot be decided, each by itself, and that one is put aside.
Result<void> Processor::Fire(std::span<const Timer> timers) {
  std::vector<Unit> units;
  std::map<std::int32_t, std::int64_t> epochs;
  units.reserve(timers.size());
  for (const Timer& timer : timers) {
    const std::optional<std::int64_t> epoch = leases_.Epoch(timer.partition);
    if (!epoch) continue;
    epochs[timer.partition] = *epoch;
    units.push_back(maker_.FromTimer(timer));
  }
  if (units.empty()) return {};
  std::vector<HeldEpoch> held;
  held.reserve(epochs.size());
  for (const auto& [partition, epoch] : epochs) held.push_back({partition, epoch});
  Result<void> fired = executor_.Execute(units, held);
  if (fired || fired.error().kind == ErrorKind::kRetryable) return fired;
  if (timers.size() == 1) return PutAside(timers.front(), fired.error());
  for (const Timer& timer : timers) {
    if (Result<void> one = Fire(std::span(&timer, 1)); !one) return one;
  }
  return {};
}

// Visibly: in the flow's journal, and due again later, when the cause may have been mended.
Result<void> Processor::PutAside(const Timer& timer, const Error& error) {
  Timer later = timer;
  later.due = clock_.Now() + kTimerAsideMs;
  const JournalLine line{timer.row.id, clock_.Now(),
                         "timer",      {},
                         std::nullopt, timer.name + " put aside: " + guarantee::Describe(error)};
  Unit unit;
  unit.decide = [later, line](Workspace& workspace) -> Result<void> {
    workspace.SetTimer(later);
    workspace.Note(line);
    return {};
  };
  return executor_.Execute(std::span(&unit, 1));
}

}  // namespace guarantee::messaging
