// The services that answer themselves (3.7, 3.17 to 3.23), as the gateway sees them.
#pragma once

#include <google/protobuf/message.h>

#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "base/clock.h"
#include "base/result.h"
#include "contract/contract.h"
#include "contract/encode.h"

namespace guarantee::gateway {

struct ServiceRequest {
  const contract::Interface* interface = nullptr;
  std::string partner;
  std::string flow;  // tells the service which partition could hold the number; without a number
                     // of its own where the request's is not in the register
  std::string business_no;  // the platform's number of the operation, where the interface has one
  std::string traceparent;
  UnixMillis received_at;
  std::shared_ptr<const google::protobuf::Message> message;
  std::chrono::steady_clock::time_point until;
};
using ServiceReport = std::function<void(Result<contract::Answer>)>;

// Thread-safe; outlives the gateway.
class ServicePort {
 public:
  virtual ~ServicePort() = default;
  // Whether the service behind the interface is there at all.
  [[nodiscard]] virtual bool Offers(const contract::Interface& interface) const = 0;
  // Must not block; `report` once, on any thread. A retryable error becomes HTTP 503.
  virtual void Ask(ServiceRequest request, ServiceReport report) = 0;
};

}  // namespace guarantee::gateway
