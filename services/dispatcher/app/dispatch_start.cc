// From a head that is due to a POST under way.
#include <algorithm>
#include <set>

#include "crypto/digest.h"
#include "dispatcher/app/dispatch_loop.h"

namespace guarantee::dispatcher {
namespace {

constexpr std::int64_t kStoreRetryMs = 250;
constexpr std::int64_t kOwnFaultRetryMs = 5'000;  // documents or configuration are missing
constexpr std::int64_t kBusyRetryMs = 250;

}  // namespace

void DispatchLoop::StartSome() {
  idle_ = true;
  if (!IsStarting() || StorePaused() || body_bytes_ >= limits_.body_bytes_in_flight) return;
  std::vector<Picked> picks =
      heads_.Pick(parts_.clock.Now(), parts_.clock.MonotonicMs(), limits_.start_batch,
                  [this](std::int32_t partition) { return MayAct(partition); });
  if (picks.empty()) return;
  idle_ = false;
  Load(std::move(picks));
}

void DispatchLoop::Load(std::vector<Picked> picks) {
  std::vector<std::string> ids;
  ids.reserve(picks.size());
  for (const Picked& picked : picks) ids.push_back(picked.head.id);
  Result<std::vector<Notice>> notices = parts_.store.LoadNotices(ids);
  if (!notices) {
    StoreFailed(notices.error());
    const UnixMillis due = parts_.clock.Now() + kStoreRetryMs;
    for (const Picked& picked : picks) heads_.Return(picked, due, parts_.clock.MonotonicMs());
    return;
  }
  StoreWell();
  std::unordered_map<std::string, Notice*> by_id;
  for (Notice& notice : *notices) by_id[notice.head.id] = &notice;
  for (const Picked& picked : picks) {
    const auto found = by_id.find(picked.head.id);
    if (found == by_id.end()) {
      heads_.Abandon(picked, parts_.clock.MonotonicMs());
    } else {
      Admit(picked, std::move(*found->second));
    }
  }
}

void DispatchLoop::Admit(const Picked& picked, Notice notice) {
  const std::int32_t partition = notice.head.partition;
  const std::optional<std::int64_t> epoch = parts_.leases.Epoch(partition);
  const Step step = Apply(notice.delivery, AttemptBegan{parts_.clock.Now()});
  if (step.reply == Reply::kPastDeadline) housekeep_ms_ = 0;  // it expires in this very cycle
  if (!epoch || step.reply != Reply::kDone) {
    heads_.Abandon(picked, parts_.clock.MonotonicMs());
    return;
  }
  Flight flight;
  flight.picked = picked;
  flight.notice = std::move(notice);
  flight.epoch = {partition, *epoch};
  {
    const std::lock_guard lock(mutex_);
    ++flights_by_partition_[partition];
  }
  Flight& placed = flights_[picked.head.id] = std::move(flight);
  Render(placed);
}

void DispatchLoop::Render(Flight& flight) {
  Notice& notice = flight.notice;
  if (notice.delivery.bytes_fixed && !notice.body.empty()) {
    flight.stored_body = notice.delivery.attempts > 0;
    TakeRendering({notice.head.id, std::move(notice.body)});
    return;
  }
  Result<std::string> body = parts_.courier.Render(notice, false);
  if (body || body.error().code != kDocumentsDeferredCode) {
    TakeRendering({notice.head.id, std::move(body)});
  } else if (!documents_->Submit(notice)) {
    ReturnFlight(std::string(notice.head.id), kBusyRetryMs);
  }
}

void DispatchLoop::TakeRendering(Rendering rendering) {
  const auto found = flights_.find(rendering.id);
  if (found == flights_.end()) return;
  Flight& flight = found->second;
  if (rendering.body) {
    flight.body = std::move(*rendering.body);
    flight.body_bytes = flight.body.size();
    flight.body_sha256 = crypto::ToHex(crypto::Sha256(flight.body));
    flight.notice.value.clear();
    flight.notice.body.clear();
    body_bytes_ += flight.body_bytes;
    rendered_.push_back(rendering.id);
    return;
  }
  const Error& error = rendering.body.error();
  if (error.kind != ErrorKind::kRetryable) return ParkUnrenderable(flight, error);
  const Head& head = flight.notice.head;
  parts_.alarm(
      {AlarmKind::kOwnFault, head.partner, head.section, head.flow, head.id, Describe(error)});
  ReturnFlight(rendering.id, kOwnFaultRetryMs);
}

void DispatchLoop::ParkUnrenderable(Flight& flight, const Error& error) {
  Unrenderable parked{flight.notice, flight.epoch, Describe(error)};
  parked.notice.delivery = Apply(flight.notice.delivery, CannotRender{}).next;
  const std::string id = flight.notice.head.id;
  const Result<LaneChanges> done = parts_.store.Park({&parked, 1}, parts_.clock.Now());
  if (!done) {
    StoreFailed(done.error());
    return ReturnFlight(id, kStoreRetryMs);
  }
  TakeChanges(*done);
  parts_.events_written();
  AbandonFlight(id);
}

void DispatchLoop::BeginRendered() {
  const FlightIds ids = std::exchange(rendered_, {});
  if (ids.empty()) return;
  const bool starting = IsStarting();
  FlightIds all;
  for (const std::string& id : ids) {
    const messaging::HeldEpoch& epoch = flights_.at(id).epoch;
    if (!starting || !MayAct(epoch.partition) ||
        parts_.leases.Epoch(epoch.partition) != epoch.epoch) {
      AbandonFlight(id);
      refill_ms_ = 0;
      continue;
    }
    all.push_back(id);
  }
  if (!all.empty()) Begin(all);
}

// One transaction for all; where one partition has a newer owner, one a partition, so that it does
// not hold up the others.
void DispatchLoop::Begin(const FlightIds& ids) {
  const UnixMillis now = parts_.clock.Now();
  std::vector<Beginning> beginnings;
  std::map<std::int32_t, FlightIds> by_partition;
  for (const std::string& id : ids) {
    Flight& flight = flights_.at(id);
    beginnings.push_back({id, flight.notice.delivery.attempts + 1, flight.epoch,
                          flight.stored_body ? std::string() : flight.body, flight.body_sha256});
    by_partition[flight.epoch.partition].push_back(id);
  }
  const Result<std::vector<std::string>> begun = parts_.store.Begin(beginnings, now);
  if (!begun && begun.error().code == messaging::kFencedCode) {
    if (by_partition.size() > 1) {
      for (const auto& [partition, some] : by_partition) Begin(some);
    } else {
      for (const std::string& id : ids) AbandonFlight(id);
    }
    return;
  }
  if (!begun) {
    StoreFailed(begun.error());
    for (const std::string& id : ids) ReturnFlight(id, kStoreRetryMs);
    return;
  }
  const std::set<std::string> ours(begun->begin(), begun->end());
  for (const std::string& id : ids) {
    if (!ours.contains(id)) {
      AbandonFlight(id);
      continue;
    }
    Flight& flight = flights_.at(id);
    flight.notice.delivery = Apply(flight.notice.delivery, AttemptBegan{now}).next;
    flight.began_at = now;
    PostBegun(flight);
  }
}

void DispatchLoop::PostBegun(Flight& flight) {
  ++counters_.attempts;
  const std::int32_t partition = flight.epoch.partition;
  const std::string id = flight.notice.head.id;
  // Looked at once more as late as can be: the transaction may have taken its time.
  if (!MayAct(partition) || parts_.leases.Epoch(partition) != flight.epoch.epoch) {
    AttemptReport report;
    report.facts.transport = Transport::kNotTried;
    report.answer.message = "the lease ended";
    return TakeReport(id, std::move(report));
  }
  const std::string body = std::move(flight.body);
  parts_.courier.Post(
      flight.notice, body, limits_.request_deadline_ms,
      [mailbox = mailbox_, id](AttemptReport report) {
        mailbox->Put([&](Mail& mail) { mail.reports.emplace_back(id, std::move(report)); });
      });
}

void DispatchLoop::ReturnFlight(const std::string& id, std::int64_t pause_ms) {
  const Picked picked = flights_.at(id).picked;
  RemoveFlight(id);
  heads_.Return(picked, parts_.clock.Now() + pause_ms, parts_.clock.MonotonicMs());
}

void DispatchLoop::AbandonFlight(const std::string& id) {
  const Picked picked = flights_.at(id).picked;
  RemoveFlight(id);
  heads_.Abandon(picked, parts_.clock.MonotonicMs());
}

void DispatchLoop::RemoveFlight(const std::string& id) {
  const auto found = flights_.find(id);
  body_bytes_ -= found->second.body_bytes;
  const std::int32_t partition = found->second.epoch.partition;
  flights_.erase(found);
  {
    const std::lock_guard lock(mutex_);
    const auto count = flights_by_partition_.find(partition);
    if (--count->second == 0) flights_by_partition_.erase(count);
  }
  quiet_.notify_all();
}

}  // namespace guarantee::dispatcher
