"""The rules of what the institution asks of the platform itself: its own 3.9 and 3.11, which end
with the platform's 3.10 and 3.12 and have no notice of ours."""

import collections
from typing import Iterable, Mapping

from _history import OK
from _judged import Evidence, Finding, Row, accepted, grouped, identity_of, name_of

# The platform's answer to each.
ANSWERS = {"3.9": "3.10", "3.11": "3.12"}
# What the platform says with a yes, in operateResult.
YES = "0"
# Where, on whose flow and by which event the service says in public that it was decided.
_DECIDED = {
    "3.9": ("events", "guarantee", "GuaranteeCancellationProposed"),
    "3.11": ("claim events", "claim", "ClaimPresented"),
}
_CLAIM = "3.11"
_CLAIM_STATES = {True: "paid", False: "refused"}
_CANCELLED = "GuaranteeCancelled"

# Partner, section, number of the letter.
_About = tuple[str, str, str]


def _about(row: Row) -> _About:
    return row["partner"], row["section"], row["guarantee_no"]


def _came(evidence: Evidence) -> dict[_About, list[Row]]:
    """The accepted requests of the institution by the letter that they are about."""
    return grouped((row for row in accepted(evidence) if row["section"] in ANSWERS), _about)


def _times(evidence: Evidence, topic: str, event: str) -> Mapping[str, int]:
    """How often each flow has an event of that type; the same record again is the same event."""
    records = (row for row in evidence.records if row["topic"] == topic)
    found = {(r["subject"], r["id"]) for r in records if r["type"].endswith(f".{event}")}
    return collections.Counter(subject for subject, _ in found)


def wishes_told(evidence: Evidence) -> Iterable[Finding]:
    """Each was decided once and told once, and nothing was told that nobody decided."""
    came, decided = _came(evidence), set[_About]()
    times = {section: _times(evidence, topic, e) for section, (topic, _, e) in _DECIDED.items()}
    for wish in (row for row in evidence.decisions if "section" in row):
        about = _about(wish)
        decided.add(about)
        if wish["result"] in ("refused", "unknown"):
            yield Finding("decision", name_of(about), f"{wish['result']}: {wish['said']}")
        _, kind, event = _DECIDED[wish["section"]]
        found = times[wish["section"]][f"{wish['partner']}/{kind}/{wish['guarantee_no']}"]
        if found != 1:
            yield Finding("decision", name_of(about), f"{found} times {event}")
        told = len({identity_of(row) for row in came.get(about, [])})
        if told != 1:
            rule = "doubled" if told else "lost"
            yield Finding(rule, name_of(about), f"the platform was asked {told} times")
    for about in set(came) - decided:
        yield Finding("nobody asked", name_of(about), "the institution had not decided it")


def wishes_end(evidence: Evidence) -> Iterable[Finding]:
    """Each ends once, by the platform's word and as that says."""
    said = {
        (row["partner"], row["kind"], row["business_no"]): row["operateResult"] == YES
        for row in evidence.history
        if row["kind"] in ANSWERS.values() and row["type"] == OK
    }
    cancelled = _times(evidence, "events", _CANCELLED)
    claims = {
        (row["partner"], row["business_no"]): row["status"]
        for row in evidence.cases
        if row["service"] == "claim"
    }
    for about, rows in _came(evidence).items():
        partner, section, letter = about
        number = rows[0]["business_no"]
        yes = said.get((partner, ANSWERS[section], number))
        if yes is None:
            yield Finding("never answered", name_of(about), f"no {ANSWERS[section]} was accepted")
        elif section == _CLAIM and claims.get((partner, number)) != _CLAIM_STATES[yes]:
            detail = f"{claims.get((partner, number))}, not {_CLAIM_STATES[yes]}"
            yield Finding("another state", name_of(about), detail)
        elif section != _CLAIM and cancelled[f"{partner}/guarantee/{letter}"] != yes:
            times = cancelled[f"{partner}/guarantee/{letter}"]
            yield Finding("another end", name_of(about), f"{times} times {_CANCELLED}")
