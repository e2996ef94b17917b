// The command line of `conformance`.
#pragma once

#include <chrono>
#include <optional>
#include <set>
#include <span>
#include <string>

#include "base/result.h"
#include "base/secret.h"
#include "runtime/config.h"

namespace guarantee::platform_simulator::conformance {

struct Options {
  bool list = false;  // show the cases and send nothing
  std::string target;
  std::string user;
  Secret password;
  std::string roots;      // a PEM file that an https target must lead to; empty: the system's
  std::string endpoints;  // a file, instead of target and sign-in
  std::string partner;    // of that file; empty: its first
  std::string format = "table";
  std::string out;                              // a file; empty: standard output
  std::set<std::string, std::less<>> sections;  // empty: all
  std::optional<runtime::Address> listen;
  std::chrono::seconds wait{10};  // for notices, after the last case
  bool require_all = false;
};

[[nodiscard]] std::string Usage();
// `words` are those after `conformance`. Refused "usage" with the text for the terminal.
[[nodiscard]] Result<Options> ParseArguments(std::span<const std::string> words);

}  // namespace guarantee::platform_simulator::conformance
