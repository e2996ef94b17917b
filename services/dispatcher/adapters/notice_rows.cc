#include "dispatcher/adapters/notice_rows.h"

namespace guarantee::dispatcher {
namespace {

using sql::Bytes;
using sql::Integer;
using sql::IsNull;
using sql::Text;

// Places in NOTICE_COLUMNS.
constexpr std::size_t kType = 7;
constexpr std::size_t kState = 14;
constexpr std::size_t kNotAfter = 21;
constexpr std::size_t kUpdatedAt = 22;
constexpr std::size_t kValue = 26;

bool ToFlag(const sql::Value& value) { return Integer(value) != 0; }

std::optional<UnixMillis> ToMoment(const sql::Value& value) {
  if (IsNull(value)) return std::nullopt;
  return UnixMillis{Integer(value)};
}

AnswerText ToAnswer(const sql::Row& row, std::size_t at) {
  return {Integer(row.at(at)), Text(row.at(at + 1)), Text(row.at(at + 2))};
}

Ending ToEnding(const std::string& name) {
  for (const Ending ending : kEndings) {
    if (Name(ending) == name) return ending;
  }
  return Ending::kUnknown;
}

}  // namespace

Columns::Columns(std::initializer_list<sql::ColumnType> types) {
  for (const sql::ColumnType type : types) columns_.push_back({type, {}});
}

void Columns::Add(std::initializer_list<sql::Value> values) {
  std::size_t at = 0;
  for (const sql::Value& value : values) columns_.at(at++).values.push_back(value);
}

Columns TextColumn(std::span<const std::string> texts) {
  Columns columns{kText};
  for (const std::string& text : texts) columns.Add({text});
  return columns;
}

Head ToHead(const sql::Row& row) {
  return {Text(row.at(0)),
          Text(row.at(1)),
          Text(row.at(2)),
          Text(row.at(3)),
          static_cast<std::int32_t>(Integer(row.at(4))),
          Integer(row.at(5)),
          {Integer(row.at(6))}};
}

Notice ToNotice(const sql::Row& row) {
  Notice notice;
  notice.head = ToHead(row);
  notice.type = Text(row.at(kType));
  notice.business_no = Text(row.at(kType + 1));
  notice.causation = Text(row.at(kType + 2));
  notice.traceparent = Text(row.at(kType + 3));
  notice.resend_of = Text(row.at(kType + 4));
  notice.bus_offset = Integer(row.at(kType + 5));
  notice.received_at = {Integer(row.at(kType + 6))};
  Delivery& delivery = notice.delivery;
  delivery.state = static_cast<State>(Integer(row.at(kState)));
  delivery.attempts = Integer(row.at(kState + 1));
  delivery.failures = Integer(row.at(kState + 2));
  delivery.bytes_fixed = ToFlag(row.at(kState + 3));
  delivery.possibly_received = ToFlag(row.at(kState + 4));
  delivery.forced = ToFlag(row.at(kState + 5));
  delivery.expiry_told = ToFlag(row.at(kState + 6));
  delivery.not_after = ToMoment(row.at(kNotAfter));
  delivery.due = notice.head.due;
  notice.value = Bytes(row.at(kValue));
  if (row.size() > kValue + 1) notice.body = Bytes(row.at(kValue + 1));
  return notice;
}

NoticeView ToView(const sql::Row& row) {
  NoticeView view;
  view.head = ToHead(row);
  view.business_no = Text(row.at(kType + 1));
  view.resend_of = Text(row.at(kType + 4));
  view.bus_offset = Integer(row.at(kType + 5));
  view.received_at = {Integer(row.at(kType + 6))};
  view.state = static_cast<State>(Integer(row.at(kState)));
  view.attempts = Integer(row.at(kState + 1));
  view.not_after = ToMoment(row.at(kNotAfter));
  view.updated_at = {Integer(row.at(kUpdatedAt))};
  view.last_answer = ToAnswer(row, kUpdatedAt + 1);
  return view;
}

LaneView ToLane(const sql::Row& row) {
  LaneView lane;
  lane.flow = Text(row.at(0));
  lane.partner = Text(row.at(1));
  lane.partition = static_cast<std::int32_t>(Integer(row.at(2)));
  lane.settled = Integer(row.at(3));
  if (const std::int64_t since = Integer(row.at(4)); since != 0) lane.gap_since = UnixMillis{since};
  lane.head_id = Text(row.at(5));
  lane.head_state = static_cast<State>(Integer(row.at(6)));
  lane.head_since = {Integer(row.at(7))};
  lane.waiting = Integer(row.at(8));
  return lane;
}

Attempt ToAttempt(const std::string& notice_id, const sql::Row& row) {
  return {notice_id,          Integer(row.at(0)),        {Integer(row.at(1))},
          Integer(row.at(2)), ToEnding(Text(row.at(3))), ToAnswer(row, 4),
          Text(row.at(7))};
}

sql::Value OptionalMoment(const std::optional<UnixMillis>& at) {
  if (!at) return {};
  return at->value;
}

}  // namespace guarantee::dispatcher
