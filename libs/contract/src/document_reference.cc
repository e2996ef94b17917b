#include "document_reference.h"

#include "guarantee/partner/v1/common.pb.h"

namespace guarantee::contract {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using partner::v1::DocumentReference;

const FieldDescriptor* Field(const Message& reference, int number) {
  return reference.GetDescriptor()->FindFieldByNumber(number);
}

}  // namespace

DocumentParts ReadReference(const Message& reference) {
  const auto* reflection = reference.GetReflection();
  return {
      reflection->GetString(reference, Field(reference, DocumentReference::kSha256FieldNumber)),
      reflection->GetInt64(reference, Field(reference, DocumentReference::kSizeBytesFieldNumber)),
      reflection->GetString(reference, Field(reference, DocumentReference::kMediaTypeFieldNumber))};
}

void WriteReference(const DocumentParts& parts, Message& reference) {
  const auto* reflection = reference.GetReflection();
  if (!parts.sha256.empty()) {
    reflection->SetString(&reference, Field(reference, DocumentReference::kSha256FieldNumber),
                          parts.sha256);
  }
  reflection->SetInt64(&reference, Field(reference, DocumentReference::kSizeBytesFieldNumber),
                       parts.size_bytes);
  reflection->SetString(&reference, Field(reference, DocumentReference::kMediaTypeFieldNumber),
                        parts.media_type);
}

bool IsReference(const google::protobuf::Descriptor& message) {
  // One declaration is enough: any pool that has it has it under this name.
  return message.full_name() == DocumentReference::descriptor()->full_name();
}

}  // namespace guarantee::contract
