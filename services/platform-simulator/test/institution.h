// An institution of a few lines for the tests of the conformance kit: right in everything, or wrong
// in one known way.
#pragma once

#include <Poco/Net/HTTPRequestHandler.h>
#include <Poco/Net/HTTPRequestHandlerFactory.h>
#include <Poco/Net/HTTPServer.h>
#include <Poco/Net/HTTPServerRequest.h>
#include <Poco/Net/HTTPServerResponse.h>
#include <Poco/Net/ServerSocket.h>

#include <istream>
#include <iterator>
#include <map>
#include <mutex>
#include <string>

#include "base/clock.h"
#include "contract/decode.h"
#include "contract/digest.h"
#include "contract/encode.h"
#include "contract/fields.h"
#include "contract/messages.h"
#include "crypto/base64.h"
#include "fixture.h"

namespace guarantee::platform_simulator {

enum class Flaw { kNone, kForgetsRepeats, kNamesNoField, kNoAllow, kNotOffered, kNumericText };

class Institution {
 public:
  explicit Institution(Flaw flaw, Poco::Net::ServerSocket socket = Poco::Net::ServerSocket(
                                      Poco::Net::SocketAddress("127.0.0.1", 0)))
      : flaw_(flaw),
        socket_(std::move(socket)),
        server_(new Factory(*this), socket_, new Poco::Net::HTTPServerParams) {
    server_.start();
  }
  Institution(const Institution&) = delete;
  Institution& operator=(const Institution&) = delete;
  ~Institution() { server_.stopAll(true); }

  [[nodiscard]] std::string Url(const std::string& scheme = "http") const {
    return scheme + "://127.0.0.1:" + std::to_string(socket_.address().port()) + "/front/";
  }

 private:
  using Request = Poco::Net::HTTPServerRequest;
  using Response = Poco::Net::HTTPServerResponse;

  class Handler final : public Poco::Net::HTTPRequestHandler {
   public:
    explicit Handler(Institution& institution) : institution_(institution) {}
    void handleRequest(Request& request, Response& response) override {
      institution_.Handle(request, response);
    }

   private:
    Institution& institution_;
  };
  class Factory final : public Poco::Net::HTTPRequestHandlerFactory {
   public:
    explicit Factory(Institution& institution) : institution_(institution) {}
    Poco::Net::HTTPRequestHandler* createRequestHandler(const Request&) override {
      return new Handler(institution_);
    }

   private:
    Institution& institution_;
  };

  void Send(Response& response, int status, const contract::Interface* interface,
            const contract::Answer& answer) const {
    std::string body = contract::EncodeAnswer(interface, answer);
    if (flaw_ == Flaw::kNumericText && status == 200) {
      body.replace(body.find(std::to_string(answer.code)), 3,
                   "\"" + std::to_string(answer.code) + "\"");
    }
    response.setStatusAndReason(static_cast<Poco::Net::HTTPResponse::HTTPStatus>(status));
    response.setContentType("application/json; charset=UTF-8");
    response.sendBuffer(body.data(), body.size());
  }
  void Refuse(Response& response, int status, const contract::Interface* interface,
              std::string_view message) const {
    Send(response, status, interface, {500, std::string(message), {}});
  }

  void Handle(Request& request, Response& response) {
    const std::string body(std::istreambuf_iterator<char>(request.stream()), {});
    const contract::Interface* interface = LoadedContract().Route(request.getURI());
    if (interface == nullptr) {
      return Refuse(response, 404, nullptr, contract::messages::kUnknownPath);
    }
    if (request.getMethod() != "POST") {
      if (flaw_ != Flaw::kNoAllow) response.set("Allow", "POST");
      return Refuse(response, 405, interface, contract::messages::kWrongMethod);
    }
    if (!TypeIsRight(request.getContentType())) {
      return Refuse(response, 415, interface, contract::messages::kWrongContentType);
    }
    if (const std::string_view refusal = SignIn(request); !refusal.empty()) {
      response.set("WWW-Authenticate", "Basic");
      return Refuse(response, 401, interface, refusal);
    }
    if (flaw_ == Flaw::kNotOffered) return Refuse(response, 503, interface, "服务暂未开通");
    Judge(*interface, body, response);
  }

