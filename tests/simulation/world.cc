#include "world.h"

#include <algorithm>
#include <optional>

#include "order/app/rows.h"

namespace guarantee::simulation {

using testing::CommitFate;

namespace {

constexpr std::int64_t kSecondMs = 1'000;
constexpr std::int64_t kMinuteMs = 60 * kSecondMs;
constexpr std::int64_t kHourMs = 60 * kMinuteMs;
constexpr std::int64_t kDayMs = 24 * kHourMs;
constexpr std::int64_t kEdgesMs[] = {1, kSecondMs, 5 * kMinuteMs};
// From its receipt a request is published within this, or not acknowledged.
constexpr std::int64_t kRequestLimitMs = 5 * kSecondMs;
// After a deadline has passed, a watermark is behind by the request limit and a second.
constexpr std::int64_t kWatermarkLagMs = kRequestLimitMs + kSecondMs;
constexpr int kSettleRoundsMax = 2'000;
constexpr int kDrawsMax = 10;

constexpr const char* kNoticeEvents = "guarantee.events.notice.v1";

// In every fourth world the institution's rules decide what they may.
bool ByRules(const RunOptions& options) { return options.seed % 4 == 0; }

NodeOptions OrderOptions() {
  return {"order",
          order::kRequestsTopic,
          {order::kDecisionsTopic, kNoticeEvents},
          order::kStateTopic,
          order::kWaitingKind,
          "order.waiting"};
}
NodeOptions ClaimOptions() {
  return {"claim",
          claim::kRequestsTopic,
          {claim::kDecisionsTopic},
          claim::kStateTopic,
          claim::kWaitingKind,
          "service.waiting"};
}
NodeOptions CreditOptions() {
  return {"credit",
          credit::kRequestsTopic,
          {credit::kDecisionsTopic},
          credit::kStateTopic,
          credit::kWaitingKind,
          "service.waiting"};
}
NodeOptions InvoiceOptions() {
  return {"invoice",
          invoice::kRequestsTopic,
          {invoice::kDecisionsTopic, kNoticeEvents},
          invoice::kStateTopic,
          invoice::kWaitingKind,
          "service.waiting"};
}

}  // namespace

World::World(const RunOptions& options, const std::shared_ptr<const contract::Contract>& contract,
             Coverage& coverage)
    : options_(options),
      scene_(options.seed, options.traced, coverage),
      order_(scene_, OrderOptions()),
      claim_(scene_, ClaimOptions()),
      credit_(scene_, CreditOptions()),
      invoice_(scene_, InvoiceOptions()),
      order_side_(order_.Tools(), contract, ByRules(options)),
      claim_desk_(MakeClaimDesk(claim_.Tools(), contract, ByRules(options))),
      credit_desk_(MakeCreditDesk(credit_.Tools(), contract, ByRules(options))),
      invoice_desk_(MakeInvoiceDesk(invoice_.Tools(), contract, ByRules(options))),
      nodes_{&order_, &claim_, &credit_, &invoice_},
      checks_(scene_, book_, {&order_, &claim_, &credit_, &invoice_}),
      platform_(scene_, book_, {&order_, &claim_, &credit_, &invoice_}),
      bank_(scene_, book_, {&order_, &claim_, &credit_, &invoice_}, order_side_.tasks()),
      courier_(scene_, [this](const Post& post) { platform_.Accepted(post); }) {
  for (Node* node : nodes_) {
    node->store().Plant(options.faults);
    if (options.hasty_timers) node->PlantHastyTimers();
  }
  order_.on_commit = [this](auto rows, auto entries) { checks_.OnOrderCommit(rows, entries); };
  claim_.on_commit = [this](auto rows, auto entries) { checks_.OnClaimCommit(rows, entries); };
  credit_.on_commit = [this](auto rows, auto entries) { checks_.OnCreditCommit(rows, entries); };
  invoice_.on_commit = [this](auto rows, auto entries) { checks_.OnInvoiceCommit(rows, entries); };
  order_.Start(order_side_.desk());
  claim_.Start(*claim_desk_);
  credit_.Start(*credit_desk_);
  invoice_.Start(*invoice_desk_);
}

Report World::Run() {
  while (scene_.step < options_.steps && scene_.violation.empty()) {
    ++scene_.step;
    // A step in which nothing could be done is drawn again.
    scene_.acted = false;
    for (int draw = 0; draw < kDrawsMax && !scene_.acted; ++draw) Step();
  }
  if (scene_.violation.empty()) Settle();
  if (scene_.violation.empty()) checks_.AtRest();
  return {scene_.violation, {scene_.lines.begin(), scene_.lines.end()}};
}

void World::Step() {
  // Deliver, relay, courier, timers, requests, calls, decisions, clock, trouble.
  constexpr std::size_t kWeights[] = {30, 20, 12, 5, 10, 7, 16, 6, 2};
  switch (scene_.random.Weighted(kWeights)) {
    case 0:
      return DeliverStep();
    case 1:
      return RelayStep();
    case 2:
      return CourierStep();
    case 3:
      return TimerStep();
    case 4:
      return platform_.Step();
    case 5:
      return platform_.CallStep();
    case 6:
      return bank_.Step();
    case 7:
      return ClockStep();
    default:
      return TroubleStep();
  }
}

// Some of the next transaction's luck: it is dropped, or nobody hears that it was committed, or
// another writer comes first.
void World::MaybeHarm(Node& node) {
  const std::size_t dice = scene_.random.Below(100);
  if (dice < 4) {
    scene_.coverage.Count("transaction lost");
    node.Doom(CommitFate::kLost);
  } else if (dice < 7) {
    scene_.coverage.Count("commit unheard");
    node.Doom(CommitFate::kUnheard);
  } else if (dice < 20) {
    node.Interleave([this, &node] {
      scene_.coverage.Count("another writer came first");
      if (scene_.random.Chance(30)) return platform_.CallStep();
      const auto& rows = node.store().rows();
      if (rows.empty()) return;
      const auto at =
          std::next(rows.begin(), static_cast<std::ptrdiff_t>(scene_.random.Below(rows.size())));
      const messaging::StoredRow row = at->second;
      if (!row.state.empty()) bank_.CallOn(row, node);
    });
  }
}

void World::DeliverStep() {
  if (platform_.HasUnpublished() && scene_.random.Chance(40)) platform_.Publish();
  std::vector<std::pair<Node*, std::int32_t>> unread;
  for (Node* node : nodes_) {
    for (std::int32_t partition = 0; partition < kPartitions; ++partition) {
      if (node->HasUnread(partition)) unread.emplace_back(node, partition);
    }
  }
  if (unread.empty()) return;
  const auto& [node, partition] = scene_.random.Pick(unread);
  MaybeHarm(*node);
  node->Deliver(partition, 1 + scene_.random.Below(5));
}

void World::RelayStep() {
  std::vector<std::pair<Node*, std::int32_t>> pending;
  for (Node* node : nodes_) {
    for (std::int32_t partition = 0; partition < kPartitions; ++partition) {
      if (node->HasPending(partition)) pending.emplace_back(node, partition);
    }
  }
  if (pending.empty()) return;
  const auto& [node, partition] = scene_.random.Pick(pending);
  const bool crash = scene_.random.Chance(8);
  if (crash) scene_.coverage.Count("relay crashed between publish and mark");
  node->Relay(partition, 1 + scene_.random.Below(12), crash);
}

void World::CourierStep() {
  courier_.Intake();
  if (courier_.HasWork()) courier_.Deliver(false);
}

void World::TimerStep() {
  Node& node = *scene_.random.Pick(nodes_);
  if (scene_.random.Chance(20)) MaybeHarm(node);
  for (std::int32_t partition = 0; partition < kPartitions; ++partition) node.TimerRound(partition);
}

void World::ClockStep() {
  constexpr std::size_t kWeights[] = {40, 25, 10, 2, 23};
  std::int64_t by = scene_.random.Between(1, 8) * kSecondMs;
  switch (scene_.random.Weighted(kWeights)) {
    case 0:
      break;
    case 1:
      by = scene_.random.Between(1, 30) * kMinuteMs;
      break;
    case 2:
      by = scene_.random.Between(1, 4) * kHourMs;
      break;
    case 3:
      by = scene_.random.Between(1, 3) * kDayMs;
      break;
    default:
      // To the edge of what some rule looks at.
      by = (platform_.AnyMoment() + scene_.random.Between(-2, 2) * scene_.random.Pick(kEdgesMs))
               .value -
           scene_.clock.Now().value;
  }
  if (by <= 0) return;
  // What was stamped is on the topic before the request limit has passed.
  if (platform_.HasUnpublished() &&
      platform_.OldestReceipt() + kRequestLimitMs < scene_.clock.Now() + by) {
    platform_.PublishAll();
  }
  scene_.clock.Advance(by);
  scene_.Say([&] { return "the clock goes on by " + std::to_string(by / kSecondMs) + " s"; });
}

void World::TroubleStep() {
  Node& node = *scene_.random.Pick(nodes_);
  if (node.HasZombie()) return node.WakeZombie();
  node.Rebalance(static_cast<std::int32_t>(scene_.random.Below(kPartitions)));
}

// Everything that can be done now, without harm.
void World::Drain() {
  for (int round = 0; round < kSettleRoundsMax && scene_.violation.empty(); ++round) {
    bool moved = platform_.HasUnpublished();
    platform_.PublishAll();
    for (Node* node : nodes_) {
      for (std::int32_t partition = 0; partition < kPartitions; ++partition) {
        while (node->HasPending(partition)) {
          node->Relay(partition, 100, false);
          moved = true;
        }
        if (node->HasUnread(partition)) {
          node->DeliverAll(partition);
          moved = true;
        }
      }
    }
    courier_.Intake();
    while (courier_.HasWork()) {
      courier_.Deliver(true);
      moved = true;
    }
    if (!moved) return;
  }
  scene_.Violated("it never comes to rest");
}

bool World::JumpToNextDeadline() {
  std::optional<UnixMillis> next;
  for (Node* node : nodes_) {
    for (std::int32_t partition = 0; partition < kPartitions; ++partition) {
      const std::optional<UnixMillis> due = node->store().NextDue(partition);
      if (due && (!next || *due < *next)) next = due;
    }
  }
  if (!next) return false;
  const std::int64_t until = next->value + kWatermarkLagMs - scene_.clock.Now().value;
  if (until > 0) scene_.clock.Advance(until);
  // A round begins the watermark, the next finds it passed.
  for (int round = 0; round < 2; ++round) {
    for (Node* node : nodes_) {
      for (std::int32_t partition = 0; partition < kPartitions; ++partition) {
        node->TimerRound(partition);
      }
    }
  }
  return true;
}

// The platform sends nothing more, the bank closes what is open, and time goes on until no
// deadline is left.
void World::Settle() {
  scene_.Say([] { return "nothing new from here on"; });
  for (Node* node : nodes_) {
    if (node->HasZombie()) node->WakeZombie();
  }
  for (int round = 0; round < kSettleRoundsMax && scene_.violation.empty(); ++round) {
    Drain();
    platform_.AnswerProposals();
    platform_.RestoreAll();
    Drain();
    const bool closed = bank_.Close();
    Drain();
    if (!JumpToNextDeadline() && !closed) return;
  }
  scene_.Violated("deadlines never end");
}

Report Simulate(const RunOptions& options,
                const std::shared_ptr<const contract::Contract>& contract, Coverage& coverage) {
  World world(options, contract, coverage);
  return world.Run();
}

}  // namespace guarantee::simulation
