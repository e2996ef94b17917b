#include "attachment/fetcher.h"

#include <future>

#include "attachment/file.h"
#include "attachment/reasons.h"
#include "attachment/source.h"

namespace guarantee::attachment {
namespace {

constexpr std::chrono::milliseconds kConnectTimeout{10'000};
constexpr std::size_t kConnectionsMax = 8;  // to one host
constexpr int kDone = 200;
constexpr int kRedirectMin = 300;
constexpr int kRefusedMin = 400;
constexpr int kTooEarlyOrMany[] = {408, 425, 429};
constexpr int kFaultMin = 500;

bool MayPass(int status) {
  return status >= kFaultMin || std::find(std::begin(kTooEarlyOrMany), std::end(kTooEarlyOrMany),
                                          status) != std::end(kTooEarlyOrMany);
}

Result<std::string> Taken(http::Outcome outcome) {
  if (outcome.fault == http::Fault::kForbidden) {
    return Refused(reasons::kAddress, "the host's address is neither public nor listed");
  }
  if (outcome.fault == http::Fault::kTooLarge) {
    return Refused(reasons::kSize, "the file is over its limit");
  }
  if (outcome.fault != http::Fault::kNone) {
    return Retryable(reasons::kUnreachable, outcome.detail);
  }
  const std::string status = "the host answered " + std::to_string(outcome.status);
  if (outcome.status == kDone) {
    if (outcome.body.empty()) return Refused(reasons::kSize, "the file is empty");
    return std::move(outcome.body);
  }
  if (MayPass(outcome.status)) return Retryable(reasons::kUnreachable, status);
  const bool redirect = outcome.status >= kRedirectMin && outcome.status < kRefusedMin;
  return Refused(redirect ? reasons::kRedirect : reasons::kStatus, status);
}

}  // namespace

Fetcher::Fetcher(std::chrono::milliseconds deadline) : deadline_(deadline) {
  http::Client::Options options;
  options.connect_timeout = std::min(kConnectTimeout, deadline);
  options.connections_max = kConnectionsMax;
  client_ = http::Client::Start(std::move(options));
}

Fetcher::~Fetcher() { Stop(); }

void Fetcher::Stop() { client_->Stop(); }

Result<Fetcher::Identity> Fetcher::IdentityOf(const std::string& roots) {
  const std::lock_guard lock(mutex_);
  Identity& known = identities_[roots];
  if (known) return known;
  Result<Identity> loaded = http::TlsIdentity::Load({.roots = roots});
  if (!loaded) return Retryable(reasons::kUnreachable, loaded.error().message);
  known = std::move(*loaded);
  return known;
}

Result<std::string> Fetcher::Fetch(const std::string& text, const partner::Partner& partner) {
  Result<http::Url> url = Locate(text, partner.attachments);
  if (!url) return tl::unexpected(url.error());
  http::Call call;
  call.url = std::move(*url);
  call.method = http::Method::kGet;
  call.fields = {{"Accept-Encoding", "identity"}, {"Accept", "*/*"}};
  call.deadline = deadline_;
  call.answer_bytes_max = kFileBytesMax;
  call.admits = [networks = partner.attachments.networks](const std::string& address) {
    return MayConnect(address, networks);
  };
  if (call.url.tls) {
    Result<Identity> identity = IdentityOf(partner.attachments.roots);
    if (!identity) return tl::unexpected(identity.error());
    call.tls = std::move(*identity);
  }
  // Shared: whoever sets the value may still be at it when we have gone on.
  const auto ended = std::make_shared<std::promise<http::Outcome>>();
  std::future<http::Outcome> outcome = ended->get_future();
  client_->Send(std::move(call),
                [ended](http::Outcome told) { ended->set_value(std::move(told)); });
  return Taken(outcome.get());
}

}  // namespace guarantee::attachment
