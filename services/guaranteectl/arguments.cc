#include "guaranteectl/arguments.h"

#include <fmt/format.h>

#include <algorithm>

#include "runtime/config.h"

namespace guarantee::guaranteectl {
namespace {

constexpr Option kGlobalOptions[] = {
    {"--endpoints", "FILE"},
    {"--order-rpc", "HOST:PORT"},
    {"--credit-rpc", "HOST:PORT"},
    {"--claim-rpc", "HOST:PORT"},
    {"--invoice-rpc", "HOST:PORT"},
    {"--gateway-rpc", "HOST:PORT"},
    {"--dispatcher-rpc", "HOST:PORT"},
    {"--tls", "FOLDER"},
    {"--partner", "ID"},
    {"--as", "NAME"},
    {"--json", ""},
    {"--help", ""},
};

std::string Joined(const std::vector<std::string_view>& words) {
  return fmt::format("{}", fmt::join(words, " "));
}

// The nearest of `known`, as a half sentence; empty when nothing resembles it.
std::string DidYouMean(std::string_view typed, const std::vector<std::string_view>& known) {
  std::vector<runtime::ConfigKey> keys;
  for (const std::string_view name : known) keys.push_back({.name = name});
  const std::string_view nearest = runtime::NearestKey(typed, keys);
  return nearest.empty() ? "" : fmt::format("; did you mean {}?", nearest);
}

tl::unexpected<Error> Wrong(const std::string& message) { return Refused(kUsageCode, message); }

class Parser {
 public:
  Parser(std::span<const std::string> words, std::span<const Command> commands)
      : words_(words), commands_(commands) {}

  Result<Arguments> Run();

 private:
  Result<void> TakeOption(const std::string& word);
  Result<void> TakeWord(const std::string& word);
  [[nodiscard]] const Option* FindOption(std::string_view name) const;
  [[nodiscard]] Result<void> CheckCommandWords() const;
  [[nodiscard]] Result<void> CheckComplete() const;

