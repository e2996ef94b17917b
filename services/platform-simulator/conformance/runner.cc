#include "platform-simulator/conformance/runner.h"

#include <Poco/Exception.h>
#include <Poco/URI.h>

#include "crypto/base64.h"

namespace guarantee::platform_simulator::conformance {
namespace {

using Steady = std::chrono::steady_clock;

constexpr int kAttemptsMax = 2;

// The path of the address without the document's prefix and without a trailing slash.
std::string RootOf(const std::string& url, std::string prefix) {
  std::string path = Poco::URI(url).getPath();
  while (path.ends_with('/')) path.pop_back();
  while (prefix.ends_with('/')) prefix.pop_back();
  if (path.ends_with("/" + prefix)) path.resize(path.size() - prefix.size() - 1);
  return path;
}

}  // namespace

Result<Runner> Runner::Connect(const Target& target, const contract::Contract& contract) {
  auto connection = HttpConnection::Make(target.url, kAnswerTimeout, target.roots);
  if (!connection) return tl::unexpected(connection.error());
  Runner runner;
  runner.root_ = RootOf(target.url, contract.prefix());
  runner.authorization_ =
      "Basic " + crypto::EncodeBase64(target.user + ":" + std::string(target.password.Reveal()));
  runner.connection_ = std::move(*connection);
  const Result<HttpAnswer> probe = runner.connection_->Get(runner.root_ + "/");
  if (!probe) {
    return Retryable("conformance.unreachable",
                     "nobody answers at " + target.url + ": " + probe.error().message);
  }
  return runner;
}

Result<HttpAnswer> Runner::Send(const Request& request) {
  const HttpRequest call{request.method, root_ + request.path,
                         request.authorization.value_or(authorization_), request.content_type,
                         request.body};
  Result<HttpAnswer> answer = connection_->Send(call);
  for (int attempt = 1; !answer && attempt < kAttemptsMax; ++attempt) {
    answer = connection_->Send(call);
  }
  return answer;
}

CaseResult Runner::RunOne(const Case& one) {
  const auto begun = Steady::now();
  const auto spent = [begun] {
    return std::chrono::duration_cast<std::chrono::milliseconds>(Steady::now() - begun);
  };
  std::vector<HttpAnswer> answers;
  for (const Request& request : one.requests) {
    Result<HttpAnswer> answer = Send(request);
    if (!answer) {
      return {&one, {Grade::kDeviates, "no answer: " + answer.error().message}, spent()};
    }
    answers.push_back(std::move(*answer));
  }
  return {&one, Judge(one, answers), spent()};
}

std::vector<CaseResult> Runner::Run(const std::vector<Case>& cases,
                                    const std::function<void(const CaseResult&)>& report) {
  std::vector<CaseResult> results;
  results.reserve(cases.size());
  for (const Case& one : cases) {
    results.push_back(RunOne(one));
    report(results.back());
  }
  return results;
}

}  // namespace guarantee::platform_simulator::conformance
