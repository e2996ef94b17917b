// Fetches one file over HTTP(S): only from where source.h allows, to an address that was judged
// after the name was resolved and before it is connected to, without following a redirect, within a
// deadline and a size (rulings 3.24).
#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "base/result.h"
#include "http/client.h"
#include "partner/partner.h"

namespace guarantee::attachment {

inline constexpr std::chrono::milliseconds kFetchDeadline{60'000};  // from name to last byte

// Thread-safe.
class Fetcher {
 public:
  explicit Fetcher(std::chrono::milliseconds deadline = kFetchDeadline);
  ~Fetcher();
  Fetcher(const Fetcher&) = delete;
  Fetcher& operator=(const Fetcher&) = delete;

  // The bytes, 1 to kFileBytesMax of them. Blocks for at most the deadline. Refused with a reason
  // of reasons.h: another try would end the same way. Retryable kUnreachable: the host or the way
  // to it may recover. No text of either holds a part of the link.
  [[nodiscard]] Result<std::string> Fetch(const std::string& text, const partner::Partner& partner);
  // Ends what is under way and every later call, as kUnreachable.
  void Stop();

 private:
  using Identity = std::shared_ptr<const http::TlsIdentity>;

  // By the file of roots, loaded once; a renewed file counts from the next start on.
  [[nodiscard]] Result<Identity> IdentityOf(const std::string& roots);

  const std::chrono::milliseconds deadline_;
  std::mutex mutex_;
  std::map<std::string, Identity> identities_;
  std::unique_ptr<http::Client> client_;
};

}  // namespace guarantee::attachment
