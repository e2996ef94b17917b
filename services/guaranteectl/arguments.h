// The command line as data: which commands there are, what each takes, and what was typed.
#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace guarantee::guaranteectl {

// Error code of a command line that is not one of ours; the program exits with 2.
inline constexpr const char* kUsageCode = "usage";

struct Option {
  std::string_view name;   // with its dashes
  std::string_view value;  // what stands for the value in the usage line; empty: takes none
  bool required = false;
};

struct Arguments;
struct Context;
struct Report;

struct Command {
  std::vector<std::string_view> words;        // "order", "show"
  std::vector<std::string_view> positionals;  // all of them must be given
  std::vector<Option> options;
  std::string_view help;
  Result<Report> (*run)(const Context& context, const Arguments& arguments) = nullptr;
};

// What was typed, taken apart.
struct Arguments {
  const Command* command = nullptr;  // null: only --help was asked for
  std::vector<std::string> positionals;
  std::map<std::string, std::string, std::less<>> options;  // a flag has an empty value
  bool json = false;
  bool help = false;

  [[nodiscard]] bool Has(std::string_view option) const { return options.contains(option); }
  // Empty when it was not given.
  [[nodiscard]] std::string Value(std::string_view option) const;
};

// Options that every command takes, before or after its words.
[[nodiscard]] std::span<const Option> GlobalOptions();

// Refused kUsageCode: says what is expected, and the nearest spelling of what was typed.
[[nodiscard]] Result<Arguments> ParseArguments(std::span<const std::string> words,
                                               std::span<const Command> commands);

// "guaranteectl order show NO [--x VALUE]".
[[nodiscard]] std::string UsageOf(const Command& command);
// Every command with a line of help.
[[nodiscard]] std::string UsageOfAll(std::span<const Command> commands);

// The option's value, or refused kUsageCode naming it.
[[nodiscard]] Result<std::string> RequiredValue(const Arguments& arguments,
                                                std::string_view option);

}  // namespace guarantee::guaranteectl
