#include "dispatcher/adapters/notice_migrations.h"

#include "sql/write_store.h"

namespace guarantee::dispatcher {
namespace {

// notice: one row a delivery, kept after acceptance (the unique id is what makes a repeat harmless
// however late it comes). `state` as in domain/delivery.h; 6 is a renewal, which only takes its
// place in the lane. `body` is what went out last. lane: every sequence up to `settled` is done;
// `gap_since` is 0 or when the next one was found missing.
constexpr sql::Migration kNotices{
    100,
    "create table {s}notice (id text primary key, flow text not null, sequence bigint not null,"
    " partner text not null, partition bigint not null, section text not null, type text not null,"
    " business_no text not null, causation text not null, traceparent text not null,"
    " resend_of text not null, body_sha256 text not null,"
    " bus_offset bigint not null, received_at bigint not null, updated_at bigint not null,"
    " state bigint not null, attempts bigint not null, failures bigint not null,"
    " bytes_fixed bigint not null, possibly_received bigint not null, forced bigint not null,"
    " expiry_told bigint not null, not_after bigint, due_at bigint not null,"
    " epoch bigint not null, began_at bigint not null, last_status bigint not null,"
    " last_code text not null, last_message text not null, value bytea not null, body bytea,"
    " unique (flow, sequence)) with (fillfactor = 70);"
    "create index notice_due on {s}notice (partner, section, partition, due_at) where state = 1;"
    "create index notice_in_flight on {s}notice (partition) where state = 2;"
    "create index notice_not_after on {s}notice (not_after)"
    " where expiry_told = 0 and state in (0, 1, 3) and not_after is not null;"
    "create index notice_parked on {s}notice (received_at) where state = 3;"
    "create index notice_received on {s}notice (received_at);"
    "create table {s}lane (flow text primary key, partner text not null,"
    " partition bigint not null, settled bigint not null, gap_since bigint not null)"
    " with (fillfactor = 70);"
    "create table {s}attempt (notice_id text not null, number bigint not null,"
    " began_at bigint not null, duration_ms bigint not null, ending text not null,"
    " http_status bigint not null, code text not null, message text not null,"
    " body_sha256 text not null, primary key (notice_id, number));"
    "create table {s}operator_action (line bigint generated always as identity primary key,"
    " notice_id text not null, at bigint not null, who text not null, what text not null);"
    "create index operator_action_notice on {s}operator_action (notice_id, line)",
    "create table {s}notice (id text primary key, flow text not null, sequence integer not null,"
    " partner text not null, partition integer not null, section text not null,"
    " type text not null, business_no text not null, causation text not null,"
    " traceparent text not null, resend_of text not null,"
    " body_sha256 text not null, bus_offset integer not null, received_at integer not null,"
    " updated_at integer not null, state integer not null, attempts integer not null,"
    " failures integer not null, bytes_fixed integer not null,"
    " possibly_received integer not null, forced integer not null, expiry_told integer not null,"
    " not_after integer, due_at integer not null, epoch integer not null,"
    " began_at integer not null, last_status integer not null, last_code text not null,"
    " last_message text not null, value blob not null, body blob, unique (flow, sequence));"
    "create index {s}notice_due on {s}notice (partner, section, partition, due_at)"
    " where state = 1;"
    "create index {s}notice_in_flight on {s}notice (partition) where state = 2;"
    "create index {s}notice_not_after on {s}notice (not_after)"
    " where expiry_told = 0 and state in (0, 1, 3) and not_after is not null;"
    "create index {s}notice_parked on {s}notice (received_at) where state = 3;"
    "create index {s}notice_received on {s}notice (received_at);"
    "create table {s}lane (flow text primary key, partner text not null,"
    " partition integer not null, settled integer not null, gap_since integer not null)"
    " without rowid;"
    "create table {s}attempt (notice_id text not null, number integer not null,"
    " began_at integer not null, duration_ms integer not null, ending text not null,"
    " http_status integer not null, code text not null, message text not null,"
    " body_sha256 text not null, primary key (notice_id, number)) without rowid;"
    "create table {s}operator_action (line integer primary key, notice_id text not null,"
    " at integer not null, who text not null, what text not null);"
    "create index {s}operator_action_notice on {s}operator_action (notice_id, line)"};

}  // namespace

std::vector<sql::Migration> DispatcherMigrations() {
  std::vector<sql::Migration> migrations = sql::WriteStoreMigrations();
  migrations.push_back(kNotices);
  return migrations;
}

}  // namespace guarantee::dispatcher
