"""Collects what the checker judges: rows of the database and records of the broker."""

import json
from typing import Any

import _broker
from _checker import Evidence
from _history import History
from _system import Receipts, System

_PARTITIONS = 4  # development_partitions of deploy/topics.yaml
# What they are called in the records; the checker looks for decisions in "events".
_TOPICS = {
    "events": "guarantee.events.order.v1",
    "notices": "guarantee.notices.v1",
    "claim events": "guarantee.events.claim.v1",
    "credit events": "guarantee.events.credit.v1",
    "invoice events": "guarantee.events.invoice.v1",
    "order state": "guarantee.state.order.v1",
    "claim state": "guarantee.state.claim.v1",
    "credit state": "guarantee.state.credit.v1",
    "invoice state": "guarantee.state.invoice.v1",
}
_SERVICES = ("order", "claim", "credit", "invoice")
_SCHEMAS = {"order": "orders", "claim": "claims", "credit": "credits", "invoice": "invoices"}
_DEAD_LETTERS = (
    *(f"guarantee.requests.{name}.v1.dlq" for name in _SERVICES),
    *(f"guarantee.decisions.{name}.v1.dlq" for name in _SERVICES),
    "guarantee.events.notice.v1.dlq",
    "guarantee.notices.v1.dlq",
)
_ORDER_KIND, _GUARANTEE_KIND = 1, 2
# Of claims, lines of credit and invoices.
_CASE_KIND = 1
_DEADLINE, _PROPOSAL = "3.23", "3.9"
# Ends of a row of the dispatcher; the last is of a message that only changed another notice.
_NOTICE_ACCEPTED, _NOTICE_EXPIRED, _NOTICE_APPLIED = 4, 5, 6

_ORDERS = f"""select partner, number, business_no, status, amount_fen
  from orders.state_row where kind={_ORDER_KIND}"""
# A guarantee's state begins with its order's flow (partner/order/number), field 1 of the message.
_GUARANTEES = f"""select partner, number, split_part(
  convert_from(substring(state from 3 for get_byte(state, 1)), 'UTF8'), '/', 3) as order_no,
  status, amount_fen
  from orders.state_row where kind={_GUARANTEE_KIND}"""
_CASES = " union all ".join(
    f"""select '{service}' as service, partner, number, business_no, status, amount_fen
    from {_SCHEMAS[service]}.state_row where kind={_CASE_KIND} and business_no <> ''"""
    for service in _SERVICES[1:]
)
_REGISTERED = """select partner, business_no, unique_value, confirmed
  from gateway.registered where section='3.1'"""
_EXPIRED = f"""select partner, section, business_no, split_part(flow, '/', 3) as guarantee_no
  from dispatcher.notice where state={_NOTICE_EXPIRED}"""
_OUTBOXES = ",".join(
    f"""(select count(*) from {schema}.outbox where published_at is null)
    as "{name} events unpublished",
  (select count(*) from {schema}.outbox_parked) as "flows parked at {name}" """
    for name, schema in {**_SCHEMAS, "dispatcher": "dispatcher"}.items()
)
_LEFTOVERS = f"""select {_OUTBOXES},
  (select count(*) from dispatcher.notice 
    where state not in ({_NOTICE_ACCEPTED}, {_NOTICE_EXPIRED}, {_NOTICE_APPLIED}))
    as "notices unaccepted",
  (select count(*) from claims.state_row where kind={_CASE_KIND} and business_no <> ''
    and status not in ('paid', 'refused', 'withdrawn')) as "claims undecided",
  (select count(*) from claims.state_row c join orders.state_row g
    on g.kind={_GUARANTEE_KIND} and g.partner = c.partner and g.number = c.number
    where c.kind={_CASE_KIND} and c.status = 'paid' and g.status <> 'paid')
    as "letters of paid claims in force",
  (select count(*) from dispatcher.notice n join orders.state_row g
    on g.kind={_GUARANTEE_KIND} and g.partner = n.partner and g.number = split_part(n.flow, '/', 3)
    where n.section = '{_PROPOSAL}' and g.status <> 'cancelled')
    as "letters in force that we proposed to end",
  (select count(*) from orders.state_row where kind={_ORDER_KIND} and status <> 'issued')
    as "orders not issued" """


def leftovers(system: System) -> dict[str, int]:
    """What has to be zero when all is quiet."""
    return dict(system.query(_LEFTOVERS)[0])


def expired(system: System) -> list[dict[str, Any]]:
    """The notices whose last moment passed: the letter's opening was moved before they went out."""
    return system.query(_EXPIRED)


def deadlines(system: System, history: History) -> list[dict[str, Any]]:
    """Of every order that was asked to move it: what an operator is shown, or told instead."""
    rows = []
    asked = {(e["partner"], e["order_no"]) for e in history.entries() if e["kind"] == _DEADLINE}
    for partner, number in sorted(asked):
        show = ("order", "show", number, "--partner", partner, "--json")
        status, said = system.guaranteectl(*show)
        told = json.JSONDecoder().raw_decode(said)[0] if status == 0 else {}
        deadline = told.get("purchase_deadline", said)
        rows.append({"partner": partner, "number": number, "deadline": deadline})
    return rows


def amounts(system: System) -> dict[tuple[str, str], int]:
    """Of every order by partner and number, in fen."""
    return {(row["partner"], row["number"]): row["amount_fen"] for row in system.query(_ORDERS)}


def collect(
    system: System, history: History, receipts: Receipts, decisions: list[dict[str, Any]]
) -> Evidence:
    receipts.catch_up()
    brokers = system.endpoints()["kafka"]["brokers"]
    left = leftovers(system)
    for topic in _DEAD_LETTERS:
        left[topic] = len(_broker.read(brokers, topic, _PARTITIONS, topic))
    records: list[dict[str, Any]] = []
    for name, topic in _TOPICS.items():
        records += _broker.read(brokers, topic, _PARTITIONS, name)
    return Evidence(
        history=history.entries(),
        receipts=receipts.all(),
        orders=system.query(_ORDERS),
        guarantees=system.query(_GUARANTEES),
        cases=system.query(_CASES),
        expired=expired(system),
        deadlines=deadlines(system, history),
        registered=system.query(_REGISTERED),
        records=records,
        decisions=decisions,
        leftovers=left,
    )
