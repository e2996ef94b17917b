"""Judges a run from outside: pure functions over what the clients asked and were told, what the
platform received, the rows of the database and the records of the broker.

A guarantee is what the platform was given a number for. The services' own words (states, results)
are only ever held against the client's and the platform's, never believed in their place.
"""

import collections
from typing import Iterable

from _history import FAIL, INFO, INVOKE, OK
from _judged import (
    ACCEPTED,
    Evidence,
    Finding,
    Key,
    Row,
    accepted,
    flow_of,
    grouped,
    identity_of,
    key_of,
    name_of,
)
from _operations import (
    case_rows,
    deadlines,
    letter_ends,
    operation_answers,
    operation_counts,
    operation_results,
    public_ends,
    unseen,
)
from _wishes import wishes_end, wishes_told

__all__ = ["Evidence", "Finding", "acknowledged", "check", "counts", "summary", "unseen"]

ISSUE_NOTICE, CANCEL_NOTICE = "3.2", "3.4"
ISSUED = "issued"
LETTER_ISSUED = "OrderLetterIssued"
# Kinds of requests that must not be refused; others are sent in order to be.
_VALID = ("apply", "repeat", "cancel")
_EXAMPLES = 3


def check(evidence: Evidence) -> list[Finding]:
    rules = (
        _answers,
        _orders,
        _guarantees,
        _notices,
        _identities,
        _cancellations,
        operation_answers,
        operation_results,
        letter_ends,
        public_ends,
        case_rows,
        deadlines,
        wishes_told,
        wishes_end,
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
    identities = {identity_of(row) for row in accepted(evidence)}
    return {
        "applications acknowledged": len(acknowledged(evidence)),
        "sent again and acknowledged": ends["repeat", OK],
        "cancellations acknowledged": ends["cancel", OK],
        "attempts without a known end": sum(n for (_, type_), n in ends.items() if type_ == INFO),
        **operation_counts(evidence),
        "guarantees": len(evidence.guarantees),
        "notices accepted": len(identities),
        "identical repeats of accepted notices": len(accepted(evidence)) - len(identities),
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


def acknowledged(evidence: Evidence) -> set[Key]:
    """The applications of which a client saw a success."""
    return {key_of(row) for row in _applications(evidence) if row["type"] == OK}


def _applications(evidence: Evidence) -> list[Row]:
    return [row for row in evidence.history if row["kind"] in ("apply", "repeat")]


def _invoked(evidence: Evidence) -> set[Key]:
    return {key_of(row) for row in _applications(evidence) if row["type"] == INVOKE}


def _answers(evidence: Evidence) -> Iterable[Finding]:
    """No valid request is refused, each is answered in the end, and always the same."""
    for row in evidence.history:
        if row["type"] == FAIL and row["kind"] in _VALID:
            detail = f"{row['kind']} answered {row['status']} {row['code']} {row['message']}"
            yield Finding("refused", name_of(key_of(row)), detail)
    answers: dict[Key, set[str]] = collections.defaultdict(set)
    for row in _applications(evidence):
        if row["type"] == OK:
            answers[key_of(row)].add(f"{row['message']} {row['data']}")
    for key, told in answers.items():
        if len(told) > 1:
            yield Finding("answers differ", name_of(key), " | ".join(sorted(told)))
    for key in _invoked(evidence) - set(answers):
        yield Finding("never acknowledged", name_of(key), "no attempt had a success")


def _orders(evidence: Evidence) -> Iterable[Finding]:
    rows = grouped(evidence.orders, lambda row: (row["partner"], row["number"]))
    for key in acknowledged(evidence):
        found = rows.get(key, [])
        if not found:
            yield Finding("lost", name_of(key), "acknowledged, but there is no order")
        for row in found:
            if row["status"] != ISSUED:
                yield Finding("not issued", name_of(key), f"the order is {row['status']}")
    for key, found in rows.items():
        if len(found) > 1:
            yield Finding("doubled", name_of(key), f"{len(found)} orders")
    for key in set(rows) - _invoked(evidence):
        yield Finding("nobody asked", name_of(key), "an order without an application")


def _guarantees(evidence: Evidence) -> Iterable[Finding]:
    """One guarantee an order in the database, the same number as the platform was given."""
    rows = grouped(evidence.guarantees, key_of)
    for key in acknowledged(evidence):
        found = rows.get(key, [])
        if not found:
            yield Finding("lost", name_of(key), "acknowledged, but there is no guarantee")
    for key, found in rows.items():
        if len(found) > 1:
            yield Finding("doubled", name_of(key), f"guarantees {[row['number'] for row in found]}")
    given = grouped(
        (row for row in accepted(evidence) if row["section"] == ISSUE_NOTICE), flow_of
    )
    for key, found in given.items():
        ours = {row["number"] for row in rows.get(key, [])}
        theirs = {row.get("guarantee_no", "") for row in found}
        if len(theirs) > 1:
            yield Finding("doubled", name_of(key), f"the platform has guarantees {sorted(theirs)}")
        elif ours != theirs:
            detail = f"the platform has {sorted(theirs)}, the database {sorted(ours)}"
            yield Finding("another guarantee", name_of(key), detail)
    shared = grouped(evidence.guarantees, lambda row: (row["partner"], row["number"]))
    for key, found in shared.items():
        if len(found) > 1:
            yield Finding("doubled", name_of(key), "two orders have this guarantee number")


def _notices(evidence: Evidence) -> Iterable[Finding]:
    """At least one accepted 3.2 for each acknowledged application, a success, of one identity."""
    received = grouped(
        (row for row in evidence.receipts if row["section"] == ISSUE_NOTICE), flow_of
    )
    for key in acknowledged(evidence):
        if not any(row["verdict"] == ACCEPTED for row in received.get(key, [])):
            yield Finding("lost", name_of(key), "acknowledged, but no accepted notice")
    invoked = _invoked(evidence)
    for key, found in received.items():
        if key not in invoked:
            yield Finding("nobody asked", name_of(key), "a notice without an application")
        identities = {identity_of(row) for row in found}
        if len(identities) > 1 or "" in identities:
            yield Finding("two identities", name_of(key), f"{sorted(identities)}")
        if not all(row.get("success") for row in found):
            yield Finding("not issued", name_of(key), "the platform was told of a failure")
    for row in evidence.receipts:
        if row["verdict"] == "refused":
            yield Finding("unfit notice", name_of(flow_of(row)), row["message"])


def _identities(evidence: Evidence) -> Iterable[Finding]:
    """One identity is one notice of one flow, with the same bytes each time."""
    for identity, found in grouped(evidence.receipts, identity_of).items():
        bodies = {row["body_sha256"] for row in found}
        if len(bodies) > 1:
            yield Finding("two bodies", identity, f"{len(bodies)} bodies under one identity")
        flows = {(*flow_of(row), row["section"]) for row in found}
        if len(flows) > 1:
            yield Finding("shared identity", identity, f"{sorted(flows)}")


def _cancellations(evidence: Evidence) -> Iterable[Finding]:
    """A 3.3 after the letter is answered by one failure notice for each that had an effect."""
    ends = grouped((row for row in evidence.history if row["kind"] == "cancel"), key_of)
    notices = grouped(
        (row for row in accepted(evidence) if row["section"] == CANCEL_NOTICE), flow_of
    )
    for key, rows in ends.items():
        types = collections.Counter(row["type"] for row in rows)
        got = len({identity_of(row) for row in notices.get(key, [])})
        if not types[OK] <= got <= types[INVOKE]:
            detail = f"{types[OK]} acknowledged of {types[INVOKE]} sent, {got} notices"
            yield Finding("lost" if got < types[OK] else "doubled", name_of(key), detail)
    for key, rows in notices.items():
        if key not in ends:
            yield Finding("nobody asked", name_of(key), "a 3.4 without a 3.3")
        if any(row.get("success") for row in rows):
            yield Finding("not issued", name_of(key), "an issued order was cancelled")


def _first_receipts_in_order(evidence: Evidence) -> Iterable[Finding]:
    """By first receipt: the letter first, and every notice of a lane by its sequence."""
    records = {row["id"]: row for row in evidence.records if row["topic"] == "notices"}
    lanes: dict[str, dict[str, int]] = collections.defaultdict(dict)
    for key, found in grouped(accepted(evidence), flow_of).items():
        first: dict[str, Row] = {}
        for row in found:
            first.setdefault(identity_of(row), row)
        sections = [row["section"] for row in first.values()]
        if ISSUE_NOTICE in sections[1:]:
            yield Finding("reordered", name_of(key), f"received as {sections}")
    for row in accepted(evidence):
        identity = identity_of(row)
        if identity in records:
            lane = lanes[records[identity]["subject"]]
            lane.setdefault(identity, records[identity]["sequence"])
        elif records:
            yield Finding("nobody asked", name_of(flow_of(row)), "a notice that the broker has not")
    for subject, sequences in lanes.items():
        order = list(sequences.values())
        if order != sorted(order):
            yield Finding("reordered", subject, f"received by sequence {order}")


def _records(evidence: Evidence) -> Iterable[Finding]:
    """The topics: dense sequences by first appearance, one id a sequence, one letter an order."""
    flows = grouped(evidence.records, lambda row: (row["topic"], row["subject"]))
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
    """Every decision on an order over gRPC was answered and ended in public: applied, or refused
    with why."""
    causes = grouped(
        (row for row in evidence.records if row["topic"] == "events"), lambda row: row["causation"]
    )
    for decision in (row for row in evidence.decisions if "section" not in row):
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
            yield Finding("lost", name_of(key), "acknowledged, but not in the register")


def _quiet(evidence: Evidence) -> Iterable[Finding]:
    for name, count in evidence.leftovers.items():
        if count:
            yield Finding("not quiet", name, str(count))
