// Start and end of a process: signals, one line on stderr for what went wrong, exit codes.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "runtime/config.h"

namespace guarantee::runtime {

inline constexpr int kExitDone = 0;
inline constexpr int kExitFailed = 1;
inline constexpr int kExitUsage = 2;

// A running process; its destructor drains and stops it.
class Running {
 public:
  virtual ~Running() = default;
};

using Starter = std::function<Result<std::unique_ptr<Running>>(const Config&)>;

// What `--migrate` does: brings the process' schema up to date.
using Migrator = std::function<Result<void>(const Config&)>;

// `<binary> --config FILE`: loads the settings, starts, waits for SIGTERM or SIGINT, drains and
// returns the exit code. A second signal while draining ends the process at once. With `--migrate`
// behind it, `migrate` is all that is done; empty: the process knows no such option.
[[nodiscard]] int RunService(int argc, char** argv, std::span<const ConfigKey> keys,
                             const Starter& start, const Migrator& migrate = {});

// One JSON line on stderr; `message` holds nothing sensitive. Thread-safe.
enum class Level { kInfo, kWarning, kError };
void Log(Level level, std::string_view component, std::string_view message);

}  // namespace guarantee::runtime
