#include "platform-simulator/play_arguments.h"

#include <charconv>
#include <functional>
#include <map>

namespace guarantee::platform_simulator {
namespace {

constexpr const char* kUsageCode = "usage";

tl::unexpected<Error> Wrong(const std::string& message) {
  return Refused(kUsageCode, message + "\n" + Usage());
}

Result<int> NumberOf(const std::string& name, const std::string& text, int most) {
  int number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size() || number < 1 || number > most) {
    return Wrong(name + " must be 1 to " + std::to_string(most));
  }
  return number;
}

struct NumberOption {
  int most;
  std::function<void(PlayOptions&, int)> set;
};

const std::map<std::string, NumberOption>& NumberOptions() {
  static const std::map<std::string, NumberOption> options = {
      {"--applications", {1'000, [](PlayOptions& o, int n) { o.applications = n; }}},
      {"--timeout",
       {3'600,
        [](PlayOptions& o, int n) {
          o.story_timeout = std::chrono::seconds(n);
          o.request_timeout = std::chrono::seconds(n);
        }}},
      {"--rate", {100'000, [](PlayOptions& o, int n) { o.rate = n; }}},
      {"--seconds", {86'400, [](PlayOptions& o, int n) { o.seconds = n; }}},
      {"--connections", {512, [](PlayOptions& o, int n) { o.connections = n; }}},
  };
  return options;
}

Result<void> TakeValue(const std::string& name, const std::string& value, PlayOptions& options) {
  if (name == "--endpoints") {
    options.endpoints = value;
    return {};
  }
  if (name == "--history") {
    options.history = value;
    return {};
  }
  const auto found = NumberOptions().find(name);
  if (found == NumberOptions().end()) return Wrong("unknown option " + name);
  const Result<int> number = NumberOf(name, value, found->second.most);
  if (!number) return tl::unexpected(number.error());
  found->second.set(options, *number);
  return {};
}

}  // namespace

std::string Usage() {
  return "usage: platform-simulator serve --config FILE\n"
         "       platform-simulator play --endpoints FILE [--applications N] [--timeout SECONDS]\n"
         "       platform-simulator play --load --endpoints FILE --history FILE [--rate N]\n"
         "           [--seconds N] [--connections N] [--timeout SECONDS]\n";
}

Result<PlayOptions> ParsePlayArguments(std::span<const std::string> words) {
  PlayOptions options;
  for (std::size_t at = 0; at < words.size(); ++at) {
    if (words[at] == "--load") {
      options.load = true;
      continue;
    }
    if (at + 1 == words.size()) return Wrong(words[at] + ": unknown, or its value is missing");
    const Result<void> taken = TakeValue(words[at], words[at + 1], options);
    if (!taken) return tl::unexpected(taken.error());
    ++at;
  }
  if (options.endpoints.empty()) return Wrong("--endpoints FILE is missing");
  if (options.load && options.history.empty()) return Wrong("--load needs --history FILE");
  return options;
}

}  // namespace guarantee::platform_simulator
