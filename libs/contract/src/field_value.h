// One field: from the raw JSON value into the message, and what is wrong with it.
#pragma once

#include <google/protobuf/message.h>

#include <cstdint>
#include <string>
#include <vector>

#include "contract/decode.h"
#include "contract/plan.h"
#include "json_reader.h"

namespace guarantee::contract {

// Why a field is refused, in the order in which the causes are told.
enum class Fault : std::uint8_t {
  kNone,
  kMissing,
  kTime,
  kAmount,
  kFormat,
  kLength,
  kListed,
  kConflict,
  kCharacter,
  kUscc,
};

struct FieldTarget {
  google::protobuf::Message& message;
  std::vector<Warning>& warnings;
  std::vector<IncomingDocument>& documents;
};

// Null, "" and blank text: as good as absent.
[[nodiscard]] bool IsEmpty(const RawValue& value);

// Judges a value that is not empty and, unless it is refused, moves it into the message.
[[nodiscard]] Fault SetField(const FieldPlan& field, RawValue& value, const FieldTarget& target);

// What a text may not be, for what goes out as for what comes in. The length is not judged here.
[[nodiscard]] bool HasForeignCharacter(const FieldPlan& field, std::string_view text);

}  // namespace guarantee::contract
