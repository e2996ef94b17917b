#include "http/client.h"

#include <atomic>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <mutex>
#include <thread>
#include <unordered_set>

#include "client_exchange.h"

namespace guarantee::http {
namespace {

namespace asio = boost::asio;

class AsioClient final : public Client {
 public:
  explicit AsioClient(Options options)
      : options_(std::move(options)),
        names_(context_, options_.address_lifetime),
        connections_(options_.connections_max, options_.idle_max),
        shared_{context_, options_, names_, connections_},
        work_(asio::make_work_guard(context_)),
        thread_([this] { context_.run(); }) {}
  ~AsioClient() override { Stop(); }

  void Send(Call call, OutcomeHandler handler) override {
    {
      const std::lock_guard lock(mutex_);
      if (!stopping_) {
        ++in_flight_;
        asio::post(context_,
                   [this, call = std::move(call), handler = std::move(handler)]() mutable {
                     Begin(std::move(call), std::move(handler));
                   });
        return;
      }
    }
    Outcome outcome;
    outcome.fault = Fault::kStopped;
    outcome.detail = "the client was stopped";
    handler(std::move(outcome));
  }

  void Stop() override {
    {
      const std::lock_guard lock(mutex_);
      if (stopping_) return;
      stopping_ = true;
    }
    // Posted after every Begin, so that it meets every exchange.
    asio::post(context_, [this] {
      for (ClientExchange* exchange : running_) exchange->Abort();
      connections_.CloseIdle();
      work_.reset();
    });
    thread_.join();
  }

  [[nodiscard]] std::size_t InFlight() const override { return in_flight_; }

 private:
  void Begin(Call call, OutcomeHandler handler) {
    auto id = std::make_shared<ClientExchange*>(nullptr);
    auto exchange = std::make_shared<ClientExchange>(
        shared_, std::move(call), [this, id, handler = std::move(handler)](Outcome outcome) {
          running_.erase(*id);
          --in_flight_;
          handler(std::move(outcome));
        });
    *id = exchange.get();
    running_.insert(*id);
    exchange->Run();
  }

  const Options options_;
  asio::io_context context_{1};
  HostNames names_;
  ClientConnections connections_;
  ClientContext shared_;
  std::unordered_set<ClientExchange*> running_;  // on the client's thread
  std::atomic<std::size_t> in_flight_{0};
  std::mutex mutex_;
  bool stopping_ = false;
  asio::executor_work_guard<asio::io_context::executor_type> work_;
  std::thread thread_;
};

}  // namespace

std::unique_ptr<Client> Client::Start(Options options) {
  return std::make_unique<AsioClient>(std::move(options));
}

}  // namespace guarantee::http
