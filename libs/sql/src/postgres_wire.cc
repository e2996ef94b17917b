#include "postgres_wire.h"

#include <fmt/format.h>

#include <charconv>
#include <cstring>
#include <limits>

namespace guarantee::sql {
namespace {

// Object identifiers of built-in types, fixed by pg_type.dat.
constexpr Oid kBool = 16;
constexpr Oid kBytea = 17;
constexpr Oid kName = 19;
constexpr Oid kInt8 = 20;
constexpr Oid kInt2 = 21;
constexpr Oid kInt4 = 23;
constexpr Oid kText = 25;
constexpr Oid kBpchar = 1042;
constexpr Oid kVarchar = 1043;
constexpr Oid kVoid = 2278;
constexpr Oid kByteaArray = 1001;
constexpr Oid kTextArray = 1009;
constexpr Oid kInt8Array = 1016;

template <typename T>
void PutBigEndian(std::string& out, T value) {
  const auto bits = static_cast<std::make_unsigned_t<T>>(value);
  for (int shift = static_cast<int>(sizeof(T)) * 8 - 8; shift >= 0; shift -= 8) {
    out.push_back(static_cast<char>((bits >> shift) & 0xffU));
  }
}

template <typename T>
std::string BigEndian(std::int64_t value) {
  std::string out;
  PutBigEndian(out, static_cast<T>(value));
  return out;
}

std::int64_t FromBigEndian(const char* bytes, int length) {
  std::uint64_t bits = (static_cast<unsigned char>(bytes[0]) & 0x80U) != 0 ? ~0ULL : 0;
  for (int at = 0; at < length; ++at) {
    bits = bits << 8U | static_cast<unsigned char>(bytes[at]);
  }
  return static_cast<std::int64_t>(bits);
}

template <typename T>
bool Fits(std::int64_t value) {
  return value >= std::numeric_limits<T>::min() && value <= std::numeric_limits<T>::max();
}

bool IsText(Oid type) {
  return type == kText || type == kVarchar || type == kBpchar || type == kName;
}

tl::unexpected<Error> WrongParameter(Oid type, const char* given) {
  return Permanent("sql.statement",
                   fmt::format("{} given for a parameter of type {}", given, type));
}

struct ArrayType {
  Oid array;
  Oid element;
};

ArrayType ArrayTypeOf(ColumnType type) {
  switch (type) {
    case ColumnType::kInteger:
      return {kInt8Array, kInt8};
    case ColumnType::kText:
      return {kTextArray, kText};
    case ColumnType::kBlob:
      break;
  }
  return {kByteaArray, kBytea};
}

void PutElement(std::string& out, std::string_view bytes) {
  PutBigEndian(out, static_cast<std::int32_t>(bytes.size()));
  out.append(bytes);
}

// False: the value is not of the column's type.
bool PutValue(std::string& out, ColumnType type, const Value& value) {
  if (IsNull(value)) {
    PutBigEndian(out, std::int32_t{-1});
    return true;
  }
  if (const auto* integer = std::get_if<std::int64_t>(&value)) {
    PutElement(out, BigEndian<std::int64_t>(*integer));
    return type == ColumnType::kInteger;
  }
  if (const auto* text = std::get_if<std::string>(&value)) {
    PutElement(out, *text);
    return type == ColumnType::kText;
  }
  PutElement(out, std::get<Blob>(value).bytes);
  return type == ColumnType::kBlob;
}

Result<Value> DecodeField(const PGresult& result, int row, int column) {
  if (PQgetisnull(&result, row, column) != 0) return Value{};
  const char* bytes = PQgetvalue(&result, row, column);
  const int length = PQgetlength(&result, row, column);
  const Oid type = PQftype(&result, column);
  if (type == kInt8 || type == kInt4 || type == kInt2) return Value{FromBigEndian(bytes, length)};
  if (type == kBool) return Value{std::int64_t{bytes[0] != 0}};
  std::string copy(bytes, static_cast<std::size_t>(length));
  if (IsText(type)) return Value{std::move(copy)};
  if (type == kBytea) return Value{Blob{std::move(copy)}};
  if (type == kVoid) return Value{};
  return Permanent("sql.statement", fmt::format("column {} has type {}: the statement must cast it",
                                                PQfname(&result, column), type));
}

std::int64_t Affected(const PGresult& result) {
  // libpq takes it without const, though it only reads.
  auto* mutable_result = const_cast<PGresult*>(&result);
  const std::string_view status = PQcmdStatus(mutable_result);
  if (status.starts_with("SELECT")) return 0;
  const std::string_view text = PQcmdTuples(mutable_result);
  std::int64_t rows = 0;
  std::from_chars(text.data(), text.data() + text.size(), rows);
  return rows;
}

}  // namespace

Result<void> PostgresParameters::Append(Oid type, const Value& value) {
  if (IsNull(value)) {
    values_.push_back(nullptr);
    lengths_.push_back(0);
    formats_.push_back(1);
    return {};
  }
  if (const auto* integer = std::get_if<std::int64_t>(&value)) return AppendInteger(type, *integer);
  if (const auto* text = std::get_if<std::string>(&value)) return AppendText(type, *text);
  if (type != kBytea) return WrongParameter(type, "bytes were");
  Point(std::get<Blob>(value).bytes, true);
  return {};
}

Result<void> PostgresParameters::AppendInteger(Oid type, std::int64_t integer) {
  if (type == kInt8) {
    Own(BigEndian<std::int64_t>(integer), true);
  } else if (type == kInt4 && Fits<std::int32_t>(integer)) {
    Own(BigEndian<std::int32_t>(integer), true);
  } else if (type == kInt2 && Fits<std::int16_t>(integer)) {
    Own(BigEndian<std::int16_t>(integer), true);
  } else if (type == kBool && (integer == 0 || integer == 1)) {
    Own(std::string(1, static_cast<char>(integer)), true);
  } else if (type == kInt4 || type == kInt2 || type == kBool || type == kBytea || IsText(type)) {
    return WrongParameter(type, "an integer was");
  } else {
    Own(std::to_string(integer), false);
  }
  return {};
}

Result<void> PostgresParameters::AppendText(Oid type, const std::string& text) {
  if (type == kInt8 || type == kInt4 || type == kInt2 || type == kBool || type == kBytea) {
    return WrongParameter(type, "text was");
  }
  // The text form ends at a NUL, so a value holding one would arrive cut.
  if (!IsText(type) && text.find('\0') != std::string::npos) {
    return WrongParameter(type, "text with a NUL was");
  }
  Point(text, IsText(type));
  return {};
}

Result<void> PostgresParameters::AppendArray(Oid type, const Column& column) {
  const ArrayType wanted = ArrayTypeOf(column.type);
  if (type != wanted.array) return WrongParameter(type, "a set's column was");
  std::string out;
  const auto rows = static_cast<std::int32_t>(column.values.size());
  PutBigEndian(out, std::int32_t{rows > 0 ? 1 : 0});  // dimensions
  PutBigEndian(out, std::int32_t{1});                 // may hold nulls
  PutBigEndian(out, wanted.element);
  if (rows > 0) {
    PutBigEndian(out, rows);
    PutBigEndian(out, std::int32_t{1});  // lower bound
  }
  for (const Value& value : column.values) {
    if (!PutValue(out, column.type, value)) {
      return Permanent("sql.statement", "a value of a set is not of its column's type");
    }
  }
  Own(std::move(out), true);
  return {};
}

void PostgresParameters::Point(std::string_view bytes, bool binary) {
  values_.push_back(bytes.data());
  lengths_.push_back(static_cast<int>(bytes.size()));
  formats_.push_back(binary ? 1 : 0);
}

void PostgresParameters::Own(std::string bytes, bool binary) {
  owned_.push_back(std::move(bytes));
  Point(owned_.back(), binary);
}

Result<Outcome> DecodePostgres(const PGresult& result) {
  Outcome outcome;
  outcome.affected = Affected(result);
  const int rows = PQntuples(&result);
  const int columns = PQnfields(&result);
  outcome.rows.reserve(static_cast<std::size_t>(rows));
  for (int row = 0; row < rows; ++row) {
    Row& out = outcome.rows.emplace_back();
    out.reserve(static_cast<std::size_t>(columns));
    for (int column = 0; column < columns; ++column) {
      Result<Value> value = DecodeField(result, row, column);
      if (!value) return tl::unexpected(value.error());
      out.push_back(std::move(*value));
    }
  }
  return outcome;
}

}  // namespace guarantee::sql
