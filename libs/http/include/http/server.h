// An HTTP/1.1 server: strict about framing, bounded in everything, asynchronous throughout.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <variant>

#include "base/clock.h"
#include "base/result.h"
#include "http/request.h"

namespace guarantee::http {

// The way to answer one request; copies share it. Send may be called on any thread, within the
// handler or long after it. The first answer counts, later ones are dropped. When the last copy
// goes without an answer, the handler's text for status 500 is sent: no request stays unanswered.
class Responder {
 public:
  using Sink = std::function<void(Response)>;
  // `sink` is called once; with `unanswered` if nobody sends.
  Responder(Sink sink, Response unanswered);
  void Send(Response response) const;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

// What the handler keeps of an admitted request from its head to its body.
class Exchange {
 public:
  virtual ~Exchange() = default;
  // On a thread of the server; must not block. Only called with a complete body.
  virtual void OnBody(Body body, Responder responder) = 0;
};

// Go on to the body, or answer now. An early answer to a request with a body closes the connection.
using Admission = std::variant<std::unique_ptr<Exchange>, Response>;
using AdmissionReport = std::function<void(Admission)>;

// Thread-safe; outlives the server.
class Handler {
 public:
  virtual ~Handler() = default;
  // Judges a head before one byte of its body is buffered. On a thread of the server; must not
  // block; calls `report` exactly once, on any thread, within answer_timeout. `head` may be kept.
  virtual void OnHead(std::shared_ptr<const RequestHead> head, AdmissionReport report) = 0;
  // The answer to what the server refuses by itself.
  [[nodiscard]] virtual Response Refuse(const Refusal& refusal) = 0;
};

struct ServerOptions {
  std::string address;  // "127.0.0.1:8080", "[::1]:8080"; port 0: any
  std::size_t threads = 2;
  ServerLimits limits;
  const Clock* clock = nullptr;  // outlives the server
};

struct ServerCounters {
  std::uint64_t connections_open = 0;
  std::uint64_t connections_accepted = 0;
  std::uint64_t connections_turned_away = 0;  // over connections_max or the limit of a source
  std::uint64_t requests = 0;                 // complete heads that passed
  std::uint64_t refused = 0;                  // answered by Handler::Refuse
  std::uint64_t body_bytes_buffered = 0;
};

class HttpServer {
 public:
  // Listens when it returns. Refused "http.address" for an address that cannot be read or bound.
  [[nodiscard]] static Result<std::unique_ptr<HttpServer>> Start(const ServerOptions& options,
                                                                 Handler& handler);
  virtual ~HttpServer() = default;
  [[nodiscard]] virtual std::uint16_t port() const = 0;
  [[nodiscard]] virtual ServerCounters counters() const = 0;
  // Stops accepting, closes idle connections, lets requests in flight finish. False: some were
  // still open after `timeout`. Requests that arrive on a connection meanwhile are still served.
  virtual bool Drain(std::chrono::milliseconds timeout) = 0;
};

}  // namespace guarantee::http
