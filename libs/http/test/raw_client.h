// A socket that sends exactly the bytes it is given.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace guarantee::http {

struct Answer {
  int status = 0;  // 0: none came
  std::string head;
  std::string body;
};

class RawClient {
 public:
  // `source`: which loopback address it calls from.
  explicit RawClient(std::uint16_t port, const char* source = "127.0.0.1")
      : socket_(socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in from{};
    from.sin_family = AF_INET;
    from.sin_addr.s_addr = inet_addr(source);
    if (bind(socket_, reinterpret_cast<sockaddr*>(&from), sizeof(from)) != 0) return;
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    connected_ = connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof(address)) == 0;
  }
  ~RawClient() { close(socket_); }
  RawClient(const RawClient&) = delete;
  RawClient& operator=(const RawClient&) = delete;

  [[nodiscard]] bool connected() const { return connected_; }

  // False when the peer has closed.
  bool Send(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t sent = send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
  }

  void FinishSending() { shutdown(socket_, SHUT_WR); }

  // One answer framed by Content-Length.
  [[nodiscard]] Answer ReadAnswer(bool with_body = true) {
    std::size_t end = std::string::npos;
    while ((end = received_.find("\r\n\r\n")) == std::string::npos) {
      if (!ReadMore()) return {};
    }
    Answer answer;
    answer.head = received_.substr(0, end + 4);
    answer.status = std::stoi(answer.head.substr(9, 3));
    received_.erase(0, end + 4);
    const std::size_t at = answer.head.find("Content-Length: ");
    const std::size_t size =
        at == std::string::npos || !with_body ? 0 : std::stoul(answer.head.substr(at + 16));
    while (received_.size() < size && ReadMore()) {
    }
    answer.body = received_.substr(0, size);
    received_.erase(0, size);
    return answer;
  }

  // Waits for the peer to close; false when it has not within five seconds, or sent more.
  [[nodiscard]] bool IsClosed() {
    while (ReadMore()) {
    }
    return ended_ && received_.empty();
  }

  [[nodiscard]] const std::string& rest() const { return received_; }

 private:
  bool ReadMore() {
    pollfd entry{socket_, POLLIN, 0};
    if (poll(&entry, 1, 5000) != 1) return false;
    char block[4096];
    const ssize_t count = recv(socket_, block, sizeof(block), 0);
    if (count <= 0) {
      ended_ = true;
      return false;
    }
    received_.append(block, static_cast<std::size_t>(count));
    return true;
  }

  int socket_;
  bool connected_ = false;
  bool ended_ = false;
  std::string received_;
};

}  // namespace guarantee::http
