#include "rpc/server.h"

#include <algorithm>
#include <string_view>

#include "tls.h"

namespace guarantee::rpc {
namespace {

constexpr int kFirstReconnectMs = 50;
constexpr int kConnectTimeoutMs = 2'000;
constexpr int kLongestReconnectMs = 1'000;

bool IsLoopback(const std::string& address) {
  return address.starts_with("127.") || address.starts_with("localhost:") ||
         address.starts_with("[::1]:");
}

}  // namespace

grpc::Status ToStatus(const Error& error) {
  const std::string text = Describe(error);
  switch (error.kind) {
    case ErrorKind::kRefused:
      if (std::string_view(error.code).ends_with(".unknown")) {
        return {grpc::StatusCode::NOT_FOUND, text};
      }
      if (!error.field.empty()) return {grpc::StatusCode::INVALID_ARGUMENT, text};
      return {grpc::StatusCode::FAILED_PRECONDITION, text};
    case ErrorKind::kRetryable:
      return {grpc::StatusCode::UNAVAILABLE, text};
    case ErrorKind::kPermanent:
      return {grpc::StatusCode::INTERNAL, text};
  }
  return {grpc::StatusCode::INTERNAL, text};
}

Error ToError(const grpc::Status& status) {
  switch (status.error_code()) {
    case grpc::StatusCode::NOT_FOUND:
      return {ErrorKind::kRefused, "rpc.unknown", {}, status.error_message()};
    case grpc::StatusCode::INVALID_ARGUMENT:
    case grpc::StatusCode::FAILED_PRECONDITION:
    case grpc::StatusCode::OUT_OF_RANGE:
    case grpc::StatusCode::PERMISSION_DENIED:
      return {ErrorKind::kRefused, "rpc.refused", {}, status.error_message()};
    case grpc::StatusCode::UNAVAILABLE:
    case grpc::StatusCode::DEADLINE_EXCEEDED:
    case grpc::StatusCode::RESOURCE_EXHAUSTED:
    case grpc::StatusCode::ABORTED:
    case grpc::StatusCode::CANCELLED:
      return {ErrorKind::kRetryable, "rpc.unavailable", {}, status.error_message()};
    default:
      return {ErrorKind::kPermanent, "rpc.failed", {}, status.error_message()};
  }
}

Result<std::unique_ptr<grpc::Server>> StartServer(const std::string& address,
                                                  const std::vector<grpc::Service*>& services,
                                                  const std::string& tls_folder) {
  const bool plain = tls_folder.empty();
  if (plain && !IsLoopback(address)) {
    return Refused("rpc.listen", address + " is not loopback and rpc.tls_folder is not set",
                   "rpc.address");
  }
  if (!plain) {
    if (Result<void> readable = CheckTls(tls_folder); !readable) {
      return tl::unexpected(readable.error());
    }
  }
  grpc::ServerBuilder builder;
  int port = 0;
  builder.AddListeningPort(
      address, plain ? grpc::InsecureServerCredentials() : ServerTls(tls_folder), &port);
  builder.SetMaxReceiveMessageSize(kMessageBytesMax);
  builder.AddChannelArgument(GRPC_ARG_MAX_CONCURRENT_STREAMS, kStreamsMax);
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
  for (grpc::Service* service : services) builder.RegisterService(service);
  std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
  if (!server || port == 0)
    return Refused("rpc.listen", "cannot listen on " + address, "rpc.address");
  return server;
}

std::shared_ptr<grpc::Channel> Connect(const std::string& address, const std::string& tls_folder) {
  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(kMessageBytesMax);
  // Left to itself gRPC would try a dead service ever more seldom, up to two minutes apart.
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, kFirstReconnectMs);
  arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, kConnectTimeoutMs);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, kLongestReconnectMs);
  // gRPC's own name for a list of addresses: the next is taken when one is away.
  const std::string target = address.find(',') == std::string::npos ? address : "ipv4:" + address;
  return grpc::CreateCustomChannel(
      target, tls_folder.empty() ? grpc::InsecureChannelCredentials() : ChannelTls(tls_folder),
      arguments);
}

void SetDeadline(grpc::ClientContext& context, std::chrono::milliseconds timeout) {
  context.set_deadline(std::chrono::system_clock::now() + timeout);
}

void Stop(grpc::Server& server) { server.Shutdown(std::chrono::system_clock::now() + kStopGrace); }

std::chrono::milliseconds Remaining(const grpc::ServerContext& context,
                                    std::chrono::milliseconds most) {
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
      context.deadline() - std::chrono::system_clock::now());
  return std::clamp(left, std::chrono::milliseconds{0}, most);
}

}  // namespace guarantee::rpc
