// JSON to message (rulings 2.1, 2.3, 2.4; clarifications 8 to 14). Strict JSON first, then every
// field by its plan; all errors of a body are found at once. No I/O, no clock; safe from every
// thread.
#pragma once

#include <google/protobuf/message.h>

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "contract/contract.h"
#include "contract/tolerance.h"
#include "contract/warning.h"

namespace guarantee::contract {

// Objects and arrays inside one another, the body itself counted.
inline constexpr std::size_t kNestingMax = 16;
// Items of an array body.
inline constexpr std::size_t kItemsMax = 1'000;
// Keys of one object, unknown ones included.
inline constexpr std::size_t kKeysMax = 10'000;

enum class FailureKind {
  kMalformed,  // not the JSON of this interface at all: HTTP 400
  kTooLarge,   // body, string or array over its limit: HTTP 413
  kInvalid,    // a field is refused: HTTP 200 with code 500
};

struct DecodeFailure {
  FailureKind kind = FailureKind::kMalformed;
  // Chinese, at most 200 code points, names the fields and never shows a value.
  std::string message;
  // Wire names of every field at fault, in the document's order.
  std::vector<std::string> fields;
};

// The bytes of a DOCUMENT field that came in; the reference in the message has size and media
// type, the digest is the caller's to fill.
struct IncomingDocument {
  const FieldPlan* field = nullptr;
  std::string bytes;
};

// Exactly one of `message` and `failure` is set.
struct Item {
  std::unique_ptr<google::protobuf::Message> message;
  std::optional<DecodeFailure> failure;
  // The text of the flow's field as it came, also when the item failed; empty when it has none.
  std::string number;
  std::vector<Warning> warnings;
  std::vector<IncomingDocument> documents;
  std::size_t unknown_keys = 0;
};

struct Decoded {
  // The body was an array: judge each item by itself, answer for all.
  bool array = false;
  // Never empty; exactly one, with a message, unless `array`.
  std::vector<Item> items;
};

[[nodiscard]] tl::expected<Decoded, DecodeFailure> Decode(const Interface& interface,
                                                          std::string_view body,
                                                          const Tolerance& tolerance);

}  // namespace guarantee::contract
