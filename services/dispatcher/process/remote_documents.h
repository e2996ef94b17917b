// Documents from the order service, over gRPC.
#pragma once

#include <memory>
#include <string>

#include "contract/encode.h"

namespace guarantee::dispatcher {

// A source that fetches by digest and checks that the bytes are the ones named. Thread-safe.
[[nodiscard]] contract::DocumentSource RemoteDocuments(const std::string& address,
                                                       const std::string& tls_folder);

}  // namespace guarantee::dispatcher
