#include "migrate.h"

#include <fmt/format.h>

namespace guarantee::sql {

const Statement kHighestMigration = {"migrate.highest",
                                     "select coalesce(max(number), 0) from {s}schema_version",
                                     "select coalesce(max(number), 0) from {s}schema_version"};
const Statement kRecordMigration = {"migrate.record",
                                    "insert into {s}schema_version (number) values ($1)",
                                    "insert into {s}schema_version (number) values (?1)"};

const Statement kVersionTable = {
    "migrate.table", "select (to_regclass('{s}schema_version') is not null)::int::bigint", ""};

Result<void> CheckMigrations(std::span<const Migration> migrations, std::int64_t applied) {
  std::int64_t last = 0;
  for (const Migration& migration : migrations) {
    if (migration.number <= last) {
      return Permanent("sql.migration", "the numbers of the migrations do not rise");
    }
    last = migration.number;
  }
  if (applied > last) {
    return Refused(
        "sql.schema_newer",
        fmt::format("the schema is at version {}, this program knows {}", applied, last));
  }
  return {};
}

}  // namespace guarantee::sql
