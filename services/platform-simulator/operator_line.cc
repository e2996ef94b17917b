#include "platform-simulator/operator_line.h"

#include <Poco/Exception.h>
#include <Poco/Pipe.h>
#include <Poco/PipeStream.h>
#include <Poco/Process.h>

#include <iterator>

namespace guarantee::platform_simulator {
namespace {

// Ends the command by force; its own deadlines are shorter.
constexpr const char* kGuard = "timeout";
constexpr const char* kSeconds = "60";
constexpr std::size_t kSaidMax = 300;

std::string ReadAll(const Poco::Pipe& pipe) {
  Poco::PipeInputStream stream(pipe);
  return {std::istreambuf_iterator<char>(stream), {}};
}

}  // namespace

Result<Json> OperatorLine::Run(const std::vector<std::string>& arguments) const {
  if (!exists()) return Refused("operator", "no guaranteectl is named");
  Poco::Process::Args all{kSeconds};
  all.insert(all.end(), words_.begin(), words_.end());
  all.emplace_back("--json");
  all.insert(all.end(), arguments.begin(), arguments.end());
  try {
    Poco::Pipe out;
    Poco::Pipe errors;
    const Poco::ProcessHandle process = Poco::Process::launch(kGuard, all, nullptr, &out, &errors);
    const std::string text = ReadAll(out);
    // After the other: what it says there fits into the pipe.
    const std::string said = ReadAll(errors);
    const int status = Poco::Process::wait(process);
    Json document = Json::parse(text, nullptr, false);
    if (status == 0 && !document.is_discarded()) return document;
    return Refused("operator", (said.empty() ? text : said).substr(0, kSaidMax));
  } catch (const Poco::Exception& failure) {
    return Refused("operator", failure.displayText());
  }
}

}  // namespace guarantee::platform_simulator
