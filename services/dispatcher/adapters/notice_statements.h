// The statements of the notice store in both dialects. Numbers of `state` as in domain/delivery.h;
// 6 is a renewal. A set statement runs once in PostgreSQL (unnest) and once a row in SQLite.
#pragma once

#include "sql/database.h"

namespace guarantee::dispatcher {

using sql::Statement;

#define NOTICE_COLUMNS                                                                    \
  "n.id, n.flow, n.partner, n.section, n.partition, n.sequence, n.due_at, n.type,"        \
  " n.business_no, n.causation, n.traceparent, n.resend_of, n.bus_offset, n.received_at," \
  " n.state, n.attempts, n.failures, n.bytes_fixed, n.possibly_received, n.forced,"       \
  " n.expiry_told, n.not_after, n.updated_at, n.last_status, n.last_code, n.last_message"
#define HEAD_COLUMNS "id, flow, partner, section, partition, sequence, due_at"
#define HEAD_COLUMNS_OF_N "n.id, n.flow, n.partner, n.section, n.partition, n.sequence, n.due_at"

// ---- intake

inline constexpr Statement kInsertLanes{
    "dispatcher_lane_insert",
    "insert into {s}lane (flow, partner, partition, settled, gap_since) select flow, partner,"
    " partition, 0, 0 from unnest($1::text[], $2::text[], $3::bigint[]) as"
    " l(flow, partner, partition) order by flow on conflict (flow) do nothing",
    "insert into {s}lane (flow, partner, partition, settled, gap_since) values (?1, ?2, ?3, 0, 0)"
    " on conflict (flow) do nothing"};

// Every transaction that moves a lane locks it first, in the order of flows: intake and results
// would else not see each other's rows, and nobody would promote the next head.
inline constexpr Statement kLockLanes{
    "dispatcher_lane_lock",
    "select l.flow from {s}lane as l join unnest($1::text[]) as f(flow) on l.flow = f.flow"
    " order by l.flow for update of l",
    "select flow from {s}lane where flow = ?1"};

// What is there already, by id or by place in the lane, and what the lane has passed are left out.
inline constexpr Statement kInsertNotices{
    "dispatcher_notice_insert",
    "insert into {s}notice (id, flow, sequence, partner, partition, section, type, business_no,"
    " causation, traceparent, resend_of, value, bus_offset, received_at, state, bytes_fixed,"
    " not_after, updated_at, due_at, body_sha256, attempts, failures, possibly_received, forced,"
    " expiry_told, epoch, began_at, last_status, last_code, last_message)"
    " select id, flow, sequence, partner, partition, section, type, business_no, causation,"
    " traceparent, resend_of, value, bus_offset, received_at, state, bytes_fixed, not_after,"
    " $18::bigint, $18::bigint, '', 0, 0, 0, 0, 0, 0, 0, 0, '', ''"
    " from unnest($1::text[], $2::text[], $3::bigint[], $4::text[], $5::bigint[], $6::text[],"
    " $7::text[], $8::text[], $9::text[], $10::text[], $11::text[], $12::bytea[], $13::bigint[],"
    " $14::bigint[], $15::bigint[], $16::bigint[], $17::bigint[]) as r(id, flow, sequence,"
    " partner, partition, section, type, business_no, causation, traceparent, resend_of, value,"
    " bus_offset, received_at, state, bytes_fixed, not_after)"
    " where not exists (select 1 from {s}lane as l where l.flow = r.flow"
    " and l.settled >= r.sequence) order by r.flow, r.sequence on conflict do nothing"
    " returning id",
    "insert into {s}notice (id, flow, sequence, partner, partition, section, type, business_no,"
    " causation, traceparent, resend_of, value, bus_offset, received_at, state, bytes_fixed,"
    " not_after, updated_at, due_at, body_sha256, attempts, failures, possibly_received, forced,"
    " expiry_told, epoch, began_at, last_status, last_code, last_message)"
    " select ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?18,"
    " '', 0, 0, 0, 0, 0, 0, 0, 0, '', '' where not exists (select 1 from {s}lane"
    " where flow = ?2 and settled >= ?3) on conflict do nothing returning id"};

inline constexpr Statement kFindById{
    "dispatcher_notice_find",
    "select " NOTICE_COLUMNS
    ", n.value from {s}notice as n where n.id = $1 and n.state <> 6"
    " for update",
    "select " NOTICE_COLUMNS ", n.value from {s}notice as n where n.id = ?1 and n.state <> 6"};

inline constexpr Statement kFindRenewable{
    "dispatcher_notice_renewable",
    "select " NOTICE_COLUMNS
    ", n.value from {s}notice as n where n.flow = $1 and n.section = $2"
    " and n.not_after is not null and n.state not in (4, 6) order by n.sequence for update",
    "select " NOTICE_COLUMNS
    ", n.value from {s}notice as n where n.flow = ?1 and n.section = ?2"
    " and n.not_after is not null and n.state not in (4, 6) order by n.sequence"};

inline constexpr Statement kFindNewest{
    "dispatcher_notice_newest",
    "select " NOTICE_COLUMNS
    ", n.value from {s}notice as n where n.flow = $1 and n.section = $2"
    " and ($3 = '' or n.business_no = $3) and n.resend_of = '' and n.state <> 6"
    " and n.sequence < $4 order by n.sequence desc limit 1",
    "select " NOTICE_COLUMNS
    ", n.value from {s}notice as n where n.flow = ?1 and n.section = ?2"
    " and (?3 = '' or n.business_no = ?3) and n.resend_of = '' and n.state <> 6"
    " and n.sequence < ?4 order by n.sequence desc limit 1"};

// ---- lanes

// One step of every lane whose next is done; run until none moves.
inline constexpr Statement kAdvanceLanes{
    "dispatcher_lane_advance",
    "update {s}lane as l set settled = l.settled + 1 from unnest($1::text[]) as f(flow)"
    " where l.flow = f.flow and exists (select 1 from {s}notice as n where n.flow = l.flow"
    " and n.sequence = l.settled + 1 and n.state in (4, 5, 6)) returning l.flow",
    "update {s}lane set settled = settled + 1 where flow = ?1 and exists (select 1 from"
    " {s}notice as n where n.flow = ?1 and n.sequence = settled + 1 and n.state in (4, 5, 6))"
    " returning flow"};

inline constexpr Statement kPromoteHeads{
    "dispatcher_lane_promote",
    "update {s}notice as n set state = 1, due_at = $2, updated_at = $2 from {s}lane as l"
    " join unnest($1::text[]) as f(flow) on l.flow = f.flow where n.flow = l.flow"
    " and n.sequence = l.settled + 1 and n.state = 0 returning " HEAD_COLUMNS_OF_N,
    "update {s}notice set state = 1, due_at = ?2, updated_at = ?2 where flow = ?1 and state = 0"
    " and sequence = (select settled + 1 from {s}lane where flow = ?1) returning " HEAD_COLUMNS};

inline constexpr Statement kMarkGaps{
    "dispatcher_lane_gap",
    "update {s}lane as l set gap_since = $2 from unnest($1::text[]) as f(flow)"
    " where l.flow = f.flow and l.gap_since = 0"
    " and not exists (select 1 from {s}notice as n where n.flow = l.flow"
    " and n.sequence = l.settled + 1)"
    " and exists (select 1 from {s}notice as n where n.flow = l.flow"
    " and n.sequence > l.settled + 1) returning l.flow, l.partner",
    "update {s}lane set gap_since = ?2 where flow = ?1 and gap_since = 0"
    " and not exists (select 1 from {s}notice as n where n.flow = ?1"
    " and n.sequence = settled + 1) and exists (select 1 from {s}notice as n where n.flow = ?1"
    " and n.sequence > settled + 1) returning flow, partner"};

inline constexpr Statement kClearGaps{
    "dispatcher_lane_whole",
    "update {s}lane as l set gap_since = 0 from unnest($1::text[]) as f(flow)"
    " where l.flow = f.flow and l.gap_since <> 0 and (exists (select 1 from {s}notice as n"
    " where n.flow = l.flow and n.sequence = l.settled + 1) or not exists (select 1 from"
    " {s}notice as n where n.flow = l.flow and n.sequence > l.settled))",
    "update {s}lane set gap_since = 0 where flow = ?1 and gap_since <> 0"
    " and (exists (select 1 from {s}notice as n where n.flow = ?1 and n.sequence = settled + 1)"
    " or not exists (select 1 from {s}notice as n where n.flow = ?1 and n.sequence > settled))"};

// ---- sending

inline constexpr Statement kLogLostAttempts{
    "dispatcher_attempt_lost",
    "insert into {s}attempt (notice_id, number, began_at, duration_ms, ending, http_status, code,"
    " message, body_sha256) select n.id, n.attempts, n.began_at, 0, 'unknown', 0, '', $3,"
    " n.body_sha256 from {s}notice as n join unnest($1::bigint[], $2::bigint[])"
    " as h(partition, epoch) on n.partition = h.partition where n.state = 2"
    " and n.epoch < h.epoch on conflict (notice_id, number) do nothing",
    "insert into {s}attempt (notice_id, number, began_at, duration_ms, ending, http_status, code,"
    " message, body_sha256) select id, attempts, began_at, 0, 'unknown', 0, '', ?3, body_sha256"
    " from {s}notice where partition = ?1 and state = 2 and epoch < ?2"
    " on conflict (notice_id, number) do nothing"};

// OwnerLost of domain/delivery.h for a whole partition at once.
inline constexpr Statement kTakeOver{
    "dispatcher_take_over",
    "update {s}notice as n set state = 1, bytes_fixed = 1, possibly_received = 1, due_at = $3,"
    " updated_at = $3 from unnest($1::bigint[], $2::bigint[]) as h(partition, epoch)"
    " where n.partition = h.partition and n.state = 2 and n.epoch < h.epoch",
    "update {s}notice set state = 1, bytes_fixed = 1, possibly_received = 1, due_at = ?3,"
    " updated_at = ?3 where partition = ?1 and state = 2 and epoch < ?2"};

inline constexpr Statement kPullBackDues{
    "dispatcher_pull_back", "update {s}notice set due_at = $1 where state = 1 and due_at > $2",
    "update {s}notice set due_at = ?1 where state = 1 and due_at > ?2"};

inline constexpr Statement kLoadScopes{
    "dispatcher_scopes",
    "select distinct partner, section, partition from {s}notice where state = 1"
    " and partition = any($1::bigint[])",
    "select distinct partner, section, partition from {s}notice where state = 1"
    " and partition = ?1"};

inline constexpr Statement kLoadHeads{
    "dispatcher_heads",
    "select h.* from unnest($1::text[], $2::text[], $3::bigint[]) as k(partner, section, partition)"
    " cross join lateral (select " HEAD_COLUMNS_OF_N
    " from {s}notice as n where n.state = 1"
    " and n.partner = k.partner and n.section = k.section and n.partition = k.partition"
    " and n.due_at <= $4 order by n.due_at limit $5) as h",
    "select " HEAD_COLUMNS
    " from {s}notice where state = 1 and partner = ?1 and section = ?2"
    " and partition = ?3 and due_at <= ?4 order by due_at limit ?5"};

// With the bytes to send again, a resend's from the notice that it repeats.
inline constexpr Statement kLoadNotices{
    "dispatcher_load",
    "select " NOTICE_COLUMNS
    ", n.value, coalesce(n.body, f.body, ''::bytea) from {s}notice as n"
    " join unnest($1::text[]) as k(id) on n.id = k.id"
    " left join {s}notice as f on n.resend_of <> '' and f.id = n.resend_of",
    "select " NOTICE_COLUMNS
    ", n.value, coalesce(n.body, f.body, x'') from {s}notice as n"
    " left join {s}notice as f on n.resend_of <> '' and f.id = n.resend_of where n.id = ?1"};

inline constexpr Statement kBegin{
    "dispatcher_begin",
    "update {s}notice as n set state = 2, attempts = b.attempt, epoch = b.epoch,"
    " body = coalesce(b.body, n.body), body_sha256 = b.body_sha256, began_at = $6,"
    " updated_at = $6 from unnest($1::text[], $2::bigint[], $3::bigint[], $4::bytea[],"
    " $5::text[]) as b(id, attempt, epoch, body, body_sha256) where n.id = b.id and n.state = 1"
    " and n.attempts = b.attempt - 1 and (n.forced = 1 or n.not_after is null"
    " or n.not_after >= $6) returning n.id",
    "update {s}notice set state = 2, attempts = ?2, epoch = ?3, body = coalesce(?4, body),"
    " body_sha256 = ?5, began_at = ?6, updated_at = ?6 where id = ?1 and state = 1"
    " and attempts = ?2 - 1 and (forced = 1 or not_after is null or not_after >= ?6)"
    " returning id"};

inline constexpr Statement kFinish{
    "dispatcher_finish",
    "update {s}notice as n set state = r.state, failures = r.failures,"
    " bytes_fixed = r.bytes_fixed, possibly_received = r.possibly_received, due_at = r.due_at,"
    " last_status = r.status, last_code = r.code, last_message = r.message, updated_at = $12"
    " from unnest($1::text[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[],"
    " $6::bigint[], $7::bigint[], $8::bigint[], $9::bigint[], $10::text[], $11::text[])"
    " as r(id, attempt, epoch, state, failures, bytes_fixed, possibly_received, due_at, status,"
    " code, message) where n.id = r.id and n.state = 2 and n.attempts = r.attempt"
    " and n.epoch = r.epoch returning n.id",
    "update {s}notice set state = ?4, failures = ?5, bytes_fixed = ?6, possibly_received = ?7,"
    " due_at = ?8, last_status = ?9, last_code = ?10, last_message = ?11, updated_at = ?12"
    " where id = ?1 and state = 2 and attempts = ?2 and epoch = ?3 returning id"};

inline constexpr Statement kLogAttempts{
    "dispatcher_attempt_log",
    "insert into {s}attempt (notice_id, number, began_at, duration_ms, ending, http_status, code,"
    " message, body_sha256) select * from unnest($1::text[], $2::bigint[], $3::bigint[],"
    " $4::bigint[], $5::text[], $6::bigint[], $7::text[], $8::text[], $9::text[])"
    " on conflict (notice_id, number) do nothing",
    "insert into {s}attempt (notice_id, number, began_at, duration_ms, ending, http_status, code,"
    " message, body_sha256) values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)"
    " on conflict (notice_id, number) do nothing"};

inline constexpr Statement kLoadExpiring{
    "dispatcher_expiring",
    "select " NOTICE_COLUMNS
    ", n.value from {s}notice as n where n.partition = any($1::bigint[])"
    " and n.not_after is not null and n.not_after < $2 and n.expiry_told = 0 and n.forced = 0"
    " and n.state in (0, 1, 3) order by n.not_after, n.flow, n.sequence limit $3",
    "select " NOTICE_COLUMNS
    ", n.value from {s}notice as n where n.partition = ?1"
    " and n.not_after is not null and n.not_after < ?2 and n.expiry_told = 0 and n.forced = 0"
    " and n.state in (0, 1, 3) order by n.not_after, n.flow, n.sequence limit ?3"};

// Any step of domain/delivery.h but an attempt's: guarded by what the step was decided on.
inline constexpr Statement kSaveDelivery{
    "dispatcher_delivery_save",
    "update {s}notice as n set state = d.state, failures = d.failures,"
    " bytes_fixed = d.bytes_fixed, possibly_received = d.possibly_received, forced = d.forced,"
    " expiry_told = d.expiry_told, not_after = d.not_after, due_at = d.due_at, updated_at = $13"
    " from unnest($1::text[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[],"
    " $6::bigint[], $7::bigint[], $8::bigint[], $9::bigint[], $10::bigint[], $11::bigint[],"
    " $12::bigint[]) as d(id, state, failures, bytes_fixed, possibly_received, forced,"
    " expiry_told, not_after, due_at, old_state, old_attempts, old_expiry_told)"
    " where n.id = d.id and n.state = d.old_state and n.attempts = d.old_attempts"
    " and n.expiry_told = d.old_expiry_told returning n.id",
    "update {s}notice set state = ?2, failures = ?3, bytes_fixed = ?4, possibly_received = ?5,"
    " forced = ?6, expiry_told = ?7, not_after = ?8, due_at = ?9, updated_at = ?13"
    " where id = ?1 and state = ?10 and attempts = ?11 and expiry_told = ?12 returning id"};

inline constexpr Statement kSayWhy{
    "dispatcher_say_why",
    "update {s}notice set last_status = 0, last_code = '', last_message = $2 where id = $1",
    "update {s}notice set last_status = 0, last_code = '', last_message = ?2 where id = ?1"};

// ---- operators

inline constexpr Statement kListNotices{
    "dispatcher_list",
    "select " NOTICE_COLUMNS
    " from {s}notice as n where n.state between $1 and $2"
    " and ($3 = '' or n.partner = $3) and ($4 = '' or n.flow = $4)"
    " order by n.received_at desc, n.sequence desc limit $5",
    "select " NOTICE_COLUMNS
    " from {s}notice as n where n.state between ?1 and ?2"
    " and (?3 = '' or n.partner = ?3) and (?4 = '' or n.flow = ?4)"
    " order by n.received_at desc, n.sequence desc limit ?5"};

inline constexpr Statement kShowNotice{
    "dispatcher_show",
    "select " NOTICE_COLUMNS " from {s}notice as n where n.id = $1 and n.state <> 6",
    "select " NOTICE_COLUMNS " from {s}notice as n where n.id = ?1 and n.state <> 6"};

inline constexpr Statement kLoadAttempts{
    "dispatcher_attempts",
    "select number, began_at, duration_ms, ending, http_status, code, message, body_sha256"
    " from {s}attempt where notice_id = $1 order by number",
    "select number, began_at, duration_ms, ending, http_status, code, message, body_sha256"
    " from {s}attempt where notice_id = ?1 order by number"};

inline constexpr Statement kLoadActions{
    "dispatcher_actions",
    "select at, who, what from {s}operator_action where notice_id = $1 order by line",
    "select at, who, what from {s}operator_action where notice_id = ?1 order by line"};

inline constexpr Statement kNoteAction{
    "dispatcher_action_note",
    "insert into {s}operator_action (notice_id, at, who, what) values ($1, $2, $3, $4)",
    "insert into {s}operator_action (notice_id, at, who, what) values (?1, ?2, ?3, ?4)"};

inline constexpr Statement kListLanes{
    "dispatcher_lanes",
    "select l.flow, l.partner, l.partition, l.settled, l.gap_since, coalesce(h.id, ''),"
    " coalesce(h.state, 0), coalesce(h.updated_at, 0), (select count(*) from {s}notice as w"
    " where w.flow = l.flow and w.state = 0) from {s}lane as l left join {s}notice as h"
    " on h.flow = l.flow and h.sequence = l.settled + 1 where ($1 = '' or l.partner = $1)"
    " and (h.id is not null or l.gap_since <> 0)"
    " order by coalesce(h.received_at, l.gap_since), l.flow limit $2",
    "select l.flow, l.partner, l.partition, l.settled, l.gap_since, coalesce(h.id, ''),"
    " coalesce(h.state, 0), coalesce(h.updated_at, 0), (select count(*) from {s}notice as w"
    " where w.flow = l.flow and w.state = 0) from {s}lane as l left join {s}notice as h"
    " on h.flow = l.flow and h.sequence = l.settled + 1 where (?1 = '' or l.partner = ?1)"
    " and (h.id is not null or l.gap_since <> 0)"
    " order by coalesce(h.received_at, l.gap_since), l.flow limit ?2"};

// One arm a state, so that each reads its partial index.
inline constexpr const char* kHeadTotalsText =
    "select 1, count(*), coalesce(min(received_at), 0) from {s}notice where state = 1 union all"
    " select 2, count(*), coalesce(min(received_at), 0) from {s}notice where state = 2 union all"
    " select 3, count(*), coalesce(min(received_at), 0) from {s}notice where state = 3";
inline constexpr Statement kHeadTotals{"dispatcher_head_totals", kHeadTotalsText, kHeadTotalsText};

}  // namespace guarantee::dispatcher
