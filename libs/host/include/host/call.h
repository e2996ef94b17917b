// How a call that failed ends.
#pragma once

#include <grpcpp/grpcpp.h>

#include "base/result.h"

namespace guarantee::host {

// rpc::ToStatus, and a line in our own log where the error is permanent: the caller learns only
// that something is wrong with us. Any thread.
[[nodiscard]] grpc::Status Failed(const Error& error);

}  // namespace guarantee::host
