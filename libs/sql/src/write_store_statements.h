// The statements of write_store.cc in both dialects.
#pragma once

#include "sql/database.h"

namespace guarantee::sql {

inline constexpr Statement kLockRows{
    "row_lock",
    "select e.kind, e.id, e.partition, e.version, e.state, e.partner, e.number, e.business_no,"
    " e.status, e.amount_fen, e.updated_at from {s}state_row as e"
    " join unnest($1::bigint[], $2::text[]) as k(kind, id) on e.kind = k.kind and e.id = k.id"
    " order by e.kind, e.id for update of e",
    "select kind, id, partition, version, state, partner, number, business_no, status, amount_fen,"
    " updated_at from {s}state_row where kind = ?1 and id = ?2"};

inline constexpr Statement kLoadRow{
    "row_load",
    "select kind, id, partition, version, state, partner, number, business_no, status, amount_fen,"
    " updated_at from {s}state_row where kind = $1 and id = $2",
    "select kind, id, partition, version, state, partner, number, business_no, status, amount_fen,"
    " updated_at from {s}state_row where kind = ?1 and id = ?2"};

inline constexpr Statement kListRows{
    "row_list",
    "select kind, id, partition, version, state, partner, number, business_no, status, amount_fen,"
    " updated_at from {s}state_row where kind = $1 and ($2 = '' or partner = $2)"
    " and ($3 = '' or number = $3 or business_no = $3) order by updated_at desc, id limit $4",
    "select kind, id, partition, version, state, partner, number, business_no, status, amount_fen,"
    " updated_at from {s}state_row where kind = ?1 and (?2 = '' or partner = ?2)"
    " and (?3 = '' or number = ?3 or business_no = ?3) order by updated_at desc, id limit ?4"};

inline constexpr Statement kInsertRows{
    "row_insert",
    "insert into {s}state_row (kind, id, partition, version, state, partner, number, business_no,"
    " status, amount_fen, updated_at) select kind, id, partition, 1, state, partner, number,"
    " business_no, status, amount_fen, (extract(epoch from clock_timestamp()) * 1000)::bigint"
    " from unnest($1::bigint[], $2::text[], $3::bigint[], $4::bigint[], $5::bytea[], $6::text[],"
    " $7::text[], $8::text[], $9::text[], $10::bigint[]) as r(kind, id, partition, version, state,"
    " partner, number, business_no, status, amount_fen)",
    "insert into {s}state_row (kind, id, partition, version, state, partner, number, business_no,"
    " status, amount_fen, updated_at) values (?1, ?2, ?3, 1 + ?4, ?5, ?6, ?7, ?8, ?9, ?10,"
    " cast((julianday('now') - 2440587.5) * 86400000.0 as integer))"};

inline constexpr Statement kUpdateRows{
    "row_update",
    "update {s}state_row as e set version = e.version + 1, partition = r.partition,"
    " state = r.state, partner = r.partner, number = r.number, business_no = r.business_no,"
    " status = r.status, amount_fen = r.amount_fen,"
    " updated_at = (extract(epoch from clock_timestamp()) * 1000)::bigint"
    " from unnest($1::bigint[], $2::text[], $3::bigint[], $4::bigint[], $5::bytea[], $6::text[],"
    " $7::text[], $8::text[], $9::text[], $10::bigint[]) as r(kind, id, partition, version, state,"
    " partner, number, business_no, status, amount_fen)"
    " where e.kind = r.kind and e.id = r.id and e.version = r.version",
    "update {s}state_row set version = version + 1, partition = ?3, state = ?5, partner = ?6,"
    " number = ?7, business_no = ?8, status = ?9, amount_fen = ?10,"
    " updated_at = cast((julianday('now') - 2440587.5) * 86400000.0 as integer)"
    " where kind = ?1 and id = ?2 and version = ?4"};

// One row a (flow, topic) with the number of records that come; answers the last number given.
inline constexpr Statement kTakeSequences{
    "sequence_take",
    "insert into {s}flow_sequence as f (flow, topic, last) select flow, topic, number"
    " from unnest($1::text[], $2::text[], $3::bigint[]) as n(flow, topic, number)"
    " on conflict (flow, topic) do update set last = f.last + excluded.last"
    " returning flow, topic, last",
    "insert into {s}flow_sequence (flow, topic, last) values (?1, ?2, ?3)"
    " on conflict (flow, topic) do update set last = last + excluded.last"
    " returning flow, topic, last"};

inline constexpr Statement kAppendOutbox{
    "outbox_append",
    "insert into {s}outbox (partition, topic, flow, sequence, event_id, type, partner, section,"
    " business_no, causation, traceparent, at, value, detail, not_after) select partition, topic,"
    " flow, sequence, event_id, type, partner, section, business_no, causation, traceparent, at,"
    " value, detail, not_after from unnest($1::bigint[], $2::text[], $3::text[], $4::bigint[],"
    " $5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[], $11::text[],"
    " $12::bigint[], $13::bytea[], $14::text[], $15::bigint[]) with ordinality as o(partition,"
    " topic, flow, sequence, event_id, type, partner, section, business_no, causation,"
    " traceparent, at, value, detail, not_after, position) order by position",
    "insert into {s}outbox (partition, topic, flow, sequence, event_id, type, partner, section,"
    " business_no, causation, traceparent, at, value, detail, not_after) values (?1, ?2, ?3, ?4,"
    " ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)"};

#define OUTBOX_COLUMNS                                                                   \
  "id, partition, topic, flow, sequence, event_id, type, partner, section, business_no," \
  " causation, traceparent, at, value, detail, published_at, bus_partition, bus_offset," \
  " not_after"

inline constexpr Statement kLoadPending{
    "outbox_pending",
    "select " OUTBOX_COLUMNS
    " from {s}outbox as o where o.published_at is null"
    " and o.partition = any($1::bigint[]) and not exists (select 1 from {s}outbox_parked as p"
    " where p.flow = o.flow) order by o.id limit $2",
    "select " OUTBOX_COLUMNS
    " from {s}outbox as o where o.published_at is null"
    " and o.partition = ?1 and not exists (select 1 from {s}outbox_parked as p"
    " where p.flow = o.flow) order by o.id limit ?2"};

inline constexpr Statement kLoadHistory{
    "outbox_history",
    "select " OUTBOX_COLUMNS " from {s}outbox where flow = $1 order by id limit $2",
    "select " OUTBOX_COLUMNS " from {s}outbox where flow = ?1 order by id limit ?2"};

inline constexpr Statement kMarkPublished{
    "outbox_mark",
    "update {s}outbox as o set"
    " published_at = (extract(epoch from clock_timestamp()) * 1000)::bigint,"
    " bus_partition = m.bus_partition, bus_offset = m.bus_offset"
    " from unnest($1::bigint[], $2::bigint[], $3::bigint[]) as m(id, bus_partition, bus_offset)"
    " where o.id = m.id and o.published_at is null",
    "update {s}outbox set"
    " published_at = cast((julianday('now') - 2440587.5) * 86400000.0 as integer),"
    " bus_partition = ?2, bus_offset = ?3 where id = ?1 and published_at is null"};

inline constexpr Statement kPark{
    "outbox_park",
    "insert into {s}outbox_parked (flow, id, reason) select flow, id, $2 from {s}outbox"
    " where id = $1 on conflict (flow) do nothing",
    "insert into {s}outbox_parked (flow, id, reason) select flow, id, ?2 from {s}outbox"
    " where id = ?1 on conflict (flow) do nothing"};

inline constexpr Statement kSetTimers{
    "timer_set",
    "insert into {s}timer (kind, id, name, partition, due, payload) select kind, id, name,"
    " partition, due, payload from unnest($1::bigint[], $2::text[], $3::text[], $4::bigint[],"
    " $5::bigint[], $6::bytea[]) as t(kind, id, name, partition, due, payload)"
    " on conflict (kind, id, name) do update set due = excluded.due,"
    " partition = excluded.partition, payload = excluded.payload",
    "insert into {s}timer (kind, id, name, partition, due, payload)"
    " values (?1, ?2, ?3, ?4, ?5, ?6) on conflict (kind, id, name) do update set"
    " due = excluded.due, partition = excluded.partition, payload = excluded.payload"};

inline constexpr Statement kClearTimers{
    "timer_clear",
    "delete from {s}timer as t using unnest($1::bigint[], $2::text[], $3::text[], $4::bigint[])"
    " as c(kind, id, name, due) where t.kind = c.kind and t.id = c.id and t.name = c.name"
    " and (c.due = 0 or t.due = c.due)",
    "delete from {s}timer where kind = ?1 and id = ?2 and name = ?3 and (?4 = 0 or due = ?4)"};

inline constexpr Statement kLoadDue{
    "timer_due",
    "select kind, id, name, partition, due, payload from {s}timer"
    " where partition = any($1::bigint[]) and due <= $2 order by due, kind, id, name limit $3",
    "select kind, id, name, partition, due, payload from {s}timer"
    " where partition = ?1 and due <= ?2 order by due, kind, id, name limit ?3"};

inline constexpr Statement kNote{
    "journal_note",
    "insert into {s}journal (flow, at, kind, section, topic, partition, bus_offset, detail)"
    " select flow, at, kind, section, topic, partition, bus_offset, detail from"
    " unnest($1::text[], $2::bigint[], $3::text[], $4::text[], $5::text[], $6::bigint[],"
    " $7::bigint[], $8::text[]) with ordinality as j(flow, at, kind, section, topic, partition,"
    " bus_offset, detail, position) order by position",
    "insert into {s}journal (flow, at, kind, section, topic, partition, bus_offset, detail)"
    " values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)"};

inline constexpr Statement kLoadJournal{
    "journal_load",
    "select flow, at, kind, section, topic, partition, bus_offset, detail from {s}journal"
    " where flow = $1 order by line limit $2",
    "select flow, at, kind, section, topic, partition, bus_offset, detail from {s}journal"
    " where flow = ?1 order by line limit ?2"};

inline constexpr Statement kPutDocument{
    "document_put",
    "insert into {s}document (sha256, media_type, bytes, stored_at) values ($1, $2, $3,"
    " (extract(epoch from clock_timestamp()) * 1000)::bigint) on conflict (sha256) do nothing",
    "insert into {s}document (sha256, media_type, bytes, stored_at) values (?1, ?2, ?3,"
    " cast((julianday('now') - 2440587.5) * 86400000.0 as integer))"
    " on conflict (sha256) do nothing"};

inline constexpr Statement kGetDocument{
    "document_get", "select media_type, bytes from {s}document where sha256 = $1",
    "select media_type, bytes from {s}document where sha256 = ?1"};

}  // namespace guarantee::sql
