// What happened to a flow, as operators ask for it.
#pragma once

#include <string>

#include "base/result.h"
#include "guarantee/rpc/v1/common.pb.h"
#include "sql/write_store.h"

namespace guarantee::host {

inline constexpr std::size_t kStepsMax = 1'000;  // of the journal, and of the records

// Commands and records of the flow, oldest first.
[[nodiscard]] Result<void> FillFlow(sql::SqlWriteStore& store, const std::string& flow,
                                    rpc::v1::FlowReply& reply);

}  // namespace guarantee::host
