#include "http/server.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <condition_variable>
#include <fstream>
#include <mutex>
#include <thread>
#include <utility>

#include "raw_client.h"

namespace guarantee::http {
namespace {

constexpr std::chrono::seconds kDeadline{5};

// Echoes; /early is answered before the body; /hold waits until Release; /drop never answers.
class EchoHandler final : public Handler {
 public:
  class Echo final : public Exchange {
   public:
    Echo(EchoHandler& owner, std::shared_ptr<const RequestHead> head)
        : owner_(owner), head_(std::move(head)) {}
    void OnBody(Body body, Responder responder) override {
      owner_.Note(head_->target);
      if (head_->target == "/drop") return;
      if (head_->target == "/hold") return owner_.Hold(responder);
      responder.Send({200, "text/plain", head_->target + " " + body.bytes, {}, false});
    }

   private:
    EchoHandler& owner_;
    std::shared_ptr<const RequestHead> head_;
  };

  void OnHead(std::shared_ptr<const RequestHead> head, AdmissionReport report) override {
    if (head->target == "/early") return report(Response{401, "text/plain", "no", {}, false});
    report(std::make_unique<Echo>(*this, std::move(head)));
  }
  Response Refuse(const Refusal& refusal) override {
    return {
        refusal.status, "application/json", "{\"reason\":\"" + refusal.reason + "\"}", {}, true};
  }

  void Note(const std::string& target) {
    const std::lock_guard lock(mutex_);
    targets_.push_back(target);
  }
  void Hold(const Responder& responder) {
    const std::lock_guard lock(mutex_);
    held_.push_back(responder);
    changed_.notify_all();
  }
  bool WaitHeld() {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, kDeadline, [this] { return !held_.empty(); });
  }
  void Release() {
    std::vector<Responder> held;
    {
      const std::lock_guard lock(mutex_);
      held.swap(held_);
    }
    for (const Responder& responder : held) responder.Send({200, "", "late", {}, false});
  }
  std::vector<std::string> TakeTargets() {
    const std::lock_guard lock(mutex_);
    return std::exchange(targets_, {});
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::string> targets_;
  std::vector<Responder> held_;
};

class ServerTest : public ::testing::Test {
 protected:
  void StartServer(const ServerLimits& limits = {}) {
    auto started = HttpServer::Start({"127.0.0.1:0", 2, limits, &SystemClock()}, handler_);
    ASSERT_TRUE(started) << Describe(started.error());
    server_ = std::move(*started);
  }
  // Polls a condition that a server thread brings about.
  template <typename Condition>
  static bool Eventually(Condition condition) {
    const auto end = std::chrono::steady_clock::now() + kDeadline;
    while (std::chrono::steady_clock::now() < end) {
      if (condition()) return true;
      std::this_thread::yield();
    }
    return condition();
  }

  EchoHandler handler_;
  std::unique_ptr<HttpServer> server_;
};

struct Hostile {
  std::string name;
  int status = 0;
  bool closes = false;
  std::size_t handled = 0;
  std::string bytes;
  bool finishes = false;
};

std::string Unescape(std::string_view text, bool& finishes) {
  std::string bytes;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] != '\\') {
      bytes += text[at];
      continue;
    }
    const char kind = text[++at];
    if (kind == 'r') bytes += '\r';
    if (kind == 'n') bytes += '\n';
    if (kind == 't') bytes += '\t';
    if (kind == '0') bytes += '\0';
    if (kind == '\\') bytes += '\\';
    if (kind == 'F') finishes = true;
    if (kind == 'x') {
      bytes += static_cast<char>(std::stoi(std::string(text.substr(at + 1, 2)), nullptr, 16));
      at += 2;
    }
  }
  return bytes;
}

std::vector<Hostile> ReadTable() {
  std::ifstream file(GUARANTEE_SOURCE_DIR "/libs/http/test/data/hostile_requests.txt");
  std::vector<Hostile> table;
  std::string line;
  while (std::getline(file, line)) {
    if (line.empty() || line.starts_with('#')) continue;
    std::vector<std::string> cells;
    std::size_t from = 0;
    for (int cell = 0; cell < 4; ++cell) {
      const std::size_t bar = line.find(" | ", from);
      cells.push_back(line.substr(from, bar - from));
      from = bar + 3;
    }
    Hostile hostile{cells[0], std::stoi(cells[1]), cells[2] == "close", std::stoul(cells[3]), {},
                    false};
    hostile.bytes = Unescape(line.substr(from), hostile.finishes);
    table.push_back(std::move(hostile));
  }
  return table;
}

