#include "dispatcher/adapters/partner_courier.h"

#include "crypto/base64.h"
#include "dispatcher/adapters/answer_text.h"
#include "dispatcher/domain/schedule.h"

namespace guarantee::dispatcher {
namespace {

constexpr const char* kContentType = "application/json; charset=UTF-8";

Transport TransportOf(const http::Outcome& outcome) {
  const bool ours = outcome.fault == http::Fault::kStopped || outcome.fault == http::Fault::kBusy;
  switch (outcome.receipt) {
    case http::Receipt::kAnswered:
      return Transport::kAnswered;
    case http::Receipt::kNotSent:
      return ours ? Transport::kNotTried : Transport::kUnreachable;
    case http::Receipt::kUnknown:
      break;
  }
  if (ours) return Transport::kAbandoned;
  const bool stale = outcome.reused_connection && outcome.fault == http::Fault::kCut;
  return stale ? Transport::kStaleReuse : Transport::kSilent;
}

Body BodyOf(const contract::PlatformAnswer& answer) {
  if (answer.verdict == contract::Verdict::kAccepted) return Body::kAccepted;
  if (answer.verdict == contract::Verdict::kUnreadable) return Body::kUnreadable;
  switch (contract::ClassifyRefusal(answer.message)) {
    case contract::AnswerClass::kStopPartner:
      return Body::kStopPartner;
    case contract::AnswerClass::kStopInterface:
      return Body::kStopInterface;
    case contract::AnswerClass::kRetry:
      return Body::kRetry;
    case contract::AnswerClass::kPark:
      break;
  }
  return Body::kRefused;
}

AttemptReport NotTried(std::string why) {
  AttemptReport report;
  report.facts.transport = Transport::kNotTried;
  report.answer.message = std::move(why);
  return report;
}

// The first notice's identity, the same in every attempt and every later delivery of its bytes.
const std::string& IdentityOf(const Notice& notice) {
  return notice.resend_of.empty() ? notice.head.id : notice.resend_of;
}

std::string Credentials(const partner::Platform& platform) {
  return "Basic " +
         crypto::EncodeBase64(platform.user + ":" + std::string(platform.password.Reveal()));
}

}  // namespace

AttemptReport ReadOutcome(const contract::Interface& interface, const http::Outcome& outcome,
                          UnixMillis now) {
  AttemptReport report;
  report.duration_ms = outcome.duration_ms;
  report.facts.transport = TransportOf(outcome);
  if (outcome.receipt != http::Receipt::kAnswered) {
    report.answer.message = outcome.detail;
    return report;
  }
  const contract::PlatformAnswer answer = contract::ReadAnswer(interface, outcome.body);
  report.facts.http_status = outcome.status;
  report.facts.body = BodyOf(answer);
  report.retry_after_ms = ReadRetryAfter(outcome.retry_after, now);
  report.answer = {outcome.status, ShowCode(answer.code), ShowAnswer(answer.message)};
  if (report.facts.body == Body::kUnreadable) report.answer.message = "no readable answer";
  return report;
}

PartnerCourier::PartnerCourier(http::Client& client, const Clock& clock, Contract contract,
                               contract::DocumentSource documents)
    : client_(client),
      clock_(clock),
      contract_(std::move(contract)),
      documents_(std::move(documents)) {}

Result<void> PartnerCourier::UsePartners(Partners partners) {
  std::map<std::string, Destination, std::less<>> destinations;
  for (const auto& one : partners->partners()) {
    const Result<http::Url> url = http::ParseUrl(one->platform.base_url);
    if (!url) return tl::unexpected(url.error());
    Destination destination{one, nullptr};
    if (url->tls) {
      const partner::TlsFiles& files = one->platform.tls;
      auto identity =
          http::TlsIdentity::Load({files.roots, files.client_certificate, files.client_key});
      if (!identity) return tl::unexpected(identity.error());
      destination.tls = std::move(*identity);
    }
    destinations.emplace(one->id, std::move(destination));
  }
  const std::lock_guard lock(mutex_);
  destinations_ = std::move(destinations);
  return {};
}

std::optional<PartnerCourier::Destination> PartnerCourier::Find(const std::string& partner) const {
  const std::lock_guard lock(mutex_);
  const auto found = destinations_.find(partner);
  if (found == destinations_.end()) return std::nullopt;
  return found->second;
}

Result<std::string> PartnerCourier::Render(const Notice& notice, bool may_fetch) {
  const contract::Interface* interface = contract_->FindMessage(notice.type);
  if (interface == nullptr || !interface->ToPlatform()) {
    return Permanent("notice.type", "no interface sends this message to a platform");
  }
  const std::optional<Destination> destination = Find(notice.head.partner);
  if (!destination) return Retryable("partner.unknown", "the partner is not configured");
  const auto message = contract::NewMessage(*interface);
  if (!message->ParseFromString(notice.value)) {
    return Permanent("notice.value", "the message cannot be parsed");
  }
  const contract::DocumentSource deferred = [](std::string_view) -> Result<std::string> {
    return Retryable(kDocumentsDeferredCode, "needs documents");
  };
  Result<contract::Encoded> encoded = contract::Encode(
      *interface, *message, destination->partner->tolerance, may_fetch ? documents_ : deferred);
  if (!encoded) return tl::unexpected(encoded.error());
  return std::move(encoded->body);
}

void PartnerCourier::Post(const Notice& notice, const std::string& body, std::int64_t deadline_ms,
                          ReportHandler handler) {
  const contract::Interface* interface = contract_->FindMessage(notice.type);
  const std::optional<Destination> destination = Find(notice.head.partner);
  if (interface == nullptr || !destination) {
    return handler(NotTried("the partner or the interface is not configured"));
  }
  const partner::Platform& platform = destination->partner->platform;
  Result<http::Url> url = http::ParseUrl(http::JoinUrl(platform.base_url, interface->path));
  if (!url) return handler(NotTried(Describe(url.error())));
  http::Call call;
  call.url = std::move(*url);
  call.fields = {{"Content-Type", kContentType},
                 {"Accept", "application/json"},
                 {"Authorization", Credentials(platform)},
                 {"Idempotency-Key", IdentityOf(notice)}};
  if (!notice.traceparent.empty()) call.fields.push_back({"traceparent", notice.traceparent});
  call.body = body;
  call.tls = destination->tls;
  call.deadline = std::chrono::milliseconds(deadline_ms);
  client_.Send(std::move(call), [this, interface, contract = contract_,
                                 handler = std::move(handler)](const http::Outcome& outcome) {
    handler(ReadOutcome(*interface, outcome, clock_.Now()));
  });
}

}  // namespace guarantee::dispatcher
