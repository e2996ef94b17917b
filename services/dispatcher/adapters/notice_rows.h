// Rows of the notice tables as values, and values as columns.
#pragma once

#include <initializer_list>
#include <span>
#include <vector>

#include "dispatcher/app/notice.h"
#include "sql/database.h"

namespace guarantee::dispatcher {

inline constexpr sql::ColumnType kInt = sql::ColumnType::kInteger;
inline constexpr sql::ColumnType kText = sql::ColumnType::kText;
inline constexpr sql::ColumnType kBlob = sql::ColumnType::kBlob;
// Of a renewal, which takes a place in the lane and is never delivered.
inline constexpr std::int64_t kRenewalState = 6;

// Rows of values as the columns of a set.
class Columns {
 public:
  explicit Columns(std::initializer_list<sql::ColumnType> types);
  void Add(std::initializer_list<sql::Value> values);
  [[nodiscard]] std::span<const sql::Column> all() const { return columns_; }
  [[nodiscard]] bool empty() const { return columns_.front().values.empty(); }

 private:
  std::vector<sql::Column> columns_;
};

[[nodiscard]] Columns TextColumn(std::span<const std::string> texts);

// HEAD_COLUMNS.
[[nodiscard]] Head ToHead(const sql::Row& row);
// NOTICE_COLUMNS and the value; the body where the row has one more column.
[[nodiscard]] Notice ToNotice(const sql::Row& row);
// NOTICE_COLUMNS.
[[nodiscard]] NoticeView ToView(const sql::Row& row);
[[nodiscard]] LaneView ToLane(const sql::Row& row);
[[nodiscard]] Attempt ToAttempt(const std::string& notice_id, const sql::Row& row);

[[nodiscard]] sql::Value OptionalMoment(const std::optional<UnixMillis>& at);
[[nodiscard]] inline sql::Value Flag(bool flag) { return std::int64_t{flag ? 1 : 0}; }

}  // namespace guarantee::dispatcher
