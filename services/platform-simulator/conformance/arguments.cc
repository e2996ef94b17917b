#include "platform-simulator/conformance/arguments.h"

#include <charconv>
#include <fstream>
#include <functional>
#include <map>

namespace guarantee::platform_simulator::conformance {
namespace {

constexpr int kWaitSecondsMax = 3'600;
constexpr std::size_t kPasswordBytesMax = 4'096;

tl::unexpected<Error> Wrong(const std::string& message) {
  return Refused("usage", message + "\n" + Usage());
}

std::optional<int> NumberOf(std::string_view text, int least, int most) {
  int number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool whole = error == std::errc{} && end == text.data() + text.size();
  return whole && number >= least && number <= most ? std::optional(number) : std::nullopt;
}

bool SetListen(Options& options, const std::string& value) {
  constexpr int kPortMax = 65'535;
  const std::size_t colon = value.rfind(':');
  if (colon == std::string::npos || colon == 0) return false;
  const auto port = NumberOf(std::string_view(value).substr(colon + 1), 0, kPortMax);
  if (!port) return false;
  options.listen = runtime::Address{value.substr(0, colon), static_cast<std::uint16_t>(*port)};
  return true;
}

bool SetFormat(Options& options, const std::string& value) {
  options.format = value;
  return value == "table" || value == "json" || value == "junit";
}

bool SetWait(Options& options, const std::string& value) {
  const auto seconds = NumberOf(value, 0, kWaitSecondsMax);
  if (seconds) options.wait = std::chrono::seconds(*seconds);
  return seconds.has_value();
}

template <auto Member>
bool SetText(Options& options, const std::string& value) {
  options.*Member = value;
  return !value.empty();
}

// The file's first line: not part of a command line that everybody can read.
bool SetPasswordFile(Options& options, const std::string& value) {
  std::ifstream file(value, std::ios::binary);
  std::string line;
  if (!std::getline(file, line) || line.size() > kPasswordBytesMax) return false;
  options.password = Secret(std::move(line));
  return !options.password.empty();
}

using Setter = std::function<bool(Options&, const std::string&)>;

const std::map<std::string, Setter, std::less<>>& Setters() {
  static const std::map<std::string, Setter, std::less<>> setters = {
      {"--target", SetText<&Options::target>},
      {"--user", SetText<&Options::user>},
      {"--roots", SetText<&Options::roots>},
      {"--endpoints", SetText<&Options::endpoints>},
      {"--partner", SetText<&Options::partner>},
      {"--out", SetText<&Options::out>},
      {"--format", SetFormat},
      {"--listen", SetListen},
      {"--password-file", SetPasswordFile},
      {"--wait", SetWait},
      {"--password",
       [](Options& options, const std::string& value) {
         options.password = Secret(value);
         return !value.empty();
       }},
      {"--only",
       [](Options& options, const std::string& value) {
         options.sections.insert(value);
         return !value.empty();
       }},
  };
  return setters;
}

Result<void> CheckTarget(Options& options) {
  if (options.list) return {};
  if (options.endpoints.empty() && options.target.empty()) {
    return Wrong("--target URL or --endpoints FILE is missing");
  }
  if (options.endpoints.empty() && (options.user.empty() || options.password.empty())) {
    return Wrong("--user and --password are missing");
  }
  return {};
}

}  // namespace

std::string Usage() {
  return "usage: platform-simulator conformance run --target URL --user U [--password P]\n"
         "           [--roots FILE] [--listen HOST:PORT]\n"
         "       platform-simulator conformance run --endpoints FILE [--partner ID]\n"
         "       both: [--format table|json|junit] [--out FILE] [--only SECTION]…\n"
         "           [--wait SECONDS] [--require-all]\n"
         "       platform-simulator conformance list [--only SECTION]…\n"
         "The password may also be the first line of --password-file FILE.\n";
}

Result<Options> ParseArguments(std::span<const std::string> words) {
  Options options;
  if (words.empty() || (words[0] != "run" && words[0] != "list")) {
    return Wrong("conformance: run or list");
  }
  options.list = words[0] == "list";
  for (std::size_t at = 1; at < words.size(); ++at) {
    if (words[at] == "--require-all") {
      options.require_all = true;
      continue;
    }
    const auto setter = Setters().find(words[at]);
    if (setter == Setters().end()) return Wrong("unknown option " + words[at]);
    if (at + 1 == words.size()) return Wrong(words[at] + " needs a value");
    if (!setter->second(options, words[++at])) return Wrong(words[at - 1] + ": wrong value");
  }
  if (Result<void> checked = CheckTarget(options); !checked) {
    return tl::unexpected(checked.error());
  }
  return options;
}

}  // namespace guarantee::platform_simulator::conformance
