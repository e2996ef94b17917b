// gRPC set-up and the one mapping between Error and Status. Loopback or mutual TLS only: Debian's
// gRPC has had no security patch since 2022, so no stranger may reach it.
#pragma once

#include <grpcpp/grpcpp.h>

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"

namespace guarantee::rpc {

inline constexpr int kMessageBytesMax = 16 << 20;
inline constexpr int kStreamsMax = 256;
inline constexpr std::chrono::seconds kDefaultDeadline{5};
inline constexpr std::chrono::milliseconds kStopGrace{2000};

// Exhaustive: refused → FAILED_PRECONDITION (NOT_FOUND for codes ending in ".unknown",
// INVALID_ARGUMENT for those with a field), retryable → UNAVAILABLE, permanent → INTERNAL. The
// message is Describe(error).
[[nodiscard]] grpc::Status ToStatus(const Error& error);
[[nodiscard]] Error ToError(const grpc::Status& status);

// `tls_folder`, here and below: where this process' certificate (tls.crt), its key (tls.key) and
// the authority of its peers (ca.crt) are, PEM, read again when they change. Both sides show
// theirs. Empty: no TLS.

// `services` outlive the server. Without TLS, addresses other than loopback are refused.
[[nodiscard]] Result<std::unique_ptr<grpc::Server>> StartServer(
    const std::string& address, const std::vector<grpc::Service*>& services,
    const std::string& tls_folder = {});

// host:port, or several IPv4 addresses with commas: replicas, of which any will do. Files that
// cannot be read make every call fail, retryable.
[[nodiscard]] std::shared_ptr<grpc::Channel> Connect(const std::string& address,
                                                     const std::string& tls_folder = {});

// A context with a deadline from now.
void SetDeadline(grpc::ClientContext& context, std::chrono::milliseconds timeout);

// Takes no more calls and gives those under way kStopGrace.
void Stop(grpc::Server& server);

// What is left until the caller's deadline, at most `most`.
[[nodiscard]] std::chrono::milliseconds Remaining(const grpc::ServerContext& context,
                                                  std::chrono::milliseconds most);

}  // namespace guarantee::rpc
