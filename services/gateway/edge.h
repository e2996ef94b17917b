// What is judged on a request's head: path, method, content type, sign-in, and room for it.
#pragma once

#include <memory>
#include <string>

#include "gateway/auth/authenticator.h"
#include "gateway/in_flight.h"
#include "gateway/pipeline.h"
#include "http/server.h"

namespace guarantee::gateway {

// Thread-safe.
class Edge final : public http::Handler {
 public:
  Edge(std::shared_ptr<const contract::Contract> contract,
       std::shared_ptr<Authenticator> authenticator, std::shared_ptr<InFlight> in_flight,
       std::shared_ptr<Pipeline> pipeline, GatewayMetrics& metrics, crypto::Random& random);

  void OnHead(std::shared_ptr<const http::RequestHead> head, http::AdmissionReport report) override;
  [[nodiscard]] http::Response Refuse(const http::Refusal& refusal) override;

 private:
  struct Arrival {
    std::shared_ptr<const http::RequestHead> head;
    const contract::Interface* interface = nullptr;
    std::chrono::steady_clock::time_point began;
  };

  [[nodiscard]] std::optional<http::Response> RefuseHead(const Arrival& arrival) const;
  [[nodiscard]] http::Admission Admit(const Arrival& arrival, const SignIn& sign_in) const;
  void Count(const Arrival& arrival, std::string_view outcome) const;

  const std::shared_ptr<const contract::Contract> contract_;
  const std::shared_ptr<Authenticator> authenticator_;
  const std::shared_ptr<InFlight> in_flight_;
  const std::shared_ptr<Pipeline> pipeline_;
  GatewayMetrics& metrics_;
  crypto::Random& random_;
};

// Whether a body of this content type may be JSON in UTF-8: json, text/plain or nothing said.
[[nodiscard]] bool IsJsonContentType(std::string_view content_type);

}  // namespace guarantee::gateway
