#include "gateway/in_flight.h"

namespace guarantee::gateway {

std::unique_ptr<InFlight::Ticket> InFlight::Enter(const std::string& partner) {
  {
    const std::lock_guard lock(mutex_);
    std::size_t& count = by_partner_[partner];
    if (count_ >= max_ || count >= partner_max_) return nullptr;
    ++count;
    ++count_;
  }
  metrics_.AddInFlight(1);
  return std::make_unique<Ticket>(shared_from_this(), partner);
}

void InFlight::Leave(const std::string& partner) {
  {
    const std::lock_guard lock(mutex_);
    --by_partner_[partner];
    --count_;
  }
  metrics_.AddInFlight(-1);
}

}  // namespace guarantee::gateway
