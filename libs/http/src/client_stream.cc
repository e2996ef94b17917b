#include "client_stream.h"

#include <sys/socket.h>

#include <cerrno>

namespace guarantee::http {
namespace {

namespace ssl = boost::asio::ssl;

constexpr const char* kCiphers =
    "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:"
    "ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305";

tl::unexpected<Error> BadFile(const char* what, const std::string& file) {
  return Refused("http.tls", std::string("cannot use the ") + what + " " + file, what);
}

Result<void> LoadRoots(ssl::context& context, const std::string& file) {
  boost::system::error_code error;
  if (file.empty()) {
    context.set_default_verify_paths(error);
    if (error) return BadFile("roots", "of the system");
    return {};
  }
  context.load_verify_file(file, error);
  if (error) return BadFile("roots", file);
  return {};
}

Result<void> LoadCertificate(ssl::context& context, const TlsIdentity::Files& files) {
  if (files.client_certificate.empty() && files.client_key.empty()) return {};
  boost::system::error_code error;
  context.use_certificate_chain_file(files.client_certificate, error);
  if (error) return BadFile("client_certificate", files.client_certificate);
  context.use_private_key_file(files.client_key, ssl::context::pem, error);
  if (error) return BadFile("client_key", files.client_key);
  return {};
}

}  // namespace

Result<std::shared_ptr<const TlsIdentity>> TlsIdentity::Load(const Files& files) {
  ssl::context context(ssl::context::tls_client);
  SSL_CTX_set_min_proto_version(context.native_handle(), TLS1_2_VERSION);
  if (SSL_CTX_set_cipher_list(context.native_handle(), kCiphers) != 1) {
    return Permanent("http.tls", "the provider has none of the cipher suites");
  }
  context.set_verify_mode(ssl::verify_peer);
  if (const Result<void> roots = LoadRoots(context, files.roots); !roots) {
    return tl::unexpected(roots.error());
  }
  if (const Result<void> certificate = LoadCertificate(context, files); !certificate) {
    return tl::unexpected(certificate.error());
  }
  return std::make_shared<const OpenSslIdentity>(std::move(context));
}

bool ClientStream::IsQuiet() {
  char byte = 0;
  const ssize_t got = ::recv(socket_.native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
  return got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
}

// The macro SSL_set_tlsext_host_name spelled out, because it casts the const away in C style.
bool ClientStream::NameServer(TlsStream& tls, std::string host) {
  return SSL_ctrl(tls.native_handle(), SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name,
                  host.data()) == 1;
}

}  // namespace guarantee::http
