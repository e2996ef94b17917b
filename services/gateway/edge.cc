#include "gateway/edge.h"

#include <algorithm>

#include "contract/messages.h"
#include "gateway/answers.h"
#include "gateway/outcome.h"
#include "gateway/trace.h"
#include "http/request_head.h"

namespace guarantee::gateway {
namespace {

namespace messages = contract::messages;

constexpr std::string_view kMethod = "POST";
constexpr std::int64_t kLimitRetryAfterS = 1;

class GatewayExchange final : public http::Exchange {
 public:
  GatewayExchange(std::shared_ptr<Pipeline> pipeline, Inbound inbound)
      : pipeline_(std::move(pipeline)), inbound_(std::move(inbound)) {}
  void OnBody(http::Body body, http::Responder responder) override {
    pipeline_->Handle(std::move(inbound_), std::move(body), std::move(responder));
  }

 private:
  std::shared_ptr<Pipeline> pipeline_;
  Inbound inbound_;
};

std::string_view TrimBlanks(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" \t");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

bool IsJsonMediaType(std::string_view type) {
  constexpr std::string_view kSuffix = "+json";
  for (const std::string_view known : {"application/json", "text/json", "text/plain"}) {
    if (http::EqualIgnoringCase(type, known)) return true;
  }
  return type.size() > kSuffix.size() &&
         http::EqualIgnoringCase(type.substr(type.size() - kSuffix.size()), kSuffix);
}

// Of the parameters only the character set matters.
bool IsAcceptableParameter(std::string_view parameter) {
  const std::size_t equals = parameter.find('=');
  if (!http::EqualIgnoringCase(TrimBlanks(parameter.substr(0, equals)), "charset")) return true;
  std::string_view value =
      equals == std::string_view::npos ? "" : TrimBlanks(parameter.substr(equals + 1));
  if (value.size() >= 2 && value.front() == '"' && value.back() == '"') {
    value = value.substr(1, value.size() - 2);
  }
  return http::EqualIgnoringCase(value, "utf-8") || http::EqualIgnoringCase(value, "utf8");
}

}  // namespace

bool IsJsonContentType(std::string_view content_type) {
  std::size_t end = content_type.find(';');
  const std::string_view type = TrimBlanks(content_type.substr(0, end));
  if (!type.empty() && !IsJsonMediaType(type)) return false;
  while (end != std::string_view::npos) {
    const std::size_t begin = end + 1;
    end = content_type.find(';', begin);
    const std::size_t size = end == std::string_view::npos ? end : end - begin;
    if (!IsAcceptableParameter(content_type.substr(begin, size))) return false;
  }
  return true;
}

Edge::Edge(std::shared_ptr<const contract::Contract> contract,
           std::shared_ptr<Authenticator> authenticator, std::shared_ptr<InFlight> in_flight,
           std::shared_ptr<Pipeline> pipeline, GatewayMetrics& metrics, crypto::Random& random)
    : contract_(std::move(contract)),
      authenticator_(std::move(authenticator)),
      in_flight_(std::move(in_flight)),
      pipeline_(std::move(pipeline)),
      metrics_(metrics),
      random_(random) {}

void Edge::OnHead(std::shared_ptr<const http::RequestHead> head, http::AdmissionReport report) {
  const contract::Interface* interface = contract_->Route(head->target);
  if (interface != nullptr && !interface->FromPlatform()) interface = nullptr;
  const Arrival arrival{std::move(head), interface, std::chrono::steady_clock::now()};
  if (std::optional<http::Response> refusal = RefuseHead(arrival)) {
    return report(std::move(*refusal));
  }
  const Authenticator::Attempt attempt{arrival.head->Find("authorization"),
                                       arrival.head->source_address, interface->section};
  authenticator_->Judge(
      attempt, [this, arrival, report](const SignIn& sign_in) { report(Admit(arrival, sign_in)); });
}

std::optional<http::Response> Edge::RefuseHead(const Arrival& arrival) const {
  const http::RequestHead& head = *arrival.head;
  const auto refuse = [&](int status, std::string_view message, std::string_view outcome) {
    Count(arrival, outcome);
    return MakeRefusal(status, arrival.interface, message);
  };
  if (arrival.interface == nullptr) {
    return refuse(404, messages::kUnknownPath, outcome::kUnroutable);
  }
  if (head.method != kMethod) {
    http::Response response = refuse(405, messages::kWrongMethod, outcome::kUnroutable);
    response.fields.push_back({"Allow", std::string(kMethod)});
    return response;
  }
  const std::string_view coding = head.Find("content-encoding").value_or("");
  const bool plain = coding.empty() || http::EqualIgnoringCase(coding, "identity");
  if (!plain || !IsJsonContentType(head.Find("content-type").value_or(""))) {
    return refuse(415, messages::kWrongContentType, outcome::kUnroutable);
  }
  if (head.content_length.value_or(0) > arrival.interface->body_limit_bytes) {
    return refuse(413, messages::kBodyTooLarge, outcome::kTooLarge);
  }
  return std::nullopt;
}

http::Admission Edge::Admit(const Arrival& arrival, const SignIn& sign_in) const {
  if (!sign_in) {
    const SignInRefusal& refusal = sign_in.error();
    Count(arrival, refusal.status == 401   ? outcome::kSignIn
                   : refusal.status == 429 ? outcome::kLimited
                                           : outcome::kUnavailable);
    http::Response response =
        MakeRefusal(refusal.status, arrival.interface, refusal.message, refusal.retry_after_s);
    if (refusal.status == 401) {
      response.fields.push_back(
          {"WWW-Authenticate", "Basic realm=\"guarantee\", charset=\"UTF-8\""});
    }
    return response;
  }
  std::unique_ptr<InFlight::Ticket> ticket = in_flight_->Enter((*sign_in)->id);
  if (ticket == nullptr) {
    Count(arrival, outcome::kLimited);
    return MakeRefusal(503, arrival.interface, messages::kBusy, kLimitRetryAfterS);
  }
  Inbound inbound{arrival.interface, *sign_in,
                  ContinueTrace(arrival.head->Find("traceparent"), random_), std::move(ticket),
                  arrival.began};
  return std::make_unique<GatewayExchange>(pipeline_, std::move(inbound));
}

void Edge::Count(const Arrival& arrival, std::string_view outcome) const {
  metrics_.CountRequest(arrival.interface == nullptr ? "" : arrival.interface->section, outcome,
                        std::chrono::duration_cast<std::chrono::microseconds>(
                            std::chrono::steady_clock::now() - arrival.began));
}

http::Response Edge::Refuse(const http::Refusal& refusal) { return MakeServerRefusal(refusal); }

}  // namespace guarantee::gateway
