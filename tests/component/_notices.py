"""Notices put on the dispatcher's topic as any service would, and what it told of them."""

import contextlib
import dataclasses
import datetime
import sys
import time

import _system

# The client that the launcher's own tests use.
sys.path.append(str(_system.REPOSITORY / "deploy" / "dev" / "launcher" / "tests"))
import librdkafka  # noqa: E402

TOPIC = "guarantee.notices.v1"
EVENTS, DEAD_LETTERS = "guarantee.events.notice.v1", "guarantee.notices.v1.dlq"
PARTITIONS = 4
_TYPE = "guarantee.partner.v1.OrderCancelNotice"
_APPLY_NO, _APPLY_TIME, _REMARK, _CANCEL_RESULT, _DONE = 1, 2, 3, 4, 1
_TEXT_WIRE = 2


def varint(number: int) -> bytes:
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes(out) + bytes([number])


def message(fields: dict[int, int | str | bytes]) -> bytes:
    """A Protobuf message of numbers, texts and messages already written."""
    out = b""
    for number, value in fields.items():
        if isinstance(value, int):
            out += varint(number << 3) + varint(value)
        else:
            content = value.encode() if isinstance(value, str) else value
            out += varint(number << 3 | _TEXT_WIRE) + varint(len(content)) + content
    return out


def rfc3339(seconds: float) -> str:
    moment = datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03}Z"


def envelope(identity: str, kind: str, partner: str, flow: str) -> dict[str, str]:
    return {
        "ce_specversion": "1.0",
        "ce_id": identity,
        "ce_type": kind,
        "ce_source": partner,
        "ce_subject": flow,
        "ce_time": rfc3339(time.time()),
        "content-type": "application/protobuf",
    }


@dataclasses.dataclass(frozen=True)
class Notice:
    """A 3.4 of an order's lane; in its body the remark is its sequence."""

    partner: str
    order_no: str
    sequence: int

    @property
    def identity(self) -> str:
        return f"n-{self.partner}-{self.order_no}-{self.sequence}"

    @property
    def flow(self) -> str:
        return f"{self.partner}/order/{self.order_no}"

    def record(self, **changed: str) -> librdkafka.Outgoing:
        """`changed`: headers, an empty one is left out."""
        headers = envelope(self.identity, _TYPE, self.partner, self.flow) | {
            "ce_sequence": str(self.sequence),
            "ce_interface": "3.4",
            **changed,
        }
        value = {
            _APPLY_NO: self.order_no,
            _APPLY_TIME: int(time.time() * 1000),
            _REMARK: str(self.sequence),
            _CANCEL_RESULT: _DONE,
        }
        present = {name: text for name, text in headers.items() if text}
        return librdkafka.Outgoing(self.flow, present, message(value))


def put(system: _system.System, records: list[librdkafka.Outgoing], topic: str = TOPIC) -> None:
    with contextlib.closing(librdkafka.Client(system.endpoints["kafka"]["brokers"])) as client:
        client.send(topic, records)


def read(system: _system.System, topic: str) -> list[librdkafka.Record]:
    brokers = system.endpoints["kafka"]["brokers"]
    with contextlib.closing(librdkafka.Client(brokers, consumer=True)) as client:
        return list(client.read_all(topic, PARTITIONS))


def told(system: _system.System) -> dict[str, list[str]]:
    """The public events of each notice, by its identity."""
    found: dict[str, list[str]] = {}
    for record in read(system, EVENTS):
        kind = record.headers["ce_type"].rpartition(".")[2]
        found.setdefault(record.headers["ce_causation"], []).append(kind)
    return found
