"""What really happened: rows of the gateway's register and events on the topic of requests."""

import contextlib
import sqlite3
import subprocess
from pathlib import Path
from typing import Callable, Iterator

from _system import System, wait_for

_TOPIC = "guarantee.requests.order.v1"
# Numbers of the fields of the event of 3.1 that the tests look at.
BUSINESS_NO, ORDER_NO, KH_BANK = 1, 2, 16
_BYTES_WIRE, _VARINT_WIRE = 2, 0
_SEPARATOR = "\x1f"

Event = dict[int, bytes]


def decode(value: bytes) -> Event:
    """The length-delimited fields of one Protobuf message by their number, bytes as they are."""
    return {number: content for number, content in _fields(value) if isinstance(content, bytes)}


def numbers(value: bytes) -> dict[int, int]:
    """Its fields that are numbers."""
    return {number: content for number, content in _fields(value) if isinstance(content, int)}


def _fields(value: bytes) -> Iterator[tuple[int, bytes | int]]:
    at = 0
    while at < len(value):
        key, at = _varint(value, at)
        number, wire = key >> 3, key & 7
        if wire == _VARINT_WIRE:
            content, at = _varint(value, at)
            yield number, content
        elif wire == _BYTES_WIRE:
            length, at = _varint(value, at)
            if at + length > len(value):
                raise ValueError("a field reaches beyond the end of its message")
            yield number, value[at : at + length]
            at += length
        else:
            raise ValueError(f"wire type {wire} is none of ours")


def _varint(value: bytes, at: int) -> tuple[int, int]:
    number = shift = 0
    while True:
        byte = value[at]
        number |= (byte & 0x7F) << shift
        at += 1
        shift += 7
        if byte < 0x80:
            return number, at


class Ledger:
    """The register and the events, whichever store and broker hold them."""

    def __init__(
        self,
        registered: Callable[[], list[tuple[str, str]]],
        values: Callable[[], Iterator[bytes]],
    ) -> None:
        self._registered = registered
        self._values = values

    def registered(self) -> list[tuple[str, str]]:
        """(businessNo, orderNo) of every row for a 3.1."""
        return self._registered()

    def events(self) -> list[Event]:
        return [decode(value) for value in self._values()]

    def orders(self) -> tuple[list[str], list[str]]:
        """The order numbers in the register, and those of the events, repeats included."""
        rows = [order for _, order in self.registered()]
        return rows, [event[ORDER_NO].decode() for event in self.events()]

    def wait_for_order(self, number: str, seconds: float = 10.0) -> None:
        wait_for(lambda: number in self.orders()[1], seconds, f"the event of {number}")


def of_hub(system: System) -> Ledger:
    return of_file(Path(system.endpoints["store"]["dsn"].removeprefix("sqlite:")))


def of_file(path: Path) -> Ledger:
    """The database of a hub, also of one that runs: it is only read."""

    def select(statement: str, *values: object) -> list[tuple]:
        source = f"file:{path}?mode=ro"
        with contextlib.closing(sqlite3.connect(source, uri=True, timeout=10.0)) as database:
            return database.execute(statement, values).fetchall()

    return Ledger(
        lambda: select(
            "select business_no, unique_value from gateway_registered where section = '3.1'"
        ),
        lambda: iter(
            value
            for (value,) in select(
                "select r.value from log_record r join log_partition p on p.number = r.id >> 40"
                " where p.topic = ? order by r.id",
                _TOPIC,
            )
        ),
    )


def of_processes(system: System, partitions: int) -> Ledger:
    """Over PostgreSQL's own client and librdkafka, as a foreign reader would."""
    dsn, brokers = system.endpoints["store"]["dsn"], system.endpoints["kafka"]["brokers"]

    def rows() -> list[tuple[str, str]]:
        statement = (
            "select business_no, unique_value from gateway.registered where section = '3.1'"
        )
        done = subprocess.run(
            ["psql", dsn, "-X", "-q", "-A", "-t", "-F", _SEPARATOR, "-c", statement],
            capture_output=True,
            text=True,
            timeout=30,
            check=True,
        )
        lines = [line.split(_SEPARATOR) for line in done.stdout.split("\n") if line]
        return [(business, order) for business, order in lines]

    # Only here: the library need not be there where no broker is.
    import _kafka_reader

    return Ledger(rows, lambda: iter(_kafka_reader.read_all(brokers, _TOPIC, partitions)))
