#include "sql/lease_store.h"

#include <set>

namespace guarantee::sql {
namespace {

using messaging::AcquiredLease;
using messaging::HeldEpoch;
using messaging::LeaseRequest;
using messaging::OffsetMove;
using messaging::StartOffset;

#define PG_NOW "(extract(epoch from clock_timestamp()) * 1000)::bigint"
#define LITE_NOW "cast((julianday('now') - 2440587.5) * 86400000.0 as integer)"

constexpr Statement kAcquire{
    "lease_acquire",
    "insert into {s}lease as l (consumer_group, partition, epoch, holder, lease_end, effects_after,"
    " released) values ($1, $2, 1, $3, " PG_NOW
    " + $4, 0, false)"
    " on conflict (consumer_group, partition) do update set epoch = l.epoch + 1,"
    " holder = excluded.holder, lease_end = excluded.lease_end, released = false,"
    " effects_after = case when $5 = 1 then 0 when l.released then l.effects_after"
    " else greatest(l.effects_after, l.lease_end) end"
    " returning epoch, effects_after - " PG_NOW,
    "insert into {s}lease (consumer_group, partition, epoch, holder, lease_end, effects_after,"
    " released) values (?1, ?2, 1, ?3, " LITE_NOW
    " + ?4, 0, 0)"
    " on conflict (consumer_group, partition) do update set epoch = epoch + 1,"
    " holder = excluded.holder, lease_end = excluded.lease_end, released = 0,"
    " effects_after = case when ?5 = 1 then 0 when released then effects_after"
    " else max(effects_after, lease_end) end"
    " returning epoch, effects_after - " LITE_NOW};

constexpr Statement kAcquireOffsets{
    "lease_acquire_offsets",
    "insert into {s}consumer_offset as o (consumer_group, topic, partition, epoch, next)"
    " select $2, topic, $3::bigint, $4::bigint, -1 from unnest($1::text[]) as t(topic)"
    " on conflict (consumer_group, topic, partition) do update set epoch = excluded.epoch"
    " returning topic, next",
    "insert into {s}consumer_offset (consumer_group, topic, partition, epoch, next)"
    " values (?2, ?1, ?3, ?4, -1)"
    " on conflict (consumer_group, topic, partition) do update set epoch = excluded.epoch"
    " returning topic, next"};

constexpr Statement kRenew{
    "lease_renew",
    "update {s}lease as l set lease_end = " PG_NOW
    " + $4"
    " from unnest($1::bigint[], $2::bigint[]) as h(partition, epoch)"
    " where l.consumer_group = $3 and l.partition = h.partition and l.epoch = h.epoch"
    " and not l.released returning l.partition",
    "update {s}lease set lease_end = " LITE_NOW
    " + ?4"
    " where consumer_group = ?3 and partition = ?1 and epoch = ?2 and released = 0"
    " returning partition"};

constexpr Statement kRelease{
    "lease_release",
    "update {s}lease as l set released = true"
    " from unnest($1::bigint[], $2::bigint[]) as h(partition, epoch)"
    " where l.consumer_group = $3 and l.partition = h.partition and l.epoch = h.epoch",
    "update {s}lease set released = 1 where consumer_group = ?3 and partition = ?1 and epoch = ?2"};

constexpr Statement kMoveOffsets{
    "offset_move",
    "update {s}consumer_offset as o set next = m.new_next"
    " from unnest($1::text[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[])"
    " as m(topic, partition, epoch, old_next, new_next)"
    " where o.consumer_group = $6 and o.topic = m.topic and o.partition = m.partition"
    " and o.epoch = m.epoch and o.next = m.old_next",
    "update {s}consumer_offset set next = ?5 where consumer_group = ?6 and topic = ?1"
    " and partition = ?2 and epoch = ?3 and next = ?4"};

constexpr Statement kHoldEpochs{
    "lease_hold",
    "select l.partition from {s}lease as l"
    " join unnest($1::bigint[], $2::bigint[]) as h(partition, epoch)"
    " on l.partition = h.partition and l.epoch = h.epoch where l.consumer_group = $3"
    " order by l.partition for share of l",
    "select partition from {s}lease where consumer_group = ?3 and partition = ?1 and epoch = ?2"};

constexpr Statement kLoadOffsets{
    "offset_load",
    "select topic, partition, next from {s}consumer_offset where consumer_group = $1",
    "select topic, partition, next from {s}consumer_offset where consumer_group = ?1"};

std::vector<Column> EpochColumns(std::span<const HeldEpoch> held) {
  std::vector<Column> columns{{ColumnType::kInteger, {}}, {ColumnType::kInteger, {}}};
  for (const HeldEpoch& one : held) {
    columns[0].values.emplace_back(std::int64_t{one.partition});
    columns[1].values.emplace_back(one.epoch);
  }
  return columns;
}

tl::unexpected<Error> Fenced() {
  return Retryable(messaging::kFencedCode, "the partition has a newer owner");
}

Result<AcquiredLease> AcquireIn(Transaction& transaction, const LeaseRequest& request,
                                std::int32_t partition, std::span<const std::string> topics) {
  const Value lease_values[] = {request.group, std::int64_t{partition}, request.holder,
                                request.length_ms, std::int64_t{request.alone ? 1 : 0}};
  const Result<Outcome> lease = transaction.Run(kAcquire, lease_values);
  if (!lease) return tl::unexpected(lease.error());
  AcquiredLease acquired{
      partition, Integer(lease->rows.at(0).at(0)), Integer(lease->rows.at(0).at(1)), {}};
  Column names{ColumnType::kText, {}};
  for (const std::string& topic : topics) names.values.emplace_back(topic);
  const Value offset_values[] = {request.group, std::int64_t{partition}, acquired.epoch};
  const Result<Outcome> offsets =
      transaction.RunSet(kAcquireOffsets, std::span(&names, 1), offset_values);
  if (!offsets) return tl::unexpected(offsets.error());
  for (const Row& row : offsets->rows) {
    acquired.offsets.push_back({{Text(row.at(0)), partition}, Integer(row.at(1))});
  }
  return acquired;
}

}  // namespace

Migration LeaseMigration(std::int64_t number) {
  return {number,
          "create table {s}lease (consumer_group text not null, partition bigint not null,"
          " epoch bigint not null, holder text not null, lease_end bigint not null,"
          " effects_after bigint not null, released boolean not null,"
          " primary key (consumer_group, partition));"
          "create table {s}consumer_offset (consumer_group text not null, topic text not null,"
          " partition bigint not null, epoch bigint not null, next bigint not null,"
          " primary key (consumer_group, topic, partition)) with (fillfactor = 50)",
          "create table {s}lease (consumer_group text not null, partition integer not null,"
          " epoch integer not null, holder text not null, lease_end integer not null,"
          " effects_after integer not null, released integer not null,"
          " primary key (consumer_group, partition)) without rowid;"
          "create table {s}consumer_offset (consumer_group text not null, topic text not null,"
          " partition integer not null, epoch integer not null, next integer not null,"
          " primary key (consumer_group, topic, partition)) without rowid"};
}

Result<void> MoveOffsets(Transaction& transaction, const std::string& group,
                         std::span<const OffsetMove> moves) {
  std::vector<Column> columns{{ColumnType::kText, {}},
                              {ColumnType::kInteger, {}},
                              {ColumnType::kInteger, {}},
                              {ColumnType::kInteger, {}},
                              {ColumnType::kInteger, {}}};
  for (const OffsetMove& move : moves) {
    columns[0].values.emplace_back(move.source.topic);
    columns[1].values.emplace_back(std::int64_t{move.source.partition});
    columns[2].values.emplace_back(move.epoch);
    columns[3].values.emplace_back(move.old_next);
    columns[4].values.emplace_back(move.new_next);
  }
  const Value scalars[] = {group};
  const Result<Outcome> moved = transaction.RunSet(kMoveOffsets, columns, scalars);
  if (!moved) return tl::unexpected(moved.error());
  if (moved->affected != static_cast<std::int64_t>(moves.size())) return Fenced();
  return {};
}

Result<void> HoldEpochs(Transaction& transaction, const std::string& group,
                        std::span<const HeldEpoch> epochs) {
  const Value scalars[] = {group};
  const Result<Outcome> held = transaction.RunSet(kHoldEpochs, EpochColumns(epochs), scalars);
  if (!held) return tl::unexpected(held.error());
  if (held->rows.size() != epochs.size()) return Fenced();
  return {};
}

Result<std::vector<StartOffset>> LoadOffsets(Transaction& transaction, const std::string& group) {
  const Value values[] = {group};
  const Result<Outcome> loaded = transaction.Run(kLoadOffsets, values);
  if (!loaded) return tl::unexpected(loaded.error());
  std::vector<StartOffset> offsets;
  for (const Row& row : loaded->rows) {
    offsets.push_back(
        {{Text(row.at(0)), static_cast<std::int32_t>(Integer(row.at(1)))}, Integer(row.at(2))});
  }
  return offsets;
}

Result<AcquiredLease> SqlLeaseStore::Acquire(const LeaseRequest& request, std::int32_t partition,
                                             std::span<const std::string> topics) {
  AcquiredLease acquired;
  const Result<void> done = database_.Transact([&](Transaction& transaction) -> Result<void> {
    Result<AcquiredLease> lease = AcquireIn(transaction, request, partition, topics);
    if (!lease) return tl::unexpected(lease.error());
    acquired = std::move(*lease);
    return {};
  });
  if (!done) return tl::unexpected(done.error());
  return acquired;
}

Result<std::vector<std::int32_t>> SqlLeaseStore::Renew(const LeaseRequest& request,
                                                       std::span<const HeldEpoch> held) {
  std::vector<std::int32_t> kept;
  const Result<void> done = database_.Transact([&](Transaction& transaction) -> Result<void> {
    kept.clear();
    const Value scalars[] = {request.group, request.length_ms};
    const Result<Outcome> renewed = transaction.RunSet(kRenew, EpochColumns(held), scalars);
    if (!renewed) return tl::unexpected(renewed.error());
    for (const Row& row : renewed->rows) {
      kept.push_back(static_cast<std::int32_t>(Integer(row.at(0))));
    }
    return {};
  });
  if (!done) return tl::unexpected(done.error());
  return kept;
}

Result<void> SqlLeaseStore::Release(const LeaseRequest& request, std::span<const HeldEpoch> held) {
  return database_.Transact([&](Transaction& transaction) -> Result<void> {
    const Value scalars[] = {request.group};
    const Result<Outcome> released = transaction.RunSet(kRelease, EpochColumns(held), scalars);
    if (!released) return tl::unexpected(released.error());
    return {};
  });
}

}  // namespace guarantee::sql
