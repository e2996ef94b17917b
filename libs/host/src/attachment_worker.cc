#include "attachment_worker.h"

#include <utility>

#include "attachment/reasons.h"
#include "attachment_rows.h"
#include "runtime/service.h"

namespace guarantee::host {
namespace {

using store::v1::StoredAttachment;

service::Cause CauseOf(const FetchJob& job) {
  service::Cause cause;
  cause.partner = job.partner;
  cause.flow = job.flow;
  cause.partition = job.partition;
  cause.event_id = job.id;
  cause.business_no = job.business_no;
  cause.journal_kind = "timer";
  cause.detail = "attachment " + job.id;
  return cause;
}

bool IsLast(const Error& error, int attempt) {
  return error.kind != ErrorKind::kRetryable || attempt >= kAttemptsMax;
}

}  // namespace

AttachmentWorker::AttachmentWorker(Needs needs) : needs_(std::move(needs)) {
  for (int thread = 0; thread < kFetchesMax; ++thread) {
    threads_.emplace_back([this] { Run(); });
  }
}

AttachmentWorker::~AttachmentWorker() { Stop(); }

void AttachmentWorker::Stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  fetcher_.Stop();
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
}

bool AttachmentWorker::Offer(const FetchJob& job) {
  const std::lock_guard lock(mutex_);
  if (stopping_) return false;
  if (under_way_.contains(job.id)) return true;
  if (jobs_.size() >= kJobsMax) return false;
  under_way_.emplace(job.id, job.attempt);
  jobs_.push_back(job);
  wake_.notify_one();
  return true;
}

std::optional<int> AttachmentWorker::UnderWay(const std::string& id) const {
  const std::lock_guard lock(mutex_);
  const auto found = under_way_.find(id);
  return found == under_way_.end() ? std::nullopt : std::optional<int>(found->second);
}

void AttachmentWorker::Count(bool stored) {
  const std::lock_guard lock(mutex_);
  ++(stored ? counts_.stored : counts_.refused);
}

AttachmentCounts AttachmentWorker::counts() const {
  const std::lock_guard lock(mutex_);
  return counts_;
}

void AttachmentWorker::Run() {
  std::unique_lock lock(mutex_);
  for (;;) {
    wake_.wait(lock, [this] { return stopping_ || !jobs_.empty(); });
    if (stopping_) return;
    const FetchJob job = std::move(jobs_.front());
    jobs_.pop_front();
    ++counts_.in_flight;
    lock.unlock();
    Do(job);
    lock.lock();
    --counts_.in_flight;
    under_way_.erase(job.id);
  }
}

// The try begins under the lease. It may outlive it: to read a file again harms nobody, and what
// comes of it counts only if the row still waits for this very try.
void AttachmentWorker::Do(const FetchJob& job) {
  if (!needs_.may_act(job.partition)) return;
  const Result<attachment::File> file = FetchAndKeep(job);
  {
    const std::lock_guard lock(mutex_);
    if (stopping_ && !file) return;  // cut by us, which says nothing about the file
    if (!file && !IsLast(file.error(), job.attempt)) ++counts_.failed_tries;
  }
  if (file || IsLast(file.error(), job.attempt)) Count(file.has_value());
  if (Result<void> told = needs_.execute(UnitOf(job, file)); !told) {
    runtime::Log(runtime::Level::kWarning, "attachments",
                 "what came of attachment " + job.id +
                     " is not written, it is tried again: " + Describe(told.error()));
  }
}

Result<attachment::File> AttachmentWorker::FetchAndKeep(const FetchJob& job) {
  const auto partner = needs_.options.partners->FindPartner(job.partner);
  if (!partner) {
    return Refused(attachment::reasons::kHost, "the partner is not configured any more");
  }
  Result<std::string> bytes = fetcher_.Fetch(job.text, *partner);
  if (!bytes) return tl::unexpected(bytes.error());
  Result<attachment::File> file = attachment::JudgeFile(*bytes);
  if (!file) return file;
  const sql::Document document{file->sha256, file->media_type, std::move(*bytes)};
  if (Result<void> put = needs_.documents->Put(document); !put) {
    return Retryable(attachment::reasons::kUnreachable, put.error().message);
  }
  return file;
}

messaging::Unit AttachmentWorker::UnitOf(const FetchJob& job,
                                         const Result<attachment::File>& file) {
  messaging::Unit unit;
  unit.rows = {AttachmentsOf(job.flow)};
  unit.decide = [this, job, file](messaging::Workspace& workspace) -> Result<void> {
    const messaging::RowKey row = AttachmentsOf(job.flow);
    auto all = ParseAttachments(workspace.Row(row).state);
    if (!all) return tl::unexpected(all.error());
    StoredAttachment* attachment = FindAttachment(*all, job.id);
    const bool ours = attachment != nullptr && attachment->attempts() == job.attempt &&
                      attachment->state() == store::v1::ATTACHMENT_STATE_WAITING;
    if (!ours) return {};
    const UnixMillis now = needs_.clock->Now();
    const service::Cause cause = CauseOf(job);
    service::Outbound out(workspace, cause, now, needs_.event_id);
    if (!file && !IsLast(file.error(), job.attempt)) {
      attachment->set_reason(file.error().code);
      workspace.SetTimer({row, job.id, job.partition, now + PauseAfterMs(job.attempt), {}});
      out.NoteCause("try " + std::to_string(job.attempt) + " failed: " + file.error().message);
    } else {
      file ? SetStored(*attachment, *file) : SetRefused(*attachment, file.error().code);
      attachment->set_changed_at(now.value);
      workspace.ClearTimer(row, job.id);
      TellEnd(out, needs_.options.events_topic, *attachment);
    }
    PutAttachments(workspace, cause, *all);
    return {};
  };
  return unit;
}

}  // namespace guarantee::host
