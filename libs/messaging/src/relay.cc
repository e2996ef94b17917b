#include "messaging/relay.h"

namespace guarantee::messaging {
namespace {

constexpr std::chrono::milliseconds kMarkEvery{10};
constexpr std::chrono::milliseconds kTroublePause{250};
constexpr std::string_view kDeadLetterSuffix = ".dlq";

}  // namespace

struct Relay::Round {
  std::mutex mutex;
  std::condition_variable changed;
  std::map<std::string, std::deque<PendingRecord>> flows;
  std::size_t in_flight = 0;
  bool closed = false;  // nothing more is to be published
  std::vector<PublishedMark> marks;
  std::int64_t dead_letters = 0;  // of the marks
  std::vector<std::pair<std::int64_t, std::string>> parked;
  std::string trouble;
};

Relay::Relay(WriteStore& store, Producer& producer, const Leases& leases, const Clock& clock,
             Options options)
    : store_(store), producer_(producer), leases_(leases), clock_(clock), options_(options) {}

Relay::~Relay() { Stop(); }

void Relay::Start() {
  thread_ = std::thread([this] { Loop(); });
}

void Relay::Stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void Relay::Kick() {
  {
    const std::lock_guard lock(mutex_);
    kicked_ = true;
  }
  wake_.notify_one();
}

RelayState Relay::State() const {
  const std::lock_guard lock(mutex_);
  return state_;
}

void Relay::Loop() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    kicked_ = false;
    lock.unlock();
    RunRound();
    lock.lock();
    const auto pause = state_.trouble.empty() ? kRelayPoll : kTroublePause;
    wake_.wait_for(lock, pause,
                   [this] { return stopping_ || (kicked_ && state_.trouble.empty()); });
  }
}

void Relay::RunRound() {
  {
    const std::lock_guard lock(mutex_);
    state_.last_round_ms = clock_.MonotonicMs();
  }
  const std::vector<std::int32_t> partitions = leases_.Acting(options_.publish_ms);
  if (partitions.empty()) return SetFound({});
  Result<std::vector<PendingRecord>> pending = store_.LoadPending(partitions, kRelayRowsMax);
  if (!pending) return SetTrouble(guarantee::Describe(pending.error()));
  SetFound(*pending);
  if (pending->empty()) return SetTrouble({});
  const auto round = std::make_shared<Round>();
  for (PendingRecord& record : *pending) {
    std::string flow = record.entry.envelope.flow;
    round->flows[std::move(flow)].push_back(std::move(record));
  }
  std::vector<std::string> flows;
  for (const auto& [flow, records] : round->flows) flows.push_back(flow);
  for (const std::string& flow : flows) PublishNext(round, flow);
  Settle(*round);
  // A full load may have left rows behind.
  if (pending->size() == kRelayRowsMax) Kick();
}

void Relay::PublishNext(const std::shared_ptr<Round>& round, const std::string& flow) {
  Record record;
  Sent sent{flow};
  {
    const std::lock_guard lock(round->mutex);
    std::deque<PendingRecord>& records = round->flows[flow];
    if (round->closed || records.empty()) return;
    PendingRecord next = std::move(records.front());
    records.pop_front();
    if (!leases_.MayAct(next.entry.partition, options_.publish_ms)) {
      records.clear();
      return;
    }
    sent.id = next.id;
    sent.dead_letter = next.entry.topic.ends_with(kDeadLetterSuffix);
    record =
        MakeRecord(next.entry.envelope, std::move(next.entry.topic), std::move(next.entry.value));
    if (!next.entry.detail.empty()) record.headers.push_back({"ce_detail", next.entry.detail});
    ++round->in_flight;
  }
  producer_.Publish(std::move(record), [this, round, sent](const Result<Position>& position) {
    Reported(round, sent, position);
  });
}

// On a thread of the bus. After `closed` this relay may be gone: only the round is touched.
void Relay::Reported(const std::shared_ptr<Round>& round, const Sent& sent,
                     const Result<Position>& position) {
  bool go_on = false;
  {
    const std::lock_guard lock(round->mutex);
    if (round->closed) return;
    if (position) {
      round->marks.push_back({sent.id, *position});
      if (sent.dead_letter) ++round->dead_letters;
      go_on = true;
    } else {
      round->flows[sent.flow].clear();
      round->trouble = guarantee::Describe(position.error());
      if (position.error().kind != ErrorKind::kRetryable) {
        round->parked.emplace_back(sent.id, round->trouble);
      }
    }
  }
  if (go_on) PublishNext(round, sent.flow);
  {
    const std::lock_guard lock(round->mutex);
    --round->in_flight;
  }
  round->changed.notify_one();
}

void Relay::Settle(Round& round) {
  const std::int64_t deadline_ms = clock_.MonotonicMs() + 2 * options_.publish_ms;
  std::unique_lock lock(round.mutex);
  while (true) {
    round.changed.wait_for(lock, kMarkEvery, [&round] { return round.in_flight == 0; });
    const bool over = round.in_flight == 0 || clock_.MonotonicMs() >= deadline_ms;
    if (over) round.closed = true;
    std::vector<PublishedMark> marks;
    marks.swap(round.marks);
    const std::int64_t dead_letters = std::exchange(round.dead_letters, 0);
    const auto parked = std::exchange(round.parked, {});
    lock.unlock();
    if (!marks.empty()) Mark(std::move(marks), dead_letters);
    for (const auto& [id, reason] : parked) {
      if (Result<void> done = store_.Park(id, reason); !done) {
        SetTrouble(guarantee::Describe(done.error()));
      }
    }
    if (over) break;
    lock.lock();
  }
  SetTrouble(round.trouble);
}

void Relay::Mark(std::vector<PublishedMark> marks, std::int64_t dead_letters) {
  const Result<void> done = store_.MarkPublished(marks);
  const std::lock_guard lock(mutex_);
  if (done) {
    state_.published += static_cast<std::int64_t>(marks.size());
    state_.dead_letters += dead_letters;
    state_.unpublished -= std::min(state_.unpublished, marks.size());
    if (state_.unpublished == 0) state_.oldest.reset();
  } else {
    state_.trouble = guarantee::Describe(done.error());
  }
}

void Relay::SetTrouble(const std::string& trouble) {
  const std::lock_guard lock(mutex_);
  state_.trouble = trouble;
}

void Relay::SetFound(std::span<const PendingRecord> pending) {
  const std::lock_guard lock(mutex_);
  state_.unpublished = pending.size();
  state_.oldest.reset();
  if (!pending.empty()) state_.oldest = pending.front().entry.envelope.time;
}

}  // namespace guarantee::messaging
