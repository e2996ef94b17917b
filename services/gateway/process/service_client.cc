#include "gateway/process/service_client.h"

#include <grpcpp/alarm.h>

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <set>
#include <utility>

#include "base/secret.h"
#include "guarantee/rpc/v1/case.grpc.pb.h"
#include "rpc/server.h"
#include "runtime/service.h"

namespace guarantee::gateway {
namespace {

namespace v1 = guarantee::rpc::v1;

constexpr std::chrono::seconds kStopTimeout{5};

bool IsWorthAnotherTry(grpc::StatusCode code) {
  switch (code) {
    case grpc::StatusCode::UNAVAILABLE:
    case grpc::StatusCode::ABORTED:
    case grpc::StatusCode::CANCELLED:
    case grpc::StatusCode::RESOURCE_EXHAUSTED:
      return true;
    default:
      return false;
  }
}

v1::AnswerRequest ToCall(const ServiceRequest& request) {
  v1::AnswerRequest call;
  call.set_section(request.interface->section);
  call.set_type(request.message->GetDescriptor()->full_name());
  call.set_message(request.message->SerializeAsString());
  call.set_partner(request.partner);
  call.set_flow(request.flow);
  call.set_business_no(request.business_no);
  call.set_traceparent(request.traceparent);
  call.set_received_at(request.received_at.value);
  return call;
}

}  // namespace

struct ServiceClient::Service {
  std::string name;
  std::unique_ptr<v1::CaseService::Stub> stub;
};

// Shared by the client and its questions, which may end after it.
struct ServiceClient::UnderWay {
  std::mutex mutex;
  std::condition_variable changed;
  std::set<std::shared_ptr<Question>> questions;
};

// One request on its way to its service and back. Keeps itself alive through UnderWay.
class ServiceClient::Question : public std::enable_shared_from_this<Question> {
 public:
  Question(std::shared_ptr<Service> service, std::shared_ptr<UnderWay> under_way,
           const ServiceRequest& request, ServiceReport report)
      : service_(std::move(service)),
        under_way_(std::move(under_way)),
        report_(std::move(report)),
        until_(request.until - kAnswerMargin),
        call_(ToCall(request)) {}

  void Try() {
    std::unique_lock lock(mutex_);
    const auto left = until_ - std::chrono::steady_clock::now();
    if (cancelled_ || left <= std::chrono::milliseconds(0)) {
      lock.unlock();
      return End(Retryable("rpc.unavailable", service_->name + " did not answer in time"));
    }
    context_ = std::make_unique<grpc::ClientContext>();
    rpc::SetDeadline(*context_, std::chrono::duration_cast<std::chrono::milliseconds>(left));
    service_->stub->async()->Answer(
        context_.get(), &call_, &reply_,
        [self = shared_from_this()](const grpc::Status& status) { self->OnStatus(status); });
    // gRPC 1.51 ends the threads of its callbacks with the last channel that has used them, and
    // aborts when another one begins at that moment. So the first one is never given back.
    static const auto* const first = new std::shared_ptr<Service>(service_);
    static_cast<void>(first);
  }

  void Cancel() {
    const std::lock_guard lock(mutex_);
    cancelled_ = true;
    if (context_) context_->TryCancel();
    if (alarm_) alarm_->Cancel();
  }

 private:
  void OnStatus(const grpc::Status& status) {
    if (status.ok()) return End(contract::Answer{reply_.code(), reply_.text(), std::nullopt});
    if (IsWorthAnotherTry(status.error_code()) && PauseAndTry()) return;
    const bool late = status.error_code() == grpc::StatusCode::DEADLINE_EXCEEDED;
    if (late || IsWorthAnotherTry(status.error_code())) {
      return End(Retryable("rpc.unavailable", service_->name + " did not answer in time"));
    }
    // The status' text is not ours to judge; its code is enough to look into the service's log.
    const std::string code = std::to_string(status.error_code());
    runtime::Log(runtime::Level::kError, "gateway",
                 service_->name + " refused a call of " + call_.section() + ", status " + code);
    End(Permanent("rpc.failed", service_->name + " refused the call"));
  }

  // False when the time does not allow another try.
  bool PauseAndTry() {
    const std::lock_guard lock(mutex_);
    const auto next = std::chrono::steady_clock::now() + pause_;
    if (cancelled_ || next >= until_) return false;
    alarm_ = std::make_unique<grpc::Alarm>();
    alarm_->Set(gpr_time_from_millis(pause_.count(), GPR_TIMESPAN),
                [self = shared_from_this()](bool) { self->Try(); });
    pause_ = std::min(pause_ * 2, kLongestPause);
    return true;
  }

  void End(Result<contract::Answer> answer) {
    const Secret spent(std::move(*call_.mutable_message()));
    report_(std::move(answer));
    {
      // An alarm keeps what it was to call, also once it has rung: us.
      const std::lock_guard lock(mutex_);
      alarm_.reset();
    }
    const std::lock_guard lock(under_way_->mutex);
    under_way_->questions.erase(shared_from_this());
    under_way_->changed.notify_all();
  }

  const std::shared_ptr<Service> service_;
  const std::shared_ptr<UnderWay> under_way_;
  const ServiceReport report_;
  const std::chrono::steady_clock::time_point until_;
  v1::AnswerRequest call_;
  v1::AnswerReply reply_;
  std::mutex mutex_;  // of what follows
  bool cancelled_ = false;
  std::chrono::milliseconds pause_ = kFirstPause;
  std::unique_ptr<grpc::ClientContext> context_;
  std::unique_ptr<grpc::Alarm> alarm_;
};

ServiceClient::ServiceClient(const Channels& channels) : under_way_(std::make_shared<UnderWay>()) {
  for (const auto& [name, channel] : channels) {
    auto service = std::make_shared<Service>();
    service->name = name;
    service->stub = v1::CaseService::NewStub(channel);
    services_.emplace(name, std::move(service));
  }
}

ServiceClient::~ServiceClient() {
  std::unique_lock lock(under_way_->mutex);
  const std::set<std::shared_ptr<Question>> questions = under_way_->questions;
  lock.unlock();
  for (const std::shared_ptr<Question>& question : questions) question->Cancel();
  lock.lock();
  under_way_->changed.wait_for(lock, kStopTimeout,
                               [this] { return under_way_->questions.empty(); });
}

bool ServiceClient::Offers(const contract::Interface& interface) const {
  return services_.contains(interface.service);
}

void ServiceClient::Ask(ServiceRequest request, ServiceReport report) {
  const auto service = services_.find(request.interface->service);
  if (service == services_.end()) {
    return report(Permanent("rpc.failed", "no such service: " + request.interface->service));
  }
  const auto question =
      std::make_shared<Question>(service->second, under_way_, request, std::move(report));
  {
    const std::lock_guard lock(under_way_->mutex);
    under_way_->questions.insert(question);
  }
  question->Try();
}

}  // namespace guarantee::gateway
