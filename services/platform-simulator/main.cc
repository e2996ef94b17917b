#include <iostream>
#include <string>
#include <string_view>
#include <vector>

#include "platform-simulator/conformance/arguments.h"
#include "platform-simulator/conformance/command.h"
#include "platform-simulator/load.h"
#include "platform-simulator/options.h"
#include "platform-simulator/play_arguments.h"
#include "platform-simulator/process.h"
#include "platform-simulator/story.h"
#include "runtime/service.h"

namespace {

using namespace guarantee;

int Fail(const Error& error, int status) {
  std::cerr << "platform-simulator: " << error.message << '\n';
  return status;
}

int Play(const std::vector<std::string>& words) {
  const auto options = platform_simulator::ParsePlayArguments(words);
  if (!options) return Fail(options.error(), runtime::kExitUsage);
  const auto endpoints = platform_simulator::LoadEndpoints(options->endpoints);
  if (!endpoints) return Fail(endpoints.error(), runtime::kExitUsage);
  const auto contract = contract::Contract::Load();
  if (!contract) return Fail(contract.error(), runtime::kExitFailed);
  const auto run = options->load ? platform_simulator::RunLoad : platform_simulator::PlayStory;
  const Result<bool> complete = run(*options, *endpoints, **contract, std::cout);
  if (!complete) return Fail(complete.error(), runtime::kExitFailed);
  return *complete ? runtime::kExitDone : runtime::kExitFailed;
}

}  // namespace

int main(int argc, char** argv) {
  const std::string_view mode = argc > 1 ? argv[1] : "";
  if (mode == "serve") {
    return runtime::RunService(argc - 1, argv + 1, platform_simulator::Keys(),
                               platform_simulator::StartProcess);
  }
  if (mode == "conformance") {
    const std::vector<std::string> words(argv + 2, argv + argc);
    return platform_simulator::conformance::RunCommand(words, std::cout, std::cerr);
  }
  if (mode == "play") return Play({argv + 2, argv + argc});
  std::cerr << platform_simulator::Usage() << platform_simulator::conformance::Usage();
  return runtime::kExitUsage;
}
