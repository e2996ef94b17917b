// Plays the cases against one institution.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/secret.h"
#include "platform-simulator/conformance/judge.h"

namespace guarantee::platform_simulator::conformance {

// Above any request deadline of an institution.
inline constexpr std::chrono::milliseconds kAnswerTimeout{20'000};

struct Target {
  std::string url;  // the base address, with or without the prefix of the document
  std::string user;
  Secret password;
  std::string roots;  // as HttpConnection::Make has them
};

struct CaseResult {
  const Case* one = nullptr;
  Verdict verdict;
  std::chrono::milliseconds spent{0};
};

// Not thread-safe.
class Runner {
 public:
  // Refused "http.url" when the address is none; retryable "conformance.unreachable" when nobody
  // answers HTTP there.
  [[nodiscard]] static Result<Runner> Connect(const Target& target,
                                              const contract::Contract& contract);
  // One after another, over one kept-alive connection. A request whose answer is cut is sent once
  // more; no answer then is a deviation. `cases` outlive the results.
  [[nodiscard]] std::vector<CaseResult> Run(const std::vector<Case>& cases,
                                            const std::function<void(const CaseResult&)>& report);

 private:
  Runner() = default;
  Result<HttpAnswer> Send(const Request& request);
  CaseResult RunOne(const Case& one);

  std::string root_;  // what the host puts before the prefix; empty or with a leading slash
  std::string authorization_;
  std::unique_ptr<HttpConnection> connection_;
};

}  // namespace guarantee::platform_simulator::conformance
