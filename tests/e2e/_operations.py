"""The rules of what follows a letter: each request of a tour has the end that it has to have."""

import collections
from typing import Iterable, Mapping

from _history import FAIL, OK
from _judged import Evidence, Finding, Key, Row, accepted, grouped, identity_of, key_of, name_of
from _wishes import ANSWERS, YES

# The notice that ends each request, and the request that each withdrawal is of.
RESULTS = {
    "3.5": "3.6",
    "3.7": "3.8",
    "3.9": "3.10",
    "3.11": "3.12",
    "3.13": "3.14",
    "3.15": "3.16",
}
WITHDRAWALS = {"3.17": "3.5", "3.18": "3.15", "3.19": "3.11", "3.20": "3.9"}
_CREDIT, _CREDIT_CHECK, _CLAIM_WITHDRAWAL, _DEADLINE = "3.5", "3.21", "3.19", "3.23"
_ASKED = (*RESULTS, *WITHDRAWALS, *ANSWERS.values(), _CREDIT_CHECK, _DEADLINE)
# What a request of a tour says in `expected`; see _tours.
_SUCCESS, _MAY_REFUSE, _REFUSED = "success", "may refuse", "refused"
# The letter's end where a notice of the section told a success, to whomever.
_LETTER_ENDS = {"3.10": "cancelled", "3.12": "paid", "3.16": "refunded"}
# What the order service says in public of the letter, for each end and for a 3.16 that expired.
_END_EVENTS = ("GuaranteeCancelled", "GuaranteeClaimPaid", "GuaranteeRefunded")
_UNDELIVERED, _REFUND_RESULT = "GuaranteeRefundUndelivered", "3.16"
# Of the tours' these fail only where another has its way.
_CONTESTED = ("3.10", "3.12")
# The states of the services' rows: after a success, after a failure, withdrawn.
_CASE_STATES = {
    "3.5": ("credit", "granted", "declined", "withdrawn"),
    "3.11": ("claim", "paid", "refused", "withdrawn"),
    "3.13": ("invoice", "issued", "failed", ""),
}


def operation_counts(evidence: Evidence) -> dict[str, int]:
    """What is told, not judged."""
    ends = collections.Counter((row["kind"], row["type"]) for row in evidence.history)
    return {
        **{f"{section} acknowledged": ends[section, OK] for section in _ASKED},
        **{f"{section} refused": ends[section, FAIL] for section in WITHDRAWALS},
        **_told(evidence),
    }


def unseen(evidence: Evidence) -> list[str]:
    """The sections of the tours that no client saw accepted: nothing was judged of them. Of a
    withdrawal a refusal is an answer as well, since it races with the decision; a claim's without
    consent is always refused."""

    def wanted(section: str) -> tuple[str, ...]:
        if section == _CLAIM_WITHDRAWAL:
            return (FAIL,)
        return (OK, FAIL) if section in WITHDRAWALS else (OK,)

    seen = {row["kind"] for row in evidence.history if row["type"] in wanted(row["kind"])}
    return [name for name in _ASKED if name not in seen]


def _told(evidence: Evidence) -> dict[str, int]:
    """How many results of each kind the platform was told."""
    results = {
        (row["section"], row["success"], identity_of(row))
        for row in accepted(evidence)
        if row["section"] in RESULTS.values()
    }
    told = collections.Counter((section, success) for section, success, _ in results)
    words = {True: "success", False: "failure"}
    return {
        f"{section} with a {words[success]}": count
        for (section, success), count in sorted(told.items())
    }


def _request(row: Row) -> tuple[str, str, str]:
    """A request of a tour: partner, section, business number, or the order's where it has none."""
    return row["partner"], row["kind"], row["business_no"] or row["order_no"]


def _operations(evidence: Evidence) -> dict[tuple[str, str, str], list[Row]]:
    """Every entry of the history about each request of the tours."""
    return grouped((row for row in evidence.history if row["kind"] in _ASKED), _request)


