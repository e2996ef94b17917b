#include "platform-simulator/conformance/listener.h"

#include <Poco/Exception.h>
#include <Poco/Net/HTTPRequestHandler.h>
#include <Poco/Net/HTTPRequestHandlerFactory.h>
#include <Poco/Net/HTTPServer.h>
#include <Poco/Net/HTTPServerRequest.h>
#include <Poco/Net/HTTPServerResponse.h>
#include <Poco/Net/ServerSocket.h>
#include <Poco/ThreadPool.h>
#include <fmt/format.h>

#include <istream>
#include <mutex>

#include "contract/encode.h"
#include "contract/messages.h"
#include "platform-simulator/bind.h"
#include "platform-simulator/notice_check.h"

namespace guarantee::platform_simulator::conformance {
namespace {

using Poco::Net::HTTPServerRequest;
using Poco::Net::HTTPServerResponse;

constexpr int kThreads = 64;
constexpr int kQueueMax = 64;
constexpr int kTimeoutSeconds = 60;
constexpr std::size_t kPartBytes = 16U << 10;

class Ledger {
 public:
  explicit Ledger(std::shared_ptr<const contract::Contract> contract)
      : contract_(std::move(contract)) {}

  [[nodiscard]] const contract::Contract& contract() const { return *contract_; }
  void Enter(const std::string& section, const NoticeCheck& check) {
    const std::lock_guard lock(mutex_);
    NoticesSeen& seen = seen_[section];
    if (check.accepted) {
      ++seen.accepted;
    } else if (seen.faults.size() < kNoticeFaultsMax) {
      seen.faults.push_back(check.message);
    }
  }
  [[nodiscard]] std::map<std::string, NoticesSeen, std::less<>> Seen() const {
    const std::lock_guard lock(mutex_);
    return seen_;
  }

 private:
  const std::shared_ptr<const contract::Contract> contract_;
  mutable std::mutex mutex_;
  std::map<std::string, NoticesSeen, std::less<>> seen_;
};

class NoticeHandler final : public Poco::Net::HTTPRequestHandler {
 public:
  explicit NoticeHandler(Ledger& ledger) : ledger_(ledger) {}

  void handleRequest(HTTPServerRequest& request, HTTPServerResponse& response) override {
    const contract::Interface* interface = ledger_.contract().Route(request.getURI());
    const std::size_t most = ledger_.contract().interfaces().front().body_limit_bytes;
    const std::optional<std::string> body = Read(request, most);
    if (!body) {
      response.setKeepAlive(false);
      return Refuse(response, 413, interface, contract::messages::kBodyTooLarge);
    }
    if (interface == nullptr || !interface->ToPlatform()) {
      return Refuse(response, 404, nullptr, contract::messages::kUnknownPath);
    }
    if (!request.get("Authorization", "").starts_with("Basic ")) {
      response.set("WWW-Authenticate", "Basic realm=\"platform\"");
      return Refuse(response, 401, interface, contract::messages::kUserEmpty);
    }
    const NoticeCheck check = CheckNotice(*interface, *body);
    ledger_.Enter(interface->section, check);
    Answer(response, 200, interface, {check.accepted ? 200 : 500, check.message, {}});
  }

 private:
  static std::optional<std::string> Read(HTTPServerRequest& request, std::size_t most) {
    std::string body;
    char part[kPartBytes];
    std::istream& stream = request.stream();
    while (stream.read(part, sizeof part), stream.gcount() > 0) {
      body.append(part, static_cast<std::size_t>(stream.gcount()));
      if (body.size() > most) return std::nullopt;
    }
    return body;
  }
  static void Refuse(HTTPServerResponse& response, int status, const contract::Interface* interface,
                     std::string_view message) {
    Answer(response, status, interface, {500, std::string(message), {}});
  }
  static void Answer(HTTPServerResponse& response, int status, const contract::Interface* interface,
                     const contract::Answer& answer) {
    const std::string body = contract::EncodeAnswer(interface, answer);
    response.setStatusAndReason(static_cast<Poco::Net::HTTPResponse::HTTPStatus>(status));
    response.setContentType("application/json; charset=utf-8");
    response.sendBuffer(body.data(), body.size());
  }

  Ledger& ledger_;
};

class Factory final : public Poco::Net::HTTPRequestHandlerFactory {
 public:
  explicit Factory(Ledger& ledger) : ledger_(ledger) {}
  Poco::Net::HTTPRequestHandler* createRequestHandler(const HTTPServerRequest&) override {
    return new NoticeHandler(ledger_);  // Poco deletes it
  }

 private:
  Ledger& ledger_;
};

class PocoListener final : public Listener {
 public:
  PocoListener(const runtime::Address& address, std::shared_ptr<const contract::Contract> contract)
      : ledger_(std::move(contract)),
        pool_(2, kThreads),
        socket_(BindAlone(address)),
        server_(new Factory(ledger_), pool_, socket_, Parameters()) {
    server_.start();
  }
  ~PocoListener() override {
    server_.stopAll(true);
    pool_.joinAll();
  }
  std::uint16_t port() const override { return socket_.address().port(); }
  std::map<std::string, NoticesSeen, std::less<>> Seen() const override { return ledger_.Seen(); }

 private:
  static Poco::Net::HTTPServerParams::Ptr Parameters() {
    Poco::Net::HTTPServerParams::Ptr parameters = new Poco::Net::HTTPServerParams;
    parameters->setMaxThreads(kThreads);
    parameters->setMaxQueued(kQueueMax);
    parameters->setTimeout(Poco::Timespan(kTimeoutSeconds, 0));
    return parameters;
  }

  Ledger ledger_;
  Poco::ThreadPool pool_;
  Poco::Net::ServerSocket socket_;
  Poco::Net::HTTPServer server_;
};

}  // namespace

Result<std::unique_ptr<Listener>> Listener::Start(
    const runtime::Address& address, std::shared_ptr<const contract::Contract> contract) {
  try {
    return std::make_unique<PocoListener>(address, std::move(contract));
  } catch (const Poco::Exception& failure) {
    return Refused("conformance.listen",
                   fmt::format("{}:{}: {}", address.host, address.port, failure.displayText()));
  }
}

Result<Receipts> ReadReceipts(const std::string& platform_url, const std::string& partner,
                              std::int64_t since) {
  const auto away = [&platform_url] {
    return Retryable("conformance.receipts", "no platform-simulator answers at " + platform_url);
  };
  auto connection = HttpConnection::Make(platform_url, kAnswerTimeout);
  if (!connection) return tl::unexpected(connection.error());
  Receipts receipts{{}, since};
  for (;;) {
    const auto answer = (*connection)->Get(fmt::format("/receipts?since={}", receipts.next));
    if (!answer || answer->status != 200) return away();
    const Json page = Json::parse(answer->body, nullptr, false);
    if (!page.is_object() || !page.contains("receipts") || !page.contains("next")) return away();
    for (const Json& receipt : page["receipts"]) {
      if (receipt.value("partner", "") != partner) continue;
      NoticesSeen& seen = receipts.seen[receipt.value("section", "")];
      const std::string verdict = receipt.value("verdict", "");
      if (verdict == "accepted") ++seen.accepted;
      if (verdict == "refused" && seen.faults.size() < kNoticeFaultsMax) {
        seen.faults.push_back(receipt.value("message", ""));
      }
    }
    const auto next = page["next"].get<std::int64_t>();
    if (next == receipts.next) return receipts;
    receipts.next = next;
  }
}

}  // namespace guarantee::platform_simulator::conformance
