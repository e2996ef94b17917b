// One connection, plain or TLS, as Beast's algorithms want it. Lives on the client's thread.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl.hpp>
#include <memory>
#include <string>
#include <utility>

#include "http/client.h"

namespace guarantee::http {

class OpenSslIdentity final : public TlsIdentity {
 public:
  explicit OpenSslIdentity(boost::asio::ssl::context context) : context_(std::move(context)) {}
  // Asio takes the context by reference to non-const, though it only counts a reference.
  [[nodiscard]] boost::asio::ssl::context& context() const { return context_; }

 private:
  mutable boost::asio::ssl::context context_;
};

class ClientStream {
 public:
  using executor_type = boost::asio::ip::tcp::socket::executor_type;
  using Socket = boost::asio::ip::tcp::socket;
  using TlsStream = boost::asio::ssl::stream<Socket&>;

  explicit ClientStream(const boost::asio::any_io_executor& executor) : socket_(executor) {}

  executor_type get_executor() { return socket_.get_executor(); }
  Socket& socket() { return socket_; }
  // Puts TLS over the connected socket; `identity` lives as long as the stream.
  TlsStream& MakeTls(std::shared_ptr<const TlsIdentity> identity) {
    identity_ = std::move(identity);
    const auto& ours = static_cast<const OpenSslIdentity&>(*identity_);
    tls_ = std::make_unique<TlsStream>(socket_, ours.context());
    return *tls_;
  }
  // Says in the handshake which host is meant.
  [[nodiscard]] static bool NameServer(TlsStream& tls, std::string host);
  void Close() {
    boost::system::error_code ignored;  // there is nothing to do about a close that fails
    socket_.close(ignored);
  }
  // Whether an idle connection is still open and silent, as it must be to carry a request.
  [[nodiscard]] bool IsQuiet();

  template <typename Buffers, typename Token>
  auto async_read_some(const Buffers& buffers, Token&& token) {
    return tls_ ? tls_->async_read_some(buffers, std::forward<Token>(token))
                : socket_.async_read_some(buffers, std::forward<Token>(token));
  }
  template <typename Buffers, typename Token>
  auto async_write_some(const Buffers& buffers, Token&& token) {
    return tls_ ? tls_->async_write_some(buffers, std::forward<Token>(token))
                : socket_.async_write_some(buffers, std::forward<Token>(token));
  }

 private:
  std::shared_ptr<const TlsIdentity> identity_;
  Socket socket_;
  std::unique_ptr<TlsStream> tls_;
};

}  // namespace guarantee::http
