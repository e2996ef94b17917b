#include "platform-simulator/server.h"

#include <Poco/Exception.h>
#include <Poco/Net/HTTPRequestHandler.h>
#include <Poco/Net/HTTPRequestHandlerFactory.h>
#include <Poco/Net/HTTPServer.h>
#include <Poco/Net/HTTPServerRequest.h>
#include <Poco/Net/HTTPServerRequestImpl.h>
#include <Poco/Net/HTTPServerResponse.h>
#include <Poco/Net/ServerSocket.h>
#include <Poco/ThreadPool.h>
#include <Poco/URI.h>

#include <charconv>
#include <condition_variable>
#include <istream>

#include "base/clock.h"
#include "contract/encode.h"
#include "contract/messages.h"
#include "crypto/base64.h"
#include "crypto/digest.h"
#include "messaging/event.h"
#include "platform-simulator/bind.h"
#include "platform-simulator/notice_check.h"

namespace guarantee::platform_simulator {
namespace {

using Poco::Net::HTTPServerRequest;
using Poco::Net::HTTPServerResponse;

constexpr int kTimeoutSeconds = 60;
constexpr std::size_t kPartBytes = 16U << 10;
constexpr std::size_t kControlBytesMax = 64U << 10;

// What all handlers share.
struct Platform {
  std::shared_ptr<const contract::Contract> contract;
  std::shared_ptr<const partner::PartnerDirectory> partners;
  ReceiptLog& receipts;
  Levers& levers;
  std::mutex mutex;
  std::condition_variable wake;  // ends every delay at the stop
  bool stopping = false;

  void Delay(std::int64_t milliseconds) {
    std::unique_lock lock(mutex);
    wake.wait_for(lock, std::chrono::milliseconds(milliseconds), [this] { return stopping; });
  }
};

struct Answer {
  int status = 200;
  std::string body;
};

// The body, or nothing when it is longer than `most`.
std::optional<std::string> ReadBody(HTTPServerRequest& request, std::size_t most) {
  std::string body;
  char part[kPartBytes];
  std::istream& stream = request.stream();
  while (stream.read(part, sizeof part), stream.gcount() > 0) {
    body.append(part, static_cast<std::size_t>(stream.gcount()));
    if (body.size() > most) return std::nullopt;
  }
  return body;
}

class Handler final : public Poco::Net::HTTPRequestHandler {
 public:
  explicit Handler(Platform& platform) : platform_(platform) {}

  void handleRequest(HTTPServerRequest& request, HTTPServerResponse& response) override {
    const std::string path = request.getURI().substr(0, request.getURI().find('?'));
    if (path == "/receipts") return ShowReceipts(request, response);
    if (path == "/levers") return MoveLevers(request, response);
    const contract::Interface* interface = platform_.contract->Route(request.getURI());
    // Taken off the connection whatever the answer: what is left would be read as a request.
    const std::optional<std::string> body = ReadBody(request, BodyLimit());
    if (!body) {
      response.setKeepAlive(false);
      return Send(response, Refuse(413, interface, contract::messages::kBodyTooLarge));
    }
    if (interface == nullptr || !interface->ToPlatform()) {
      return Send(response, Refuse(404, nullptr, contract::messages::kUnknownPath));
    }
    if (request.getMethod() != "POST") {
      response.set("Allow", "POST");
      return Send(response, Refuse(405, interface, contract::messages::kWrongMethod));
    }
    const partner::Partner* partner = SignIn(request);
    if (partner == nullptr) {
      response.set("WWW-Authenticate", "Basic realm=\"platform\"");
      return Send(response, Refuse(401, interface, contract::messages::kCodeWrong));
    }
    Receive(*partner, *interface, *body, request, response);
  }

 private:
  static Answer Refuse(int status, const contract::Interface* interface, std::string_view message) {
    return {status, contract::EncodeAnswer(interface, {500, std::string(message), {}})};
  }

