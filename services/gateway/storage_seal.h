// What a platform sends plain in a field that is to be sealed must not lie in clear on a topic or
// in a store: it is sealed with the institution's own key before it is published (rulings 6.1).
#pragma once

#include <google/protobuf/message.h>

#include <memory>
#include <string>

#include "base/result.h"
#include "contract/contract.h"
#include "crypto/random.h"
#include "sealing/storage.h"

namespace guarantee::gateway {

// Null: nothing of the message is plain that should not be. Else a copy with those fields sealed,
// bound to partner, number of the flow and field. The register's digest is of what came.
[[nodiscard]] Result<std::unique_ptr<google::protobuf::Message>> SealPlainFields(
    const contract::Interface& interface, const google::protobuf::Message& message,
    const std::string& partner, const std::string& number, const sealing::StorageKeys& keys,
    crypto::Random& random);

}  // namespace guarantee::gateway
