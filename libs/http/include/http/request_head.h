// The strict reader of a request head (RFC 9112). It refuses what two readers could take for two
// different requests, however lenient the specification would let it be; the HTTP library parses
// the same bytes again afterwards and both must agree.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "http/request.h"

namespace guarantee::http {

// Looks for the empty line that ends a head in bytes that arrive bit by bit, and stops at the
// first byte that no head may hold: a line feed without carriage return, the reverse, a control
// character. So a head that can never end is refused at once and not after a timeout.
class HeadScanner {
 public:
  enum class Verdict { kMore, kComplete, kForbidden };

  // `received` is everything since the head began; bytes judged before are not looked at again.
  [[nodiscard]] Verdict Scan(std::string_view received);
  // Bytes of the head, empty line included; only after kComplete.
  [[nodiscard]] std::size_t size() const { return size_; }
  void Reset() { *this = HeadScanner(); }

 private:
  std::size_t judged_ = 0;
  std::size_t size_ = 0;
  std::size_t line_bytes_ = 0;
  bool after_return_ = false;
};

// `raw` is a whole head with its empty line. `source_address` of the result is left empty.
[[nodiscard]] tl::expected<RequestHead, Refusal> ParseRequestHead(std::string_view raw,
                                                                  const ServerLimits& limits);

// A request target as a path with its query; absolute-form (RFC 9112 3.2.2), as it comes through a
// proxy, loses its authority, which says no more to us than Host. Nothing: neither of the two.
[[nodiscard]] std::optional<std::string> OriginForm(std::string_view target);

// ASCII only, as HTTP wants it.
[[nodiscard]] bool EqualIgnoringCase(std::string_view left, std::string_view right);

}  // namespace guarantee::http
