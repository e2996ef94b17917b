// The platform as a client: one kept-alive connection to one server.
#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <optional>
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
  std::map<std::string, std::string> headers;  // names in lower case
};

// A request as its caller wants it, wrong or right.
struct HttpRequest {
  std::string method;
  std::string target;         // the whole path with its query
  std::string authorization;  // empty: no such header
  std::optional<std::string> content_type;
  std::string body;
};

// Not thread-safe.
class HttpConnection {
 public:
  // Refused "http.url" unless `base_url` is http or https and complete, or when `roots` cannot be
  // read. https: the server's certificate must lead to one of `roots`, a PEM file, empty: those of
  // the system. Connects with the first call.
  [[nodiscard]] static Result<std::unique_ptr<HttpConnection>> Make(
      const std::string& base_url, std::chrono::milliseconds timeout,
      const std::string& roots = {});
  ~HttpConnection();

  // `path` is appended to the base. Retryable "http.unknown": no complete answer came, the other
  // side may have acted or not.
  [[nodiscard]] Result<HttpAnswer> Post(const std::string& path, const std::string& user,
                                        const Secret& password, const std::string& body);
  // `target` is the whole path with its query.
  [[nodiscard]] Result<HttpAnswer> Get(const std::string& target);
  // The same for any request.
  [[nodiscard]] Result<HttpAnswer> Send(const HttpRequest& request);

 private:
  explicit HttpConnection(std::string base_path);
  Result<HttpAnswer> Receive();
  const std::string base_path_;
  std::unique_ptr<Poco::Net::HTTPClientSession> session_;
};

}  // namespace guarantee::platform_simulator