def _withdrawn(operations: Mapping[tuple[str, str, str], list[Row]]) -> set[tuple[str, str, str]]:
    """The requests whose withdrawal was answered with a yes."""
    return {
        (partner, WITHDRAWALS[section], business_no)
        for (partner, section, business_no), rows in operations.items()
        if section in WITHDRAWALS and any(row["type"] == OK for row in rows)
    }


def _results(evidence: Evidence) -> dict[tuple[str, str, str], list[Row]]:
    """The accepted results by the request that they answer."""
    requests = {result: request for request, result in RESULTS.items()}
    return grouped(
        (row for row in accepted(evidence) if row["section"] in requests),
        lambda row: (row["partner"], requests[row["section"]], row["business_no"]),
    )


def operation_answers(evidence: Evidence) -> Iterable[Finding]:
    """Whether each request of a tour was answered, and as it had to be."""
    for row in evidence.history:
        if row["type"] not in (OK, FAIL) or "expected" not in row:
            continue
        name, said = name_of(_request(row)), f"{row['status']} {row['code']} {row['message']}"
        if row["type"] == FAIL and row["expected"] not in (_MAY_REFUSE, _REFUSED):
            yield Finding("refused", name, said)
        if row["type"] == OK and row["expected"] == _REFUSED:
            yield Finding("not refused", name, said)
        if row["kind"] == _CREDIT_CHECK and row["type"] == OK and row["code"] != row["expected"]:
            yield Finding("standing", name, f"{row['code']} instead of {row['expected']}")
    for request, rows in _operations(evidence).items():
        if not any(row["type"] in (OK, FAIL) for row in rows):
            yield Finding("never answered", name_of(request), f"{len(rows)} entries")


def deadlines(evidence: Evidence) -> Iterable[Finding]:
    """A 3.23 that was answered with a yes holds, and what was refused has changed nothing."""
    kept = {(row["partner"], row["number"]): row["deadline"] for row in evidence.deadlines}
    moved = {
        key_of(row): row["bzjEndTime"]
        for row in evidence.history
        if row["kind"] == _DEADLINE and row["type"] == OK
    }
    for key, wanted in moved.items():
        if kept.get(key) != wanted:
            yield Finding("another deadline", name_of(key), f"{kept.get(key)}, told {wanted}")


def operation_results(evidence: Evidence) -> Iterable[Finding]:
    """One result each, of one identity, unless it was withdrawn; and none that nobody asked for."""
    operations, results = _operations(evidence), _results(evidence)
    withdrawn = _withdrawn(operations)
    given_up = {(row["partner"], row["section"], row["business_no"]) for row in evidence.expired}
    for request, rows in operations.items():
        if request[1] not in RESULTS:
            continue
        found = results.get(request, [])
        got, name = len({identity_of(row) for row in found}), name_of(request)
        got += (request[0], RESULTS[request[1]], request[2]) in given_up
        answered = any(row["type"] == OK for row in rows)
        # A line that was granted can be given back after its 3.6.
        least = 1 if answered and request not in withdrawn else 0
        most = 0 if request in withdrawn and request[1] != _CREDIT else 1
        if not least <= got <= most:
            rule = "lost" if got < least else "doubled" if most else "withdrawn, yet told"
            yield Finding(rule, name, f"{got} results of {least} to {most}")
        if rows[0].get("expected") == _SUCCESS and not all(row["success"] for row in found):
            yield Finding("failed", name, "its result is a failure")
    for request in set(results) - set(operations):
        yield Finding("nobody asked", name_of(request), "a result without a request")


def _public(evidence: Evidence) -> dict[Key, set[str]]:
    """The types of the order service's events about each letter."""
    found: dict[Key, set[str]] = collections.defaultdict(set)
    for row in evidence.records:
        partner, kind, number = (row["subject"].split("/") + ["", ""])[:3]
        if row["topic"] == "events" and kind == "guarantee":
            found[partner, number].add(row["type"].rpartition(".")[2])
    return found


