// PostgreSQL's binary parameter and result formats, as far as a Value needs them.
#pragma once

#include <libpq-fe.h>

#include <deque>
#include <memory>
#include <vector>

#include "sql/database.h"

namespace guarantee::sql {

struct ResultCloser {
  void operator()(PGresult* result) const { PQclear(result); }
};
using PostgresResult = std::unique_ptr<PGresult, ResultCloser>;

// Parameters as PQsendQueryPrepared wants them. Text and bytes are pointed at, not copied: the
// values given to Append must outlive this.
class PostgresParameters {
 public:
  // `type` is what the server expects there. Errors: permanent "sql.statement".
  [[nodiscard]] Result<void> Append(Oid type, const Value& value);
  [[nodiscard]] Result<void> AppendArray(Oid type, const Column& column);

  [[nodiscard]] int count() const { return static_cast<int>(values_.size()); }
  [[nodiscard]] const char* const* values() const { return values_.data(); }
  [[nodiscard]] const int* lengths() const { return lengths_.data(); }
  [[nodiscard]] const int* formats() const { return formats_.data(); }

 private:
  Result<void> AppendInteger(Oid type, std::int64_t integer);
  Result<void> AppendText(Oid type, const std::string& text);
  void Point(std::string_view bytes, bool binary);
  void Own(std::string bytes, bool binary);

  std::deque<std::string> owned_;  // a deque: earlier elements stay where they are
  std::vector<const char*> values_;
  std::vector<int> lengths_;
  std::vector<int> formats_;
};

// Rows of a result that was asked for in binary form. Errors: permanent "sql.statement" for a
// column type that has no Value (the statement should cast it).
[[nodiscard]] Result<Outcome> DecodePostgres(const PGresult& result);

}  // namespace guarantee::sql
