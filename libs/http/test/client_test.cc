#include "http/client.h"

#include <gtest/gtest.h>

#include <future>
#include <memory>

#include "scripted_server.h"
#include "test_certificate.h"

namespace guarantee::http {
namespace {

using std::chrono::milliseconds;
using testing::Afterwards;
using testing::Answer;
using testing::Raw;
using testing::ReceivedRequest;
using testing::ScriptedReply;
using testing::ScriptedServer;
using testing::TestCertificate;

constexpr milliseconds kPatience{5'000};
constexpr const char* kGood = R"({"code":200})";

class ClientTest : public ::testing::Test {
 protected:
  Outcome Post(const std::string& url, milliseconds deadline = kPatience) {
    return PostWith(url, nullptr, deadline);
  }
  Outcome PostWith(const std::string& url, std::shared_ptr<const TlsIdentity> tls,
                   milliseconds deadline = kPatience) {
    Call call;
    call.url = *ParseUrl(url);
    call.fields = {{"Content-Type", "application/json; charset=UTF-8"},
                   {"Authorization", "Basic x"}};
    call.body = R"({"data":{}})";
    call.deadline = deadline;
    call.tls = std::move(tls);
    auto promise = std::make_shared<std::promise<Outcome>>();
    client_->Send(std::move(call), [promise](Outcome outcome) { promise->set_value(outcome); });
    std::future<Outcome> future = promise->get_future();
    EXPECT_EQ(future.wait_for(2 * kPatience), std::future_status::ready);
    return future.get();
  }
  // Outcome of one POST to a server that always does this.
  Outcome Against(const ScriptedReply& reply, milliseconds deadline = kPatience) {
    ScriptedServer server([reply](const ReceivedRequest&) { return reply; });
    return Post(server.BaseUrl() + "x", deadline);
  }
  std::unique_ptr<Client> client_ = Client::Start({});
};

void ExpectUnknown(const Outcome& outcome, Fault fault) {
  EXPECT_EQ(outcome.receipt, Receipt::kUnknown) << outcome.detail;
  EXPECT_EQ(outcome.fault, fault) << outcome.detail;
  EXPECT_EQ(outcome.status, 0);
  EXPECT_TRUE(outcome.body.empty());
}

TEST_F(ClientTest, SendsThePostAsGivenAndTakesTheAnswer) {
  ScriptedServer server([](const ReceivedRequest&) { return Answer(200, kGood); });
  const Outcome outcome = Post(server.BaseUrl() + "guarantee/x");
  EXPECT_EQ(outcome.receipt, Receipt::kAnswered);
  EXPECT_EQ(outcome.status, 200);
  EXPECT_EQ(outcome.body, kGood);
  const ReceivedRequest request = server.Received().at(0);
  EXPECT_EQ(request.head.substr(0, 33), "POST /front/guarantee/x HTTP/1.1\r");
  EXPECT_EQ(request.FieldValue("Host"), "127.0.0.1:" + std::to_string(server.port()));
  EXPECT_EQ(request.FieldValue("Authorization"), "Basic x");
  EXPECT_EQ(request.FieldValue("Content-Type"), "application/json; charset=UTF-8");
  EXPECT_EQ(request.body, R"({"data":{}})");
}

TEST_F(ClientTest, KeepsTheConnectionForTheNextCall) {
  ScriptedServer server([](const ReceivedRequest&) { return Answer(200, kGood); });
  EXPECT_FALSE(Post(server.BaseUrl()).reused_connection);
  EXPECT_TRUE(Post(server.BaseUrl()).reused_connection);
  EXPECT_EQ(server.Connections(), 1U);
}

TEST_F(ClientTest, DoesNotReuseWhatTheServerCloses) {
  ScriptedServer server(
      [](const ReceivedRequest&) { return Answer(200, kGood, "Connection: close\r\n"); });
  EXPECT_EQ(Post(server.BaseUrl()).receipt, Receipt::kAnswered);
  EXPECT_EQ(Post(server.BaseUrl()).receipt, Receipt::kAnswered);
  EXPECT_EQ(server.Connections(), 2U);
}

TEST_F(ClientTest, DoesNotReuseAConnectionWithBytesLeftOver) {
  ScriptedServer server([](const ReceivedRequest&) {
    return Raw(Answer(200, kGood).bytes + "HTTP/1.1 200 X\r\n", Afterwards::kKeep);
  });
  EXPECT_EQ(Post(server.BaseUrl()).receipt, Receipt::kAnswered);
  EXPECT_EQ(Post(server.BaseUrl()).receipt, Receipt::kAnswered);
  EXPECT_EQ(server.Connections(), 2U);
}

TEST_F(ClientTest, ReadsAChunkedAnswer) {
  const Outcome outcome = Against(
      Raw("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n6\r\n{\"code\r\n6\r\n\":200}\r\n"
          "0\r\n\r\n",
          Afterwards::kKeep));
  EXPECT_EQ(outcome.receipt, Receipt::kAnswered);
  EXPECT_EQ(outcome.body, kGood);
}

TEST_F(ClientTest, PassesOverInterimAnswers) {
  const Outcome outcome =
      Against(Raw("HTTP/1.1 100 Continue\r\n\r\n" + Answer(200, kGood).bytes, Afterwards::kKeep));
  EXPECT_EQ(outcome.status, 200);
  EXPECT_EQ(outcome.body, kGood);
}

TEST_F(ClientTest, HandsEveryStatusOnAndFollowsNoRedirect) {
  ScriptedServer other([](const ReceivedRequest&) { return Answer(200, kGood); });
  for (const int status : {204, 301, 302, 307, 401, 404, 429, 500, 503}) {
    const Outcome outcome =
        Against(Answer(status, status == 204 ? "" : "x", "Location: " + other.BaseUrl() + "\r\n"));
    EXPECT_EQ(outcome.receipt, Receipt::kAnswered) << status;
    EXPECT_EQ(outcome.status, status);
  }
  EXPECT_TRUE(other.Received().empty());
}

TEST_F(ClientTest, HandsTheRetryAfterFieldOn) {
  EXPECT_EQ(Against(Answer(503, "", "Retry-After: 120\r\n")).retry_after, "120");
}

TEST_F(ClientTest, NobodyThereIsSurelyNotSent) {
  int port = 0;
  {
    ScriptedServer server([](const ReceivedRequest&) { return Answer(200, ""); });
    port = server.port();
  }
  const Outcome outcome = Post("http://127.0.0.1:" + std::to_string(port) + "/");
  EXPECT_EQ(outcome.receipt, Receipt::kNotSent);
  EXPECT_EQ(outcome.fault, Fault::kConnect);
}

TEST_F(ClientTest, ANameWithoutAddressIsSurelyNotSent) {
  const Outcome outcome = Post("http://no-such-host.invalid/");
  EXPECT_EQ(outcome.receipt, Receipt::kNotSent);
  EXPECT_TRUE(outcome.fault == Fault::kAddress || outcome.fault == Fault::kTimeout);
}

TEST_F(ClientTest, AnAddressThatNeverAnswersEndsWithTheConnectTimeout) {
  client_ = Client::Start({.connect_timeout = milliseconds(200)});
  // A listener whose backlog is full drops further handshakes silently.
  const int listener = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t length = sizeof(address);
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  ASSERT_EQ(::bind(listener, generic, length), 0);
  ASSERT_EQ(::listen(listener, 0), 0);
  ::getsockname(listener, generic, &length);
  std::vector<int> fillers;
  for (int i = 0; i < 3; ++i) {
    fillers.push_back(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0));
    ::connect(fillers.back(), generic, length);
  }
  const Outcome outcome = Post("http://127.0.0.1:" + std::to_string(ntohs(address.sin_port)));
  EXPECT_EQ(outcome.receipt, Receipt::kNotSent);
  EXPECT_EQ(outcome.fault, Fault::kTimeout);
  EXPECT_GE(outcome.duration_ms, 190);
  for (const int filler : fillers) ::close(filler);
  ::close(listener);
}

TEST_F(ClientTest, SilenceIsUnknownAtTheDeadline) {
  const Outcome outcome = Against(Raw("", Afterwards::kHold), milliseconds(200));
  ExpectUnknown(outcome, Fault::kTimeout);
  EXPECT_GE(outcome.duration_ms, 190);
}

TEST_F(ClientTest, TheDeadlineCoversTheBody) {
  ExpectUnknown(
      Against(Raw("HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\n{\"code\"", Afterwards::kHold),
              milliseconds(200)),
      Fault::kTimeout);
}

TEST_F(ClientTest, ACutAnswerIsUnknownHoweverMuchOfItCame) {
  const std::string cut = "HTTP/1.1 200 OK\r\nContent-Length: 13\r\n\r\n{\"code\":200}";
  const std::string chunked =
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nc\r\n{\"code\":200}\r\n";
  for (const Afterwards end : {Afterwards::kClose, Afterwards::kReset}) {
    ExpectUnknown(Against(Raw("", end)), Fault::kCut);
    ExpectUnknown(Against(Raw("HTTP/1.1 200 OK\r\n", end)), Fault::kCut);
    ExpectUnknown(Against(Raw(cut, end)), Fault::kCut);
    ExpectUnknown(Against(Raw(chunked, end)), Fault::kCut);
  }
}

TEST_F(ClientTest, AnAnswerWithoutADeclaredEndIsNotBelieved) {
  ExpectUnknown(Against(Raw("HTTP/1.1 200 OK\r\n\r\n{\"code\":200}", Afterwards::kClose)),
                Fault::kMalformed);
}

TEST_F(ClientTest, AnAnswerThatIsNotHttpIsUnknown) {
  ExpectUnknown(Against(Raw("SSH-2.0-OpenSSH_9.2\r\n\r\n", Afterwards::kClose)), Fault::kMalformed);
}

TEST_F(ClientTest, OversizedAnswersAreUnknownAndNotStored) {
  ExpectUnknown(Against(Answer(200, std::string(kAnswerBytesMax + 1, 'x'))), Fault::kTooLarge);
  ExpectUnknown(Against(Raw("HTTP/1.1 200 OK\r\nX: " + std::string(2 * kAnswerHeadBytesMax, 'x'),
                            Afterwards::kHold)),
                Fault::kTooLarge);
  std::string endless = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
  const std::string chunk = "10000\r\n" + std::string(0x10000, 'x') + "\r\n";
  for (int i = 0; i < 17; ++i) endless += chunk;
  ExpectUnknown(Against(Raw(endless, Afterwards::kHold)), Fault::kTooLarge);
}

TEST_F(ClientTest, RefusesMoreConnectionsThanItsBound) {
  client_ = Client::Start({.connections_max = 1});
  ScriptedServer server([](const ReceivedRequest&) { return Raw("", Afterwards::kHold); });
  std::promise<Outcome> first;
  Call call;
  call.url = *ParseUrl(server.BaseUrl());
  client_->Send(call, [&first](Outcome outcome) { first.set_value(outcome); });
  ASSERT_TRUE(server.AwaitReceived(1, kPatience));
  const Outcome second = Post(server.BaseUrl());
  EXPECT_EQ(second.receipt, Receipt::kNotSent);
  EXPECT_EQ(second.fault, Fault::kBusy);
  client_->Stop();
  ExpectUnknown(first.get_future().get(), Fault::kStopped);
}

TEST_F(ClientTest, AfterStopNothingIsSent) {
  ScriptedServer server([](const ReceivedRequest&) { return Answer(200, kGood); });
  client_->Stop();
  const Outcome outcome = Post(server.BaseUrl());
  EXPECT_EQ(outcome.receipt, Receipt::kNotSent);
  EXPECT_EQ(outcome.fault, Fault::kStopped);
  EXPECT_TRUE(server.Received().empty());
}

TEST_F(ClientTest, ADeadOriginDoesNotHoldUpAnother) {
  ScriptedServer silent([](const ReceivedRequest&) { return Raw("", Afterwards::kHold); });
  ScriptedServer good([](const ReceivedRequest&) { return Answer(200, kGood); });
  constexpr std::size_t kWaiting = 50;
  std::atomic<std::size_t> ended{0};
  for (std::size_t i = 0; i < kWaiting; ++i) {
    Call call;
    call.url = *ParseUrl(silent.BaseUrl());
    client_->Send(std::move(call), [&ended](const Outcome&) { ++ended; });
  }
  ASSERT_TRUE(silent.AwaitReceived(kWaiting, kPatience));
  EXPECT_EQ(Post(good.BaseUrl()).receipt, Receipt::kAnswered);
  EXPECT_EQ(ended, 0U);
  EXPECT_EQ(client_->InFlight(), kWaiting);
  client_->Stop();
  EXPECT_EQ(ended, kWaiting);
}

// A GET whose addresses are judged.
class JudgedClientTest : public ClientTest {
 protected:
  Outcome Get(const std::string& url, AddressJudge admits,
              std::size_t bytes_max = kAnswerBytesMax) {
    Call call;
    call.url = *ParseUrl(url);
    call.method = Method::kGet;
    call.deadline = kPatience;
    call.answer_bytes_max = bytes_max;
    call.admits = std::move(admits);
    const auto ended = std::make_shared<std::promise<Outcome>>();
    client_->Send(std::move(call), [ended](Outcome outcome) { ended->set_value(outcome); });
    return ended->get_future().get();
  }
  ScriptedServer server_{[](const ReceivedRequest&) { return Answer(200, kGood); }};
  const std::string by_name_ = "http://localhost:" + std::to_string(server_.port()) + "/file";
};

TEST_F(JudgedClientTest, WhatTheNameStandsForIsJudgedBeforeAConnectionIsMade) {
  std::string judged;
  const Outcome refused = Get(by_name_, [&judged](const std::string& address) {
    judged += address + " ";
    return false;
  });
  EXPECT_EQ(refused.fault, Fault::kForbidden);
  EXPECT_EQ(refused.receipt, Receipt::kNotSent);
  EXPECT_NE(judged.find("127.0.0.1 "), std::string::npos) << judged;
  EXPECT_EQ(server_.Connections(), 0U);
}

TEST_F(JudgedClientTest, OnlyAdmittedAddressesAreConnectedTo) {
  const Outcome got =
      Get(by_name_, [](const std::string& address) { return address == "127.0.0.1"; });
  EXPECT_EQ(got.body, kGood) << got.detail;
  EXPECT_EQ(server_.Received().front().head.substr(0, 9), "GET /file");
}

TEST_F(JudgedClientTest, AConnectionThatAnotherCallOpenedDoesNotServeIt) {
  const auto any = [](const std::string&) { return true; };
  EXPECT_EQ(Post(server_.BaseUrl()).body, kGood);
  const std::string same = "http://127.0.0.1:" + std::to_string(server_.port()) + "/file";
  EXPECT_FALSE(Get(same, any).reused_connection);
  EXPECT_EQ(Get(same, [](const std::string&) { return false; }).fault, Fault::kForbidden);
}

TEST_F(JudgedClientTest, ItsOwnLimitOfTheAnswerHolds) {
  const auto any = [](const std::string&) { return true; };
  EXPECT_EQ(Get(by_name_, any, std::string(kGood).size()).body, kGood);
  EXPECT_EQ(Get(by_name_, any, std::string(kGood).size() - 1).fault, Fault::kTooLarge);
}

class TlsClientTest : public ClientTest {
 protected:
  std::shared_ptr<const TlsIdentity> Trusting() {
    auto identity = TlsIdentity::Load({.roots = certificate_.roots()});
    EXPECT_TRUE(identity);
    return *identity;
  }
  static ScriptedReply Good(const ReceivedRequest&) { return Answer(200, kGood); }

  TestCertificate certificate_;
};

TEST_F(TlsClientTest, SpeaksTlsToWhomItTrustsAndKeepsTheConnection) {
  ScriptedServer server(Good, certificate_.context());
  const auto identity = Trusting();
  EXPECT_EQ(PostWith(server.BaseUrl(), identity).body, kGood);
  EXPECT_TRUE(PostWith(server.BaseUrl(), identity).reused_connection);
}

TEST_F(TlsClientTest, SendsNothingToAnUnknownRoot) {
  ScriptedServer server(Good, certificate_.context());
  auto strangers = TlsIdentity::Load({});
  ASSERT_TRUE(strangers);
  const Outcome outcome = PostWith(server.BaseUrl(), *strangers);
  EXPECT_EQ(outcome.receipt, Receipt::kNotSent);
  EXPECT_EQ(outcome.fault, Fault::kTls);
  EXPECT_TRUE(server.Received().empty());
}

TEST_F(TlsClientTest, SendsNothingUnderAnotherHostsName) {
  certificate_.Issue("DNS:elsewhere.example");
  ScriptedServer server(Good, certificate_.context());
  const Outcome outcome = PostWith(server.BaseUrl(), Trusting());
  EXPECT_EQ(outcome.receipt, Receipt::kNotSent);
  EXPECT_EQ(outcome.fault, Fault::kTls);
  EXPECT_TRUE(server.Received().empty());
}

TEST_F(TlsClientTest, ACutUnderTlsIsUnknown) {
  ScriptedServer server(
      [](const ReceivedRequest&) {
        return Raw("HTTP/1.1 200 OK\r\nContent-Length: 13\r\n\r\n{\"code\":200}",
                   Afterwards::kClose);
      },
      certificate_.context());
  ExpectUnknown(PostWith(server.BaseUrl(), Trusting()), Fault::kCut);
}

TEST_F(TlsClientTest, NamesTheFileThatItCannotUse) {
  const std::string& roots = certificate_.roots();
  const auto missing = TlsIdentity::Load({.roots = roots + ".missing"});
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, "http.tls");
  EXPECT_EQ(missing.error().field, "roots");
  const auto no_key =
      TlsIdentity::Load({.roots = roots, .client_certificate = roots, .client_key = roots});
  ASSERT_FALSE(no_key);
  EXPECT_EQ(no_key.error().field, "client_key");
}

}  // namespace
}  // namespace guarantee::http
