// The settings of each kind of client: what we decide, and what an operator may add.
#pragma once

#include "kafka_handle.h"

namespace guarantee::kafka {

// librdkafka's limit for a record with its own overhead on top of kRecordBytesMax.
inline constexpr std::size_t kMessageBytesMax = messaging::kRecordBytesMax + 65'536;

// Errors: refused "kafka.setting" naming the setting.
[[nodiscard]] Result<ConfPtr> ProducerSettings(const KafkaOptions& options);
[[nodiscard]] Result<ConfPtr> ConsumerSettings(const KafkaOptions& options,
                                               const std::string& group);
[[nodiscard]] Result<ConfPtr> AdminSettings(const KafkaOptions& options);

}  // namespace guarantee::kafka
