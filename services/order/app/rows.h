// The order service's rows and topics.
#pragma once

#include <cstdint>

namespace guarantee::order {

// Rows of state by kind, locked in this order. The last two find and list a guarantee's last
// refund and last cancellation; their key is the guarantee's flow.
inline constexpr std::int16_t kOrderKind = 1;
inline constexpr std::int16_t kGuaranteeKind = 2;
inline constexpr std::int16_t kWaitingKind = 3;  // commands that wait for their order
inline constexpr std::int16_t kRefundKind = 4;
inline constexpr std::int16_t kCancellationKind = 5;
inline constexpr std::int16_t kRedirectKind = 6;  // by the token of 3.1's answer: the order's flow
inline constexpr std::int16_t kRestoreKeyKind =
    7;  // by the digest of a 3.7's key: a guarantee's flow

inline constexpr const char* kRequestsTopic = "guarantee.requests.order.v1";
inline constexpr const char* kDecisionsTopic = "guarantee.decisions.order.v1";
inline constexpr const char* kEventsTopic = "guarantee.events.order.v1";
inline constexpr const char* kStateTopic = "guarantee.state.order.v1";
inline constexpr const char* kNoticeEventsTopic = "guarantee.events.notice.v1";

}  // namespace guarantee::order
