// What a guarantee tells the platform (notices) and our own services (handshakes), as Protobuf.
#pragma once

#include <memory>
#include <string>

#include "base/clock.h"
#include "order/domain/letter/effects.h"
#include "order/domain/letter/guarantee.h"

namespace google::protobuf {
class Message;
}

namespace guarantee::order::letter {

using MessagePointer = std::unique_ptr<google::protobuf::Message>;

// Notices; `now` is the notice's own time. The section, the topic and, for NotifyRefund, the last
// moment are the envelope's.
[[nodiscard]] MessagePointer ToMessage(const NotifyPlainLetter& effect, UnixMillis now);
[[nodiscard]] MessagePointer ToMessage(const NotifyRefund& effect, UnixMillis now);
[[nodiscard]] MessagePointer ToMessage(const NotifyCancel& effect, UnixMillis now);
[[nodiscard]] MessagePointer ToMessage(const SendProposal& effect, UnixMillis now);
// To the dispatcher, about notices of this flow. `section`: of the notice that is meant.
[[nodiscard]] MessagePointer ToMessage(const ResendPlainLetter& effect, const std::string& section);
[[nodiscard]] MessagePointer ToMessage(const RenewRefundNotice& effect, const std::string& section);

// To claim.
[[nodiscard]] MessagePointer ToMessage(const TellHeld& effect);
[[nodiscard]] MessagePointer ToMessage(const TellHoldRefused& effect);
// To claim and to invoice.
[[nodiscard]] MessagePointer ToMessage(const TellRestored& effect);
// To invoice.
[[nodiscard]] MessagePointer ToMessage(const TellPremiumReturned& effect);
// To credit, under `effect.credit_flow`.
[[nodiscard]] MessagePointer ToMessage(const ReleaseCredit& effect);

}  // namespace guarantee::order::letter
