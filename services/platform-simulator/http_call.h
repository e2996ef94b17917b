// The platform as a client: one kept-alive connection to one server.
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "base/result.h"
#include "base/secret.h"

namespace Poco::Net {
class HTTPClientSession;
}

namespace guarantee::platform_simulator {

inline constexpr std::size_t kAnswerBytesMax = std::size_t{8} << 20U;

struct HttpAnswer {
  int status = 0;
  std::string body;
};

// Not thread-safe.
class HttpConnection {
 public:
  // Refused "http.url" unless `base_url` is http and complete. Connects with the first call.
  [[nodiscard]] static Result<std::unique_ptr<HttpConnection>> Make(
      const std::string& base_url, std::chrono::milliseconds timeout);
  ~HttpConnection();

  // `path` is appended to the base. Retryable "http.unknown": no complete answer came, the other
  // side may have acted or not.
  [[nodiscard]] Result<HttpAnswer> Post(const std::string& path, const std::string& user,
                                        const Secret& password, const std::string& body);
  // `target` is the whole path with its query.
  [[nodiscard]] Result<HttpAnswer> Get(const std::string& target);

 private:
  explicit HttpConnection(std::string base_path);
  Result<HttpAnswer> Exchange(const std::string& method, const std::string& target,
                              const std::string& authorization, const std::string& body);

  const std::string base_path_;
  std::unique_ptr<Poco::Net::HTTPClientSession> session_;
};

}  // namespace guarantee::platform_simulator
