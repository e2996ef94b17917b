#include "guaranteectl/output.h"

#include <algorithm>
#include <array>
#include <cstdint>

#include "contract/formats.h"
#include "messaging/event.h"

namespace guarantee::guaranteectl {
namespace {

constexpr std::size_t kColumnGap = 2;

struct Range {
  char32_t first;
  char32_t last;
};

// East Asian wide and full-width characters (UAX 11), as blocks.
constexpr std::array<Range, 12> kWide{{{0x1100, 0x115F},
                                       {0x2E80, 0x303E},
                                       {0x3041, 0x33FF},
                                       {0x3400, 0x4DBF},
                                       {0x4E00, 0x9FFF},
                                       {0xA000, 0xA4CF},
                                       {0xAC00, 0xD7A3},
                                       {0xF900, 0xFAFF},
                                       {0xFE30, 0xFE6F},
                                       {0xFF00, 0xFF60},
                                       {0xFFE0, 0xFFE6},
                                       {0x1F300, 0x3FFFD}}};
constexpr std::array<Range, 4> kMarks{
    {{0x0300, 0x036F}, {0x200B, 0x200F}, {0xFE00, 0xFE0F}, {0x20D0, 0x20FF}}};

template <std::size_t N>
bool IsIn(const std::array<Range, N>& ranges, char32_t point) {
  return std::any_of(ranges.begin(), ranges.end(), [point](const Range& range) {
    return point >= range.first && point <= range.last;
  });
}

unsigned char Byte(std::string_view text, std::size_t at) {
  return static_cast<unsigned char>(text[at]);
}

std::size_t SequenceLength(unsigned char lead) {
  if (lead < 0x80) return 1;
  if ((lead & 0xE0U) == 0xC0) return 2;
  if ((lead & 0xF0U) == 0xE0) return 3;
  return (lead & 0xF8U) == 0xF0 ? 4 : 0;
}

// The code point at `at`, moving it on; a stray byte stands for itself.
char32_t NextPoint(std::string_view text, std::size_t& at) {
  const unsigned char lead = Byte(text, at);
  const std::size_t length = SequenceLength(lead);
  if (length < 2 || at + length > text.size()) {
    ++at;
    return lead;
  }
  char32_t point = lead & (0x7FU >> length);
  for (std::size_t next = 1; next < length; ++next) {
    if ((Byte(text, at + next) & 0xC0U) != 0x80) {
      ++at;
      return lead;
    }
    point = point << 6U | (Byte(text, at + next) & 0x3FU);
  }
  at += length;
  return point;
}

}  // namespace

std::size_t DisplayWidth(std::string_view text) {
  std::size_t width = 0;
  for (std::size_t at = 0; at < text.size();) {
    const char32_t point = NextPoint(text, at);
    if (IsIn(kMarks, point)) continue;
    width += IsIn(kWide, point) ? 2U : 1U;
  }
  return width;
}

std::string Table::Text() const {
  if (rows_.size() == 1) return "nothing found\n";
  std::vector<std::size_t> widths(rows_.front().size());
  for (const auto& row : rows_) {
    for (std::size_t column = 0; column < row.size(); ++column) {
      widths[column] = std::max(widths[column], DisplayWidth(row[column]));
    }
  }
  std::string text;
  for (const auto& row : rows_) {
    std::string line;
    for (std::size_t column = 0; column < row.size(); ++column) {
      line += row[column];
      line.append(widths[column] + kColumnGap - DisplayWidth(row[column]), ' ');
    }
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + '\n';
  }
  return text;
}

std::string Dump(const Json& document) {
  constexpr int kIndent = 2;
  return document.dump(kIndent, ' ', false, Json::error_handler_t::replace) + '\n';
}

Json MomentJson(std::int64_t unix_ms) {
  return unix_ms == 0 ? Json(nullptr) : Json(messaging::ToRfc3339(UnixMillis{unix_ms}));
}

std::string MomentText(std::int64_t unix_ms) {
  return unix_ms == 0 ? "-" : contract::FormatTime(UnixMillis{unix_ms});
}

}  // namespace guarantee::guaranteectl
