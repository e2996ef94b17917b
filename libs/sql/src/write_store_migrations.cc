#include "sql/lease_store.h"
#include "sql/write_store.h"

namespace guarantee::sql {
namespace {

constexpr Migration kTables{
    2,
    "create table {s}state_row (kind bigint not null, id text not null, partition bigint not null,"
    " version bigint not null, state bytea not null, partner text not null, number text not null,"
    " business_no text not null, status text not null, amount_fen bigint not null,"
    " updated_at bigint not null, primary key (kind, id)) with (fillfactor = 70);"
    "create index state_row_number on {s}state_row (kind, number);"
    "create index state_row_business_no on {s}state_row (kind, business_no);"
    "create table {s}flow_sequence (flow text not null, topic text not null, last bigint not null,"
    " primary key (flow, topic)) with (fillfactor = 70);"
    "create table {s}outbox (id bigint generated always as identity primary key,"
    " partition bigint not null, topic text not null, flow text not null, sequence bigint not null,"
    " event_id text not null, type text not null, partner text not null, section text not null,"
    " business_no text not null, causation text not null, traceparent text not null,"
    " at bigint not null, value bytea not null, detail text not null, not_after bigint not null,"
    " published_at bigint, bus_partition bigint, bus_offset bigint);"
    "create index outbox_pending on {s}outbox (partition, id) where published_at is null;"
    "create index outbox_flow on {s}outbox (flow, id);"
    "create table {s}outbox_parked (flow text primary key, id bigint not null,"
    " reason text not null);"
    "create table {s}timer (kind bigint not null, id text not null, name text not null,"
    " partition bigint not null, due bigint not null, payload bytea not null,"
    " primary key (kind, id, name));"
    "create index timer_due on {s}timer (partition, due);"
    "create table {s}journal (line bigint generated always as identity primary key,"
    " flow text not null, at bigint not null, kind text not null, section text not null,"
    " topic text, partition bigint, bus_offset bigint, detail text not null);"
    "create index journal_flow on {s}journal (flow, line);"
    "create table {s}document (sha256 text primary key, media_type text not null,"
    " bytes bytea not null, stored_at bigint not null)",
    "create table {s}state_row (kind integer not null, id text not null,"
    " partition integer not null, version integer not null, state blob not null,"
    " partner text not null, number text not null, business_no text not null,"
    " status text not null, amount_fen integer not null, updated_at integer not null,"
    " primary key (kind, id)) without rowid;"
    "create index {s}state_row_number on {s}state_row (kind, number);"
    "create index {s}state_row_business_no on {s}state_row (kind, business_no);"
    "create table {s}flow_sequence (flow text not null, topic text not null,"
    " last integer not null, primary key (flow, topic)) without rowid;"
    "create table {s}outbox (id integer primary key autoincrement, partition integer not null,"
    " topic text not null, flow text not null, sequence integer not null, event_id text not null,"
    " type text not null, partner text not null, section text not null, business_no text not null,"
    " causation text not null, traceparent text not null, at integer not null, value blob not null,"
    " detail text not null, not_after integer not null, published_at integer,"
    " bus_partition integer, bus_offset integer);"
    "create index {s}outbox_pending on {s}outbox (partition, id) where published_at is null;"
    "create index {s}outbox_flow on {s}outbox (flow, id);"
    "create table {s}outbox_parked (flow text primary key, id integer not null,"
    " reason text not null) without rowid;"
    "create table {s}timer (kind integer not null, id text not null, name text not null,"
    " partition integer not null, due integer not null, payload blob not null,"
    " primary key (kind, id, name)) without rowid;"
    "create index {s}timer_due on {s}timer (partition, due);"
    "create table {s}journal (line integer primary key autoincrement, flow text not null,"
    " at integer not null, kind text not null, section text not null, topic text,"
    " partition integer, bus_offset integer, detail text not null);"
    "create index {s}journal_flow on {s}journal (flow, line);"
    "create table {s}document (sha256 text primary key, media_type text not null,"
    " bytes blob not null, stored_at integer not null)"};

}  // namespace

std::vector<Migration> WriteStoreMigrations() { return {LeaseMigration(1), kTables}; }

}  // namespace guarantee::sql
