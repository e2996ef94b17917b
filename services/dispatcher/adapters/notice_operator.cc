// What operators see and do. Any process may serve it: what it changes is guarded by the state it
// was decided on, and the owner of the lane finds it by its own poll.
#include <algorithm>

#include "dispatcher/adapters/notice_rows.h"
#include "dispatcher/adapters/notice_statements.h"
#include "dispatcher/adapters/notice_store_sql.h"
#include "dispatcher/adapters/notice_writes.h"

namespace guarantee::dispatcher {
namespace {

constexpr std::size_t kListMost = 1'000;

struct StateRange {
  State first;
  State last;
};

StateRange RangeOf(const std::optional<State>& state) {
  if (!state) return {State::kWaiting, State::kExpired};
  // To an operator everything that the platform has not decided is pending.
  if (*state == State::kPending) return {State::kWaiting, State::kInFlight};
  return {*state, *state};
}

OperatorAction ToAction(const sql::Row& row) {
  return {{sql::Integer(row.at(0))}, sql::Text(row.at(1)), sql::Text(row.at(2))};
}

HeadTotal ToHeadTotal(const sql::Row& row) {
  HeadTotal total{static_cast<State>(sql::Integer(row.at(0))), sql::Integer(row.at(1)), {}};
  if (total.count > 0) total.oldest = UnixMillis{sql::Integer(row.at(2))};
  return total;
}

template <typename Item, typename Map>
Result<void> Load(sql::Transaction& transaction, const sql::Statement& statement,
                  const std::string& id, const Map& map, std::vector<Item>& items) {
  const sql::Value values[] = {id};
  const Result<sql::Outcome> found = transaction.Run(statement, values);
  if (!found) return tl::unexpected(found.error());
  for (const sql::Row& row : found->rows) items.push_back(map(row));
  return {};
}

}  // namespace

Result<std::vector<NoticeView>> SqlNoticeStore::List(const NoticeFilter& filter) {
  const StateRange range = RangeOf(filter.state);
  const sql::Value values[] = {static_cast<std::int64_t>(range.first),
                               static_cast<std::int64_t>(range.last), filter.partner, filter.flow,
                               static_cast<std::int64_t>(std::min(filter.limit, kListMost))};
  return Fetch<NoticeView>(
      database_,
      [&](sql::Transaction& transaction) { return transaction.Run(kListNotices, values); }, ToView);
}

Result<NoticeHistory> SqlNoticeStore::Show(const std::string& id) {
  std::vector<NoticeView> notices;
  NoticeHistory history;
  const Result<void> done = database_.Read([&](sql::Transaction& transaction) -> Result<void> {
    notices.clear();
    history = {};
    if (auto loaded = Load(transaction, kShowNotice, id, ToView, notices); !loaded) return loaded;
    const auto to_attempt = [&id](const sql::Row& row) { return ToAttempt(id, row); };
    auto loaded = Load(transaction, kLoadAttempts, id, to_attempt, history.attempts);
    if (!loaded) return loaded;
    return Load(transaction, kLoadActions, id, ToAction, history.actions);
  });
  if (!done) return tl::unexpected(done.error());
  if (notices.empty()) return Refused("notice.unknown", "there is no such notice");
  history.notice = std::move(notices.front());
  return history;
}

Result<std::optional<Head>> SqlNoticeStore::Retry(const std::string& id, const std::string& who,
                                                  UnixMillis now) {
  const Result<LaneChanges> done = Change([&](sql::Transaction& transaction,
                                              LaneChanges& changes) -> Result<void> {
    std::vector<Notice> notices;
    if (auto found = Load(transaction, kFindById, id, ToNotice, notices); !found) return found;
    if (notices.empty()) return Refused("notice.unknown", "there is no such notice");
    const Notice& notice = notices.front();
    const Step step = Apply(notice.delivery, OperatorRetry{now});
    if (IsRefusal(step.reply)) {
      return Refused("notice." + std::string(Name(step.reply)),
                     "cannot be sent again in state " + std::string(Name(notice.delivery.state)));
    }
    const sql::Value action[] = {id, now.value, who, std::string("retry")};
    if (auto noted = Done(transaction.Run(kNoteAction, action)); !noted) return noted;
    if (step.reply == Reply::kSame) return {};
    const DeliveryChange change{notice, step.next};
    const auto saved = SaveDeliveries(transaction, {&change, 1}, now);
    if (!saved) return tl::unexpected(saved.error());
    if (saved->empty()) return Retryable(messaging::kConflictCode, "it changed meanwhile");
    changes.ready.push_back(notice.head);
    changes.ready.back().due = step.next.due;
    return {};
  });
  if (!done) return tl::unexpected(done.error());
  if (done->ready.empty()) return std::optional<Head>{};
  return std::optional<Head>{done->ready.front()};
}

Result<std::vector<LaneView>> SqlNoticeStore::Lanes(const std::string& partner, std::size_t limit) {
  const sql::Value values[] = {partner, static_cast<std::int64_t>(std::min(limit, kListMost))};
  return Fetch<LaneView>(
      database_, [&](sql::Transaction& transaction) { return transaction.Run(kListLanes, values); },
      ToLane);
}

Result<std::vector<HeadTotal>> SqlNoticeStore::HeadTotals() {
  return Fetch<HeadTotal>(
      database_, [](sql::Transaction& transaction) { return transaction.Run(kHeadTotals, {}); },
      ToHeadTotal);
}

}  // namespace guarantee::dispatcher
