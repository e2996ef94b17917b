// What crosses the HTTP boundary. Plain values; no type of the HTTP library.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"

namespace guarantee::http {

struct Field {
  std::string name;   // as received; compared without regard to case
  std::string value;  // without surrounding white space

  bool operator==(const Field&) const = default;
};

// A head that passed every check of request_head.h.
struct RequestHead {
  std::string method;
  std::string target;  // as origin-form, query included, nothing decoded
  bool http_1_0 = false;
  std::vector<Field> fields;
  std::optional<std::uint64_t> content_length;  // bytes
  bool chunked = false;
  bool wants_close = false;  // HTTP/1.0, or `Connection: close`
  bool expects_continue = false;
  std::string source_address;  // peer of the socket, IPv4-mapped addresses as IPv4

  // The first field of that name; nothing when there is none.
  [[nodiscard]] std::optional<std::string_view> Find(std::string_view name) const;
  [[nodiscard]] bool HasBody() const { return chunked || content_length.value_or(0) > 0; }
};

struct Body {
  std::string bytes;
  UnixMillis received_at;  // when the last byte was read
};

// The server adds Date, Content-Length and Connection.
struct Response {
  int status = 200;
  std::string content_type;
  std::string body;
  std::vector<Field> fields;
  bool close = false;  // close the connection after this answer
};

// Why the server itself turns a request away; the text of the answer is the handler's.
struct Refusal {
  int status = 400;    // 400 408 411 413 414 417 431 500 501 503 505
  std::string reason;  // fixed English words, never bytes of the request
};

// All of them settings; each is enforced by the server, none by its callers.
struct ServerLimits {
  std::chrono::milliseconds head_timeout{10'000};    // first byte to the end of the head
  std::chrono::milliseconds body_timeout{30'000};    // end of the head to the last body byte
  std::chrono::milliseconds idle_timeout{75'000};    // between requests
  std::chrono::milliseconds answer_timeout{30'000};  // for the handler
  std::chrono::milliseconds write_timeout{30'000};
  std::chrono::milliseconds linger_timeout{2'000};   // reading on after an early answer
  std::chrono::milliseconds body_rate_grace{5'000};  // before body_bytes_per_second_min counts
  std::size_t body_bytes_per_second_min = 1'000;
  std::size_t header_bytes_max = 16 * 1024;  // request line and fields together
  std::size_t header_fields_max = 100;
  std::size_t target_bytes_max = 8 * 1024;
  std::size_t body_bytes_max = std::size_t{32} << 20U;
  std::size_t buffered_body_bytes_max = std::size_t{512} << 20U;  // all connections together
  std::size_t linger_bytes_max = std::size_t{1} << 20U;
  std::size_t connections_max = 4096;
  std::size_t connections_per_source_max = 1024;
  std::size_t requests_per_connection_max = 10'000;
};

}  // namespace guarantee::http
