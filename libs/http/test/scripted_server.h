// A TCP server for tests that does to its callers what a script says: answers, half answers,
// silence, resets. Every complete request is logged, so that a test can judge what was received.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <csignal>
#include <cstdlib>
#include <functional>
#include <list>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace guarantee::http::testing {

struct ReceivedRequest {
  std::string head;
  std::string body;
  std::size_t number_on_connection = 0;  // from 0

  [[nodiscard]] std::string Target() const {
    const std::size_t start = head.find(' ') + 1;
    return head.substr(start, head.find(' ', start) - start);
  }
  // Value of a field, exact name; empty when absent.
  [[nodiscard]] std::string FieldValue(const std::string& name) const {
    const std::size_t at = head.find("\r\n" + name + ": ");
    if (at == std::string::npos) return {};
    const std::size_t start = at + name.size() + 4;
    return head.substr(start, head.find("\r\n", start) - start);
  }
};

enum class Afterwards { kKeep, kClose, kReset, kHold };

struct ScriptedReply {
  std::string bytes;                          // as they go out
  Afterwards afterwards = Afterwards::kKeep;  // kHold: silent until the server ends
};

// "HTTP/1.1 <status> X" with a Content-Length.
inline ScriptedReply Answer(int status, const std::string& body, const std::string& fields = {}) {
  return {"HTTP/1.1 " + std::to_string(status) + " X\r\nContent-Length: " +
              std::to_string(body.size()) + "\r\n" + fields + "\r\n" + body,
          Afterwards::kKeep};
}
inline ScriptedReply Raw(std::string bytes, Afterwards afterwards) {
  return {std::move(bytes), afterwards};
}

class ScriptedServer {
 public:
  using Script = std::function<ScriptedReply(const ReceivedRequest&)>;

  // `context`: null for plain HTTP; outlives the server.
  explicit ScriptedServer(Script script, SSL_CTX* context = nullptr, int port = 0)
      : script_(std::move(script)), context_(context), listener_(Listen(port)) {
    std::signal(SIGPIPE, SIG_IGN);  // OpenSSL writes to sockets that the client has closed
    acceptor_ = std::thread([this] { Accept(); });
  }
  ~ScriptedServer() { Stop(); }
  ScriptedServer(const ScriptedServer&) = delete;
  ScriptedServer& operator=(const ScriptedServer&) = delete;

