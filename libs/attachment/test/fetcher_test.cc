// Against real servers on loopback, kind and hostile.
#include "attachment/fetcher.h"

#include <gtest/gtest.h>

#include <future>

#include "attachment/file.h"
#include "attachment/reasons.h"
#include "scripted_server.h"
#include "test_certificate.h"

namespace guarantee::attachment {
namespace {

using http::testing::Afterwards;
using http::testing::Answer;
using http::testing::Raw;
using http::testing::ReceivedRequest;
using http::testing::ScriptedReply;
using http::testing::ScriptedServer;
using http::testing::TestCertificate;
using std::chrono::milliseconds;

constexpr const char* kBytes = "%PDF-1.7 proof";

std::string CodeOf(const Result<std::string>& bytes) {
  return bytes ? "fetched" : bytes.error().code;
}

class FetcherTest : public ::testing::Test {
 protected:
  // A server that always does this, on a partner's list.
  void Serve(ScriptedReply reply, SSL_CTX* context = nullptr) {
    server_ = std::make_unique<ScriptedServer>(
        [reply = std::move(reply)](const ReceivedRequest&) { return reply; }, context);
    partner_.attachments.hosts = {"localhost:" + Port(), "127.0.0.1:" + Port()};
    partner_.attachments.networks = {*partner::SourceNetwork::Parse("127.0.0.0/8")};
    partner_.attachments.plain_http = true;
  }
  [[nodiscard]] std::string Port() const { return std::to_string(server_->port()); }
  [[nodiscard]] std::string Link() const { return "http://localhost:" + Port() + "/proof.zip"; }
  Result<std::string> Fetch(const std::string& link) { return fetcher_.Fetch(link, partner_); }
  void ExpectRefused(const ScriptedReply& reply, const char* reason) {
    Serve(reply);
    const Result<std::string> bytes = Fetch(Link());
    ASSERT_FALSE(bytes);
    EXPECT_EQ(bytes.error().code, reason);
    EXPECT_EQ(bytes.error().kind, ErrorKind::kRefused);
    EXPECT_EQ(server_->Received().size(), 1U);
  }
  void ExpectTriedAgain(const ScriptedReply& reply) {
    Serve(reply);
    const Result<std::string> bytes = Fetch(Link());
    ASSERT_FALSE(bytes);
    EXPECT_EQ(bytes.error().code, reasons::kUnreachable);
    EXPECT_EQ(bytes.error().kind, ErrorKind::kRetryable);
  }

