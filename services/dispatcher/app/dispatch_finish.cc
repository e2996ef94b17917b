// From the report of a POST to its durable result.
#include <algorithm>
#include <map>

#include "dispatcher/app/dispatch_loop.h"
#include "dispatcher/domain/schedule.h"

namespace guarantee::dispatcher {
namespace {

constexpr std::int64_t kOwnFaultPauseMs = 250;    // our own doing; the platform is not to blame
constexpr std::int64_t kKeepInMemoryMs = 10'000;  // later ones are loaded again when they are due

void SayBreaker(const AlarmHandler& alarm, const Head& head, const std::string& section,
                const Breaker& before, const Breaker& after, const AnswerText& answer) {
  const bool was_closed = before.phase == BreakerPhase::kClosed;
  const bool is_closed = after.phase == BreakerPhase::kClosed;
  if (was_closed == is_closed) return;
  std::string text = is_closed ? "answers again" : "stopped: " + answer.message;
  if (!is_closed && answer.http_status != 0) {
    text += " (HTTP " + std::to_string(answer.http_status) + ")";
  }
  alarm({is_closed ? AlarmKind::kBreakerClosed : AlarmKind::kBreakerOpened,
         head.partner,
         section,
         {},
         {},
         std::move(text)});
}

}  // namespace

void DispatchLoop::JudgeBreakers(Flight& flight, const AttemptReport& report, AttemptEnded& ended) {
  const Judgement judgement = Judge(report.facts);
  const std::int64_t now_ms = parts_.clock.MonotonicMs();
  const UnixMillis now = parts_.clock.Now();
  const BreakerPair before = heads_.BreakersOf(flight.picked.head);
  heads_.Judged(flight.picked, judgement, now_ms);
  const BreakerPair after = heads_.BreakersOf(flight.picked.head);
  const Head& head = flight.picked.head;
  SayBreaker(parts_.alarm, head, {}, before.platform, after.platform, report.answer);
  SayBreaker(parts_.alarm, head, head.section, before.interface, after.interface, report.answer);

  const bool ours =
      judgement.platform == Health::kUnproven && judgement.interface == Health::kUnproven;
  const bool breaker_answers = after.platform.phase != BreakerPhase::kClosed ||
                               after.interface.phase != BreakerPhase::kClosed;
  ended.ending = judgement.ending;
  ended.charged = !ours && !breaker_answers;
  const std::int64_t failures = flight.notice.delivery.failures + 1;
  const std::int64_t asked_ms = std::min(report.retry_after_ms.value_or(0), kRetryCapMs);
  std::int64_t pause_ms = asked_ms;
  if (ended.charged) {
    pause_ms = RetryPauseMs(failures, parts_.random(), report.retry_after_ms);
  } else if (ours) {
    pause_ms = std::max(asked_ms, kOwnFaultPauseMs);
  }
  ended.due = now + pause_ms;
}

void DispatchLoop::TakeReport(const std::string& id, AttemptReport report) {
  const auto found = flights_.find(id);
  if (found == flights_.end() || found->second.finished) return;
  Flight& flight = found->second;
  AttemptEnded ended;
  JudgeBreakers(flight, report, ended);
  const Step step = Apply(flight.notice.delivery, ended);
  Finished finished;
  finished.epoch = flight.epoch;
  finished.telling = step.telling;
  finished.attempt = {
      id,           flight.notice.delivery.attempts, flight.began_at,   report.duration_ms,
      ended.ending, std::move(report.answer),        flight.body_sha256};
  finished.notice = flight.notice;
  finished.notice.delivery = step.next;
  flight.finished = std::move(finished);
  ended_.push_back(id);
}

void DispatchLoop::SaveFinished() {
  if (ended_.empty() || StorePaused()) return;
  const FlightIds ids = std::exchange(ended_, {});
  const Result<void> saved = Save(ids);
  if (saved) return;
  const Error& error = saved.error();
  const bool wait = error.kind == ErrorKind::kRetryable && error.code != messaging::kFencedCode;
  if (!wait) return SaveOneByOne(ids);
  StoreFailed(error);
  ended_.insert(ended_.end(), ids.begin(), ids.end());
}

Result<void> DispatchLoop::Save(const FlightIds& ids) {
  std::vector<Finished> finished;
  finished.reserve(ids.size());
  bool tells = false;
  for (const std::string& id : ids) {
    finished.push_back(*flights_.at(id).finished);
    tells = tells || finished.back().telling != Telling::kNothing;
  }
  const Result<LaneChanges> changes = parts_.store.Finish(finished, parts_.clock.Now());
  if (!changes) return tl::unexpected(changes.error());
  StoreWell();
  for (const std::string& id : ids) Saved(id);
  TakeChanges(*changes);
  if (tells) parts_.events_written();
  return {};
}

// One of them has a newer owner, or cannot be written: it alone is let go. Its row still says "in
// flight", which the owner that comes takes for an unknown outcome.
void DispatchLoop::SaveOneByOne(const FlightIds& ids) {
  for (const std::string& id : ids) {
    const Result<void> saved = Save({id});
    if (saved) continue;
    const Error& error = saved.error();
    if (error.kind == ErrorKind::kRetryable && error.code != messaging::kFencedCode) {
      StoreFailed(error);
      ended_.push_back(id);
      continue;
    }
    const Head head = flights_.at(id).picked.head;
    if (error.code != messaging::kFencedCode) {
      parts_.alarm(
          {AlarmKind::kStore, head.partner, head.section, head.flow, head.id, Describe(error)});
    }
    AbandonFlight(id);
  }
}

void DispatchLoop::Saved(const std::string& id) {
  const Flight& flight = flights_.at(id);
  const Delivery delivery = flight.finished->notice.delivery;
  const Picked picked = flight.picked;
  if (delivery.state == State::kAccepted) ++counters_.accepted;
  ++counters_.ended.at(static_cast<std::size_t>(flight.finished->attempt.ending));
  RemoveFlight(id);
  heads_.Settle(picked);
  if (delivery.state != State::kPending) return;
  if (delivery.due - parts_.clock.Now() > kKeepInMemoryMs) return;
  Head head = picked.head;
  head.due = delivery.due;
  static_cast<void>(heads_.Offer(head));
}

void DispatchLoop::TakeChanges(const LaneChanges& changes) {
  for (const Head& head : changes.ready) static_cast<void>(heads_.Offer(head));
  for (const Alarm& alarm : changes.alarms) parts_.alarm(alarm);
}

}  // namespace guarantee::dispatcher
