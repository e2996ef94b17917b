// What a command says: a table for people, one JSON document for programs.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace guarantee::guaranteectl {

// Keys stay in the order they were set.
using Json = nlohmann::ordered_json;

// The exit statuses of the run contract.
enum class Exit { kDone = 0, kRefused = 1, kUsage = 2, kUnreachable = 3 };

// The outcome of a command that has something to show.
struct Report {
  Json document;     // printed with --json
  std::string text;  // printed without
  Exit exit = Exit::kDone;
  std::string warning;  // on stderr in both cases; empty: none
};

// Columns of a terminal that the text takes: Chinese characters and full-width forms count two,
// combining marks none; bytes that are not UTF-8 count one each.
[[nodiscard]] std::size_t DisplayWidth(std::string_view text);

// Left-aligned columns, two blanks apart, no blanks at the end of a line.
class Table {
 public:
  explicit Table(std::vector<std::string> heads) : rows_{std::move(heads)} {}
  // As many cells as there are heads.
  void Add(std::vector<std::string> cells) { rows_.push_back(std::move(cells)); }
  // With a line end after every row; the heads alone become "nothing found".
  [[nodiscard]] std::string Text() const;

 private:
  std::vector<std::vector<std::string>> rows_;
};

// One line of JSON would do for programs, people read it too: two blanks an indent.
[[nodiscard]] std::string Dump(const Json& document);

// For JSON: RFC 3339 in UTC; null for 0.
[[nodiscard]] Json MomentJson(std::int64_t unix_ms);
// For tables: UTC+8; "-" for 0.
[[nodiscard]] std::string MomentText(std::int64_t unix_ms);

}  // namespace guarantee::guaranteectl
