"""Judges a run from outside: pure functions over what the clients asked and were told, what the
platform received, the rows of the database and the records of the broker.

A guarantee is what the platform was given a number for. The services' own words (states, results)
are only ever held against the client's and the platform's, never believed in their place.
"""

import collections
import dataclasses
from typing import Any, Iterable, Mapping

from _history import FAIL, INFO, INVOKE, OK

Row = Mapping[str, Any]
# An order: the partner and its number.
Key = tuple[str, str]

ISSUE_NOTICE, CANCEL_NOTICE = "3.2", "3.4"
ACCEPTED, ISSUED = "accepted", "issued"
LETTER_ISSUED = "OrderLetterIssued"
# Kinds of requests that must not be refused; others are sent in order to be.
_VALID = ("apply", "repeat", "cancel")
_EXAMPLES = 3


@dataclasses.dataclass(frozen=True)
class Finding:
    """What must not have happened, to whom."""

    rule: str
    subject: str
    detail: str

    def __str__(self) -> str:
        return f"{self.rule}: {self.subject}: {self.detail}"


@dataclasses.dataclass
class Evidence:
    """Everything that was collected.

    history: entries of _history. receipts: lines of the platform, in the order of arrival.
    orders: partner, number, business_no, status. guarantees: partner, number, order_no.
    registered: partner, business_no, unique_value, confirmed.
    records: of the public events and the notices, in the order of each partition: topic, partition,
    offset, id, type, subject, sequence, causation.
    decisions: id and what became of the gRPC call (see Decision calls in the kill loop).
    leftovers: what should be zero when all is quiet, by name.
    """

    history: list[Row] = dataclasses.field(default_factory=list)
    receipts: list[Row] = dataclasses.field(default_factory=list)
    orders: list[Row] = dataclasses.field(default_factory=list)
    guarantees: list[Row] = dataclasses.field(default_factory=list)
    registered: list[Row] = dataclasses.field(default_factory=list)
    records: list[Row] = dataclasses.field(default_factory=list)
    decisions: list[Row] = dataclasses.field(default_factory=list)
    leftovers: dict[str, int] = dataclasses.field(default_factory=dict)


def check(evidence: Evidence) -> list[Finding]:
    rules = (
        _answers,
        _orders,
        _guarantees,
        _notices,
        _identities,
        _cancellations,
        _first_receipts_in_order,
        _records,
        _decisions,
        _register,
        _quiet,
    )
    return [finding for rule in rules for finding in rule(evidence)]


def counts(evidence: Evidence) -> dict[str, int]:
    """What is told, not judged."""
    ends = collections.Counter((row["kind"], row["type"]) for row in evidence.history)
    identities = {_identity(row) for row in _accepted(evidence)}
    return {
        "applications acknowledged": len(acknowledged(evidence)),
        "sent again and acknowledged": ends["repeat", OK],
        "cancellations acknowledged": ends["cancel", OK],
        "attempts without a known end": sum(n for (_, type_), n in ends.items() if type_ == INFO),
        "guarantees": len(evidence.guarantees),
        "notices accepted": len(identities),
        "identical repeats of accepted notices": len(_accepted(evidence)) - len(identities),
        "decisions over gRPC": len(evidence.decisions),
        "  applied": sum(row["result"] == "applied" for row in evidence.decisions),
        "records read from the broker": len(evidence.records),
    }


def summary(findings: Iterable[Finding]) -> list[str]:
    """A line for each rule that was broken, with examples."""
    by_rule: dict[str, list[Finding]] = collections.defaultdict(list)
    for finding in findings:
        by_rule[finding.rule].append(finding)
    lines = []
    for rule, found in by_rule.items():
        lines.append(f"{rule}: {len(found)}")
        lines += [f"    {one.subject}: {one.detail}" for one in found[:_EXAMPLES]]
    return lines


def _name(key: Key) -> str:
    return "/".join(key)


def _key(row: Row) -> Key:
    return row["partner"], row["order_no"]


def acknowledged(evidence: Evidence) -> set[Key]:
    """The applications of which a client saw a success."""
    return {_key(row) for row in _applications(evidence) if row["type"] == OK}


def _applications(evidence: Evidence) -> list[Row]:
    return [row for row in evidence.history if row["kind"] in ("apply", "repeat")]


def _invoked(evidence: Evidence) -> set[Key]:
    return {_key(row) for row in _applications(evidence) if row["type"] == INVOKE}


def _accepted(evidence: Evidence) -> list[Row]:
    return [row for row in evidence.receipts if row["verdict"] == ACCEPTED]


