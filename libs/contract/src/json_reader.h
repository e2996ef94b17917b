// Strict JSON into the values of known keys (clarifications 10 and 14). Duplicate keys, depth,
// foreign encodings and NUL are refused; numbers keep their text; unknown keys are counted.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "contract/decode.h"
#include "contract/plan.h"

namespace guarantee::contract {

struct RawValue {
  enum class Kind : std::uint8_t {
    kAbsent,
    kNull,
    kText,
    kNumber,     // `text` is the token as it came
    kBoolean,    // true or false
    kComposite,  // an object or array
  };

  Kind kind = Kind::kAbsent;
  std::string text;
};

struct RawObject {
  std::vector<RawValue> values;  // one for each key of the plan
  std::size_t unknown_keys = 0;
  bool is_object = true;  // false: an array's item that is something else
};

struct RawBody {
  bool array = false;
  std::vector<RawObject> objects;
};

struct ReadOptions {
  const MessagePlan* plan = nullptr;
  std::string_view wrapper;  // empty: none
  bool array = false;        // an array of objects is allowed
  std::size_t string_limit_bytes = 0;
};

[[nodiscard]] tl::expected<RawBody, DecodeFailure> ReadBody(std::string_view body,
                                                            const ReadOptions& options);

}  // namespace guarantee::contract
