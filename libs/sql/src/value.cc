#include <cstdio>
#include <cstdlib>

#include "sql/database.h"

namespace guarantee::sql {
namespace {

[[noreturn]] void WrongType(const char* wanted) {
  std::fprintf(stderr, "sql: a column that must hold %s holds something else\n", wanted);
  std::abort();
}

}  // namespace

std::int64_t Integer(const Value& value) {
  if (const auto* integer = std::get_if<std::int64_t>(&value)) return *integer;
  WrongType("an integer");
}

const std::string& Text(const Value& value) {
  if (const auto* text = std::get_if<std::string>(&value)) return *text;
  WrongType("text");
}

const std::string& Bytes(const Value& value) {
  if (const auto* blob = std::get_if<Blob>(&value)) return blob->bytes;
  WrongType("bytes");
}

bool IsNull(const Value& value) { return std::holds_alternative<std::monostate>(value); }

}  // namespace guarantee::sql