def _identity(receipt: Row) -> str:
    return receipt.get("headers", {}).get("idempotency-key", "")


def _flow(receipt: Row) -> Key:
    return receipt["partner"], receipt["number"]


def _grouped(rows: Iterable[Row], key) -> dict[Any, list[Row]]:
    groups: dict[Any, list[Row]] = collections.defaultdict(list)
    for row in rows:
        groups[key(row)].append(row)
    return groups


def _answers(evidence: Evidence) -> Iterable[Finding]:
    """No valid request is refused, each is answered in the end, and always the same."""
    for row in evidence.history:
        if row["type"] == FAIL and row["kind"] in _VALID:
            detail = f"{row['kind']} answered {row['status']} {row['code']} {row['message']}"
            yield Finding("refused", _name(_key(row)), detail)
    answers: dict[Key, set[str]] = collections.defaultdict(set)
    for row in _applications(evidence):
        if row["type"] == OK:
            answers[_key(row)].add(f"{row['message']} {row['data']}")
    for key, told in answers.items():
        if len(told) > 1:
            yield Finding("answers differ", _name(key), " | ".join(sorted(told)))
    for key in _invoked(evidence) - set(answers):
        yield Finding("never acknowledged", _name(key), "no attempt had a success")


def _orders(evidence: Evidence) -> Iterable[Finding]:
    rows = _grouped(evidence.orders, lambda row: (row["partner"], row["number"]))
    for key in acknowledged(evidence):
        found = rows.get(key, [])
        if not found:
            yield Finding("lost", _name(key), "acknowledged, but there is no order")
        for row in found:
            if row["status"] != ISSUED:
                yield Finding("not issued", _name(key), f"the order is {row['status']}")
    for key, found in rows.items():
        if len(found) > 1:
            yield Finding("doubled", _name(key), f"{len(found)} orders")
    for key in set(rows) - _invoked(evidence):
        yield Finding("nobody asked", _name(key), "an order without an application")


def _guarantees(evidence: Evidence) -> Iterable[Finding]:
    """One guarantee an order in the database, the same number as the platform was given."""
    rows = _grouped(evidence.guarantees, _key)
    for key in acknowledged(evidence):
        found = rows.get(key, [])
        if not found:
            yield Finding("lost", _name(key), "acknowledged, but there is no guarantee")
    for key, found in rows.items():
        if len(found) > 1:
            yield Finding("doubled", _name(key), f"guarantees {[row['number'] for row in found]}")
    given = _grouped(
        (row for row in _accepted(evidence) if row["section"] == ISSUE_NOTICE), _flow
    )
    for key, found in given.items():
        ours = {row["number"] for row in rows.get(key, [])}
        theirs = {row.get("guarantee_no", "") for row in found}
        if len(theirs) > 1:
            yield Finding("doubled", _name(key), f"the platform has guarantees {sorted(theirs)}")
        elif ours != theirs:
            detail = f"the platform has {sorted(theirs)}, the database {sorted(ours)}"
            yield Finding("another guarantee", _name(key), detail)
    shared = _grouped(evidence.guarantees, lambda row: (row["partner"], row["number"]))
    for key, found in shared.items():
        if len(found) > 1:
            yield Finding("doubled", _name(key), "two orders have this guarantee number")


def _notices(evidence: Evidence) -> Iterable[Finding]:
    """At least one accepted 3.2 for each acknowledged application, a success, of one identity."""
    received = _grouped(
        (row for row in evidence.receipts if row["section"] == ISSUE_NOTICE), _flow
    )
    for key in acknowledged(evidence):
        if not any(row["verdict"] == ACCEPTED for row in received.get(key, [])):
            yield Finding("lost", _name(key), "acknowledged, but no accepted notice")
    invoked = _invoked(evidence)
    for key, found in received.items():
        if key not in invoked:
            yield Finding("nobody asked", _name(key), "a notice without an application")
        identities = {_identity(row) for row in found}
        if len(identities) > 1 or "" in identities:
            yield Finding("two identities", _name(key), f"{sorted(identities)}")
        if not all(row.get("success") for row in found):
            yield Finding("not issued", _name(key), "the platform was told of a failure")
    for row in evidence.receipts:
        if row["verdict"] == "refused":
            yield Finding("unfit notice", _name(_flow(row)), row["message"])


def _identities(evidence: Evidence) -> Iterable[Finding]:
    """One identity is one notice of one flow, with the same bytes each time."""
    for identity, found in _grouped(evidence.receipts, _identity).items():
        bodies = {row["body_sha256"] for row in found}
        if len(bodies) > 1:
            yield Finding("two bodies", identity, f"{len(bodies)} bodies under one identity")
        flows = {(*_flow(row), row["section"]) for row in found}
        if len(flows) > 1:
            yield Finding("shared identity", identity, f"{sorted(flows)}")