  partner::Partner partner_;
  std::unique_ptr<ScriptedServer> server_;
  Fetcher fetcher_{milliseconds{4'000}};
};

TEST_F(FetcherTest, FetchesWithoutSayingWhoWeAre) {
  Serve(Answer(200, kBytes));
  EXPECT_EQ(*Fetch(Link()), kBytes);
  const ReceivedRequest request = server_->Received().front();
  EXPECT_EQ(request.Target(), "/proof.zip");
  EXPECT_EQ(request.FieldValue("Authorization"), "");
  EXPECT_EQ(request.FieldValue("Accept-Encoding"), "identity");
}

TEST_F(FetcherTest, APathGoesThroughTheBase) {
  Serve(Answer(200, kBytes));
  partner_.attachments.file_base = "http://127.0.0.1:" + Port() + "/upload/";
  EXPECT_EQ(*Fetch("/2026/proof.zip"), kBytes);
  EXPECT_EQ(server_->Received().front().Target(), "/upload/2026/proof.zip");
}

TEST_F(FetcherTest, AnAddressOfOursIsNotEvenConnectedTo) {
  Serve(Answer(200, kBytes));
  partner_.attachments.networks.clear();
  for (const std::string& host : {std::string("localhost"), std::string("127.0.0.1")}) {
    const Result<std::string> bytes = Fetch("http://" + host + ":" + Port() + "/proof.zip");
    ASSERT_FALSE(bytes);
    EXPECT_EQ(bytes.error().code, reasons::kAddress);
  }
  EXPECT_EQ(server_->Connections(), 0U);
}

TEST_F(FetcherTest, AHostThatIsNotListedIsNotLookedUp) {
  Serve(Answer(200, kBytes));
  partner_.attachments.hosts = {"localhost"};
  EXPECT_EQ(CodeOf(Fetch(Link())), reasons::kHost);
  EXPECT_EQ(server_->Connections(), 0U);
}

TEST_F(FetcherTest, NoRedirectIsFollowed) {
  ScriptedServer inner([](const ReceivedRequest&) { return Answer(200, kBytes); });
  for (const std::string& target : {"http://127.0.0.1:" + std::to_string(inner.port()) + "/admin",
                                    std::string("http://169.254.169.254/latest/meta-data/"),
                                    std::string("/elsewhere"), std::string("file:///etc/passwd")}) {
    for (const int status : {301, 302, 303, 307, 308}) {
      ExpectRefused(Answer(status, "", "Location: " + target + "\r\n"), reasons::kRedirect);
    }
  }
  EXPECT_EQ(inner.Connections(), 0U);
}

TEST_F(FetcherTest, AnAnswerThatIsFinalIsNotAskedForAgain) {
  ExpectRefused(Answer(404, "gone"), reasons::kStatus);
  ExpectRefused(Answer(403, "no"), reasons::kStatus);
  ExpectRefused(Answer(204, ""), reasons::kStatus);
  ExpectRefused(Answer(206, kBytes), reasons::kStatus);
  ExpectRefused(Answer(200, ""), reasons::kSize);
}

TEST_F(FetcherTest, WhatMayPassIsTriedAgain) {
  for (const int status : {408, 429, 500, 502, 503}) ExpectTriedAgain(Answer(status, "busy"));
  ExpectTriedAgain(Raw("HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n%PDF", Afterwards::kClose));
  ExpectTriedAgain(Raw("HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n%PDF", Afterwards::kReset));
  ExpectTriedAgain(Raw("not http at all\r\n\r\n", Afterwards::kClose));
  server_->Stop();
  EXPECT_EQ(CodeOf(Fetch(Link())), reasons::kUnreachable);
}

TEST_F(FetcherTest, ASlowHostEndsAtTheDeadline) {
  Fetcher hasty{milliseconds{200}};
  for (const char* begun :
       {"", "HTTP/1.1 200 OK\r\nContent-Le", "HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n%PDF"}) {
    Serve(Raw(begun, Afterwards::kHold));
    const auto started = std::chrono::steady_clock::now();
    const Result<std::string> bytes = hasty.Fetch(Link(), partner_);
    EXPECT_EQ(CodeOf(bytes), reasons::kUnreachable);
    EXPECT_LT(std::chrono::steady_clock::now() - started, milliseconds{3'000});
  }
}

TEST_F(FetcherTest, ABodyOverTheLimitIsCutOff) {
  // Declared, and undeclared without an end.
  ExpectRefused(Raw("HTTP/1.1 200 OK\r\nContent-Length: 25165825\r\n\r\n%PDF", Afterwards::kHold),
                reasons::kSize);
  const std::string chunk = "100000\r\n" + std::string(0x100000, 'x') + "\r\n";
  std::string endless = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
  for (int chunks = 0; chunks < 25; ++chunks) endless += chunk;
  ExpectRefused(Raw(endless, Afterwards::kHold), reasons::kSize);
  // A head without an end, and a body whose end cannot be told from a cut.
  ExpectRefused(Raw("HTTP/1.1 200 OK\r\nX: " + std::string(64'000, 'x'), Afterwards::kHold),
                reasons::kSize);
  ExpectTriedAgain(Raw(std::string("HTTP/1.1 200 OK\r\n\r\n") + kBytes, Afterwards::kClose));
}

TEST_F(FetcherTest, StoppingEndsWhatIsUnderWay) {
  Fetcher patient;
  Serve(Raw("HTTP/1.1 200 OK\r\n", Afterwards::kHold));
  auto fetched = std::async(std::launch::async, [&] { return patient.Fetch(Link(), partner_); });
  ASSERT_TRUE(server_->AwaitReceived(1, milliseconds{4'000}));
  patient.Stop();
  EXPECT_EQ(CodeOf(fetched.get()), reasons::kUnreachable);
  EXPECT_EQ(CodeOf(patient.Fetch(Link(), partner_)), reasons::kUnreachable);
}

class TlsFetcherTest : public FetcherTest {
 protected:
  void ServeTls() {
    Serve(Answer(200, kBytes), certificate_.context());
    partner_.attachments.plain_http = false;
    partner_.attachments.roots = certificate_.roots();
  }
  Result<std::string> FetchAt(const std::string& host) {
    return Fetch("https://" + host + ":" + Port() + "/proof.zip");
  }
  TestCertificate certificate_;
};

TEST_F(TlsFetcherTest, TheRightCertificateOnly) {
  ServeTls();
  EXPECT_EQ(*FetchAt("localhost"), kBytes);
  // Right host, wrong name: the certificate is that of localhost alone.
  EXPECT_EQ(CodeOf(FetchAt("127.0.0.1")), reasons::kUnreachable);
  EXPECT_EQ(server_->Received().size(), 1U);
}

TEST_F(TlsFetcherTest, AnotherHostsCertificate) {
  certificate_.Issue("DNS:elsewhere.example");
  ServeTls();
  EXPECT_EQ(CodeOf(FetchAt("localhost")), reasons::kUnreachable);
  EXPECT_TRUE(server_->Received().empty());
}

TEST_F(TlsFetcherTest, ACertificateThatNobodyVouchesFor) {
  ServeTls();
  partner_.attachments.roots.clear();
  EXPECT_EQ(CodeOf(FetchAt("localhost")), reasons::kUnreachable);
  EXPECT_TRUE(server_->Received().empty());
}

}  // namespace
}  // namespace guarantee::attachment
