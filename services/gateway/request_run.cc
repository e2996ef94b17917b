#include "gateway/request_run.h"

#include "contract/messages.h"
#include "gateway/answers.h"
#include "gateway/outcome.h"
#include "gateway/texts.h"

namespace guarantee::gateway {

RequestRun::RequestRun(Inbound inbound, http::Responder responder, GatewayMetrics& metrics)
    : inbound_(std::move(inbound)), responder_(std::move(responder)), metrics_(metrics) {}

std::shared_ptr<const google::protobuf::Message> RequestRun::message(std::size_t index) const {
  std::shared_ptr<google::protobuf::Message> copy(decoded_.items[index].message->New());
  copy->CopyFrom(*decoded_.items[index].message);
  return copy;
}

void RequestRun::SetReceipt(UnixMillis received_at, SteadyTime until) {
  received_at_ = received_at;
  until_ = until;
}

void RequestRun::SetItems(contract::Decoded decoded) {
  decoded_ = std::move(decoded);
  ends_.resize(decoded_.items.size());
  open_ = ends_.size();
  for (const contract::Item& item : decoded_.items) {
    for (const contract::Warning& warning : item.warnings) {
      metrics_.CountWarning(interface().section, contract::Name(warning.kind));
    }
  }
}

void RequestRun::End(std::size_t index, ItemEnd end) {
  std::unique_lock lock(mutex_);
  if (ends_[index]) return;
  ends_[index] = std::move(end);
  if (--open_ > 0) return;
  const ItemEnd all = decoded_.array ? Combine() : *ends_.front();
  lock.unlock();
  EndAll(all);
}

void RequestRun::EndAll(const ItemEnd& end) {
  if (over_.exchange(true)) return;
  http::Response response = MakeAnswer(end.status, inbound_.interface, end.answer);
  if (end.retry_after_s > 0) {
    response.fields.push_back({"Retry-After", std::to_string(end.retry_after_s)});
  }
  const auto duration = std::chrono::duration_cast<std::chrono::microseconds>(
      std::chrono::steady_clock::now() - inbound_.began);
  metrics_.CountRequest(interface().section, end.outcome, duration);
  inbound_.ticket.reset();
  responder_.Send(std::move(response));
}

// Every item was judged by itself; the answer names those that failed (clarifications 7). An item
// that could not be finished makes the whole a "try again": the others are repeats then.
ItemEnd RequestRun::Combine() const {
  std::string failed;
  for (std::size_t at = 0; at < ends_.size(); ++at) {
    const ItemEnd& end = *ends_[at];
    if (end.status != 200) return end;
    if (end.answer.code == 200) continue;
    if (!failed.empty()) failed += "；";
    failed += texts::RefusedItem(at + 1, decoded_.items[at].number, end.answer.message);
  }
  if (failed.empty()) {
    return {200,
            {200, contract::messages::Received(ends_.size()), std::nullopt},
            outcome::kAccepted,
            0};
  }
  return {200, {500, failed, std::nullopt}, outcome::kRefused, 0};
}

}  // namespace guarantee::gateway
