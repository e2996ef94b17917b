#include "statement_text.h"

#include <cstdio>
#include <cstdlib>

namespace guarantee::sql {
namespace {

thread_local bool inside_transaction = false;

}  // namespace

std::string WithSchema(std::string_view text, std::string_view prefix) {
  constexpr std::string_view kMark = "{s}";
  std::string out;
  out.reserve(text.size() + prefix.size() * 4);
  for (std::size_t at = 0;;) {
    const std::size_t mark = text.find(kMark, at);
    out.append(text.substr(at, mark - at));
    if (mark == std::string_view::npos) return out;
    out.append(prefix);
    at = mark + kMark.size();
  }
}

void RequireSchemaName(std::string_view schema) {
  const bool good =
      !schema.empty() && schema.size() <= kSchemaNameBytesMax &&
      schema.find_first_not_of("abcdefghijklmnopqrstuvwxyz_") == std::string_view::npos;
  if (good) return;
  std::fputs("sql: a schema name may hold lower-case letters and underscores only\n", stderr);
  std::abort();
}

Result<std::size_t> RowsOf(std::span<const Column> columns) {
  if (columns.empty()) return 0;
  const std::size_t rows = columns.front().values.size();
  for (const Column& column : columns) {
    if (column.values.size() != rows) {
      return Permanent("sql.statement", "the columns of a set differ in length");
    }
  }
  if (rows > kSetRowsMax) return Permanent("sql.statement", "a set has too many rows");
  return rows;
}

NestingGuard::NestingGuard() { inside_transaction = true; }
NestingGuard::~NestingGuard() { inside_transaction = false; }

Result<void> NestingGuard::Check() {
  if (!inside_transaction) return {};
  return Permanent("sql.nested", "a transaction was started inside a transaction");
}

}  // namespace guarantee::sql
