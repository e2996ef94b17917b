// The dialect-free half of Migrate.
#pragma once

#include "sql/database.h"

namespace guarantee::sql {

// Permanent when the numbers of `migrations` do not rise or are not positive; refused
// "sql.schema_newer" when `applied` is beyond the last of them.
[[nodiscard]] Result<void> CheckMigrations(std::span<const Migration> migrations,
                                           std::int64_t applied);

extern const Statement kHighestMigration;
extern const Statement kRecordMigration;  // $1 number
extern const Statement kVersionTable;     // PostgreSQL: 1 where there is one

}  // namespace guarantee::sql
