"""Reads whole topics from the broker, with their CloudEvents headers."""

import contextlib
import sys
from typing import Any

from _system import REPOSITORY

# The client that the launcher's own tests use.
sys.path.append(str(REPOSITORY / "deploy" / "dev" / "launcher" / "tests"))
import librdkafka  # noqa: E402


def read(brokers: str, topic: str, partitions: int, name: str) -> list[dict[str, Any]]:
    """Every record up to the end of now; `name` is what the topic is called in them."""
    with contextlib.closing(librdkafka.Client(brokers, consumer=True)) as client:
        return [_as_dictionary(one, name) for one in client.read_all(topic, partitions)]


def _as_dictionary(record: librdkafka.Record, name: str) -> dict[str, Any]:
    headers = record.headers
    return {
        "topic": name,
        "partition": record.partition,
        "offset": record.offset,
        "id": headers.get("ce_id", ""),
        "type": headers.get("ce_type", ""),
        "subject": headers.get("ce_subject", ""),
        "sequence": int(headers.get("ce_sequence", "0")),
        "causation": headers.get("ce_causation", ""),
    }