def _cancellations(evidence: Evidence) -> Iterable[Finding]:
    """A 3.3 after the letter is answered by one failure notice for each that had an effect."""
    ends = _grouped((row for row in evidence.history if row["kind"] == "cancel"), _key)
    notices = _grouped(
        (row for row in _accepted(evidence) if row["section"] == CANCEL_NOTICE), _flow
    )
    for key, rows in ends.items():
        types = collections.Counter(row["type"] for row in rows)
        got = len({_identity(row) for row in notices.get(key, [])})
        if not types[OK] <= got <= types[INVOKE]:
            detail = f"{types[OK]} acknowledged of {types[INVOKE]} sent, {got} notices"
            yield Finding("lost" if got < types[OK] else "doubled", _name(key), detail)
    for key, rows in notices.items():
        if key not in ends:
            yield Finding("nobody asked", _name(key), "a 3.4 without a 3.3")
        if any(row.get("success") for row in rows):
            yield Finding("not issued", _name(key), "an issued order was cancelled")


def _first_receipts_in_order(evidence: Evidence) -> Iterable[Finding]:
    """By first receipt: the letter first, and every notice of a flow by its sequence."""
    sequences = {
        record["id"]: record["sequence"]
        for record in evidence.records
        if record["topic"] == "notices"
    }
    for key, found in _grouped(_accepted(evidence), _flow).items():
        first: dict[str, Row] = {}
        for row in found:
            first.setdefault(_identity(row), row)
        sections = [row["section"] for row in first.values()]
        if ISSUE_NOTICE in sections[1:]:
            yield Finding("reordered", _name(key), f"received as {sections}")
        order = [sequences[identity] for identity in first if identity in sequences]
        if order != sorted(order):
            yield Finding("reordered", _name(key), f"received by sequence {order}")
        if sequences and len(order) != len(first):
            yield Finding("nobody asked", _name(key), "a notice that the broker does not have")


def _records(evidence: Evidence) -> Iterable[Finding]:
    """The topics: dense sequences by first appearance, one id a sequence, one letter an order."""
    flows = _grouped(evidence.records, lambda row: (row["topic"], row["subject"]))
    for (topic, subject), found in flows.items():
        first: dict[str, Row] = {}
        for row in found:
            first.setdefault(row["id"], row)
        order = [row["sequence"] for row in first.values()]
        if order != list(range(1, len(order) + 1)):
            yield Finding("sequence", f"{topic} {subject}", f"{order}")
        letters = [row["id"] for row in first.values() if row["type"].endswith(LETTER_ISSUED)]
        if len(letters) > 1:
            yield Finding("doubled", subject, f"{len(letters)} times {LETTER_ISSUED}")
    if not evidence.records:
        return
    subjects = {row["subject"] for row in evidence.records if row["type"].endswith(LETTER_ISSUED)}
    for partner, number in acknowledged(evidence):
        if f"{partner}/order/{number}" not in subjects:
            yield Finding("lost", f"{partner}/{number}", f"no {LETTER_ISSUED} on the broker")


def _decisions(evidence: Evidence) -> Iterable[Finding]:
    """Every decision over gRPC was answered and ended in public: applied, or refused with why."""
    causes = _grouped(
        (row for row in evidence.records if row["topic"] == "events"), lambda row: row["causation"]
    )
    for decision in evidence.decisions:
        name = f"{decision['partner']}/{decision['order_no']} {decision['id']}"
        if decision["result"] == "unknown":
            yield Finding("decision", name, f"never answered: {decision['said']}")
            continue
        types = {row["type"].rpartition(".")[2] for row in causes.get(decision["id"], [])}
        applied = "OrderApproved" in types
        refused = any(type_.endswith("DecisionRefused") for type_ in types)
        if applied == refused:
            yield Finding("decision", name, f"{decision['result']}, events {sorted(types)}")
        elif decision["result"] == "refused" and applied:
            yield Finding("decision", name, "answered refused, but it was applied")


def _register(evidence: Evidence) -> Iterable[Finding]:
    rows = {(row["partner"], row["unique_value"]): row for row in evidence.registered}
    for key in acknowledged(evidence):
        if key not in rows:
            yield Finding("lost", _name(key), "acknowledged, but not in the register")


def _quiet(evidence: Evidence) -> Iterable[Finding]:
    for name, count in evidence.leftovers.items():
        if count:
            yield Finding("not quiet", name, str(count))
