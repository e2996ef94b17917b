"""Reads whole topics from the broker through librdkafka, with their CloudEvents headers."""

import ctypes
import time
from typing import Any

_LIBRARY = ctypes.CDLL("librdkafka.so.1")
_CONSUMER, _TEXT_BYTES = 1, 512
_FROM_BEGINNING = -2
_QUERY_MS, _POLL_MS, _READ_SECONDS = 10_000, 200, 60.0


class BrokerFault(Exception):
    """The broker did not give what it has."""


class _Message(ctypes.Structure):
    _fields_ = [
        ("error", ctypes.c_int),
        ("topic", ctypes.c_void_p),
        ("partition", ctypes.c_int32),
        ("payload", ctypes.c_void_p),
        ("length", ctypes.c_size_t),
        ("key", ctypes.c_void_p),
        ("key_length", ctypes.c_size_t),
        ("offset", ctypes.c_int64),
    ]


def _declare() -> None:
    pointer, text, message = ctypes.c_void_p, ctypes.c_char_p, ctypes.POINTER(_Message)
    number, wide, size = ctypes.c_int, ctypes.c_int64, ctypes.c_size_t
    to = ctypes.POINTER
    declarations = {
        "rd_kafka_conf_new": (pointer, []),
        "rd_kafka_conf_set": (number, [pointer, text, text, text, size]),
        "rd_kafka_new": (pointer, [number, pointer, text, size]),
        "rd_kafka_destroy": (None, [pointer]),
        "rd_kafka_topic_new": (pointer, [pointer, text, pointer]),
        "rd_kafka_topic_destroy": (None, [pointer]),
        "rd_kafka_query_watermark_offsets": (
            number,
            [pointer, text, ctypes.c_int32, to(wide), to(wide), number],
        ),
        "rd_kafka_consume_start": (number, [pointer, ctypes.c_int32, wide]),
        "rd_kafka_consume_stop": (number, [pointer, ctypes.c_int32]),
        "rd_kafka_consume": (message, [pointer, ctypes.c_int32, number]),
        "rd_kafka_message_destroy": (None, [message]),
        "rd_kafka_message_headers": (number, [message, to(pointer)]),
        "rd_kafka_header_get_all": (
            number,
            [pointer, size, to(text), to(pointer), to(size)],
        ),
    }
    for name, (result, arguments) in declarations.items():
        function = getattr(_LIBRARY, name)
        function.restype, function.argtypes = result, arguments


_declare()


def read(brokers: str, topic: str, partitions: int, name: str) -> list[dict[str, Any]]:
    """Every record up to the end of now; `name` is what the topic is called in them."""
    error = ctypes.create_string_buffer(_TEXT_BYTES)
    configuration = _LIBRARY.rd_kafka_conf_new()
    for key, value in (("bootstrap.servers", brokers), ("enable.auto.commit", "false")):
        _LIBRARY.rd_kafka_conf_set(
            configuration, key.encode(), value.encode(), error, _TEXT_BYTES
        )
    client = _LIBRARY.rd_kafka_new(_CONSUMER, configuration, error, _TEXT_BYTES)
    if not client:
        raise BrokerFault(error.value.decode())
    handle = _LIBRARY.rd_kafka_topic_new(client, topic.encode(), None)
    try:
        found: list[dict[str, Any]] = []
        for partition in range(partitions):
            end = _end_of(client, topic, partition)
            found += _partition(handle, partition, end, name)
        return found
    finally:
        _LIBRARY.rd_kafka_topic_destroy(handle)
        _LIBRARY.rd_kafka_destroy(client)


def _end_of(client: int, topic: str, partition: int) -> int:
    low, high = ctypes.c_int64(), ctypes.c_int64()
    failed = _LIBRARY.rd_kafka_query_watermark_offsets(
        client, topic.encode(), partition, ctypes.byref(low), ctypes.byref(high), _QUERY_MS
    )
    if failed:
        raise BrokerFault(f"{topic} {partition}: no end offset, error {failed}")
    return high.value


def _partition(handle: int, partition: int, end: int, name: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    if end == 0:
        return found
    _LIBRARY.rd_kafka_consume_start(handle, partition, _FROM_BEGINNING)
    deadline, position = time.monotonic() + _READ_SECONDS, 0
    while position < end:
        if time.monotonic() > deadline:
            raise BrokerFault(f"{name} {partition}: read up to {position} of {end}")
        message = _LIBRARY.rd_kafka_consume(handle, partition, _POLL_MS)
        if not message:
            continue
        if message.contents.error == 0:
            position = message.contents.offset + 1
            found.append(_record(message, name))
        _LIBRARY.rd_kafka_message_destroy(message)
    _LIBRARY.rd_kafka_consume_stop(handle, partition)
    return found


def _record(message, name: str) -> dict[str, Any]:
    headers = _headers(message)
    return {
        "topic": name,
        "partition": message.contents.partition,
        "offset": message.contents.offset,
        "id": headers.get("ce_id", ""),
        "type": headers.get("ce_type", ""),
        "subject": headers.get("ce_subject", ""),
        "sequence": int(headers.get("ce_sequence", "0")),
        "causation": headers.get("ce_causation", ""),
    }


def _headers(message) -> dict[str, str]:
    head = ctypes.c_void_p()
    if _LIBRARY.rd_kafka_message_headers(message, ctypes.byref(head)):
        return {}
    found: dict[str, str] = {}
    name, value, size = ctypes.c_char_p(), ctypes.c_void_p(), ctypes.c_size_t()
    while True:
        done = _LIBRARY.rd_kafka_header_get_all(
            head, len(found), ctypes.byref(name), ctypes.byref(value), ctypes.byref(size)
        )
        if done:
            return found
        found[(name.value or b"").decode()] = ctypes.string_at(value, size.value).decode()
