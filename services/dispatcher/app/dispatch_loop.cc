#include "dispatcher/app/dispatch_loop.h"

#include <algorithm>

namespace guarantee::dispatcher {
namespace {

constexpr std::int64_t kIdlePauseMs = 25;  // something is due, but nothing may begin

}  // namespace

DispatchLoop::DispatchLoop(Parts parts, DispatchLimits limits)
    : parts_(std::move(parts)),
      limits_(limits),
      mailbox_(std::make_shared<Mailbox>()),
      documents_(std::make_unique<DocumentPool>(parts_.courier, mailbox_, limits.document_threads)),
      heads_(limits.flights),
      wall_offset_ms_(parts_.clock.Now().value - parts_.clock.MonotonicMs()) {}

DispatchLoop::~DispatchLoop() { Stop(); }

void DispatchLoop::Start() {
  thread_ = std::thread([this] { Run(); });
}

void DispatchLoop::Stop() {
  mailbox_->Put([](Mail& mail) { mail.stop = true; });
  if (thread_.joinable()) thread_.join();
  documents_.reset();
}

void DispatchLoop::Offer(LaneChanges changes) {
  for (const Alarm& alarm : changes.alarms) parts_.alarm(alarm);
  if (changes.ready.empty()) return;
  mailbox_->Put([&changes](Mail& mail) {
    std::move(changes.ready.begin(), changes.ready.end(), std::back_inserter(mail.offers));
  });
}

void DispatchLoop::AssignmentChanged() {
  mailbox_->Put([](Mail& mail) { mail.assignment_changed = true; });
}

void DispatchLoop::StopStarting() {
  const std::lock_guard lock(mutex_);
  starting_ = false;
}

bool DispatchLoop::IsStarting() const {
  const std::lock_guard lock(mutex_);
  return starting_;
}

bool DispatchLoop::AwaitQuiet(std::span<const std::int32_t> partitions,
                              std::chrono::milliseconds timeout) {
  std::unique_lock lock(mutex_);
  return quiet_.wait_for(lock, timeout, [&] {
    return std::all_of(partitions.begin(), partitions.end(), [this](std::int32_t partition) {
      return !flights_by_partition_.contains(partition);
    });
  });
}

bool DispatchLoop::AwaitAllQuiet(std::chrono::milliseconds timeout) {
  std::unique_lock lock(mutex_);
  return quiet_.wait_for(lock, timeout, [this] { return flights_by_partition_.empty(); });
}

DispatchState DispatchLoop::State() const {
  const std::lock_guard lock(mutex_);
  return state_;
}

std::vector<BreakerView> DispatchLoop::Breakers() const {
  const std::lock_guard lock(mutex_);
  return breakers_;
}

void DispatchLoop::Run() {
  for (bool running = true; running;) {
    AwaitWork();
    Mail mail = mailbox_->Take();
    running = !mail.stop;
    assignment_changed_ = assignment_changed_ || mail.assignment_changed;
    for (const Head& head : mail.offers) static_cast<void>(heads_.Offer(head));
    for (auto& [id, report] : mail.reports) TakeReport(id, std::move(report));
    for (Rendering& rendering : mail.renderings) TakeRendering(std::move(rendering));
    Cycle();
  }
}

void DispatchLoop::AwaitWork() {
  const std::int64_t now_ms = parts_.clock.MonotonicMs();
  std::int64_t wait_ms = heads_.NextDueMs(parts_.clock.Now(), now_ms, limits_.longest_wait_ms);
  if (!ended_.empty()) wait_ms = 0;
  if (StorePaused()) wait_ms = std::max(wait_ms, store_pause_until_ms_ - now_ms);
  if (idle_) wait_ms = std::max(wait_ms, kIdlePauseMs);
  mailbox_->Await(std::chrono::milliseconds(wait_ms));
}

void DispatchLoop::Cycle() {
  SaveFinished();
  Housekeep();
  StartSome();
  BeginRendered();
  Publish();
}

}  // namespace guarantee::dispatcher
