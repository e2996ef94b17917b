#include "host/call.h"

#include "rpc/server.h"
#include "runtime/service.h"

namespace guarantee::host {

grpc::Status Failed(const Error& error) {
  if (error.kind == ErrorKind::kPermanent) {
    runtime::Log(runtime::Level::kError, "calls", "a call failed: " + Describe(error));
  }
  return rpc::ToStatus(error);
}

}  // namespace guarantee::host
