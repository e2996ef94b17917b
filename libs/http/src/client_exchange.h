// One attempt: take or open a connection, write the request, read the answer, judge what the other
// side may have seen.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <chrono>
#include <cstddef>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>

#include "client_names.h"
#include "client_stream.h"
#include "http/client.h"

namespace guarantee::http {

// Idle connections by origin and identity, and how many there are in all. On the client's thread.
class ClientConnections {
 public:
  using Key = std::tuple<std::string, std::string, const TlsIdentity*>;
  using Stream = std::shared_ptr<ClientStream>;

  ClientConnections(std::size_t connections_max, std::chrono::milliseconds idle_max)
      : connections_max_(connections_max), idle_max_(idle_max) {}

  // A quiet idle connection, the one used last, or null.
  [[nodiscard]] Stream Take(const Key& key);
  // Whether one more may be opened; counts it.
  [[nodiscard]] bool Admit(const Key& key);
  void Return(const Key& key, Stream stream);
  void Forget(const Key& key);
  void CloseIdle();

 private:
  struct Idle {
    Stream stream;
    std::chrono::steady_clock::time_point until;
  };
  struct Origin {
    std::deque<Idle> idle;
    std::size_t open = 0;  // idle and in use
  };
  const std::size_t connections_max_;
  const std::chrono::milliseconds idle_max_;
  std::map<Key, Origin> origins_;
};

// What every exchange shares; outlives them.
struct ClientContext {
  boost::asio::io_context& io;
  const Client::Options& options;
  HostNames& names;
  ClientConnections& connections;
};

// Lives until its handler has been called; on the client's thread.
class ClientExchange : public std::enable_shared_from_this<ClientExchange> {
 public:
  ClientExchange(ClientContext& shared, Call call, OutcomeHandler handler);

  // Once. The handler is called exactly once, later.
  void Run();
  // Ends the exchange from outside; the handler is called soon after.
  void Abort();

 private:
  using Deadline = std::chrono::steady_clock::time_point;
  using ErrorCode = boost::system::error_code;
  using Request = boost::beast::http::request<boost::beast::http::string_body>;
  using Parser = boost::beast::http::response_parser<boost::beast::http::string_body>;

  void Open();
  void FindAddress();
  void Connect(std::size_t endpoint);
  void SecureOrSend();
  void Handshake();
  void Send();
  void ReadHead();
  void JudgeHead(ErrorCode error);
  void ReadBody();
  void TakeAnswer();
  void Watch(Deadline deadline);
  void FailRead(ErrorCode error);
  // An expired watch or an abort explains any error of the socket.
  void Fail(Fault fault, std::string_view detail);
  void Finish();

  ClientContext& shared_;
  Call call_;
  OutcomeHandler handler_;
  const Deadline started_;
  ClientConnections::Key key_;
  ClientConnections::Stream stream_;
  boost::asio::steady_timer watch_;
  std::shared_ptr<boost::asio::steady_timer> lookup_;
  HostNames::Endpoints endpoints_;
  Request request_;
  boost::beast::flat_buffer buffer_;
  std::optional<Parser> parser_;
  int interim_answers_ = 0;
  unsigned watch_round_ = 0;
  bool expired_ = false;
  bool aborted_ = false;
  bool admitted_ = false;
  bool keep_ = false;
  Outcome outcome_;
};

}  // namespace guarantee::http
