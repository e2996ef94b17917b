#include "gateway/storage_seal.h"

#include "base/base64.h"

namespace guarantee::gateway {

Result<std::unique_ptr<google::protobuf::Message>> SealPlainFields(
    const contract::Interface& interface, const google::protobuf::Message& message,
    const std::string& partner, const std::string& number, const sealing::StorageKeys& keys,
    crypto::Random& random) {
  std::unique_ptr<google::protobuf::Message> copy;
  for (const contract::FieldPlan& field : interface.message.fields) {
    if (!field.sealed) continue;
    const std::string value = message.GetReflection()->GetString(message, field.descriptor);
    if (value.empty() || LooksSealed(value)) continue;
    Result<std::string> sealed = keys.Seal(Secret(value), {partner, number, field.name}, random);
    if (!sealed) return tl::unexpected(sealed.error());
    if (!copy) {
      copy.reset(message.New());
      copy->CopyFrom(message);
    }
    copy->GetReflection()->SetString(copy.get(), field.descriptor, std::move(*sealed));
  }
  return copy;
}

}  // namespace guarantee::gateway
