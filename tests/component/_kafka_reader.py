"""Everything that a topic of a real Kafka holds."""

import contextlib
import sys
from typing import Iterator

import _system

# The client that the launcher's own tests use.
sys.path.append(str(_system.REPOSITORY / "deploy" / "dev" / "launcher" / "tests"))
import librdkafka  # noqa: E402


def read_all(brokers: str, topic: str, partitions: int) -> Iterator[bytes]:
    """The values of every partition from its first record to what was its end at the call."""
    with contextlib.closing(librdkafka.Client(brokers, consumer=True)) as client:
        for record in client.read_all(topic, partitions):
            yield record.value
