#include <atomic>

#include "http/server.h"

namespace guarantee::http {

struct Responder::State {
  State(Sink given_sink, Response given_unanswered)
      : sink(std::move(given_sink)), unanswered(std::move(given_unanswered)) {}
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  ~State() {
    if (!sent.exchange(true)) sink(std::move(unanswered));
  }

  Sink sink;
  Response unanswered;
  std::atomic<bool> sent{false};
};

Responder::Responder(Sink sink, Response unanswered)
    : state_(std::make_shared<State>(std::move(sink), std::move(unanswered))) {}

void Responder::Send(Response response) const {
  if (!state_->sent.exchange(true)) state_->sink(std::move(response));
}

}  // namespace guarantee::http
