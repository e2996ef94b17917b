// The gateway's own HTTP server with a handler that does nothing but answer: what a request costs
// before any of the gateway's work. Usage: null_server HOST:PORT; ends with SIGTERM.
#include <signal.h>

#include <iostream>
#include <memory>

#include "http/server.h"

namespace guarantee::http {
namespace {

constexpr const char* kAnswer = R"({"code":200,"msg":"操作成功","data":"http://127.0.0.1/"})";

Response Answered() { return {200, "application/json; charset=UTF-8", kAnswer, {}, false}; }

class NullExchange final : public Exchange {
 public:
  void OnBody(Body, Responder responder) override { responder.Send(Answered()); }
};

class NullHandler final : public Handler {
 public:
  void OnHead(std::shared_ptr<const RequestHead>, AdmissionReport report) override {
    report(std::make_unique<NullExchange>());
  }
  Response Refuse(const Refusal& refusal) override {
    return {refusal.status, "text/plain", refusal.reason, {}, true};
  }
};

int Serve(const char* address) {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  NullHandler handler;
  ServerOptions options;
  options.address = address;
  options.clock = &SystemClock();
  options.limits.requests_per_connection_max = 1'000'000'000;
  const auto server = HttpServer::Start(options, handler);
  if (!server) {
    std::cerr << Describe(server.error()) << '\n';
    return 1;
  }
  int caught = 0;
  sigwait(&signals, &caught);
  return 0;
}

}  // namespace
}  // namespace guarantee::http

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: null_server HOST:PORT\n";
    return 2;
  }
  return guarantee::http::Serve(argv[1]);
}
