// For the tests of machines: the expected table as a text, `state | command | situation | result`,
// one line for each cell and situation, written from the protocol's rulings and never from the
// program; `#` begins a remark.
#pragma once

#include <cstddef>
#include <istream>
#include <optional>
#include <set>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "machine/rules.h"

namespace guarantee::machine {

struct TableLine {
  std::size_t number = 0;  // in the file, from 1
  std::string state, command, situation, result;

  [[nodiscard]] std::string Place() const {
    return "line " + std::to_string(number) + ": " + state + " x " + command + " [" + situation +
           "]";
  }
};

[[nodiscard]] inline std::string Trimmed(std::string text) {
  text.erase(0, text.find_first_not_of(' '));
  text.erase(text.find_last_not_of(' ') + 1);
  return text;
}

[[nodiscard]] inline std::vector<TableLine> ReadTable(std::istream& file) {
  std::vector<TableLine> lines;
  std::string text;
  for (std::size_t number = 1; std::getline(file, text); ++number) {
    if (text.empty() || text.front() == '#') continue;
    std::istringstream cells(text);
    TableLine line;
    line.number = number;
    for (std::string* cell : {&line.state, &line.command, &line.situation, &line.result}) {
      std::getline(cells, *cell, '|');
      *cell = Trimmed(*cell);
    }
    lines.push_back(line);
  }
  return lines;
}

// The words of a situation, which are separated by commas.
[[nodiscard]] inline std::vector<std::string> Words(const std::string& situation) {
  std::vector<std::string> words;
  std::istringstream text(situation);
  for (std::string word; std::getline(text, word, ',');) words.push_back(Trimmed(word));
  return words;
}

template <typename Kind>
[[nodiscard]] std::optional<Kind> Named(const std::string& name, std::size_t count) {
  for (std::size_t at = 0; at < count; ++at) {
    if (NameOf(static_cast<Kind>(at)) == name) return static_cast<Kind>(at);
  }
  return std::nullopt;
}

template <typename Kinds>
[[nodiscard]] constexpr bool IsOwnStep(typename Kinds::Command command) {
  if constexpr (requires { Kinds::Command::kProceed; }) {
    return command == Kinds::Command::kProceed;
  }
  return false;
}

// Cells that no line speaks of.
template <typename Kinds>
[[nodiscard]] std::vector<std::string> CellsWithoutLine(const std::vector<TableLine>& lines) {
  std::set<std::pair<std::string, std::string>> cells;
  for (const TableLine& line : lines) cells.emplace(line.state, line.command);
  std::vector<std::string> missing;
  for (std::size_t state = 0; state < Kinds::kStateCount; ++state) {
    for (std::size_t at = 0; at < Kinds::kCommandCount; ++at) {
      const auto command = static_cast<typename Kinds::Command>(at);
      if (IsOwnStep<Kinds>(command)) continue;
      const std::pair<std::string, std::string> cell(
          NameOf(static_cast<typename Kinds::State>(state)), NameOf(command));
      if (!cells.contains(cell)) missing.push_back(cell.first + " x " + cell.second);
    }
  }
  return missing;
}

[[nodiscard]] inline std::vector<std::string> LinesTwice(const std::vector<TableLine>& lines) {
  std::set<std::string> seen;
  std::vector<std::string> twice;
  for (const TableLine& line : lines) {
    if (!seen.insert(line.state + "|" + line.command + "|" + line.situation).second) {
      twice.push_back(line.Place());
    }
  }
  return twice;
}

// A rule that no line reaches is a rule that nobody asked for. `reached`: what FirstRule found for
// each line, with the state it was found in.
template <typename Kinds>
[[nodiscard]] std::vector<std::string> RulesNotReached(
    std::span<const Rule<Kinds>> rules,
    const std::set<std::pair<const Rule<Kinds>*, typename Kinds::State>>& reached) {
  std::vector<std::string> missing;
  for (const Rule<Kinds>& rule : rules) {
    if (IsOwnStep<Kinds>(rule.command)) continue;
    for (std::size_t at = 0; at < Kinds::kStateCount; ++at) {
      const auto state = static_cast<typename Kinds::State>(at);
      if (!Contains(rule.from, state) || reached.contains({&rule, state})) continue;
      missing.push_back(std::string(NameOf(state)) + " x " + std::string(NameOf(rule.command)) +
                        " [" + std::string(NameOf(rule.guard)) + "]");
    }
  }
  return missing;
}

}  // namespace guarantee::machine