TEST_F(ServerTest, EveryLineOfTheTableIsAnsweredAsWritten) {
  StartServer();
  const std::vector<Hostile> table = ReadTable();
  ASSERT_GE(table.size(), 60U);
  for (const Hostile& hostile : table) {
    SCOPED_TRACE(hostile.name);
    RawClient client(server_->port());
    ASSERT_TRUE(client.connected());
    client.Send(hostile.bytes);
    if (hostile.finishes) client.FinishSending();
    const Answer answer = client.ReadAnswer();
    EXPECT_EQ(answer.status, hostile.status) << answer.body;
    if (hostile.closes) {
      EXPECT_NE(answer.head.find("Connection: close"), std::string::npos);
      client.FinishSending();
      EXPECT_TRUE(client.IsClosed()) << client.rest();
    }
    const std::vector<std::string> targets = handler_.TakeTargets();
    EXPECT_EQ(targets.size(), hostile.handled);
    EXPECT_EQ(std::count(targets.begin(), targets.end(), "/smuggled"), 0);
    if (hostile.closes) continue;
    client.Send("GET /next HTTP/1.1\r\nHost: a\r\n\r\n");
    EXPECT_EQ(client.ReadAnswer().body, "/next ");
    EXPECT_EQ(handler_.TakeTargets(), std::vector<std::string>{"/next"});
  }
}

TEST_F(ServerTest, HostileRequestsOneByteAtATimeGetTheSameAnswer) {
  StartServer();
  for (const Hostile& hostile : ReadTable()) {
    SCOPED_TRACE(hostile.name);
    RawClient client(server_->port());
    for (const char byte : hostile.bytes) {
      if (!client.Send(std::string_view(&byte, 1))) break;
    }
    if (hostile.finishes) client.FinishSending();
    EXPECT_EQ(client.ReadAnswer().status, hostile.status);
    const std::vector<std::string> targets = handler_.TakeTargets();
    EXPECT_EQ(targets.size(), hostile.handled);
    EXPECT_EQ(std::count(targets.begin(), targets.end(), "/smuggled"), 0);
  }
}

TEST_F(ServerTest, PipelinedRequestsAreAnsweredInOrder) {
  StartServer();
  RawClient client(server_->port());
  client.Send(
      "POST /1 HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\none"
      "GET /2 HTTP/1.1\r\nHost: a\r\n\r\n"
      "POST /3 HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nthree\r\n0\r\n\r\n");
  EXPECT_EQ(client.ReadAnswer().body, "/1 one");
  EXPECT_EQ(client.ReadAnswer().body, "/2 ");
  EXPECT_EQ(client.ReadAnswer().body, "/3 three");
}

TEST_F(ServerTest, ALargeBodyArrivesWhole) {
  StartServer();
  std::string body(std::size_t{8} << 20U, 'x');
  body.back() = 'y';
  RawClient client(server_->port());
  client.Send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: " + std::to_string(body.size()) +
              "\r\n\r\n");
  client.Send(body);
  EXPECT_EQ(client.ReadAnswer().body, "/ " + body);
  EXPECT_TRUE(Eventually([this] { return server_->counters().body_bytes_buffered == 0; }));
}

