#include "guaranteectl/program.h"

#include <pwd.h>
#include <unistd.h>

#include <algorithm>

#include "guaranteectl/commands.h"

namespace guarantee::guaranteectl {
namespace {

std::string LoginName() {
  // One thread, once: the static buffer is ours.
  const passwd* entry = getpwuid(geteuid());
  return entry != nullptr && *entry->pw_name != '\0' ? entry->pw_name : "guaranteectl";
}

Exit ExitOf(const Error& error) {
  if (error.code == kUsageCode) return Exit::kUsage;
  return error.kind == ErrorKind::kRetryable ? Exit::kUnreachable : Exit::kRefused;
}

std::string SentenceOf(const Error& error) {
  if (error.code == kUsageCode || error.code.starts_with("rpc.")) return error.message;
  return Describe(error);
}

int Fail(const Error& error, bool json, std::ostream& output, std::ostream& errors) {
  errors << "guaranteectl: " << SentenceOf(error) << '\n';
  const Exit exit = ExitOf(error);
  if (json) output << Dump({{"error", SentenceOf(error)}});
  return static_cast<int>(exit);
}

}  // namespace

int Run(std::span<const std::string> words, std::istream& input, std::ostream& output,
        std::ostream& errors) {
  const Result<Arguments> arguments = ParseArguments(words, Commands());
  if (!arguments) {
    const bool json = std::find(words.begin(), words.end(), "--json") != words.end();
    return Fail(arguments.error(), json, output, errors);
  }
  if (arguments->help) {
    output << (arguments->command != nullptr ? "usage: " + UsageOf(*arguments->command) + '\n'
                                             : UsageOfAll(Commands()));
    return static_cast<int>(Exit::kDone);
  }
  Result<Endpoints> endpoints = FindEndpoints(*arguments);
  if (!endpoints) return Fail(endpoints.error(), arguments->json, output, errors);
  Context context{std::move(*endpoints), arguments->Value("--partner"), arguments->Value("--as"),
                  &input};
  if (context.decided_by.empty()) context.decided_by = LoginName();
  const Result<Report> report = arguments->command->run(context, *arguments);
  if (!report) return Fail(report.error(), arguments->json, output, errors);
  output << (arguments->json ? Dump(report->document) : report->text);
  if (!report->warning.empty()) errors << "guaranteectl: " << report->warning << '\n';
  output.flush();
  return static_cast<int>(report->exit);
}

}  // namespace guarantee::guaranteectl
