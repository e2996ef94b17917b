#include "dispatcher/process/dispatcher_rpc.h"

#include "dispatcher/app/topics.h"
#include "rpc/server.h"
#include "rpc/steps.h"

namespace guarantee::dispatcher {
namespace {

constexpr std::int32_t kListDefault = 200;
constexpr std::int32_t kListMax = 1'000;

// The states that an operator asks by; what waits or is under way is pending to him.
std::optional<State> StateOfWord(const std::string& word) {
  if (word == "pending") return State::kPending;
  if (word == "parked") return State::kParked;
  if (word == "accepted") return State::kAccepted;
  if (word == "expired") return State::kExpired;
  return std::nullopt;
}

std::string WordOf(State state) {
  switch (state) {
    case State::kWaiting:
    case State::kPending:
    case State::kInFlight:
      return "pending";
    case State::kParked:
      return "parked";
    case State::kAccepted:
      return "accepted";
    case State::kExpired:
      return "expired";
  }
  return "pending";
}

std::string TextOf(const AnswerText& answer) {
  std::string text;
  if (answer.http_status != 0) text = "HTTP " + std::to_string(answer.http_status);
  if (!answer.code.empty()) text += (text.empty() ? "code " : ", code ") + answer.code;
  if (!answer.message.empty()) text += (text.empty() ? "" : ", ") + answer.message;
  return text;
}

void Fill(const NoticeView& notice, rpc::v1::NoticeRow& row) {
  row.set_id(notice.head.id);
  row.set_partner(notice.head.partner);
  row.set_section(notice.head.section);
  row.set_flow(notice.head.flow);
  row.set_state(WordOf(notice.state));
  row.set_attempts(static_cast<std::int32_t>(notice.attempts));
  const bool planned = notice.state == State::kPending;
  row.set_next_attempt_at(planned ? notice.head.due.value : 0);
  row.set_last_answer(TextOf(notice.last_answer));
}

rpc::v1::Step& AddStep(const NoticeView& notice, std::int64_t at, const char* kind,
                       rpc::v1::FlowReply& reply) {
  rpc::v1::Step& step = *reply.add_steps();
  step.set_at(at);
  step.set_kind(kind);
  step.set_section(notice.head.section);
  step.set_partition(-1);
  step.set_offset(-1);
  return step;
}

void AddSteps(const NoticeHistory& history, rpc::v1::FlowReply& reply) {
  const NoticeView& notice = history.notice;
  rpc::v1::Step& taken = AddStep(notice, notice.received_at.value, "notice", reply);
  taken.set_topic(kNoticesTopic);
  taken.set_partition(notice.head.partition);
  taken.set_offset(notice.bus_offset);
  taken.set_detail("notice " + notice.head.id + " taken in, now " + WordOf(notice.state));
  for (const Attempt& attempt : history.attempts) {
    AddStep(notice, attempt.began_at.value, "attempt", reply)
        .set_detail("attempt " + std::to_string(attempt.number) + ", sha256 " +
                    attempt.body_sha256.substr(0, 12) + "…");
    AddStep(notice, attempt.began_at.value + attempt.duration_ms, "answer", reply)
        .set_detail(std::string(Name(attempt.ending)) + " after " +
                    std::to_string(attempt.duration_ms) + " ms: " + TextOf(attempt.answer));
  }
  for (const OperatorAction& action : history.actions) {
    AddStep(notice, action.at.value, "decision", reply)
        .set_detail(action.what + " by " + action.who);
  }
}

}  // namespace

grpc::Status DispatcherRpc::ListNotices(grpc::ServerContext*,
                                        const rpc::v1::ListNoticesRequest* request,
                                        rpc::v1::ListNoticesReply* reply) {
  const std::int32_t limit = request->limit() == 0 ? kListDefault : request->limit();
  if (limit < 0 || limit > kListMax) {
    return rpc::ToStatus({ErrorKind::kRefused, "notice.limit", "limit", "must be 1 to 1000"});
  }
  NoticeFilter filter;
  filter.partner = request->partner();
  filter.limit = static_cast<std::size_t>(limit);
  if (!request->state().empty()) {
    filter.state = StateOfWord(request->state());
    if (!filter.state) {
      return rpc::ToStatus({ErrorKind::kRefused, "notice.state", "state",
                            "must be pending, parked, accepted or expired"});
    }
  }
  const Result<std::vector<NoticeView>> notices = dispatcher_.ListNotices(filter);
  if (!notices) return rpc::ToStatus(notices.error());
  for (const NoticeView& notice : *notices) Fill(notice, *reply->add_notices());
  return grpc::Status::OK;
}

grpc::Status DispatcherRpc::RetryNotice(grpc::ServerContext*,
                                        const rpc::v1::RetryNoticeRequest* request,
                                        rpc::v1::RetryNoticeReply* reply) {
  if (request->requested_by().empty()) {
    return rpc::ToStatus(
        {ErrorKind::kRefused, "notice.requested_by", "requested_by", "must be set"});
  }
  if (!request->partner().empty()) {
    const Result<NoticeHistory> shown = dispatcher_.ShowNotice(request->id());
    if (!shown) return rpc::ToStatus(shown.error());
    if (shown->notice.head.partner != request->partner()) {
      return rpc::ToStatus(
          {ErrorKind::kRefused, "notice.unknown", {}, "this partner has no such notice"});
    }
  }
  const Result<void> done = dispatcher_.RetryNotice(request->id(), request->requested_by());
  if (!done && done.error().kind != ErrorKind::kRefused) return rpc::ToStatus(done.error());
  if (!done && done.error().code == "notice.unknown") return rpc::ToStatus(done.error());
  reply->set_result(done ? "queued" : "refused");
  if (!done) reply->set_reason(Describe(done.error()));
  return grpc::Status::OK;
}

grpc::Status DispatcherRpc::Flow(grpc::ServerContext*, const rpc::v1::FlowRequest* request,
                                 rpc::v1::FlowReply* reply) {
  const Result<std::vector<NoticeHistory>> notices = dispatcher_.ShowFlow(request->flow());
  if (!notices) return rpc::ToStatus(notices.error());
  for (const NoticeHistory& notice : *notices) AddSteps(notice, *reply);
  rpc::SortSteps(*reply);
  return grpc::Status::OK;
}

grpc::Status DispatcherRpc::GetLag(grpc::ServerContext* context, const rpc::v1::LagRequest*,
                                   rpc::v1::LagReply* reply) {
  const Result<void> filled = rpc::FillLag(lag_, dispatcher_.State().trouble,
                                           rpc::Remaining(*context, rpc::kDefaultDeadline), *reply);
  return filled ? grpc::Status::OK : rpc::ToStatus(filled.error());
}

}  // namespace guarantee::dispatcher
