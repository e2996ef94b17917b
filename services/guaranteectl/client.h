// One call to a service that may have several replicas.
#pragma once

#include <grpcpp/grpcpp.h>

#include <chrono>
#include <string>
#include <vector>

#include "base/result.h"
#include "guaranteectl/arguments.h"
#include "rpc/server.h"

namespace guarantee::guaranteectl {

// Longer than a service waits for its own position (rpc::kDefaultDeadline), so that its answer
// arrives and not our own deadline.
inline constexpr std::chrono::milliseconds kCallTimeout{10'000};

// Refused kUsageCode when nothing says where the service is.
[[nodiscard]] inline Result<void> CheckAddresses(const std::vector<std::string>& addresses,
                                                 const char* service) {
  if (!addresses.empty()) return {};
  return Refused(kUsageCode, std::string("expected --endpoints FILE or --") + service +
                                 "-rpc HOST:PORT to say where the service is");
}

// The first replica that answers; those that cannot be reached are passed over. Every call of ours
// may be repeated: reads as such, decisions by their id.
template <typename Service, typename Request, typename Reply>
[[nodiscard]] Result<Reply> Call(const std::string& tls_folder,
                                 const std::vector<std::string>& addresses, const char* service,
                                 grpc::Status (Service::Stub::*method)(grpc::ClientContext*,
                                                                       const Request&, Reply*),
                                 const Request& request) {
  if (const Result<void> known = CheckAddresses(addresses, service); !known) {
    return tl::unexpected(known.error());
  }
  Error last;
  for (const std::string& address : addresses) {
    const auto stub = Service::NewStub(rpc::Connect(address, tls_folder));
    grpc::ClientContext context;
    rpc::SetDeadline(context, kCallTimeout);
    Reply reply;
    const grpc::Status status = ((*stub).*method)(&context, request, &reply);
    if (status.ok()) return reply;
    last = rpc::ToError(status);
    if (last.kind != ErrorKind::kRetryable) return tl::unexpected(last);
    last.message = std::string(service) + " at " + address + ": " + last.message;
  }
  return tl::unexpected(last);
}

}  // namespace guarantee::guaranteectl
