// How many requests are between their head and their answer, altogether and by partner.
#pragma once

#include <cstddef>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>

#include "gateway/metrics.h"

namespace guarantee::gateway {

// Thread-safe.
class InFlight : public std::enable_shared_from_this<InFlight> {
 public:
  InFlight(std::size_t max, std::size_t partner_max, GatewayMetrics& metrics)
      : max_(max), partner_max_(partner_max), metrics_(metrics) {}

  // A place among those in flight; given back when it goes.
  class Ticket {
   public:
    Ticket(std::shared_ptr<InFlight> owner, std::string partner)
        : owner_(std::move(owner)), partner_(std::move(partner)) {}
    ~Ticket() { owner_->Leave(partner_); }
    Ticket(const Ticket&) = delete;
    Ticket& operator=(const Ticket&) = delete;

   private:
    std::shared_ptr<InFlight> owner_;
    std::string partner_;
  };

  // Null: no place.
  [[nodiscard]] std::unique_ptr<Ticket> Enter(const std::string& partner);

 private:
  void Leave(const std::string& partner);

  const std::size_t max_;
  const std::size_t partner_max_;
  GatewayMetrics& metrics_;
  std::mutex mutex_;
  std::size_t count_ = 0;
  std::unordered_map<std::string, std::size_t> by_partner_;
};

}  // namespace guarantee::gateway
