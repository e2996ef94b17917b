#include "platform-simulator/http_call.h"

#include <Poco/Exception.h>
#include <Poco/Net/Context.h>
#include <Poco/Net/HTTPClientSession.h>
#include <Poco/Net/HTTPRequest.h>
#include <Poco/Net/HTTPResponse.h>
#include <Poco/Net/HTTPSClientSession.h>
#include <Poco/Net/NetSSL.h>
#include <Poco/String.h>
#include <Poco/URI.h>

#include <istream>
#include <ostream>

#include "crypto/base64.h"

namespace guarantee::platform_simulator {
namespace {

Poco::Timespan ToTimespan(std::chrono::milliseconds time) {
  return {std::chrono::duration_cast<std::chrono::microseconds>(time).count()};
}

// Throws when the roots cannot be read.
Poco::Net::Context::Ptr StrictContext(const std::string& roots) {
  constexpr int kChainMax = 9;
  Poco::Net::initializeSSL();
  Poco::Net::Context::Ptr context(new Poco::Net::Context(Poco::Net::Context::TLS_CLIENT_USE, roots,
                                                         Poco::Net::Context::VERIFY_STRICT,
                                                         kChainMax, roots.empty()));
  context->requireMinimumProtocol(Poco::Net::Context::PROTO_TLSV1_2);
  return context;
}

}  // namespace

HttpConnection::HttpConnection(std::string base_path) : base_path_(std::move(base_path)) {}
HttpConnection::~HttpConnection() = default;

Result<std::unique_ptr<HttpConnection>> HttpConnection::Make(const std::string& base_url,
                                                             std::chrono::milliseconds timeout,
                                                             const std::string& roots) {
  try {
    const Poco::URI uri(base_url);
    const bool secure = uri.getScheme() == "https";
    if ((!secure && uri.getScheme() != "http") || uri.getHost().empty()) {
      return Refused("http.url", base_url + " is no http or https address");
    }
    std::unique_ptr<HttpConnection> connection(new HttpConnection(uri.getPath()));
    if (secure) {
      connection->session_ = std::make_unique<Poco::Net::HTTPSClientSession>(
          uri.getHost(), uri.getPort(), StrictContext(roots));
    } else {
      connection->session_ =
          std::make_unique<Poco::Net::HTTPClientSession>(uri.getHost(), uri.getPort());
    }
    connection->session_->setKeepAlive(true);
    connection->session_->setTimeout(ToTimespan(timeout), ToTimespan(timeout), ToTimespan(timeout));
    return connection;
  } catch (const Poco::Exception& failure) {
    return Refused("http.url", base_url + ": " + failure.displayText());
  }
}

Result<HttpAnswer> HttpConnection::Receive() {
  Poco::Net::HTTPResponse response;
  std::istream& stream = session_->receiveResponse(response);
  HttpAnswer answer{response.getStatus(), {}, {}};
  for (const auto& [name, value] : response) answer.headers[Poco::toLower(name)] = value;
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
}

Result<HttpAnswer> HttpConnection::Send(const HttpRequest& call) {
  try {
    Poco::Net::HTTPRequest request(call.method, call.target, Poco::Net::HTTPMessage::HTTP_1_1);
    if (!call.authorization.empty()) request.set("Authorization", call.authorization);
    if (call.content_type) request.setContentType(*call.content_type);
    if (call.method != Poco::Net::HTTPRequest::HTTP_GET) {
      request.setContentLength64(static_cast<Poco::Int64>(call.body.size()));
    }
    session_->sendRequest(request).write(call.body.data(),
                                         static_cast<std::streamsize>(call.body.size()));
    return Receive();
  } catch (const Poco::Exception& failure) {
    session_->reset();
    return Retryable("http.unknown", failure.displayText());
  }
}

Result<HttpAnswer> HttpConnection::Post(const std::string& path, const std::string& user,
                                        const Secret& password, const std::string& body) {
  const std::string credentials = user + ":" + std::string(password.Reveal());
  return Send({"POST", base_path_ + path, "Basic " + crypto::EncodeBase64(credentials),
               "application/json; charset=utf-8", body});
}

Result<HttpAnswer> HttpConnection::Get(const std::string& target) {
  return Send({"GET", target, {}, std::nullopt, {}});
}

}  // namespace guarantee::platform_simulator
