#include "node.h"

#include <algorithm>

#include "messaging/event.h"

namespace guarantee::simulation {

using messaging::OffsetMove;
using messaging::StoredRow;
using messaging::TopicPartition;
using messaging::Unit;
using testing::CommitFate;

namespace {

constexpr std::size_t kTimersMax = 100;

}  // namespace

Node::Node(Scene& scene, NodeOptions options)
    : scene_(scene),
      options_(std::move(options)),
      store_(scene.clock, options_.group),
      executor_(store_) {
  testing::StoreHooks hooks;
  hooks.after_lock = [this] {
    if (!interloper_) return;
    const auto other = std::exchange(interloper_, nullptr);
    inside_ = true;
    other();
    inside_ = false;
  };
  hooks.at_commit = [this] { return std::exchange(fate_, CommitFate::kCommitted); };
  hooks.committed = [this](auto rows, auto entries) {
    if (on_commit) on_commit(rows, entries);
  };
  store_.SetHooks(std::move(hooks));
}

service::DeskTools Node::Tools() {
  service::DeskTools tools;
  tools.event_id = [this] { return scene_.NextId(); };
  tools.partition = [](const std::string& flow) {
    return messaging::PartitionOfKey(flow, kPartitions);
  };
  tools.load = [this](const messaging::RowKey& key) { return store_.Load(key); };
  tools.find = [this](std::int16_t kind, const std::string& partner,
                      const std::string& number) -> Result<std::optional<StoredRow>> {
    const Result<std::vector<StoredRow>> rows = store_.List({kind, partner, number, 2});
    if (!rows) return tl::unexpected(rows.error());
    if (rows->size() > 1) return Refused("case.ambiguous", "several have this number", "number");
    if (rows->empty()) return std::optional<StoredRow>{};
    return std::optional<StoredRow>{rows->front()};
  };
  tools.clock = &scene_.clock;
  return tools;
}

void Node::Start(service::Desk& desk) {
  desk_ = &desk;
  units_ = std::make_unique<service::Units>(service::Units::Dependencies{
      desk_, options_.waiting_kind, options_.waiting_code, Tools().partition,
      [this](const std::string& flow) -> Result<std::string> {
        const auto row = store_.Load({options_.waiting_kind, flow});
        if (!row) return tl::unexpected(row.error());
        return *row ? (*row)->state : std::string();
      },
      &scene_.clock, options_.state_topic, [this] { return scene_.NextId(); },
      [this]() -> Result<bool> { return AllRead(); }});
  for (std::int32_t partition = 0; partition < kPartitions; ++partition) Join(partition);
}

bool Node::AllRead() const {
  for (std::int32_t partition = 0; partition < kPartitions; ++partition) {
    const TopicPartition source{options_.requests_topic, partition};
    if (std::max<std::int64_t>(store_.NextOf(source), 0) < scene_.bus.End(source)) return false;
  }
  return true;
}

std::vector<TopicPartition> Node::Sources(std::int32_t partition) const {
  std::vector<TopicPartition> sources{{options_.requests_topic, partition}};
  for (const std::string& topic : options_.foreign_topics) sources.push_back({topic, partition});
  return sources;
}

// What a member does on assignment: a new epoch, and the offsets of the store.
void Node::Join(std::int32_t partition) {
  Session& session = sessions_[static_cast<std::size_t>(partition)];
  std::vector<std::string> topics = options_.foreign_topics;
  topics.push_back(options_.requests_topic);
  session.watermark.Abandon();
  session.epoch = store_.Acquire(partition, topics);
  for (const TopicPartition& source : Sources(partition)) {
    session.next[source] = store_.NextOf(source);
  }
}

bool Node::HasUnread(std::int32_t partition) const {
  const Session& session = sessions_[static_cast<std::size_t>(partition)];
  return std::any_of(session.next.begin(), session.next.end(), [this](const auto& one) {
    return std::max<std::int64_t>(one.second, 0) < scene_.bus.End(one.first);
  });
}

bool Node::HasPending(std::int32_t partition) {
  const std::int32_t partitions[] = {partition};
  return store_.pending_count() > 0 && !store_.LoadPending(partitions, 1)->empty();
}

Node::Batch Node::Read(std::int32_t partition, std::size_t most) {
  Session& session = sessions_[static_cast<std::size_t>(partition)];
  std::vector<TopicPartition> sources = Sources(partition);
  std::rotate(sources.begin(),
              sources.begin() + static_cast<std::ptrdiff_t>(scene_.random.Below(sources.size())),
              sources.end());
  Batch batch;
  batch.epoch = {partition, session.epoch};
  for (const TopicPartition& source : sources) {
    const std::int64_t from = session.next.at(source);
    std::int64_t next = std::max<std::int64_t>(from, 0);
    const std::int64_t end = scene_.bus.End(source);
    while (next < end && batch.units.size() < most) {
      const messaging::Delivered& record = scene_.bus.At(source, next);
      Unit unit = units_->FromRecord(record);
      unit.source = messaging::StartOffset{source, record.offset};
      batch.units.push_back(std::move(unit));
      ++next;
    }
    if (next > std::max<std::int64_t>(from, 0)) {
      batch.moves.push_back({source, session.epoch, from, next});
    }
  }
  return batch;
}

void Node::Deliver(std::int32_t partition, std::size_t most) {
  const Batch batch = Read(partition, most);
  if (batch.moves.empty()) return;
  const Result<void> done = executor_.ExecuteBatch(batch.units, batch.moves);
  fate_ = CommitFate::kCommitted;
  interloper_ = nullptr;
  scene_.Say([&] {
    std::string words = name() + " handles";
    for (const OffsetMove& move : batch.moves) {
      words += " " + move.source.topic + "/" + std::to_string(partition) + " from " +
               std::to_string(std::max<std::int64_t>(move.old_next, 0)) + " to " +
               std::to_string(move.new_next - 1);
    }
    return words + (done ? "" : ": " + Describe(done.error()));
  });
  if (done) {
    Session& session = sessions_[static_cast<std::size_t>(partition)];
    for (const OffsetMove& move : batch.moves) session.next[move.source] = move.new_next;
  } else if (done.error().kind == ErrorKind::kRetryable) {
    scene_.coverage.Count("batch again: " + done.error().code);
    Join(partition);
  } else {
    scene_.Violated(name() + ": a batch failed for good: " + Describe(done.error()));
  }
  CheckOffsets();
}

void Node::RememberHandled(const TopicPartition& source, std::int64_t from, std::int64_t next) {
  if (source.topic != options_.requests_topic) return;
  for (std::int64_t at = std::max<std::int64_t>(from, 0); at < next; ++at) {
    handled_.emplace(scene_.bus.At(source, at).FindHeader("ce_id"));
  }
}

void Node::DeliverAll(std::int32_t partition) {
  while (HasUnread(partition) && scene_.violation.empty()) Deliver(partition, 100);
}

void Node::CheckOffsets() {
  for (std::int32_t partition = 0; partition < kPartitions; ++partition) {
    for (const TopicPartition& source : Sources(partition)) {
      const std::int64_t next = store_.NextOf(source);
      std::int64_t& highest = highest_.try_emplace(source, messaging::kLogBeginning).first->second;
      if (next < highest) scene_.Violated(name() + ": an offset went back on " + source.topic);
      RememberHandled(source, highest, next);
      highest = std::max(highest, next);
    }
  }
}

void Node::Relay(std::int32_t partition, std::size_t most, bool crash) {
  const std::int32_t partitions[] = {partition};
  auto pending = store_.LoadPending(partitions, most);
  if (pending->empty()) return;
  std::size_t marked = pending->size();
  if (crash) marked = scene_.random.Below(pending->size());
  std::vector<messaging::PublishedMark> marks;
  for (messaging::PendingRecord& record : *pending) {
    scene_.bus.Append(messaging::MakeRecord(record.entry.envelope, std::move(record.entry.topic),
                                            std::move(record.entry.value)));
    if (marks.size() < marked) marks.push_back({record.id, {}});
  }
  scene_.Say([&] {
    return name() + " publishes " + std::to_string(pending->size()) + ", marks " +
           std::to_string(marked);
  });
  (void)store_.MarkPublished(marks);
}

void Node::TimerRound(std::int32_t partition) {
  if (hasty_timers_) return Fire(partition, scene_.clock.Now());
  Session& session = sessions_[static_cast<std::size_t>(partition)];
  if (!session.watermark.pending()) {
    const UnixMillis t0 = scene_.clock.Now();
    const std::optional<UnixMillis> due = store_.NextDue(partition);
    if (!due || *due > t0) return;
    std::map<TopicPartition, std::int64_t> ends;
    const TopicPartition own{options_.requests_topic, partition};
    ends[own] = scene_.bus.End(own);
    for (const std::string& topic : options_.foreign_topics) {
      for (std::int32_t number = 0; number < kPartitions; ++number) {
        ends[{topic, number}] = scene_.bus.End({topic, number});
      }
    }
    session.watermark.Begin(t0, std::move(ends));
  }
  const auto passed = session.watermark.Passed(*store_.LoadOffsets(options_.group));
  if (passed) Fire(partition, *passed);
}

// Nothing is late because we are behind: what was received or arrived before the deadline has been
// handled before it is called passed.
void Node::CheckNothingUnread(const messaging::Timer& timer) {
  for (std::int32_t partition = 0; partition < kPartitions; ++partition) {
    for (const TopicPartition& source : Sources(partition)) {
      const bool request = source.topic == options_.requests_topic;
      for (std::int64_t at = std::max<std::int64_t>(store_.NextOf(source), 0);
           at < scene_.bus.End(source); ++at) {
        const messaging::Delivered& record = scene_.bus.At(source, at);
        if (record.key != timer.row.id) continue;
        const auto received = messaging::FromRfc3339(record.FindHeader("ce_time"));
        // A repeat was handled when it came first.
        const bool platform = request && !record.FindHeader("ce_interface").empty();
        const UnixMillis came = platform && received ? *received : record.appended_at;
        const bool repeated = platform && handled_.contains(record.FindHeader("ce_id"));
        if (!repeated && came < timer.due) {
          scene_.Violated(name() + ": " + timer.name + " of " + timer.row.id +
                          " fires while what came before it lies unread");
        }
      }
    }
  }
}

void Node::Fire(std::int32_t partition, UnixMillis due) {
  const std::int32_t partitions[] = {partition};
  const auto timers = store_.LoadDue(partitions, due, kTimersMax);
  if (timers->empty()) return;
  std::vector<Unit> units;
  for (const messaging::Timer& timer : *timers) {
    CheckNothingUnread(timer);
    units.push_back(units_->FromTimer(timer));
  }
  const messaging::HeldEpoch held[] = {
      {partition, sessions_[static_cast<std::size_t>(partition)].epoch}};
  const Result<void> done = executor_.Execute(units, held);
  fate_ = CommitFate::kCommitted;
  interloper_ = nullptr;
  scene_.Say([&] {
    std::string words = name() + " fires";
    for (const messaging::Timer& timer : *timers) words += " " + timer.name + "@" + timer.row.id;
    return words + (done ? "" : ": " + Describe(done.error()));
  });
  if (done) {
    scene_.coverage.Count("timers fired");
  } else if (done.error().kind == ErrorKind::kRetryable) {
    scene_.coverage.Count("timers again: " + done.error().code);
  } else {
    scene_.Violated(name() + ": a timer failed for good: " + Describe(done.error()));
  }
}

void Node::Rebalance(std::int32_t partition) {
  if (!zombie_) {
    Batch batch = Read(partition, 3);
    if (!batch.moves.empty()) zombie_ = std::move(batch);
  }
  Join(partition);
  scene_.coverage.Count("rebalance");
  scene_.Say([&] { return name() + "/" + std::to_string(partition) + " goes to another member"; });
}

void Node::WakeZombie() {
  const Batch batch = std::move(*zombie_);
  zombie_.reset();
  const Result<void> done = executor_.ExecuteBatch(batch.units, batch.moves);
  scene_.Say([&] { return name() + ": the old member executes what it had read"; });
  Unit timer;
  timer.decide = [](messaging::Workspace&) -> Result<void> { return {}; };
  const Result<void> fired = executor_.Execute(std::span(&timer, 1), std::span(&batch.epoch, 1));
  const auto fenced = [](const Result<void>& result) {
    return !result && result.error().code == messaging::kFencedCode;
  };
  if (!fenced(done) || !fenced(fired)) {
    scene_.Violated(name() + ": a member without its partition was not fenced");
  } else {
    scene_.coverage.Count("zombie fenced");
  }
}

Result<service::Outcome> Node::Call(const std::function<Result<service::Task>()>& make,
                                    const std::string& flow) {
  for (const bool last : {false, true}) {
    Result<service::Task> task = make();
    if (!task) return tl::unexpected(task.error());
    service::Outcome outcome;
    task->done = [&outcome](const service::Outcome& told) { outcome = told; };
    const Unit unit = units_->FromTask(std::move(*task));
    const Result<void> done = executor_.Execute(std::span(&unit, 1));
    fate_ = CommitFate::kCommitted;
    interloper_ = nullptr;
    if (!done) return tl::unexpected(done.error());
    if (!outcome.missing || last) return outcome;
    // Inside another's transaction the offsets are that one's.
    if (inside_) return Retryable("service.behind", "not handled yet");
    DeliverAll(messaging::PartitionOfKey(flow, kPartitions));
  }
  return Retryable("call.never", "unreachable");
}

}  // namespace guarantee::simulation
