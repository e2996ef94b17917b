"""What is judged and what is found, and the ways to look at it that all rules share."""

import collections
import dataclasses
from typing import Any, Iterable, Mapping

Row = Mapping[str, Any]
# An order: the partner and its number.
Key = tuple[str, str]
ACCEPTED = "accepted"


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
    orders: partner, number, business_no, status, amount_fen. guarantees: partner, number, order_no,
    status, amount_fen (available). cases: rows of claim, credit and invoice: service, partner,
    number, business_no, status, amount_fen.
    expired: notices given up at their last moment: partner, section, business_no, guarantee_no.
    deadlines: of the orders with a 3.23: partner, number, deadline as the order service shows it.
    registered: partner, business_no, unique_value, confirmed.
    records: of the public events and the notices, in the order of each partition: topic, partition,
    offset, id, type, subject, sequence, causation.
    decisions: what became of each gRPC call; see _decisions.
    leftovers: what should be zero when all is quiet, by name.
    """

    history: list[Row] = dataclasses.field(default_factory=list)
    receipts: list[Row] = dataclasses.field(default_factory=list)
    orders: list[Row] = dataclasses.field(default_factory=list)
    guarantees: list[Row] = dataclasses.field(default_factory=list)
    cases: list[Row] = dataclasses.field(default_factory=list)
    expired: list[Row] = dataclasses.field(default_factory=list)
    deadlines: list[Row] = dataclasses.field(default_factory=list)
    registered: list[Row] = dataclasses.field(default_factory=list)
    records: list[Row] = dataclasses.field(default_factory=list)
    decisions: list[Row] = dataclasses.field(default_factory=list)
    leftovers: dict[str, int] = dataclasses.field(default_factory=dict)


def name_of(key: tuple[str, ...]) -> str:
    return "/".join(key)


def key_of(row: Row) -> Key:
    return row["partner"], row["order_no"]


def accepted(evidence: Evidence) -> list[Row]:
    return [row for row in evidence.receipts if row["verdict"] == ACCEPTED]


def identity_of(receipt: Row) -> str:
    return receipt.get("headers", {}).get("idempotency-key", "")


def flow_of(receipt: Row) -> Key:
    return receipt["partner"], receipt["number"]


def grouped(rows: Iterable[Row], key) -> dict[Any, list[Row]]:
    groups: dict[Any, list[Row]] = collections.defaultdict(list)
    for row in rows:
        groups[key(row)].append(row)
    return groups