  static bool TypeIsRight(const std::string& type) {
    if (type == Poco::Net::HTTPMessage::UNKNOWN_CONTENT_TYPE || type == "text/plain") return true;
    const std::string lower = Poco::toLower(type);
    return lower.starts_with("application/json") && lower.find("gbk") == std::string::npos;
  }

  static std::string_view SignIn(const Request& request) {
    const std::string header = request.get("Authorization", "");
    if (!header.starts_with("Basic ")) return contract::messages::kUserEmpty;
    const auto pair = crypto::DecodeBase64(std::string_view(header).substr(6));
    const std::size_t colon = pair ? pair->find(':') : std::string::npos;
    if (colon == std::string::npos || colon == 0) return contract::messages::kUserEmpty;
    if (pair->substr(0, colon) != "user") return contract::messages::kUserUnknown;
    return pair->substr(colon + 1) == "password" ? "" : contract::messages::kCodeWrong;
  }

  void Judge(const contract::Interface& interface, const std::string& body, Response& response) {
    const auto decoded = contract::Decode(interface, body, {});
    if (!decoded) {
      const bool form = decoded.error().kind == contract::FailureKind::kInvalid;
      const bool silent = form && flaw_ == Flaw::kNamesNoField;
      return Refuse(response, form ? 200 : 400, &interface,
                    silent ? contract::messages::kFieldFormat : decoded.error().message);
    }
    for (const contract::Item& item : decoded->items) {
      if (item.failure) return Refuse(response, 200, &interface, item.failure->message);
      const std::string_view refusal = Register(interface, *item.message);
      if (!refusal.empty()) return Refuse(response, 200, &interface, refusal);
    }
    const bool finding = interface.answer == contract::AnswerShape::kCreditCheck;
    if (interface.synchronous && !finding) {
      return Refuse(response, 200, &interface, UnknownText(interface));
    }
    Send(response, 200, &interface,
         {finding ? 2 : 200, std::string(contract::messages::kDone), "https://bank.example.com/1"});
  }

  static std::string_view UnknownText(const contract::Interface& interface) {
    if (!interface.flow.through.empty()) return contract::messages::kNumberUnknown;
    return interface.flow.kind == contract::FlowKind::kOrder
               ? contract::messages::kOrderUnknown
               : contract::messages::kGuaranteeUnknown;
  }

  std::string_view Register(const contract::Interface& interface,
                            const google::protobuf::Message& message) {
    if (interface.registered.number == nullptr || flaw_ == Flaw::kForgetsRepeats) return {};
    const std::lock_guard lock(mutex_);
    const std::string key =
        interface.section + contract::FieldText(message, *interface.registered.number);
    const std::string canonical = contract::CanonicalForm(interface, message, {});
    const auto known = known_.find(key);
    if (known != known_.end()) {
      return known->second == canonical ? "" : contract::messages::kDuplicateNumber;
    }
    const std::int64_t now = SystemClock().Now().value;
    const auto* plan = interface.message.Find("bzj_end_time");
    if (plan != nullptr && message.GetReflection()->GetInt64(message, plan->descriptor) < now) {
      return contract::messages::kPastDeadline;
    }
    const auto* amount = interface.message.Find("em_amount_fen");
    if (amount != nullptr && message.GetReflection()->GetInt64(message, amount->descriptor) == 0) {
      return contract::messages::kAmountFormat;
    }
    for (const contract::FieldPlan* field : interface.registered.unique) {
      const std::string unique = interface.section + "#" + contract::FieldText(message, *field);
      if (!known_.emplace(unique, "").second) return contract::messages::kDuplicateOrder;
    }
    known_[key] = canonical;
    return {};
  }

  const Flaw flaw_;
  std::mutex mutex_;
  std::map<std::string, std::string> known_;
  Poco::Net::ServerSocket socket_;
  Poco::Net::HTTPServer server_;
};

}  // namespace guarantee::platform_simulator
