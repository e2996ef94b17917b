"""Everything that a topic of a real Kafka holds, read through the C library of the services."""

import ctypes
import time
from typing import Iterator

_LIBRARY = ctypes.CDLL("librdkafka.so.1")
_CONSUMER = 1
_DEADLINE_MS = 20_000
_TRY_MS = 1_000
_TEXT_BYTES = 512


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
    pointer, text, offset = ctypes.c_void_p, ctypes.c_char_p, ctypes.POINTER(ctypes.c_int64)
    message = ctypes.POINTER(_Message)
    declarations = {
        "conf_new": (pointer, []),
        "conf_set": (ctypes.c_int, [pointer, text, text, text, ctypes.c_size_t]),
        "new": (pointer, [ctypes.c_int, pointer, text, ctypes.c_size_t]),
        "destroy": (None, [pointer]),
        "topic_new": (pointer, [pointer, text, pointer]),
        "topic_destroy": (None, [pointer]),
        "query_watermark_offsets": (
            ctypes.c_int,
            [pointer, text, ctypes.c_int32, offset, offset, ctypes.c_int],
        ),
        "consume_start": (ctypes.c_int, [pointer, ctypes.c_int32, ctypes.c_int64]),
        "consume_stop": (ctypes.c_int, [pointer, ctypes.c_int32]),
        "consume": (message, [pointer, ctypes.c_int32, ctypes.c_int]),
        "message_destroy": (None, [message]),
    }
    for name, (result, arguments) in declarations.items():
        function = getattr(_LIBRARY, f"rd_kafka_{name}")
        function.restype, function.argtypes = result, arguments


_declare()


def read_all(brokers: str, topic: str, partitions: int) -> Iterator[bytes]:
    """The values of every partition from its first record to what was its end at the call."""
    error = ctypes.create_string_buffer(_TEXT_BYTES)
    configuration = _LIBRARY.rd_kafka_conf_new()
    _LIBRARY.rd_kafka_conf_set(
        configuration, b"bootstrap.servers", brokers.encode(), error, _TEXT_BYTES
    )
    client = _LIBRARY.rd_kafka_new(_CONSUMER, configuration, error, _TEXT_BYTES)
    if not client:
        raise RuntimeError(error.value.decode())
    handle = _LIBRARY.rd_kafka_topic_new(client, topic.encode(), None)
    try:
        for partition in range(partitions):
            yield from _read_partition(client, handle, topic, partition)
    finally:
        _LIBRARY.rd_kafka_topic_destroy(handle)
        _LIBRARY.rd_kafka_destroy(client)


def _ends(client: int, topic: str, partition: int) -> tuple[int, int]:
    """First offset and end. A broker that has just come back may not know its leaders yet."""
    low, high = ctypes.c_int64(), ctypes.c_int64()
    end = time.monotonic() + _DEADLINE_MS / 1000
    while True:
        failed = _LIBRARY.rd_kafka_query_watermark_offsets(
            client, topic.encode(), partition, ctypes.byref(low), ctypes.byref(high), _TRY_MS
        )
        if not failed:
            return low.value, high.value
        if time.monotonic() > end:
            raise RuntimeError(f"no ends of {topic}/{partition} are to be had: error {failed}")


def _read_partition(client: int, handle: int, topic: str, partition: int) -> Iterator[bytes]:
    at, high = _ends(client, topic, partition)
    if at == high:
        return
    _LIBRARY.rd_kafka_consume_start(handle, partition, at)
    try:
        end = time.monotonic() + _DEADLINE_MS / 1000
        while at < high:
            if time.monotonic() > end:
                raise RuntimeError(f"{topic}/{partition} was not read to its end in time")
            message = _LIBRARY.rd_kafka_consume(handle, partition, 1000)
            if not message:
                continue
            if message.contents.error == 0:
                at = message.contents.offset + 1
                yield ctypes.string_at(message.contents.payload, message.contents.length)
            _LIBRARY.rd_kafka_message_destroy(message)
    finally:
        _LIBRARY.rd_kafka_consume_stop(handle, partition)
