#include "platform-simulator/http_call.h"

#include <Poco/Exception.h>
#include <Poco/Net/HTTPClientSession.h>
#include <Poco/Net/HTTPRequest.h>
#include <Poco/Net/HTTPResponse.h>
#include <Poco/URI.h>

#include <istream>
#include <ostream>

#include "crypto/base64.h"

namespace guarantee::platform_simulator {
namespace {

Poco::Timespan ToTimespan(std::chrono::milliseconds time) {
  return {std::chrono::duration_cast<std::chrono::microseconds>(time).count()};
}

}  // namespace

HttpConnection::HttpConnection(std::string base_path) : base_path_(std::move(base_path)) {}
HttpConnection::~HttpConnection() = default;

Result<std::unique_ptr<HttpConnection>> HttpConnection::Make(const std::string& base_url,
                                                             std::chrono::milliseconds timeout) {
  try {
    const Poco::URI uri(base_url);
    if (uri.getScheme() != "http" || uri.getHost().empty()) {
      return Refused("http.url", base_url + " is no http address");
    }
    std::unique_ptr<HttpConnection> connection(new HttpConnection(uri.getPath()));
    connection->session_ =
        std::make_unique<Poco::Net::HTTPClientSession>(uri.getHost(), uri.getPort());
    connection->session_->setKeepAlive(true);
    connection->session_->setTimeout(ToTimespan(timeout), ToTimespan(timeout), ToTimespan(timeout));
    return connection;
  } catch (const Poco::Exception& failure) {
    return Refused("http.url", base_url + ": " + failure.displayText());
  }
}

Result<HttpAnswer> HttpConnection::Exchange(const std::string& method, const std::string& target,
                                            const std::string& authorization,
                                            const std::string& body) {
  try {
    Poco::Net::HTTPRequest request(method, target, Poco::Net::HTTPMessage::HTTP_1_1);
    if (!authorization.empty()) request.set("Authorization", authorization);
    if (method == "POST") {
      request.setContentType("application/json; charset=utf-8");
      request.setContentLength64(static_cast<Poco::Int64>(body.size()));
    }
    session_->sendRequest(request).write(body.data(), static_cast<std::streamsize>(body.size()));
    Poco::Net::HTTPResponse response;
    std::istream& stream = session_->receiveResponse(response);
    HttpAnswer answer{response.getStatus(), {}};
    char part[16'384];
    while (stream.read(part, sizeof part), stream.gcount() > 0) {
      answer.body.append(part, static_cast<std::size_t>(stream.gcount()));
      if (answer.body.size() > kAnswerBytesMax) {
        session_->reset();
        return Retryable("http.unknown", "the answer exceeds 8 MiB");
      }
    }
    const bool sized = response.hasContentLength();
    if (sized && static_cast<std::size_t>(response.getContentLength64()) != answer.body.size()) {
      session_->reset();
      return Retryable("http.unknown", "the answer was cut");
    }
    return answer;
  } catch (const Poco::Exception& failure) {
    session_->reset();
    return Retryable("http.unknown", failure.displayText());
  }
}

Result<HttpAnswer> HttpConnection::Post(const std::string& path, const std::string& user,
                                        const Secret& password, const std::string& body) {
  const std::string credentials = user + ":" + std::string(password.Reveal());
  return Exchange("POST", base_path_ + path, "Basic " + crypto::EncodeBase64(credentials), body);
}

Result<HttpAnswer> HttpConnection::Get(const std::string& target) {
  return Exchange("GET", target, {}, {});
}

}  // namespace guarantee::platform_simulator
