// SQL of the register, in both dialects.
#pragma once

#include <array>

#include "sql/database.h"

namespace guarantee::gateway::statements {

inline constexpr std::array<sql::Migration, 1> kMigrations{{
    {1,
     R"(create table {s}registered (
  partner text not null,
  section text not null,
  business_no text not null,
  unique_value text,
  digest bytea not null,
  digest_version bigint not null,
  event_id text not null,
  received_ms bigint not null,
  flow text not null,
  confirmed bigint not null default 0,
  primary key (partner, section, business_no));
create unique index registered_unique on {s}registered (partner, section, unique_value))",
     R"(create table {s}registered (
  partner text not null,
  section text not null,
  business_no text not null,
  unique_value text,
  digest blob not null,
  digest_version integer not null,
  event_id text not null,
  received_ms integer not null,
  flow text not null,
  confirmed integer not null default 0,
  primary key (partner, section, business_no)) without rowid;
create unique index {s}registered_unique on {s}registered (partner, section, unique_value))"},
}};

// Nine columns; answers the event ids that went in.
inline constexpr sql::Statement kInsert{
    "gateway_register_insert",
    R"(insert into {s}registered (partner, section, business_no, unique_value, digest,
  digest_version, event_id, received_ms, flow)
select * from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::bytea[], $6::bigint[],
  $7::text[], $8::bigint[], $9::text[]) as given(partner, section, business_no, unique_value,
  digest, digest_version, event_id, received_ms, flow)
order by partner, section, business_no
on conflict do nothing returning event_id)",
    R"(insert into {s}registered (partner, section, business_no, unique_value, digest,
  digest_version, event_id, received_ms, flow)
values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
on conflict do nothing returning event_id)"};

inline constexpr sql::Statement kByNumber{
    "gateway_register_by_number",
    R"(select r.partner, r.section, r.business_no, r.unique_value, r.digest, r.digest_version,
  r.event_id, r.received_ms, r.flow, r.confirmed
from unnest($1::text[], $2::text[], $3::text[]) as given(partner, section, business_no)
join {s}registered r on r.partner = given.partner and r.section = given.section
  and r.business_no = given.business_no)",
    R"(select partner, section, business_no, unique_value, digest, digest_version, event_id,
  received_ms, flow, confirmed
from {s}registered where partner = ?1 and section = ?2 and business_no = ?3)"};

inline constexpr sql::Statement kByUnique{
    "gateway_register_by_unique",
    R"(select r.partner, r.section, r.business_no, r.unique_value, r.digest, r.digest_version,
  r.event_id, r.received_ms, r.flow, r.confirmed
from unnest($1::text[], $2::text[], $3::text[]) as given(partner, section, unique_value)
join {s}registered r on r.partner = given.partner and r.section = given.section
  and r.unique_value = given.unique_value)",
    R"(select partner, section, business_no, unique_value, digest, digest_version, event_id,
  received_ms, flow, confirmed
from {s}registered where partner = ?1 and section = ?2 and unique_value = ?3)"};

// Partner, section, unique value and the age limit of each; only unconfirmed rows give way.
inline constexpr sql::Statement kRelease{"gateway_register_release",
                                         R"(update {s}registered r set unique_value = null
from unnest($1::text[], $2::text[], $3::text[], $4::bigint[])
  as given(partner, section, unique_value, before_ms)
where r.partner = given.partner and r.section = given.section
  and r.unique_value = given.unique_value and r.confirmed = 0 and r.received_ms < given.before_ms)",
                                         R"(update {s}registered set unique_value = null
where partner = ?1 and section = ?2 and unique_value = ?3 and confirmed = 0 and received_ms < ?4)"};

inline constexpr sql::Statement kConfirm{"gateway_register_confirm",
                                         R"(update {s}registered r set confirmed = 1
from unnest($1::text[], $2::text[], $3::text[]) as given(partner, section, business_no)
where r.partner = given.partner and r.section = given.section
  and r.business_no = given.business_no and r.confirmed = 0)",
                                         R"(update {s}registered set confirmed = 1
where partner = ?1 and section = ?2 and business_no = ?3 and confirmed = 0)"};

}  // namespace guarantee::gateway::statements
