// One request on its way from its body to its answer.
#pragma once

#include <atomic>
#include <chrono>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "contract/decode.h"
#include "contract/encode.h"
#include "gateway/in_flight.h"
#include "gateway/metrics.h"
#include "http/server.h"
#include "partner/partner.h"

namespace guarantee::gateway {

// What is known of a request once its head has passed.
struct Inbound {
  const contract::Interface* interface = nullptr;
  std::shared_ptr<const partner::Partner> partner;
  std::string traceparent;
  std::unique_ptr<InFlight::Ticket> ticket;
  std::chrono::steady_clock::time_point began;
};

// How one item of a request ended (a request that is no array has one).
struct ItemEnd {
  int status = 200;  // HTTP
  contract::Answer answer;
  std::string_view outcome;
  std::int64_t retry_after_s = 0;
};

// Thread-safe where not said otherwise.
class RequestRun {
 public:
  using SteadyTime = std::chrono::steady_clock::time_point;

  RequestRun(Inbound inbound, http::Responder responder, GatewayMetrics& metrics);

  [[nodiscard]] const contract::Interface& interface() const { return *inbound_.interface; }
  [[nodiscard]] const partner::Partner& partner() const { return *inbound_.partner; }
  [[nodiscard]] const std::string& traceparent() const { return inbound_.traceparent; }
  [[nodiscard]] UnixMillis received_at() const { return received_at_; }
  [[nodiscard]] SteadyTime until() const { return until_; }
  [[nodiscard]] const contract::Item& item(std::size_t index) const {
    return decoded_.items[index];
  }
  // The message outlives the run, for whoever still needs it.
  [[nodiscard]] std::shared_ptr<const google::protobuf::Message> message(std::size_t index) const;

  // Before the items are worked on, by one thread.
  void SetReceipt(UnixMillis received_at, SteadyTime until);
  void SetItems(contract::Decoded decoded);
  [[nodiscard]] std::size_t size() const { return decoded_.items.size(); }

  // The end of an item; the last one sends the answer.
  void End(std::size_t index, ItemEnd end);
  // Ends the whole request now; whatever its items still report is of no account.
  void EndAll(const ItemEnd& end);
  [[nodiscard]] bool over() const { return over_; }

 private:
  [[nodiscard]] ItemEnd Combine() const;

  Inbound inbound_;
  const http::Responder responder_;
  GatewayMetrics& metrics_;
  UnixMillis received_at_;
  SteadyTime until_;
  contract::Decoded decoded_;
  std::mutex mutex_;
  std::vector<std::optional<ItemEnd>> ends_;
  std::size_t open_ = 0;
  std::atomic<bool> over_{false};
};

}  // namespace guarantee::gateway
