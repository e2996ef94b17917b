// Notices as the partners' HTTP/JSON: rendered by the contract, posted by the asynchronous client,
// answers read by the contract (rulings 2.1, 2.2; clarification 16).
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "base/clock.h"
#include "contract/contract.h"
#include "contract/encode.h"
#include "dispatcher/app/ports.h"
#include "http/client.h"
#include "partner/directory.h"

namespace guarantee::dispatcher {

// Thread-safe.
class PartnerCourier final : public Courier {
 public:
  using Contract = std::shared_ptr<const contract::Contract>;
  using Partners = std::shared_ptr<const partner::PartnerDirectory>;

  // `client` and `clock` outlive the courier. `documents` may block; it is called on several
  // threads.
  PartnerCourier(http::Client& client, const Clock& clock, Contract contract,
                 contract::DocumentSource documents);

  // Takes the partners' addresses, sign-ins and TLS files from now on; refused "http.tls" naming
  // the file when one cannot be used, and then nothing has changed.
  [[nodiscard]] Result<void> UsePartners(Partners partners);

  [[nodiscard]] Result<std::string> Render(const Notice& notice, bool may_fetch) override;
  void Post(const Notice& notice, const std::string& body, std::int64_t deadline_ms,
            ReportHandler handler) override;

 private:
  struct Destination {
    std::shared_ptr<const partner::Partner> partner;
    std::shared_ptr<const http::TlsIdentity> tls;  // null: plain HTTP
  };
  // Nothing when the partner is not configured.
  [[nodiscard]] std::optional<Destination> Find(const std::string& partner) const;

  http::Client& client_;
  const Clock& clock_;
  const Contract contract_;
  const contract::DocumentSource documents_;
  mutable std::mutex mutex_;
  std::map<std::string, Destination, std::less<>> destinations_;
};

// How far it came and what it says; `interface` is the notice's.
[[nodiscard]] AttemptReport ReadOutcome(const contract::Interface& interface,
                                        const http::Outcome& outcome, UnixMillis now);

}  // namespace guarantee::dispatcher
