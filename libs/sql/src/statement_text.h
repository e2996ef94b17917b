// What both dialects do to the text of a statement.
#pragma once

#include <string>
#include <string_view>

#include "sql/database.h"

namespace guarantee::sql {

// Rows of one RunSet; more is a bug of the caller, whose batches are far smaller.
inline constexpr std::size_t kSetRowsMax = 65536;
inline constexpr std::size_t kSchemaNameBytesMax = 40;

// `text` with every `{s}` replaced by `prefix`.
[[nodiscard]] std::string WithSchema(std::string_view text, std::string_view prefix);

// Ends the process for a name that is not made of lower-case letters and underscores: it goes
// into the text of statements, so nothing else may ever stand there.
void RequireSchemaName(std::string_view schema);

// Refuses sets that are ragged or too long; answers the number of rows.
[[nodiscard]] Result<std::size_t> RowsOf(std::span<const Column> columns);

// True while this thread is inside a Transact or Read; a second one would wait for itself.
class NestingGuard {
 public:
  NestingGuard();
  ~NestingGuard();
  NestingGuard(const NestingGuard&) = delete;
  NestingGuard& operator=(const NestingGuard&) = delete;

  [[nodiscard]] static Result<void> Check();
};

}  // namespace guarantee::sql
