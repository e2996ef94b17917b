#include "tls.h"

#include <grpcpp/security/tls_certificate_provider.h>
#include <grpcpp/security/tls_credentials_options.h>

#include <fstream>

namespace guarantee::rpc {
namespace {

namespace tls = grpc::experimental;

constexpr unsigned int kRefreshSeconds = 10;
constexpr const char* kKey = "/tls.key";
constexpr const char* kCertificate = "/tls.crt";
constexpr const char* kAuthority = "/ca.crt";

std::shared_ptr<tls::CertificateProviderInterface> Watch(const std::string& folder) {
  return std::make_shared<tls::FileWatcherCertificateProvider>(
      folder + kKey, folder + kCertificate, folder + kAuthority, kRefreshSeconds);
}

}  // namespace

Result<void> CheckTls(const std::string& folder) {
  for (const char* name : {kKey, kCertificate, kAuthority}) {
    const std::string path = folder + name;
    if (std::ifstream file(path); !file || file.peek() == std::ifstream::traits_type::eof()) {
      return Refused("rpc.tls", "cannot read " + path, "rpc.tls_folder");
    }
  }
  return {};
}

std::shared_ptr<grpc::ServerCredentials> ServerTls(const std::string& folder) {
  tls::TlsServerCredentialsOptions options(Watch(folder));
  options.watch_root_certs();
  options.watch_identity_key_cert_pairs();
  options.set_cert_request_type(GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY);
  return tls::TlsServerCredentials(options);
}

std::shared_ptr<grpc::ChannelCredentials> ChannelTls(const std::string& folder) {
  tls::TlsChannelCredentialsOptions options;
  options.set_certificate_provider(Watch(folder));
  options.watch_root_certs();
  options.watch_identity_key_cert_pairs();
  return tls::TlsCredentials(options);
}

}  // namespace guarantee::rpc
