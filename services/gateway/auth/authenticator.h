// Who calls, and whether he may.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "base/clock.h"
#include "gateway/auth/basic.h"
#include "gateway/auth/failure_limiter.h"
#include "gateway/auth/verifier.h"
#include "partner/directory.h"

namespace guarantee::gateway {

struct SignInRefusal {
  int status = 401;                // 401, 429 or 503
  std::string message;             // of section 4 of the document, or the gateway's own for 429
  std::int64_t retry_after_s = 0;  // 0: none
};
using SignIn = tl::expected<std::shared_ptr<const partner::Partner>, SignInRefusal>;
using SignInReport = std::function<void(SignIn)>;

// Thread-safe. The order: header, limiter, password (an unknown user costs the same derivation),
// source network, disabled, entitlement. Whoever does not know the password learns nothing about
// the account but, as the document wants it, whether the user exists.
class Authenticator : public std::enable_shared_from_this<Authenticator> {
 public:
  Authenticator(const SignInOptions& options, const Clock& clock, crypto::Random& random,
                std::shared_ptr<const partner::PartnerDirectory> directory);

  struct Attempt {
    std::optional<std::string_view> authorization;  // header value; nothing: there was none
    std::string source;                             // address of the peer
    std::string section;                            // of the interface that is asked for
  };
  // `report` once, at once or on a thread of the verifier.
  void Judge(const Attempt& attempt, SignInReport report);
  // Takes another configuration and forgets verified passwords.
  void Replace(std::shared_ptr<const partner::PartnerDirectory> directory);
  [[nodiscard]] std::shared_ptr<const partner::PartnerDirectory> directory() const;
  void Stop() { verifier_.Stop(); }

 private:
  struct Known {
    std::string user;
    std::string source;
    std::string section;
    partner::AccountMatch match;
  };

  void Derive(const Known& known, Verifier::Question question, const SignInReport& report);
  [[nodiscard]] SignIn OnRemembered(const Known& known) const;
  [[nodiscard]] SignIn OnVerified(const Known& known, Verification verification);
  [[nodiscard]] SignIn Admit(const Known& known) const;

  const SignInOptions options_;
  const Clock& clock_;
  FailureLimiter limiter_;
  Verifier verifier_;
  mutable std::mutex mutex_;
  std::shared_ptr<const partner::PartnerDirectory> directory_;
};

}  // namespace guarantee::gateway
