// Errors are values. Every fallible function returns Result<T>; exceptions of a library stop in
// the adapter that meets them.
#pragma once

#include <string>
#include <tl/expected.hpp>
#include <utility>

namespace guarantee {

// What the caller may do about it.
enum class ErrorKind {
  kRefused,    // the input or the state forbids it; trying again with the same input is useless
  kRetryable,  // a dependency is away or busy; the same call may succeed later
  kPermanent,  // a fault of ours or of stored data; an operator has to look
};

// `code` is a stable dotted word for programs ("bus.unavailable"), `field` the protocol or
// configuration name at fault (empty: none), `message` a sentence for people. None of them may
// hold a secret or a personal value.
struct Error {
  ErrorKind kind = ErrorKind::kPermanent;
  std::string code;
  std::string field;
  std::string message;

  bool operator==(const Error&) const = default;
};

template <typename T>
using Result = tl::expected<T, Error>;

[[nodiscard]] inline tl::unexpected<Error> Refused(std::string code, std::string message,
                                                   std::string field = {}) {
  return tl::unexpected(
      Error{ErrorKind::kRefused, std::move(code), std::move(field), std::move(message)});
}
[[nodiscard]] inline tl::unexpected<Error> Retryable(std::string code, std::string message) {
  return tl::unexpected(Error{ErrorKind::kRetryable, std::move(code), {}, std::move(message)});
}
[[nodiscard]] inline tl::unexpected<Error> Permanent(std::string code, std::string message,
                                                     std::string field = {}) {
  return tl::unexpected(
      Error{ErrorKind::kPermanent, std::move(code), std::move(field), std::move(message)});
}

// One line for a log or a terminal: "code field: message".
[[nodiscard]] inline std::string Describe(const Error& error) {
  return error.code + (error.field.empty() ? "" : " " + error.field) + ": " + error.message;
}

}  // namespace guarantee
