// The event log of a `hub` without a broker: topics, records and positions in its SQLite file.
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>

#include "base/clock.h"
#include "messaging/bus.h"
#include "sql/database.h"
#include "sql/local_groups.h"

namespace guarantee::sql {

struct EmbeddedLogOptions {
  std::string schema = "log";
  // A record is deleted when it is older than this and every known group has passed it.
  std::chrono::hours retention{24 * 7};
  std::chrono::milliseconds retention_interval{60'000};
  std::size_t queue_records_max = 20'000;    // published and not yet reported
  std::size_t queue_bytes_max = 64U << 20U;  // of their values and headers
  LocalGroupOptions groups;
  const Clock* clock = nullptr;  // stamps records and judges their age; null: SystemClock()
};

// A Bus whose Publish joins the file's group commit and is reported after COMMIT; groups are of
// this process. A group is known from its first Subscribe on. The last record of a partition is
// never deleted, so that its end survives a restart. `replication_factor` is always 1.
// Errors: those of Migrate. The bus's destructor waits (bounded) for open reports.
[[nodiscard]] Result<std::unique_ptr<messaging::Bus>> OpenEmbeddedLog(
    std::shared_ptr<SqliteFile> file, const EmbeddedLogOptions& options);

}  // namespace guarantee::sql
