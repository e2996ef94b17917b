#include "runtime/service.h"

#include <fmt/format.h>
#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <ctime>

#include "base/clock.h"

namespace guarantee::runtime {
namespace {

constexpr std::string_view kUsage = "usage: {} --config FILE{}\n";

std::string_view Word(Level level) {
  switch (level) {
    case Level::kInfo:
      return "info";
    case Level::kWarning:
      return "warning";
    case Level::kError:
      return "error";
  }
  return "error";
}

std::string Escaped(std::string_view text) {
  std::string escaped;
  for (const char character : text) {
    if (character == '"' || character == '\\') {
      escaped += '\\';
      escaped += character;
    } else if (character == '\n') {
      escaped += "\\n";
    } else if (static_cast<unsigned char>(character) < 0x20) {
      escaped += ' ';
    } else {
      escaped += character;
    }
  }
  return escaped;
}

sigset_t StopSignals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  return signals;
}

void EndAtOnceOnNextSignal() {
  struct sigaction action {};
  action.sa_handler = SIG_DFL;
  sigaction(SIGTERM, &action, nullptr);
  sigaction(SIGINT, &action, nullptr);
  const sigset_t signals = StopSignals();
  pthread_sigmask(SIG_UNBLOCK, &signals, nullptr);
}

// A login shell allows 1,024 open files, which a crowd of idle connections uses up; what may be
// asked for without privilege is asked for.
void RaiseOpenFiles() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur == limit.rlim_max) return;
  limit.rlim_cur = limit.rlim_max;
  if (setrlimit(RLIMIT_NOFILE, &limit) != 0) {
    Log(Level::kWarning, "start", fmt::format("open files: {}", std::strerror(errno)));
  }
}

// `--config FILE`, and for those that have a schema `--migrate` behind it.
bool Understood(int argc, char** argv, bool migrates) {
  if (argc < 3 || std::strcmp(argv[1], "--config") != 0) return false;
  return argc == 3 || (migrates && argc == 4 && std::strcmp(argv[3], "--migrate") == 0);
}

int MigrateOnce(const Config& config, const Migrator& migrate) {
  if (Result<void> migrated = migrate(config); !migrated) {
    Log(Level::kError, "migrate", Describe(migrated.error()));
    return kExitFailed;
  }
  Log(Level::kInfo, "migrate", "the schema is up to date");
  return kExitDone;
}

}  // namespace

void Log(Level level, std::string_view component, std::string_view message) {
  const UnixMillis now = SystemClock().Now();
  const std::time_t seconds = now.value / 1000;
  std::tm utc{};
  gmtime_r(&seconds, &utc);
  char time[32];
  std::strftime(time, sizeof time, "%Y-%m-%dT%H:%M:%S", &utc);
  const std::string line = fmt::format(
      "{{\"time\":\"{}.{:03}Z\",\"level\":\"{}\",\"component\":\"{}\",\"message\":\"{}\"}}\n", time,
      now.value % 1000, Word(level), Escaped(component), Escaped(message));
  // One write, so that lines of several threads do not mix; a full stderr is not our concern.
  [[maybe_unused]] const ssize_t written = write(STDERR_FILENO, line.data(), line.size());
}

int RunService(int argc, char** argv, std::span<const ConfigKey> keys, const Starter& start,
               const Migrator& migrate) {
  const bool migrates = static_cast<bool>(migrate);
  if (!Understood(argc, argv, migrates)) {
    fmt::print(stderr, kUsage, argc > 0 ? argv[0] : "service", migrates ? " [--migrate]" : "");
    return kExitUsage;
  }
  // Blocked before any thread exists, so that all of them inherit it.
  const sigset_t signals = StopSignals();
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  signal(SIGPIPE, SIG_IGN);
  RaiseOpenFiles();
  const Result<Config> config = Config::Load(argv[2], keys);
  if (!config) {
    fmt::print(stderr, "{}\n", config.error().message);
    return kExitUsage;
  }
  if (argc == 4) return MigrateOnce(*config, migrate);
  Result<std::unique_ptr<Running>> running = start(*config);
  if (!running) {
    Log(Level::kError, "start", Describe(running.error()));
    return kExitFailed;
  }
  Log(Level::kInfo, "start", "started");
  int caught = 0;
  sigwait(&signals, &caught);
  Log(Level::kInfo, "stop", fmt::format("signal {}: draining", caught));
  EndAtOnceOnNextSignal();
  running->reset();
  Log(Level::kInfo, "stop", "stopped");
  return kExitDone;
}

}  // namespace guarantee::runtime