  static void Send(HTTPServerResponse& response, const Answer& answer) {
    response.setStatusAndReason(static_cast<Poco::Net::HTTPResponse::HTTPStatus>(answer.status));
    response.setContentType("application/json; charset=utf-8");
    response.sendBuffer(answer.body.data(), answer.body.size());
  }

  [[nodiscard]] std::size_t BodyLimit() const {
    return platform_.contract->interfaces().front().body_limit_bytes;
  }
  const partner::Partner* SignIn(const HTTPServerRequest& request) const;
  void Receive(const partner::Partner& partner, const contract::Interface& interface,
               const std::string& body, HTTPServerRequest& request, HTTPServerResponse& response);
  void ShowReceipts(const HTTPServerRequest& request, HTTPServerResponse& response);
  void MoveLevers(HTTPServerRequest& request, HTTPServerResponse& response);

  Platform& platform_;
};

const partner::Partner* Handler::SignIn(const HTTPServerRequest& request) const {
  constexpr std::string_view kScheme = "Basic ";
  const std::string header = request.get("Authorization", "");
  if (!header.starts_with(kScheme)) return nullptr;
  const auto credentials = crypto::DecodeBase64(std::string_view(header).substr(kScheme.size()));
  if (!credentials) return nullptr;
  const std::size_t colon = credentials->find(':');
  if (colon == std::string::npos) return nullptr;
  const std::string_view user = std::string_view(*credentials).substr(0, colon);
  const std::string_view password = std::string_view(*credentials).substr(colon + 1);
  for (const auto& partner : platform_.partners->partners()) {
    if (partner->platform.user == user && partner->platform.password.Matches(password)) {
      return partner.get();
    }
  }
  return nullptr;
}

// What names the notice beside its body.
Json IdentityHeaders(const HTTPServerRequest& request) {
  Json headers = Json::object();
  for (const auto& [name, value] : request) {
    std::string lower(name);
    for (char& one : lower) one = static_cast<char>(std::tolower(static_cast<unsigned char>(one)));
    if (lower.starts_with("x-") || lower == "idempotency-key" || lower == "traceparent") {
      headers[lower] = value;
    }
  }
  return headers;
}

void Handler::Receive(const partner::Partner& partner, const contract::Interface& interface,
                      const std::string& body, HTTPServerRequest& request,
                      HTTPServerResponse& response) {
  const NoticeCheck check = CheckNotice(interface, body);
  const std::optional<Misbehaviour> lever = platform_.levers.Take(partner.id, interface.section);
  Answer answer{
      200, contract::EncodeAnswer(&interface, {check.accepted ? 200 : 500, check.message, {}})};
  std::string verdict = check.accepted ? "accepted" : "refused";
  std::string message = check.message;
  if (lever) {
    message = lever->message;
    answer = {lever->status, contract::EncodeAnswer(&interface, {lever->code, lever->message, {}})};
    const bool success = lever->status == 200 && lever->code == 200;
    verdict = lever->cut ? "cut" : success ? verdict : "failed";
  }
  Json receipt{{"time", messaging::ToRfc3339(SystemClock().Now())},
               {"partner", partner.id},
               {"section", interface.section},
               {"path", interface.path}};
  receipt.update(check.facts);
  receipt["body_sha256"] = crypto::ToHex(crypto::Sha256(body));
  receipt["body_bytes"] = body.size();
  receipt["headers"] = IdentityHeaders(request);
  receipt["verdict"] = verdict;
  receipt["answered"] = lever && lever->cut ? 0 : answer.status;
  receipt["message"] = message;
  const Result<void> kept = platform_.receipts.Append(std::move(receipt));
  if (!kept) return Send(response, Refuse(503, &interface, contract::messages::kBusy));
  if (lever && lever->delay_ms > 0) platform_.Delay(lever->delay_ms);
  if (lever && lever->cut) {
    static_cast<Poco::Net::HTTPServerRequestImpl&>(request).detachSocket().close();
    return;
  }
  Send(response, answer);
}

void Handler::ShowReceipts(const HTTPServerRequest& request, HTTPServerResponse& response) {
  std::int64_t since = 0;
  for (const auto& [name, value] : Poco::URI(request.getURI()).getQueryParameters()) {
    const char* end = value.data() + value.size();
    const auto [read, error] = std::from_chars(value.data(), end, since);
    if (name != "since" || error != std::errc{} || read != end) {
      return Send(response, {400, R"({"error":"expected ?since=N"})"});
    }
  }
  Send(response,
       {200, platform_.receipts.Since(since).dump(-1, ' ', false, Json::error_handler_t::replace)});
}

void Handler::MoveLevers(HTTPServerRequest& request, HTTPServerResponse& response) {
  if (request.getMethod() == "POST") {
    const std::optional<std::string> body = ReadBody(request, kControlBytesMax);
    const Result<void> set = body ? platform_.levers.Set(*body)
                                  : Result<void>(Refused("levers", "at most 64 KiB", "body"));
    if (!body) response.setKeepAlive(false);
    if (!set) return Send(response, {400, Json{{"error", Describe(set.error())}}.dump()});
  } else if (request.getMethod() != "GET") {
    return Send(response, {405, R"({"error":"expected GET or POST"})"});
  }
  Send(response, {200, platform_.levers.Show().dump()});
}

class Factory final : public Poco::Net::HTTPRequestHandlerFactory {
 public:
  explicit Factory(Platform& platform) : platform_(platform) {}
  Poco::Net::HTTPRequestHandler* createRequestHandler(const HTTPServerRequest&) override {
    return new Handler(platform_);  // Poco deletes it
  }