  std::span<const std::string> words_;
  std::span<const Command> commands_;
  std::size_t at_ = 0;
  std::vector<std::string> typed_;  // words before the command is known
  Arguments arguments_;
};

const Option* Parser::FindOption(std::string_view name) const {
  for (const Option& option : kGlobalOptions) {
    if (option.name == name) return &option;
  }
  if (arguments_.command == nullptr) return nullptr;
  for (const Option& option : arguments_.command->options) {
    if (option.name == name) return &option;
  }
  return nullptr;
}

Result<void> Parser::TakeOption(const std::string& word) {
  const std::size_t equals = word.find('=');
  const std::string name = word.substr(0, equals);
  const Option* option = FindOption(name);
  if (option == nullptr) {
    std::vector<std::string_view> known;
    for (const Option& one : kGlobalOptions) known.push_back(one.name);
    if (arguments_.command != nullptr) {
      for (const Option& one : arguments_.command->options) known.push_back(one.name);
    }
    return Wrong(fmt::format("unknown option {}{}", name, DidYouMean(name, known)));
  }
  std::string value;
  if (equals != std::string::npos) {
    if (option->value.empty()) return Wrong(fmt::format("{} takes no value", name));
    value = word.substr(equals + 1);
  } else if (!option->value.empty()) {
    if (at_ == words_.size()) return Wrong(fmt::format("{} needs {}", name, option->value));
    value = words_[at_++];
  }
  if (name == "--json") arguments_.json = true;
  if (name == "--help") arguments_.help = true;
  if (!arguments_.options.emplace(name, value).second && !option->value.empty()) {
    return Wrong(fmt::format("{} was given twice", name));
  }
  return {};
}

Result<void> Parser::TakeWord(const std::string& word) {
  if (arguments_.command != nullptr) {
    arguments_.positionals.push_back(word);
    return {};
  }
  typed_.push_back(word);
  for (const Command& command : commands_) {
    if (std::equal(command.words.begin(), command.words.end(), typed_.begin(), typed_.end())) {
      arguments_.command = &command;
      return {};
    }
  }
  return CheckCommandWords();
}

// What was typed so far must begin some command.
Result<void> Parser::CheckCommandWords() const {
  std::vector<std::string_view> next;
  for (const Command& command : commands_) {
    const auto same =
        std::mismatch(typed_.begin(), typed_.end(), command.words.begin(), command.words.end());
    if (same.first == typed_.end()) return {};
    if (same.first + 1 == typed_.end() && same.second != command.words.end() &&
        std::find(next.begin(), next.end(), *same.second) == next.end()) {
      next.push_back(*same.second);
    }
  }
  return Wrong(fmt::format("unknown command {}{}\nexpected one of: {}", fmt::join(typed_, " "),
                           DidYouMean(typed_.back(), next), fmt::join(next, ", ")));
}

Result<void> Parser::CheckComplete() const {
  if (arguments_.help) return {};
  if (arguments_.command == nullptr) {
    if (typed_.empty()) return Wrong("a command is expected\n" + UsageOfAll(commands_));
    std::vector<std::string_view> next;
    for (const Command& command : commands_) {
      if (command.words.size() > 1 && command.words.front() == typed_.front()) {
        next.push_back(command.words[1]);
      }
    }
    return Wrong(fmt::format("{} needs one of: {}", typed_.front(), fmt::join(next, ", ")));
  }
  const Command& command = *arguments_.command;
  if (arguments_.positionals.size() < command.positionals.size()) {
    return Wrong(fmt::format("{} is missing\nusage: {}",
                             command.positionals[arguments_.positionals.size()], UsageOf(command)));
  }
  if (arguments_.positionals.size() > command.positionals.size()) {
    return Wrong(fmt::format("{} is one word too many\nusage: {}",
                             arguments_.positionals[command.positionals.size()], UsageOf(command)));
  }
  for (const Option& option : command.options) {
    if (!option.required || !arguments_.Value(option.name).empty()) continue;
    return Wrong(fmt::format("{} is missing\nusage: {}", option.name, UsageOf(command)));
  }
  return {};
}

Result<Arguments> Parser::Run() {
  while (at_ < words_.size()) {
    const std::string& word = words_[at_++];
    const bool option = word.size() > 2 && word.starts_with("--");
    const Result<void> taken = option ? TakeOption(word) : TakeWord(word);
    if (!taken) return tl::unexpected(taken.error());
  }
  if (const Result<void> complete = CheckComplete(); !complete) {
    return tl::unexpected(complete.error());
  }
  return std::move(arguments_);
}

}  // namespace

std::string Arguments::Value(std::string_view option) const {
  const auto found = options.find(option);
  return found == options.end() ? std::string() : found->second;
}

std::span<const Option> GlobalOptions() { return kGlobalOptions; }

Result<Arguments> ParseArguments(std::span<const std::string> words,
                                 std::span<const Command> commands) {
  return Parser(words, commands).Run();
}

std::string UsageOf(const Command& command) {
  std::string usage = "guaranteectl " + Joined(command.words);
  for (const std::string_view positional : command.positionals) {
    usage += fmt::format(" {}", positional);
  }
  for (const Option& option : command.options) {
    const std::string text = option.value.empty() ? std::string(option.name)
                                                  : fmt::format("{} {}", option.name, option.value);
    usage += option.required ? " " + text : " [" + text + "]";
  }
  return usage;
}

std::string UsageOfAll(std::span<const Command> commands) {
  std::string usage = "usage: guaranteectl [--endpoints FILE] [--json] COMMAND ...\n";
  for (const Command& command : commands) {
    usage += fmt::format("\n  {}\n      {}\n", UsageOf(command), command.help);
  }
  usage += "\nEvery command takes:";
  for (const Option& option : kGlobalOptions) {
    usage += fmt::format(" {}{}{}", option.name, option.value.empty() ? "" : " ", option.value);
  }
  return usage + "\n";
}

Result<std::string> RequiredValue(const Arguments& arguments, std::string_view option) {
  if (std::string value = arguments.Value(option); !value.empty()) return value;
  return Wrong(fmt::format("{} is missing\nusage: {}", option, UsageOf(*arguments.command)));
}

}  // namespace guarantee::guaranteectl
