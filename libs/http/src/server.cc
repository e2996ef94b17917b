#include "http/server.h"

#include <fmt/format.h>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <charconv>
#include <thread>

#include "connection.h"
#include "response_text.h"
#include "server_core.h"

namespace guarantee::http {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

constexpr std::chrono::milliseconds kAcceptPause{100};
constexpr std::chrono::milliseconds kAbortTimeout{5'000};

Result<tcp::endpoint> ParseAddress(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  std::uint16_t port = 0;
  bool sound = colon != std::string_view::npos && colon + 1 < text.size();
  if (sound) {
    const auto [end, error] =
        std::from_chars(text.data() + colon + 1, text.data() + text.size(), port);
    sound = error == std::errc{} && end == text.data() + text.size();
  }
  std::string_view host = text.substr(0, colon);
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  error_code error;
  const auto address = asio::ip::make_address(std::string(host), error);
  if (!sound || error) return Refused("http.address", "must be <IP address>:<port>");
  return tcp::endpoint(address, port);
}

std::string SourceText(const tcp::endpoint& peer) {
  const asio::ip::address address = peer.address();
  if (address.is_v6() && address.to_v6().is_v4_mapped()) {
    return asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6()).to_string();
  }
  return address.to_string();
}

class BeastServer final : public HttpServer {
 public:
  BeastServer(const ServerOptions& options, Handler& handler)
      : core_(std::make_shared<ServerCore>()),
        strand_(asio::make_strand(core_->context)),
        acceptor_(strand_),
        pause_(strand_),
        thread_count_(options.threads) {
    core_->limits = options.limits;
    core_->clock = options.clock;
    core_->handler = &handler;
  }

  ~BeastServer() override {
    StopAccepting();
    for (const auto& connection : core_->Connections()) connection->Abort();
    core_->WaitUntilEmpty(kAbortTimeout);
    core_->context.stop();
    for (std::thread& thread : threads_) thread.join();
  }
  BeastServer(const BeastServer&) = delete;
  BeastServer& operator=(const BeastServer&) = delete;

  Result<void> Listen(const tcp::endpoint& endpoint) {
    error_code error;
    acceptor_.open(endpoint.protocol(), error);
    if (!error) acceptor_.set_option(tcp::acceptor::reuse_address(true), error);
    if (!error) acceptor_.bind(endpoint, error);
    if (!error) acceptor_.listen(asio::socket_base::max_listen_connections, error);
    if (error)
      return Refused("http.address",
                     fmt::format("cannot listen on {}:{}: {}", endpoint.address().to_string(),
                                 endpoint.port(), error.message()));
    port_ = acceptor_.local_endpoint().port();
    asio::post(strand_, [this] { Accept(); });
    for (std::size_t at = 0; at < thread_count_; ++at) {
      threads_.emplace_back([this] { core_->context.run(); });
    }
    return {};
  }

  std::uint16_t port() const override { return port_; }

  ServerCounters counters() const override {
    return {core_->open(),          core_->accepted.load(), core_->turned_away.load(),
            core_->requests.load(), core_->refused.load(),  core_->body_bytes.load()};
  }

  bool Drain(std::chrono::milliseconds timeout) override {
    core_->draining = true;
    StopAccepting();
    for (const auto& connection : core_->Connections()) connection->Retire();
    return core_->WaitUntilEmpty(timeout);
  }

 private:
  void Accept() {
    acceptor_.async_accept(
        asio::make_strand(core_->context),
        [this](error_code error, tcp::socket socket) { OnAccepted(error, std::move(socket)); });
  }

  void OnAccepted(error_code error, tcp::socket socket) {
    if (!acceptor_.is_open()) return;
    if (error) {
      // Out of descriptors, most likely; trying again at once would only burn the processor.
      pause_.expires_after(kAcceptPause);
      pause_.async_wait([this](error_code cancelled) {
        if (!cancelled && acceptor_.is_open()) Accept();
      });
      return;
    }
    Take(std::move(socket));
    Accept();
  }

  void Take(tcp::socket socket) {
    error_code error;
    const tcp::endpoint peer = socket.remote_endpoint(error);
    if (error) return;
    core_->accepted.fetch_add(1, std::memory_order_relaxed);
    const std::string source = SourceText(peer);
    if (!core_->Enter(source)) return TurnAway(std::move(socket));
    std::make_shared<Connection>(core_, std::move(socket), source)->Start();
  }

  // One attempt that cannot block: a new socket's buffer takes so short an answer whole.
  void TurnAway(tcp::socket socket) {
    core_->turned_away.fetch_add(1, std::memory_order_relaxed);
    error_code ignored;
    socket.non_blocking(true, ignored);
    const std::string text = MakeResponseText(core_->handler->Refuse({503, "too many connections"}),
                                              core_->clock->Now(), true, true);
    socket.write_some(asio::buffer(text), ignored);
    socket.shutdown(tcp::socket::shutdown_send, ignored);
  }

  void StopAccepting() {
    asio::post(strand_, [this] {
      error_code ignored;
      acceptor_.close(ignored);
      pause_.cancel();
    });
  }

  std::shared_ptr<ServerCore> core_;
  asio::executor_work_guard<asio::io_context::executor_type> work_{core_->context.get_executor()};
  asio::strand<asio::io_context::executor_type> strand_;
  tcp::acceptor acceptor_;
  asio::steady_timer pause_;
  std::size_t thread_count_;
  std::uint16_t port_ = 0;
  std::vector<std::thread> threads_;
};

}  // namespace

Result<std::unique_ptr<HttpServer>> HttpServer::Start(const ServerOptions& options,
                                                      Handler& handler) {
  const Result<tcp::endpoint> endpoint = ParseAddress(options.address);
  if (!endpoint) return tl::unexpected(endpoint.error());
  auto server = std::make_unique<BeastServer>(options, handler);
  if (const Result<void> listening = server->Listen(*endpoint); !listening) {
    return tl::unexpected(listening.error());
  }
  return server;
}

}  // namespace guarantee::http
