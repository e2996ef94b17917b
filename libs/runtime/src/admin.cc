#include "runtime/admin.h"

#include <Poco/Exception.h>
#include <Poco/Net/HTTPRequestHandler.h>
#include <Poco/Net/HTTPRequestHandlerFactory.h>
#include <Poco/Net/HTTPServer.h>
#include <Poco/Net/HTTPServerRequest.h>
#include <Poco/Net/HTTPServerResponse.h>
#include <Poco/Net/ServerSocket.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <ostream>

namespace guarantee::runtime {
namespace {

using Poco::Net::HTTPResponse;
using Poco::Net::HTTPServerRequest;
using Poco::Net::HTTPServerResponse;

constexpr int kThreads = 2;
constexpr int kQueueMax = 16;
constexpr int kTimeoutSeconds = 5;

std::string Quoted(const std::string& text) {
  std::string quoted = "\"";
  for (const char character : text) {
    if (character == '"' || character == '\\') quoted += '\\';
    quoted += static_cast<unsigned char>(character) < 0x20 ? ' ' : character;
  }
  return quoted + '"';
}

std::string ReasonsJson(const Reasons& reasons) {
  std::string body = reasons.empty() ? R"({"ok":true,"reasons":[)" : R"({"ok":false,"reasons":[)";
  for (std::size_t at = 0; at < reasons.size(); ++at) {
    body += (at == 0 ? "" : ",") + Quoted(reasons[at]);
  }
  return body + "]}\n";
}

class Handler final : public Poco::Net::HTTPRequestHandler {
 public:
  explicit Handler(const AdminSources& sources) : sources_(sources) {}

  void handleRequest(HTTPServerRequest& request, HTTPServerResponse& response) override {
    response.setKeepAlive(false);
    if (request.getMethod() != "GET")
      return Send(response, HTTPResponse::HTTP_METHOD_NOT_ALLOWED, "");
    const std::string path = request.getURI().substr(0, request.getURI().find('?'));
    // The port opens only after everything that a start asks for was found well.
    if (path == "/startupz") return SendReasons(response, {});
    if (path == "/livez") return SendReasons(response, sources_.liveness());
    if (path == "/readyz") return SendReasons(response, sources_.readiness());
    if (path == "/metrics") return SendMetrics(response);
    Send(response, HTTPResponse::HTTP_NOT_FOUND, "");
  }

 private:
  static void Send(HTTPServerResponse& response, HTTPResponse::HTTPStatus status,
                   const std::string& body) {
    response.setStatusAndReason(status);
    response.sendBuffer(body.data(), body.size());
  }
  static void SendReasons(HTTPServerResponse& response, const Reasons& reasons) {
    response.setContentType("application/json");
    Send(response, reasons.empty() ? HTTPResponse::HTTP_OK : HTTPResponse::HTTP_SERVICE_UNAVAILABLE,
         ReasonsJson(reasons));
  }
  void SendMetrics(HTTPServerResponse& response) {
    if (sources_.refresh) sources_.refresh();
    response.setContentType("text/plain; version=0.0.4; charset=utf-8");
    Send(response, HTTPResponse::HTTP_OK,
         prometheus::TextSerializer().Serialize(sources_.metrics->Collect()));
  }

  const AdminSources& sources_;
};

class Factory final : public Poco::Net::HTTPRequestHandlerFactory {
 public:
  explicit Factory(const AdminSources& sources) : sources_(sources) {}
  Poco::Net::HTTPRequestHandler* createRequestHandler(const HTTPServerRequest&) override {
    return new Handler(sources_);  // Poco deletes it
  }

 private:
  const AdminSources& sources_;
};

class PocoAdminServer final : public AdminServer {
 public:
  PocoAdminServer(const Address& address, AdminSources sources)
      : sources_(std::move(sources)),
        socket_(Poco::Net::SocketAddress(address.host, address.port)),
        server_(new Factory(sources_), socket_, Parameters()) {
    server_.start();
  }
  ~PocoAdminServer() override { server_.stopAll(true); }

 private:
  static Poco::Net::HTTPServerParams::Ptr Parameters() {
    Poco::Net::HTTPServerParams::Ptr parameters = new Poco::Net::HTTPServerParams;
    parameters->setMaxThreads(kThreads);
    parameters->setMaxQueued(kQueueMax);
    parameters->setTimeout(Poco::Timespan(kTimeoutSeconds, 0));
    parameters->setKeepAlive(false);
    return parameters;
  }

  const AdminSources sources_;
  Poco::Net::ServerSocket socket_;
  Poco::Net::HTTPServer server_;
};

}  // namespace

Result<std::unique_ptr<AdminServer>> AdminServer::Start(const Address& address,
                                                        AdminSources sources) {
  try {
    return std::make_unique<PocoAdminServer>(address, std::move(sources));
  } catch (const Poco::Exception& failure) {
    return Refused("admin.listen",
                   address.host + ":" + std::to_string(address.port) + ": " + failure.displayText(),
                   "admin.address");
  }
}

}  // namespace guarantee::runtime
