// A DocumentReference by reflection, so that messages of any descriptor pool have one.
#pragma once

#include <google/protobuf/message.h>

#include <cstdint>
#include <string>

namespace guarantee::contract {

struct DocumentParts {
  std::string sha256;
  std::int64_t size_bytes = 0;
  std::string media_type;
};

[[nodiscard]] DocumentParts ReadReference(const google::protobuf::Message& reference);
// Leaves out what is empty.
void WriteReference(const DocumentParts& parts, google::protobuf::Message& reference);

// Whether a message has the fields of a DocumentReference.
[[nodiscard]] bool IsReference(const google::protobuf::Descriptor& message);

}  // namespace guarantee::contract
