// Names that the catalogue of topics (deploy) and the other services share with the dispatcher.
#pragma once

namespace guarantee::dispatcher {

inline constexpr const char* kGroup = "dispatcher";
inline constexpr const char* kNoticesTopic = "guarantee.notices.v1";
inline constexpr const char* kNoticeEventsTopic = "guarantee.events.notice.v1";
inline constexpr const char* kDeadLetterTopic = "guarantee.notices.v1.dlq";

}  // namespace guarantee::dispatcher
