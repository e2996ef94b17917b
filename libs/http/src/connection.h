// One accepted socket. Everything of it runs on its strand.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <memory>
#include <optional>
#include <string>

#include "http/request_head.h"
#include "http/server.h"
#include "server_core.h"

namespace guarantee::http {

class Connection final : public std::enable_shared_from_this<Connection> {
 public:
  // `core` has already counted it; the destructor gives the place back.
  Connection(std::shared_ptr<ServerCore> core, boost::asio::ip::tcp::socket socket,
             std::string source);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  void Start();
  // Both on any thread. Retire closes the connection if it is between requests, else after the
  // answer under way; Abort closes it now.
  void Retire();
  void Abort();

 private:
  using Parser =
      boost::beast::http::request_parser<boost::beast::http::string_body, std::allocator<char>>;
  enum class Phase { kIdle, kHead, kAdmission, kBody, kAnswer, kWrite, kLinger, kClosed };

  void ReadHead();
  void OnHeadBytes(boost::system::error_code error, std::size_t count);
  void OnHeadComplete();
  [[nodiscard]] std::optional<Refusal> StartParser();
  void AskHandler();
  void OnAdmission(std::uint64_t number, Admission admission);
  void SendContinue();
  void ReadBody();
  void OnBodyBytes(boost::system::error_code error);
  void OnBodyComplete();
  [[nodiscard]] bool AccountBody();
  [[nodiscard]] bool IsTooSlow() const;
  void OnAnswer(std::uint64_t number, Response response);
  void Refuse(int status, std::string_view reason);
  void Write(Response response, bool body_unread);
  void OnWritten(boost::system::error_code error);
  void NextRequest();
  void Linger();
  void OnLingerBytes(boost::system::error_code error, std::size_t count);
  void Close();
  void Arm(std::chrono::milliseconds timeout);
  void OnDeadline();
  void ReleaseBody();

  std::shared_ptr<ServerCore> core_;
  boost::asio::ip::tcp::socket socket_;
  boost::asio::steady_timer timer_;
  const std::string source_;
  boost::beast::flat_buffer buffer_;
  HeadScanner scanner_;
  std::optional<Parser> parser_;
  std::shared_ptr<const RequestHead> head_;
  std::unique_ptr<Exchange> exchange_;
  std::string outgoing_;
  Phase phase_ = Phase::kIdle;
  std::uint64_t number_ = 0;  // of the request; answers to an earlier one are dropped
  std::uint64_t armed_ = 0;   // of the deadline; an earlier one that still fires is ignored
  std::size_t body_bytes_accounted_ = 0;
  std::size_t lingered_bytes_ = 0;
  std::int64_t body_began_ms_ = 0;
  bool skipped_empty_line_ = false;
  bool timed_out_ = false;
  bool retiring_ = false;
  bool close_after_write_ = false;
  bool linger_after_write_ = false;
};

}  // namespace guarantee::http
