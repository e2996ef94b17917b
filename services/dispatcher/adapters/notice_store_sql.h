// NoticeStore over one schema; PostgreSQL and SQLite.
#pragma once

#include <functional>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "crypto/random.h"
#include "dispatcher/adapters/event_codec.h"
#include "dispatcher/app/ports.h"
#include "sql/database.h"

namespace guarantee::dispatcher {

class SqlNoticeStore final : public NoticeStore {
 public:
  // Both outlive the store. The schema has DispatcherMigrations.
  SqlNoticeStore(sql::Database& database, crypto::Random& random)
      : database_(database), codec_(random) {}

  [[nodiscard]] Result<LaneChanges> TakeIn(std::span<const IncomingRecord> records,
                                           std::span<const messaging::OffsetMove> moves,
                                           UnixMillis now) override;
  [[nodiscard]] Result<void> TakeOver(std::span<const messaging::HeldEpoch> epochs,
                                      UnixMillis now) override;
  [[nodiscard]] Result<void> PullBackDues(UnixMillis now) override;
  [[nodiscard]] Result<std::vector<LoadScope>> LoadScopes(
      std::span<const std::int32_t> partitions) override;
  [[nodiscard]] Result<std::vector<Head>> LoadHeads(std::span<const LoadScope> scopes,
                                                    UnixMillis due, std::size_t limit) override;
  [[nodiscard]] Result<std::vector<Notice>> LoadNotices(std::span<const std::string> ids) override;
  [[nodiscard]] Result<std::vector<std::string>> Begin(std::span<const Beginning> beginnings,
                                                       UnixMillis now) override;
  [[nodiscard]] Result<LaneChanges> Finish(std::span<const Finished> finished,
                                           UnixMillis now) override;
  [[nodiscard]] Result<LaneChanges> Park(std::span<const Unrenderable> notices,
                                         UnixMillis now) override;
  [[nodiscard]] Result<LaneChanges> Expire(std::span<const messaging::HeldEpoch> epochs,
                                           UnixMillis now, std::size_t limit) override;
  [[nodiscard]] Result<std::vector<NoticeView>> List(const NoticeFilter& filter) override;
  [[nodiscard]] Result<NoticeHistory> Show(const std::string& id) override;
  [[nodiscard]] Result<std::optional<Head>> Retry(const std::string& id, const std::string& who,
                                                  UnixMillis now) override;
  [[nodiscard]] Result<std::vector<LaneView>> Lanes(const std::string& partner,
                                                    std::size_t limit) override;
  [[nodiscard]] Result<std::vector<HeadTotal>> HeadTotals() override;

 private:
  using ChangingWork = std::function<Result<void>(sql::Transaction&, LaneChanges&)>;

  // `work` from the start, at most kConflictTries times, while it loses races.
  [[nodiscard]] Result<LaneChanges> Change(const ChangingWork& work);
  [[nodiscard]] Result<void> WriteFinished(sql::Transaction& transaction,
                                           std::span<const Finished> finished, UnixMillis now,
                                           LaneChanges& changes);
  [[nodiscard]] Result<void> WriteExpired(sql::Transaction& transaction,
                                          std::span<const Notice> notices, UnixMillis now,
                                          LaneChanges& changes);

  sql::Database& database_;
  EventCodec codec_;
};

}  // namespace guarantee::dispatcher
