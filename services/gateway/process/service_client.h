// The services asked over gRPC (CaseService.Answer).
#pragma once

#include <grpcpp/grpcpp.h>

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include "gateway/service_port.h"

namespace guarantee::gateway {

// Before another try after a service could not answer; doubled each time.
inline constexpr std::chrono::milliseconds kFirstPause{50};
inline constexpr std::chrono::milliseconds kLongestPause{500};
// Kept of the request's time for the answer's way back to the caller.
inline constexpr std::chrono::milliseconds kAnswerMargin{150};

// A service that is away, or that says "not now", is asked again until the request's time is up;
// it treats a repeat as the same request, so that an answer that was lost changes nothing. What is
// sealed in a request goes into the call and nowhere else: not even an error's text is passed on.
class ServiceClient final : public ServicePort {
 public:
  // By the contract's word for the service; what has no channel is not offered.
  using Channels = std::map<std::string, std::shared_ptr<grpc::Channel>, std::less<>>;

  explicit ServiceClient(const Channels& channels);
  // Ends what is under way: each is reported as retryable, once, before this returns.
  ~ServiceClient() override;
  ServiceClient(const ServiceClient&) = delete;
  ServiceClient& operator=(const ServiceClient&) = delete;

  [[nodiscard]] bool Offers(const contract::Interface& interface) const override;
  void Ask(ServiceRequest request, ServiceReport report) override;

 private:
  class Question;
  struct UnderWay;
  struct Service;

  std::map<std::string, std::shared_ptr<Service>, std::less<>> services_;
  const std::shared_ptr<UnderWay> under_way_;
};

}  // namespace guarantee::gateway