  [[nodiscard]] int port() const { return port_; }
  [[nodiscard]] std::string BaseUrl() const {
    return (context_ != nullptr ? "https://localhost:" : "http://127.0.0.1:") +
           std::to_string(port_) + "/front/";
  }
  [[nodiscard]] std::vector<ReceivedRequest> Received() const {
    const std::lock_guard lock(mutex_);
    return received_;
  }
  [[nodiscard]] std::size_t Connections() const { return connections_; }
  [[nodiscard]] bool AwaitReceived(std::size_t count, std::chrono::milliseconds timeout) const {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, timeout, [&] { return received_.size() >= count; });
  }
  void SetScript(Script script) {
    const std::lock_guard lock(mutex_);
    script_ = std::move(script);
  }
  void Stop() {
    {
      const std::lock_guard lock(mutex_);
      if (stopping_) return;
      stopping_ = true;
      ::shutdown(listener_, SHUT_RDWR);
      for (const int socket : sockets_) ::shutdown(socket, SHUT_RDWR);
      changed_.notify_all();
    }
    acceptor_.join();
    for (std::thread& thread : threads_) thread.join();
    ::close(listener_);
  }

 private:
  int Listen(int port) {
    const int listener = ::socket(AF_INET, SOCK_STREAM, 0);
    const int yes = 1;
    ::setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    auto* generic = reinterpret_cast<sockaddr*>(&address);
    if (::bind(listener, generic, sizeof(address)) != 0 || ::listen(listener, 512) != 0) {
      std::abort();  // a test without its server proves nothing
    }
    socklen_t length = sizeof(address);
    ::getsockname(listener, generic, &length);
    port_ = ntohs(address.sin_port);
    return listener;
  }

  void Accept() {
    for (;;) {
      const int socket = ::accept(listener_, nullptr, nullptr);
      const std::lock_guard lock(mutex_);
      if (socket < 0 || stopping_) {
        if (socket >= 0) ::close(socket);
        return;
      }
      ++connections_;
      sockets_.push_back(socket);
      threads_.emplace_back([this, socket] { Serve(socket); });
    }
  }

  struct Wire {
    int socket;
    SSL* tls;
    long Read(char* into, std::size_t size) const {
      return tls != nullptr ? SSL_read(tls, into, static_cast<int>(size))
                            : ::recv(socket, into, size, 0);
    }
    bool Write(const std::string& bytes) const {
      std::size_t done = 0;
      while (done < bytes.size()) {
        const std::size_t left = bytes.size() - done;
        const long wrote = tls != nullptr
                               ? SSL_write(tls, bytes.data() + done, static_cast<int>(left))
                               : ::send(socket, bytes.data() + done, left, MSG_NOSIGNAL);
        if (wrote <= 0) return false;
        done += static_cast<std::size_t>(wrote);
      }
      return true;
    }
  };

  void Serve(int socket) {
    Wire wire{socket, nullptr};
    bool open = true;
    if (context_ != nullptr) {
      wire.tls = SSL_new(context_);
      SSL_set_fd(wire.tls, socket);
      open = SSL_accept(wire.tls) == 1;
    }
    std::string buffer;
    for (std::size_t number = 0; open; ++number) {
      ReceivedRequest request;
      request.number_on_connection = number;
      open = ReadRequest(wire, buffer, request) && Reply(wire, request);
    }
    if (wire.tls != nullptr) SSL_free(wire.tls);
    const std::lock_guard lock(mutex_);
    sockets_.remove(socket);
    ::close(socket);
  }

  static bool ReadRequest(const Wire& wire, std::string& buffer, ReceivedRequest& request) {
    std::size_t end = 0;
    std::size_t want = std::string::npos;
    while (want == std::string::npos || buffer.size() < want) {
      end = buffer.find("\r\n\r\n");
      if (end != std::string::npos && want == std::string::npos) {
        request.head = buffer.substr(0, end + 2);
        const std::string length = request.FieldValue("Content-Length");
        want = end + 4 + (length.empty() ? 0 : std::stoul(length));
        continue;
      }
      char piece[16384];
      const long got = wire.Read(piece, sizeof(piece));
      if (got <= 0) return false;
      buffer.append(piece, static_cast<std::size_t>(got));
    }
    request.body = buffer.substr(end + 4, want - end - 4);
    buffer.erase(0, want);
    return true;
  }

  bool Reply(const Wire& wire, const ReceivedRequest& request) {
    Script script;
    {
      const std::lock_guard lock(mutex_);
      received_.push_back(request);
      script = script_;
      changed_.notify_all();
    }
    const ScriptedReply reply = script(request);
    const bool wrote = wire.Write(reply.bytes);
    if (reply.afterwards == Afterwards::kHold) {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [this] { return stopping_.load(); });
    }
    if (reply.afterwards == Afterwards::kReset) {
      const linger at_once{1, 0};
      ::setsockopt(wire.socket, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
    }
    return wrote && reply.afterwards == Afterwards::kKeep;
  }

  Script script_;
  SSL_CTX* const context_;
  int port_ = 0;
  const int listener_;
  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  std::atomic<bool> stopping_{false};
  std::atomic<std::size_t> connections_{0};
  std::vector<ReceivedRequest> received_;
  std::list<int> sockets_;
  std::vector<std::thread> threads_;
  std::thread acceptor_;
};

}  // namespace guarantee::http::testing