 private:
  Platform& platform_;
};

class PocoPlatformServer final : public PlatformServer {
 public:
  PocoPlatformServer(const runtime::Address& address,
                     std::shared_ptr<const contract::Contract> contract,
                     std::shared_ptr<const partner::PartnerDirectory> partners,
                     ReceiptLog& receipts, Levers& levers)
      : platform_{std::move(contract), std::move(partners), receipts, levers, {}, {}, false},
        pool_(2, kServerThreads),
        socket_(BindAlone(address)),
        server_(new Factory(platform_), pool_, socket_, Parameters()) {
    server_.start();
  }
  ~PocoPlatformServer() override {
    {
      const std::lock_guard lock(platform_.mutex);
      platform_.stopping = true;
    }
    platform_.wake.notify_all();
    server_.stopAll(true);
    pool_.joinAll();
  }
  std::uint16_t port() const override { return socket_.address().port(); }

 private:
  static Poco::Net::HTTPServerParams::Ptr Parameters() {
    Poco::Net::HTTPServerParams::Ptr parameters = new Poco::Net::HTTPServerParams;
    parameters->setMaxThreads(kServerThreads);
    parameters->setMaxQueued(kServerQueueMax);
    parameters->setTimeout(Poco::Timespan(kTimeoutSeconds, 0));
    parameters->setKeepAlive(true);
    parameters->setKeepAliveTimeout(Poco::Timespan(kTimeoutSeconds, 0));
    return parameters;
  }

  Platform platform_;
  Poco::ThreadPool pool_;
  Poco::Net::ServerSocket socket_;
  Poco::Net::HTTPServer server_;
};

}  // namespace

Result<std::unique_ptr<PlatformServer>> PlatformServer::Start(
    const runtime::Address& address, std::shared_ptr<const contract::Contract> contract,
    std::shared_ptr<const partner::PartnerDirectory> partners, ReceiptLog& receipts,
    Levers& levers) {
  try {
    return std::make_unique<PocoPlatformServer>(address, std::move(contract), std::move(partners),
                                                receipts, levers);
  } catch (const Poco::Exception& failure) {
    return Refused("platform.listen",
                   address.host + ":" + std::to_string(address.port) + ": " + failure.displayText(),
                   "platform.address");
  }
}

}  // namespace guarantee::platform_simulator
