// Intake: records of the notices topic become rows in the transaction that moves the offsets.
#include "dispatcher/adapters/joined_outbox.h"
#include "dispatcher/adapters/notice_rows.h"
#include "dispatcher/adapters/notice_statements.h"
#include "dispatcher/adapters/notice_store_sql.h"
#include "dispatcher/adapters/notice_writes.h"
#include "dispatcher/app/topics.h"
#include "sql/lease_store.h"

namespace guarantee::dispatcher {
namespace {

// One batch inside its transaction. Rows are gathered and inserted as a set; what looks at earlier
// notices (renewal, resend) first has the set written.
class Intake {
 public:
  Intake(sql::Transaction& transaction, UnixMillis now, LaneChanges& changes)
      : transaction_(transaction), now_(now), changes_(changes) {}

  Result<void> Run(std::span<const IncomingRecord> records) {
    if (Result<void> prepared = PrepareLanes(records); !prepared) return prepared;
    for (const IncomingRecord& record : records) {
      Result<void> taken =
          std::visit([this](const auto& one) -> Result<void> { return Take(one); }, record);
      if (!taken) return taken;
    }
    if (Result<void> inserted = InsertGathered(); !inserted) return inserted;
    if (Result<void> written = AppendToOutbox(transaction_, dead_letters_); !written) {
      return written;
    }
    return MoveLanes(transaction_, flows_, now_, changes_);
  }

 private:
  static constexpr std::int64_t kWaitingState = 0;

  struct Gathered {
    const Notice* notice;
    std::int64_t state;
  };

  Result<void> PrepareLanes(std::span<const IncomingRecord> records);
  void NoteLane(const Head& head, Columns& lanes);
  Result<void> Take(const Notice& notice) {
    Gather(notice, kWaitingState);
    return {};
  }
  Result<void> Take(const RenewalRecord& renewal);
  Result<void> Take(const ResendRecord& resend);
  Result<void> Take(const UnusableRecord& unusable) {
    dead_letters_.push_back(unusable.dead_letter);
    changes_.alarms.push_back(
        {AlarmKind::kDeadLettered, {}, {}, {}, {}, unusable.dead_letter.detail});
    return {};
  }
  void Gather(const Notice& notice, std::int64_t state);
  Result<void> InsertGathered();
  Result<std::vector<Notice>> FindRenewed(const RenewalRecord& renewal);
  Result<void> Renew(const RenewalRecord& renewal);
  Result<std::vector<Notice>> FindFirst(const ResendRecord& resend);
  Result<std::vector<Notice>> Find(const sql::Statement& statement,
                                   std::span<const sql::Value> values);

  sql::Transaction& transaction_;
  const UnixMillis now_;
  LaneChanges& changes_;
  Flows flows_;
  Columns rows_ = NewRows();
  std::set<std::string> inserted_;
  std::vector<messaging::OutboxEntry> dead_letters_;