def public_ends(evidence: Evidence) -> Iterable[Finding]:
    """A letter ends once, and a notice is given up only where that was said in public."""
    events = _public(evidence)
    for key, types in events.items():
        ended = sorted(types.intersection(_END_EVENTS))
        if len(ended) > 1:
            yield Finding("two ends", name_of(key), f"events {ended}")
    for row in evidence.expired:
        key = row["partner"], row["guarantee_no"]
        if row["section"] != _REFUND_RESULT or _UNDELIVERED not in events.get(key, set()):
            yield Finding("expired", name_of(key), f"{row['section']} {row['business_no']}")


def _told_ends(evidence: Evidence) -> dict[Key, set[str]]:
    """The end of each letter as the platform was told, or has told us. A 3.9 on what has ended
    otherwise is answered with a success too: then it is not what ended it."""
    ends: dict[Key, set[str]] = collections.defaultdict(set)
    for row in accepted(evidence):
        if row["section"] in _LETTER_ENDS and row["success"]:
            ends[row["partner"], row["guarantee_no"]].add(_LETTER_ENDS[row["section"]])
    for row in evidence.expired:
        if row["section"] in _LETTER_ENDS:
            ends[row["partner"], row["guarantee_no"]].add(_LETTER_ENDS[row["section"]])
    for row in evidence.history:
        if row["kind"] in ANSWERS.values() and row["type"] == OK and row["operateResult"] == YES:
            ends[row["partner"], row["guarantee_no"]].add(_LETTER_ENDS[row["kind"]])
    events = _public(evidence)
    for key, told in ends.items():
        if len(told) > 1 and "GuaranteeCancelled" not in events.get(key, set()):
            told.discard("cancelled")
    return ends


def letter_ends(evidence: Evidence) -> Iterable[Finding]:
    """A letter ends at most once, and is in the database as the platform was told."""
    ends = _told_ends(evidence)
    restored = {
        (row["partner"], row["guarantee_no"])
        for row in evidence.history
        if row["kind"] == "3.7" and row["type"] == OK
    }
    amounts = {(row["partner"], row["number"]): row["amount_fen"] for row in evidence.orders}
    for row in evidence.guarantees:
        key = row["partner"], row["number"]
        told = ends.get(key, set())
        if len(told) > 1:
            yield Finding("two ends", name_of(key), f"the platform was told {sorted(told)}")
        wanted = told or ({"restored"} if key in restored else {"sealed"})
        if row["status"] not in wanted:
            yield Finding("another state", name_of(key), f"{row['status']}, told {sorted(wanted)}")
        amount = 0 if row["status"] == "paid" else amounts.get(key_of(row))
        if row["amount_fen"] != amount:
            yield Finding("another amount", name_of(key), f"{row['amount_fen']} of {amount}")
    for row in accepted(evidence):
        key = row["partner"], row.get("guarantee_no", "")
        if row["section"] in _CONTESTED and not row["success"] and key not in ends:
            yield Finding("failed", name_of(key), f"{row['section']}, but nothing else ended it")
    for key in set(ends) - {(row["partner"], row["number"]) for row in evidence.guarantees}:
        yield Finding("nobody asked", name_of(key), "an end of a letter that is not there")


def case_rows(evidence: Evidence) -> Iterable[Finding]:
    """Claims, lines and invoices are in the database as the platform was told."""
    rows = grouped(
        evidence.cases, lambda row: (row["service"], row["partner"], row["business_no"])
    )
    operations, results = _operations(evidence), _results(evidence)
    withdrawn = _withdrawn(operations)
    for request, asked in operations.items():
        partner, section, business_no = request
        if section not in _CASE_STATES or not any(row["type"] == OK for row in asked):
            continue
        service, success, failure, gone = _CASE_STATES[section]
        found = rows.get((service, partner, business_no), [])
        if len(found) != 1:
            rule = "doubled" if found else "lost"
            yield Finding(rule, name_of(request), f"{len(found)} rows at {service}")
            continue
        told = any(row["success"] for row in results.get(request, []))
        wanted = gone if request in withdrawn else success if told else failure
        if found[0]["status"] != wanted:
            detail = f"{service} has {found[0]['status']}, not {wanted}"
            yield Finding("another state", name_of(request), detail)
