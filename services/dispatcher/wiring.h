// The dispatcher put together: what its own binary and hub both start.
#pragma once

#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "contract/contract.h"
#include "contract/encode.h"
#include "dispatcher/app/dispatch_loop.h"
#include "dispatcher/app/ports.h"
#include "http/client.h"
#include "messaging/bus.h"
#include "messaging/consumer_loop.h"
#include "messaging/lease.h"
#include "messaging/relay.h"
#include "partner/directory.h"
#include "sql/database.h"

namespace guarantee::dispatcher {

class Dispatcher {
 public:
  // The references outlive the dispatcher. `database` is the handle of the schema "dispatcher";
  // it is migrated by Start. `documents` gives bytes by SHA-256 (lower-case hex), may block a few
  // seconds, is called on several threads; retryable while their home is away.
  struct Parts {
    messaging::Bus& bus;
    sql::Database& database;
    const Clock& clock;
    std::shared_ptr<const contract::Contract> contract;
    std::shared_ptr<const partner::PartnerDirectory> partners;
    contract::DocumentSource documents;
  };
  struct Options {
    std::string holder;  // process name and a random part, unique among the group's members
    bool alone = false;  // hub: the process holds the store's file lock
    std::int64_t lease_ms = messaging::kDispatcherLeaseMs;
    // How long a partition that is taken away waits for its requests in flight. What is not over
    // by then keeps its lease, and the next owner waits for the lease's end.
    std::chrono::milliseconds revoke_wait{5'000};
    DispatchLimits limits;
    http::Client::Options http;
    AlarmHandler alarm = [](const Alarm&) {};  // called on several threads; must not block
  };

  // Refused: TLS files, a lease that does not outlive the request deadline by two seconds, a topic
  // that is not there; retryable: store or bus away.
  [[nodiscard]] static Result<std::unique_ptr<Dispatcher>> Start(Parts parts, Options options);
  // Drains with kDrainTimeout.
  ~Dispatcher();

  // Begins nothing more, lets requests in flight end, releases the leases, stops. After a drain in
  // time nothing is delivered again; requests that outlast it are cut and so unknown. Once.
  void Drain(std::chrono::milliseconds timeout);

  // What keeps it from delivering; empty: nothing.
  [[nodiscard]] std::vector<std::string> Readiness() const;
  // Loops that have not turned for kStuckMs; empty: alive.
  [[nodiscard]] std::vector<std::string> Liveness() const;

  // For operators.
  [[nodiscard]] Result<std::vector<NoticeView>> ListNotices(const NoticeFilter& filter);
  [[nodiscard]] Result<NoticeHistory> ShowNotice(const std::string& id);
  // Sends it now: parked (rendered anew), expired (in spite of its last moment), or waiting for
  // its next try. Refused "notice.unknown", "notice.already_accepted", "notice.behind_head".
  [[nodiscard]] Result<void> RetryNotice(const std::string& id, const std::string& who);
  // Notices of a flow with their attempts, oldest first.
  [[nodiscard]] Result<std::vector<NoticeHistory>> ShowFlow(const std::string& flow);
  [[nodiscard]] Result<std::vector<LaneView>> Lanes(const std::string& partner, std::size_t limit);
  [[nodiscard]] std::vector<BreakerView> Breakers() const;
  [[nodiscard]] Result<std::vector<HeadTotal>> HeadTotals() const;

  // For metrics and lag.
  [[nodiscard]] DispatchState State() const;
  [[nodiscard]] messaging::ConsumerState Consumer() const;
  [[nodiscard]] std::vector<messaging::StartOffset> Positions() const;
  [[nodiscard]] messaging::RelayState Relay() const;

  // From now on; see PartnerCourier::UsePartners.
  [[nodiscard]] Result<void> UsePartners(std::shared_ptr<const partner::PartnerDirectory> partners);

  static constexpr std::chrono::milliseconds kDrainTimeout{9'000};
  static constexpr std::int64_t kStuckMs = 60'000;

 private:
  struct Assembly;
  explicit Dispatcher(std::unique_ptr<Assembly> assembly);

  std::unique_ptr<Assembly> assembly_;
};

}  // namespace guarantee::dispatcher