  static Columns NewRows() {
    return Columns{kText, kText, kInt,  kText, kInt, kText, kText, kText, kText,
                   kText, kText, kBlob, kInt,  kInt, kInt,  kInt,  kInt};
  }
};

void Intake::NoteLane(const Head& head, Columns& lanes) {
  if (flows_.insert(head.flow).second) {
    lanes.Add({head.flow, head.partner, std::int64_t{head.partition}});
  }
}

Result<void> Intake::PrepareLanes(std::span<const IncomingRecord> records) {
  Columns lanes{kText, kText, kInt};
  for (const IncomingRecord& record : records) {
    if (const auto* notice = std::get_if<Notice>(&record)) NoteLane(notice->head, lanes);
    if (const auto* renewal = std::get_if<RenewalRecord>(&record)) NoteLane(renewal->head, lanes);
    if (const auto* resend = std::get_if<ResendRecord>(&record)) {
      NoteLane(resend->notice.head, lanes);
    }
  }
  if (lanes.empty()) return {};
  if (Result<void> done = Done(transaction_.RunSet(kInsertLanes, lanes.all(), {})); !done) {
    return done;
  }
  return LockLanes(transaction_, flows_);
}

void Intake::Gather(const Notice& notice, std::int64_t state) {
  const Head& head = notice.head;
  rows_.Add({head.id, head.flow, head.sequence, head.partner, std::int64_t{head.partition},
             head.section, notice.type, notice.business_no, notice.causation, notice.traceparent,
             notice.resend_of, sql::Blob{notice.value}, notice.bus_offset, notice.received_at.value,
             state, Flag(notice.delivery.bytes_fixed), OptionalMoment(notice.delivery.not_after)});
}

Result<void> Intake::InsertGathered() {
  if (rows_.empty()) return {};
  const Columns rows = std::exchange(rows_, NewRows());
  const sql::Value scalars[] = {now_.value};
  Result<std::set<std::string>> inserted =
      Returned(transaction_.RunSet(kInsertNotices, rows.all(), scalars));
  if (!inserted) return tl::unexpected(inserted.error());
  inserted_.merge(*inserted);
  return {};
}

Result<std::vector<Notice>> Intake::Find(const sql::Statement& statement,
                                         std::span<const sql::Value> values) {
  const Result<sql::Outcome> found = transaction_.Run(statement, values);
  if (!found) return tl::unexpected(found.error());
  std::vector<Notice> notices;
  for (const sql::Row& row : found->rows) notices.push_back(ToNotice(row));
  return notices;
}

Result<void> Intake::Take(const RenewalRecord& renewal) {
  Notice place;
  place.head = renewal.head;
  place.bus_offset = renewal.bus_offset;
  place.received_at = now_;
  place.delivery.not_after = renewal.not_after;
  Gather(place, kRenewalState);
  if (Result<void> inserted = InsertGathered(); !inserted) return inserted;
  if (!inserted_.contains(renewal.head.id)) return {};  // seen before
  return Renew(renewal);
}

Result<std::vector<Notice>> Intake::FindRenewed(const RenewalRecord& renewal) {
  if (!renewal.target_id.empty()) {
    const sql::Value id[] = {renewal.target_id};
    Result<std::vector<Notice>> found = Find(kFindById, id);
    if (found) {
      std::erase_if(*found, [&](const Notice& one) { return one.head.flow != renewal.head.flow; });
    }
    return found;
  }
  const sql::Value place[] = {renewal.head.flow, renewal.head.section};
  return Find(kFindRenewable, place);
}

Result<void> Intake::Renew(const RenewalRecord& renewal) {
  const Result<std::vector<Notice>> notices = FindRenewed(renewal);
  if (!notices) return tl::unexpected(notices.error());
  std::vector<DeliveryChange> renewed;
  for (const Notice& notice : *notices) {
    const Step step = Apply(notice.delivery, Renewed{renewal.not_after, now_});
    if (step.reply == Reply::kDone) renewed.push_back({notice, step.next});
  }
  const Result<std::set<std::string>> saved = SaveDeliveries(transaction_, renewed, now_);
  if (!saved) return tl::unexpected(saved.error());
  for (const DeliveryChange& change : renewed) {
    if (change.next.state != State::kPending || !saved->contains(change.before.head.id)) continue;
    Head head = change.before.head;
    head.due = change.next.due;
    changes_.ready.push_back(std::move(head));
  }
  return {};
}

Result<std::vector<Notice>> Intake::FindFirst(const ResendRecord& resend) {
  const Head& head = resend.notice.head;
  if (!resend.target_id.empty()) {
    const sql::Value id[] = {resend.target_id};
    return Find(kFindById, id);
  }
  const sql::Value place[] = {head.flow, head.section, resend.notice.business_no, head.sequence};
  return Find(kFindNewest, place);
}

Result<void> Intake::Take(const ResendRecord& resend) {
  if (Result<void> inserted = InsertGathered(); !inserted) return inserted;
  const Result<std::vector<Notice>> found = FindFirst(resend);
  if (!found) return tl::unexpected(found.error());
  Notice notice = resend.notice;
  const bool known = !found->empty() && found->front().head.partner == notice.head.partner;
  if (!known) {
    // There is nothing to deliver, but the lane must not wait for it.
    changes_.alarms.push_back({AlarmKind::kOwnFault, notice.head.partner, notice.head.section,
                               notice.head.flow, notice.head.id,
                               "asks to send again what was never sent"});
    Gather(notice, kRenewalState);
    return {};
  }
  const Notice& first = found->front();
  notice.head.section = first.head.section;
  notice.business_no = first.business_no;
  notice.type = first.type;
  notice.value = first.value;
  notice.resend_of = first.resend_of.empty() ? first.head.id : first.resend_of;
  notice.delivery.bytes_fixed = true;  // those of the first, once it has any
  Gather(notice, kWaitingState);
  return {};
}

}  // namespace

Result<LaneChanges> SqlNoticeStore::TakeIn(std::span<const IncomingRecord> records,
                                           std::span<const messaging::OffsetMove> moves,
                                           UnixMillis now) {
  return Change([&](sql::Transaction& transaction, LaneChanges& changes) -> Result<void> {
    if (Result<void> moved = sql::MoveOffsets(transaction, kGroup, moves); !moved) return moved;
    return Intake(transaction, now, changes).Run(records);
  });
}

}  // namespace guarantee::dispatcher
