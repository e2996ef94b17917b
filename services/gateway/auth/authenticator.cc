#include "gateway/auth/authenticator.h"

#include "contract/formats.h"
#include "contract/messages.h"
#include "crypto/password.h"
#include "gateway/texts.h"

namespace guarantee::gateway {
namespace {

namespace messages = contract::messages;

constexpr std::int64_t kUncheckedRetryAfterS = 1;

tl::unexpected<SignInRefusal> Refuse(std::string_view message) {
  return tl::unexpected(SignInRefusal{401, std::string(message), 0});
}

tl::unexpected<SignInRefusal> Blocked(std::int64_t seconds) {
  return tl::unexpected(SignInRefusal{429, std::string(texts::kTooManyFailures), seconds});
}

}  // namespace

Authenticator::Authenticator(const SignInOptions& options, const Clock& clock,
                             crypto::Random& random,
                             std::shared_ptr<const partner::PartnerDirectory> directory)
    : options_(options),
      clock_(clock),
      limiter_(options, clock),
      verifier_(options, clock, random),
      directory_(std::move(directory)) {}

void Authenticator::Judge(const Attempt& attempt, SignInReport report) {
  if (!attempt.authorization) return report(Refuse(messages::kUserEmpty));
  std::optional<Credentials> credentials = ReadBasic(*attempt.authorization);
  if (!credentials || credentials->user.empty()) return report(Refuse(messages::kUserEmpty));
  const Known known{credentials->user, attempt.source, attempt.section,
                    directory()->FindUser(credentials->user)};
  Verifier::Question question{known.user, std::move(credentials->password),
                              known.match.account == nullptr ? crypto::UnmatchablePasswordHash()
                                                             : known.match.account->password_hash};
  // Before the limiter: whoever guesses behind the same proxy must not shut out the true partner.
  if (verifier_.Remembers(question)) return report(OnRemembered(known));
  if (const auto seconds = limiter_.BlockedFor(known.source, known.user)) {
    return report(Blocked(*seconds));
  }
  Derive(known, std::move(question), report);
}

void Authenticator::Derive(const Known& known, Verifier::Question question,
                           const SignInReport& report) {
  const VerificationReport answer = [self = shared_from_this(), known,
                                     report](Verification verification) {
    report(self->OnVerified(known, verification));
  };
  if (verifier_.Join(question, answer)) return;
  if (const auto seconds = limiter_.Begin(known.source, known.user)) {
    return report(Blocked(*seconds));
  }
  verifier_.Verify(std::move(question), answer);
}

// Forgives no failures: they may be another's, behind the same proxy.
SignIn Authenticator::OnRemembered(const Known& known) const {
  if (!known.match.partner->Admits(known.source)) return Refuse(messages::kCodeWrong);
  return Admit(known);
}

SignIn Authenticator::OnVerified(const Known& known, Verification verification) {
  if (verification == Verification::kUnchecked) {
    limiter_.Withdraw(known.source, known.user);
    return tl::unexpected(
        SignInRefusal{503, std::string(messages::kSignInUnchecked), kUncheckedRetryAfterS});
  }
  if (known.match.account == nullptr) {
    return Refuse(options_.uniform_refusals ? messages::kCodeWrong : messages::kUserUnknown);
  }
  if (verification == Verification::kDiffers) return Refuse(messages::kCodeWrong);
  // The right password from a foreign network looks like a wrong one, and counts as one.
  if (!known.match.partner->Admits(known.source)) return Refuse(messages::kCodeWrong);
  limiter_.Succeed(known.source, known.user);
  return Admit(known);
}

SignIn Authenticator::Admit(const Known& known) const {
  const partner::Account& account = *known.match.account;
  if (!account.enabled) return Refuse(messages::kUserDisabled);
  const partner::EntitlementAnswer entitlement =
      partner::JudgeEntitlement(account, known.section, contract::FormatDate(clock_.Now()));
  switch (entitlement.verdict) {
    case partner::EntitlementVerdict::kEntitled:
      return known.match.partner;
    case partner::EntitlementVerdict::kNotEntitled:
      return Refuse(messages::kNotEntitled);
    case partner::EntitlementVerdict::kExpired:
      return Refuse(messages::EntitlementExpired(entitlement.expired_on));
  }
  return Refuse(messages::kNotEntitled);
}

void Authenticator::Replace(std::shared_ptr<const partner::PartnerDirectory> directory) {
  {
    const std::lock_guard lock(mutex_);
    directory_ = std::move(directory);
  }
  verifier_.Purge();
}

std::shared_ptr<const partner::PartnerDirectory> Authenticator::directory() const {
  const std::lock_guard lock(mutex_);
  return directory_;
}

}  // namespace guarantee::gateway