TEST_F(ServerTest, ContinueIsSentOnlyToWhomTheHeadAdmits) {
  StartServer();
  RawClient client(server_->port());
  client.Send("POST /x HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
  EXPECT_EQ(client.ReadAnswer().status, 100);
  client.Send("ok");
  EXPECT_EQ(client.ReadAnswer().body, "/x ok");
}

TEST_F(ServerTest, AHeadThatNeverEndsIsCutWithAnAnswer) {
  ServerLimits limits;
  limits.head_timeout = std::chrono::milliseconds(100);
  StartServer(limits);
  RawClient client(server_->port());
  client.Send("POST / HTTP/1.1\r\nHost:");
  EXPECT_EQ(client.ReadAnswer().status, 408);
  client.FinishSending();
  EXPECT_TRUE(client.IsClosed());
}

TEST_F(ServerTest, AnIdleConnectionIsClosedWithoutAWord) {
  ServerLimits limits;
  limits.idle_timeout = std::chrono::milliseconds(50);
  StartServer(limits);
  RawClient client(server_->port());
  client.Send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_EQ(client.ReadAnswer().status, 200);
  EXPECT_TRUE(client.IsClosed());
}

TEST_F(ServerTest, ABodyThatStopsIsCutWithAnAnswerAndNotHandled) {
  ServerLimits limits;
  limits.body_timeout = std::chrono::milliseconds(100);
  StartServer(limits);
  RawClient client(server_->port());
  client.Send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nhalf");
  EXPECT_EQ(client.ReadAnswer().status, 408);
  EXPECT_TRUE(handler_.TakeTargets().empty());
}

TEST_F(ServerTest, ABodyBelowTheLeastRateIsCut) {
  ServerLimits limits;
  limits.body_rate_grace = std::chrono::milliseconds(0);
  limits.body_bytes_per_second_min = std::size_t{1} << 40U;
  StartServer(limits);
  RawClient client(server_->port());
  client.Send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n");
  while (client.Send("a")) {
    if (server_->counters().refused > 0) break;
  }
  EXPECT_EQ(client.ReadAnswer().status, 408);
}

TEST_F(ServerTest, HeadersBeyondTheLimitsAre431) {
  StartServer();
  {
    RawClient client(server_->port());
    client.Send("GET / HTTP/1.1\r\nHost: a\r\nX: " + std::string(17000, 'x') + "\r\n\r\n");
    EXPECT_EQ(client.ReadAnswer().status, 431);
  }
  std::string many;
  for (int at = 0; at < 100; ++at) many += "X: y\r\n";
  RawClient client(server_->port());
  client.Send("GET / HTTP/1.1\r\nHost: a\r\n" + many + "\r\n");
  EXPECT_EQ(client.ReadAnswer().status, 431);
  RawClient longer(server_->port());
  longer.Send("GET /" + std::string(9000, 'x') + " HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_EQ(longer.ReadAnswer().status, 414);
}

TEST_F(ServerTest, ConnectionsBeyondTheLimitOfASourceGet503) {
  ServerLimits limits;
  limits.connections_per_source_max = 2;
  StartServer(limits);
  RawClient first(server_->port());
  RawClient second(server_->port());
  ASSERT_TRUE(Eventually([this] { return server_->counters().connections_open == 2; }));
  RawClient third(server_->port());
  EXPECT_EQ(third.ReadAnswer().status, 503);
  first.Send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_EQ(first.ReadAnswer().status, 200);
}

TEST_F(ServerTest, BodiesBeyondTheSharedBudgetGet503) {
  ServerLimits limits;
  limits.buffered_body_bytes_max = 1000;
  StartServer(limits);
  RawClient client(server_->port());
  client.Send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2000\r\n\r\n" +
              std::string(2000, 'x'));
  EXPECT_EQ(client.ReadAnswer().status, 503);
  EXPECT_TRUE(Eventually([this] { return server_->counters().body_bytes_buffered == 0; }));
}

TEST_F(ServerTest, RequestsOfAConnectionAreCounted) {
  ServerLimits limits;
  limits.requests_per_connection_max = 2;
  StartServer(limits);
  RawClient client(server_->port());
  client.Send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_NE(client.ReadAnswer().head.find("keep-alive"), std::string::npos);
  client.Send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_NE(client.ReadAnswer().head.find("Connection: close"), std::string::npos);
  EXPECT_TRUE(client.IsClosed());
}

TEST_F(ServerTest, AHandlerThatNeverAnswersIsAnsweredFor) {
  ServerLimits limits;
  limits.answer_timeout = std::chrono::milliseconds(100);
  StartServer(limits);
  RawClient dropped(server_->port());
  dropped.Send("GET /drop HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_EQ(dropped.ReadAnswer().status, 500);
  RawClient held(server_->port());
  held.Send("GET /hold HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_EQ(held.ReadAnswer().status, 503);
  handler_.Release();
}

TEST_F(ServerTest, AnAnswerToHeadHasNoBody) {
  StartServer();
  RawClient client(server_->port());
  client.Send("HEAD /x HTTP/1.1\r\nHost: a\r\n\r\nGET /y HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_EQ(client.ReadAnswer(false).status, 200);
  EXPECT_EQ(client.ReadAnswer().body, "/y ");
}

TEST_F(ServerTest, DrainFinishesWhatIsInFlightAndClosesWhatIsIdle) {
  StartServer();
  RawClient idle(server_->port());
  idle.Send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_EQ(idle.ReadAnswer().status, 200);
  RawClient busy(server_->port());
  busy.Send("GET /hold HTTP/1.1\r\nHost: a\r\n\r\n");
  ASSERT_TRUE(handler_.WaitHeld());
  EXPECT_FALSE(server_->Drain(std::chrono::milliseconds(50)));
  EXPECT_TRUE(idle.IsClosed());
  handler_.Release();
  const Answer answer = busy.ReadAnswer();
  EXPECT_EQ(answer.body, "late");
  EXPECT_NE(answer.head.find("Connection: close"), std::string::npos);
  EXPECT_TRUE(server_->Drain(kDeadline));
  EXPECT_FALSE(RawClient(server_->port()).connected());
}

TEST_F(ServerTest, DestructionWithOpenConnectionsEndsThem) {
  StartServer();
  RawClient idle(server_->port());
  RawClient busy(server_->port());
  busy.Send("GET /hold HTTP/1.1\r\nHost: a\r\n\r\n");
  ASSERT_TRUE(handler_.WaitHeld());
  server_.reset();
  EXPECT_TRUE(idle.IsClosed());
  EXPECT_TRUE(busy.IsClosed());
  handler_.Release();
}

TEST_F(ServerTest, ABusyOrUnreadableAddressIsRefused) {
  StartServer();
  const std::string busy = "127.0.0.1:" + std::to_string(server_->port());
  for (const std::string& address :
       {busy, std::string("nowhere"), std::string("127.0.0.1"), std::string("127.0.0.1:"),
        std::string("127.0.0.1:99999"), std::string("host:1")}) {
    const auto started = HttpServer::Start({address, 1, {}, &SystemClock()}, handler_);
    ASSERT_FALSE(started) << address;
    EXPECT_EQ(started.error().code, "http.address");
  }
}

}  // namespace
}  // namespace guarantee::http
