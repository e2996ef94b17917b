// A certificate signed by itself, the server's side of TLS with it, and the file that trusts it.
#pragma once

#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <unistd.h>

#include <filesystem>
#include <memory>
#include <string>

namespace guarantee::http::testing {

class TestCertificate {
 public:
  TestCertificate() : key_(EVP_EC_gen("P-256"), EVP_PKEY_free) { Issue("DNS:localhost"); }
  ~TestCertificate() { std::filesystem::remove(roots_); }
  TestCertificate(const TestCertificate&) = delete;
  TestCertificate& operator=(const TestCertificate&) = delete;

  // Another one, as for "DNS:elsewhere.example".
  void Issue(const char* subject_alternative) {
    std::unique_ptr<X509, decltype(&X509_free)> certificate(X509_new(), X509_free);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), 1);
    X509_set_version(certificate.get(), X509_VERSION_3);
    X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -60);
    X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 3600);
    X509_set_pubkey(certificate.get(), key_.get());
    X509_EXTENSION* extension =
        X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, subject_alternative);
    X509_add_ext(certificate.get(), extension, -1);
    X509_EXTENSION_free(extension);
    X509_sign(certificate.get(), key_.get(), EVP_sha256());
    context_.reset(SSL_CTX_new(TLS_server_method()));
    SSL_CTX_use_certificate(context_.get(), certificate.get());
    SSL_CTX_use_PrivateKey(context_.get(), key_.get());
    std::unique_ptr<BIO, decltype(&BIO_free)> file(BIO_new_file(roots_.c_str(), "w"), BIO_free);
    PEM_write_bio_X509(file.get(), certificate.get());
  }
  [[nodiscard]] SSL_CTX* context() const { return context_.get(); }
  [[nodiscard]] const std::string& roots() const { return roots_; }

 private:
  std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key_;
  std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context_{nullptr, SSL_CTX_free};
  const std::string roots_ = (std::filesystem::temp_directory_path() /
                              ("test_certificate_" + std::to_string(::getpid()) + ".pem"))
                                 .string();
};

}  // namespace guarantee::http::testing
