#include "dispatcher/domain/judgement.h"

namespace guarantee::dispatcher {
namespace {

constexpr int kUnauthorized = 401;
constexpr int kForbidden = 403;
constexpr int kNotFound = 404;
constexpr int kMethodNotAllowed = 405;
constexpr int kProxyAuthentication = 407;
constexpr int kTimeout = 408;
constexpr int kTooEarly = 425;
constexpr int kTooMany = 429;

constexpr Judgement kAllWell{Ending::kAccepted, Health::kWell, Health::kWell};
constexpr Judgement kStopPlatform{Ending::kRefusedRetry, Health::kStopped, Health::kUnproven};
constexpr Judgement kStopThisInterface{Ending::kRefusedRetry, Health::kWell, Health::kStopped};
constexpr Judgement kPlatformBusy{Ending::kRefusedRetry, Health::kFault, Health::kUnproven};
constexpr Judgement kInterfaceBusy{Ending::kRefusedRetry, Health::kWell, Health::kFault};
constexpr Judgement kInterfaceBroken{Ending::kUnknown, Health::kWell, Health::kFault};
constexpr Judgement kParked{Ending::kRefused, Health::kWell, Health::kWell};

// The rows of section 4 hold whatever status they come with.
const Judgement* JudgeConfigurationRow(Body body) {
  switch (body) {
    case Body::kStopPartner:
      return &kStopPlatform;
    case Body::kStopInterface:
      return &kStopThisInterface;
    case Body::kRetry:
      return &kPlatformBusy;
    case Body::kAccepted:
    case Body::kRefused:
    case Body::kUnreadable:
      break;
  }
  return nullptr;
}

Judgement JudgeSuccessStatus(Body body) {
  if (body == Body::kAccepted) return kAllWell;
  return body == Body::kRefused ? kParked : kInterfaceBroken;
}

// A client error is about the address, the configuration or the rate, and nothing is parked for it,
// unless the platform says in its own words that it refuses.
Judgement JudgeClientError(int status, Body body) {
  switch (status) {
    case kUnauthorized:
    case kProxyAuthentication:
      return kStopPlatform;
    case kForbidden:
      return kStopThisInterface;
    case kNotFound:
    case kMethodNotAllowed:
    case kTimeout:
    case kTooEarly:
    case kTooMany:
      return kInterfaceBusy;
    default:
      return body == Body::kRefused ? kParked : kInterfaceBusy;
  }
}

Judgement JudgeAnswer(int status, Body body) {
  if (const Judgement* row = JudgeConfigurationRow(body)) return *row;
  if (status >= 200 && status < 300) return JudgeSuccessStatus(body);
  if (status >= 400 && status < 500) return JudgeClientError(status, body);
  // A redirect is a failure; a server error may have had its effect.
  return kInterfaceBroken;
}

}  // namespace

Judgement Judge(const AttemptFacts& facts) {
  switch (facts.transport) {
    case Transport::kAnswered:
      return JudgeAnswer(facts.http_status, facts.body);
    case Transport::kUnreachable:
      return {Ending::kNotSent, Health::kFault, Health::kUnproven};
    case Transport::kNotTried:
      return {Ending::kNotSent, Health::kUnproven, Health::kUnproven};
    case Transport::kSilent:
      return {Ending::kUnknown, Health::kUnproven, Health::kFault};
    case Transport::kStaleReuse:
    case Transport::kAbandoned:
      break;
  }
  return {Ending::kUnknown, Health::kUnproven, Health::kUnproven};
}

}  // namespace guarantee::dispatcher
