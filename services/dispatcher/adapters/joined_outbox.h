// The outbox of sql/write_store.h written inside a transaction of ours, so that the public event
// and the result that it tells of are one.
#pragma once

#include <span>

#include "base/result.h"
#include "messaging/write_store.h"
#include "sql/database.h"

namespace guarantee::dispatcher {

[[nodiscard]] Result<void> AppendToOutbox(sql::Transaction& transaction,
                                          std::span<const messaging::OutboxEntry> entries);

}  // namespace guarantee::dispatcher
