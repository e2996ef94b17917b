"""As much of a Kafka client as the tests need, through the C library that the services use."""

import ctypes
import dataclasses
import time
from typing import Iterator

_LIBRARY = ctypes.CDLL("librdkafka.so.1")
_PRODUCER, _CONSUMER = 0, 1
_COPY = 2
_FIRST_PARTITION = 0
_DEADLINE_MS = 30_000
_TRY_MS = 1_000
_PIECE_BYTES = 64


class _Memory(ctypes.Structure):
    _fields_ = [("start", ctypes.c_char_p), ("length", ctypes.c_size_t)]


class _Header(ctypes.Structure):
    _fields_ = [
        ("name", ctypes.c_char_p),
        ("start", ctypes.c_char_p),
        ("length", ctypes.c_ssize_t),
    ]


class _PieceOf(ctypes.Union):
    _fields_ = [
        ("text", ctypes.c_char_p),
        ("number", ctypes.c_int),
        ("memory", _Memory),
        ("header", _Header),
        ("room", ctypes.c_char * _PIECE_BYTES),
    ]


class _Piece(ctypes.Structure):
    """One argument of rd_kafka_produceva."""

    TOPIC, VALUE, KEY, FLAGS, HEADER = 1, 4, 5, 7, 9
    _fields_ = [("kind", ctypes.c_int), ("of", _PieceOf)]


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
    pointer, text = ctypes.c_void_p, ctypes.c_char_p
    offset = ctypes.POINTER(ctypes.c_int64)
    declarations = {
        "rd_kafka_conf_new": (pointer, []),
        "rd_kafka_conf_set": (ctypes.c_int, [pointer, text, text, text, ctypes.c_size_t]),
        "rd_kafka_new": (pointer, [ctypes.c_int, pointer, text, ctypes.c_size_t]),
        "rd_kafka_destroy": (None, [pointer]),
        "rd_kafka_topic_new": (pointer, [pointer, text, pointer]),
        "rd_kafka_topic_destroy": (None, [pointer]),
        "rd_kafka_produce": (
            ctypes.c_int,
            [
                pointer,
                ctypes.c_int32,
                ctypes.c_int,
                text,
                ctypes.c_size_t,
                text,
                ctypes.c_size_t,
                pointer,
            ],
        ),
        "rd_kafka_produceva": (pointer, [pointer, ctypes.POINTER(_Piece), ctypes.c_size_t]),
        "rd_kafka_flush": (ctypes.c_int, [pointer, ctypes.c_int]),
        "rd_kafka_consume_start": (ctypes.c_int, [pointer, ctypes.c_int32, ctypes.c_int64]),
        "rd_kafka_consume_stop": (ctypes.c_int, [pointer, ctypes.c_int32]),
        "rd_kafka_consume": (ctypes.POINTER(_Message), [pointer, ctypes.c_int32, ctypes.c_int]),
        "rd_kafka_message_destroy": (None, [ctypes.POINTER(_Message)]),
        "rd_kafka_query_watermark_offsets": (
            ctypes.c_int,
            [pointer, text, ctypes.c_int32, offset, offset, ctypes.c_int],
        ),
        "rd_kafka_message_headers": (
            ctypes.c_int,
            [ctypes.POINTER(_Message), ctypes.POINTER(pointer)],
        ),
        "rd_kafka_header_get_all": (
            ctypes.c_int,
            [
                pointer,
                ctypes.c_size_t,
                ctypes.POINTER(text),
                ctypes.POINTER(pointer),
                ctypes.POINTER(ctypes.c_size_t),
            ],
        ),
        "rd_kafka_NewTopic_new": (
            pointer,
            [text, ctypes.c_int, ctypes.c_int, text, ctypes.c_size_t],
        ),
        "rd_kafka_queue_new": (pointer, [pointer]),
        "rd_kafka_CreateTopics": (
            None,
            [pointer, ctypes.POINTER(pointer), ctypes.c_size_t, pointer, pointer],
        ),
        "rd_kafka_queue_poll": (pointer, [pointer, ctypes.c_int]),
        "rd_kafka_event_error": (ctypes.c_int, [pointer]),
        "rd_kafka_event_destroy": (None, [pointer]),
    }
    for name, (result, arguments) in declarations.items():
        function = getattr(_LIBRARY, name)
        function.restype, function.argtypes = result, arguments


_declare()


class Fault(Exception):
    """The broker did not give what it has."""


@dataclasses.dataclass(frozen=True)
class Record:
    partition: int
    offset: int
    headers: dict[str, str]
    value: bytes


@dataclasses.dataclass(frozen=True)
class Outgoing:
    """A record to be sent; its key chooses the partition as the services' own producer would."""

    key: str
    headers: dict[str, str]
    value: bytes


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


def _pieces(topic: str, record: Outgoing) -> ctypes.Array:
    """They refer to the record's bytes, which outlive the call that copies them."""
    key = record.key.encode()
    pieces = [
        _Piece(_Piece.TOPIC, _PieceOf(text=topic.encode())),
        _Piece(_Piece.FLAGS, _PieceOf(number=_COPY)),
        _Piece(_Piece.KEY, _PieceOf(memory=_Memory(key, len(key)))),
        _Piece(_Piece.VALUE, _PieceOf(memory=_Memory(record.value, len(record.value)))),
    ]
    for name, text in record.headers.items():
        value = text.encode()
        header = _Header(name.encode(), value, len(value))
        pieces.append(_Piece(_Piece.HEADER, _PieceOf(header=header)))
    return (_Piece * len(pieces))(*pieces)


class Client:
    """One connection; not for several threads."""

    def __init__(self, brokers: str, *, consumer: bool = False) -> None:
        error = ctypes.create_string_buffer(512)
        configuration = _LIBRARY.rd_kafka_conf_new()
        settings = {"bootstrap.servers": brokers}
        if not consumer:
            settings |= {"enable.idempotence": "true", "partitioner": "murmur2_random"}
        for key, value in settings.items():
            _LIBRARY.rd_kafka_conf_set(configuration, key.encode(), value.encode(), error, 512)
        kind = _CONSUMER if consumer else _PRODUCER
        self._handle = _LIBRARY.rd_kafka_new(kind, configuration, error, 512)
        if not self._handle:
            raise RuntimeError(error.value.decode())

    def close(self) -> None:
        _LIBRARY.rd_kafka_destroy(self._handle)

    def create_topic(self, name: str) -> None:
        error = ctypes.create_string_buffer(512)
        topic = ctypes.c_void_p(_LIBRARY.rd_kafka_NewTopic_new(name.encode(), 1, 1, error, 512))
        queue = _LIBRARY.rd_kafka_queue_new(self._handle)
        _LIBRARY.rd_kafka_CreateTopics(self._handle, ctypes.byref(topic), 1, None, queue)
        event = _LIBRARY.rd_kafka_queue_poll(queue, _DEADLINE_MS)
        if not event or _LIBRARY.rd_kafka_event_error(event):
            raise RuntimeError(f"topic {name} was not created")
        _LIBRARY.rd_kafka_event_destroy(event)

    def produce(self, topic: str, values: list[bytes]) -> None:
        """Returns once all are acknowledged."""
        handle = _LIBRARY.rd_kafka_topic_new(self._handle, topic.encode(), None)
        for value in values:
            if _LIBRARY.rd_kafka_produce(
                handle, _FIRST_PARTITION, _COPY, value, len(value), None, 0, None
            ):
                raise RuntimeError("a record was not taken")
        if _LIBRARY.rd_kafka_flush(self._handle, _DEADLINE_MS):
            raise RuntimeError("records were not acknowledged")
        _LIBRARY.rd_kafka_topic_destroy(handle)

    def send(self, topic: str, records: list[Outgoing]) -> None:
        """Returns once all are acknowledged; those of one key are in this order."""
        for record in records:
            pieces = _pieces(topic, record)
            failed = _LIBRARY.rd_kafka_produceva(self._handle, pieces, len(pieces))
            if failed:
                raise RuntimeError("a record was not taken")
        if _LIBRARY.rd_kafka_flush(self._handle, _DEADLINE_MS):
            raise RuntimeError("records were not acknowledged")

    def consume(self, topic: str, count: int) -> list[bytes]:
        """The first `count` records, or fewer where they do not come in time."""
        handle = _LIBRARY.rd_kafka_topic_new(self._handle, topic.encode(), None)
        _LIBRARY.rd_kafka_consume_start(handle, _FIRST_PARTITION, 0)
        values: list[bytes] = []
        end = time.monotonic() + _DEADLINE_MS / 1000
        while len(values) < count and time.monotonic() < end:
            message = _LIBRARY.rd_kafka_consume(handle, _FIRST_PARTITION, 1000)
            if not message:
                continue
            if message.contents.error == 0:
                values.append(ctypes.string_at(message.contents.payload, message.contents.length))
            _LIBRARY.rd_kafka_message_destroy(message)
        _LIBRARY.rd_kafka_consume_stop(handle, _FIRST_PARTITION)
        _LIBRARY.rd_kafka_topic_destroy(handle)
        return values

    def read_all(self, topic: str, partitions: int) -> Iterator[Record]:
        """Every record of each partition, from its first to what was its end at the call."""
        handle = _LIBRARY.rd_kafka_topic_new(self._handle, topic.encode(), None)
        try:
            for partition in range(partitions):
                yield from self._read_partition(handle, topic, partition)
        finally:
            _LIBRARY.rd_kafka_topic_destroy(handle)

    def _ends(self, topic: str, partition: int) -> tuple[int, int]:
        """First offset and end. A broker that has just come back may not know its leaders yet."""
        low, high = ctypes.c_int64(), ctypes.c_int64()
        end = time.monotonic() + _DEADLINE_MS / 1000
        while True:
            failed = _LIBRARY.rd_kafka_query_watermark_offsets(
                self._handle,
                topic.encode(),
                partition,
                ctypes.byref(low),
                ctypes.byref(high),
                _TRY_MS,
            )
            if not failed:
                return low.value, high.value
            if time.monotonic() > end:
                raise Fault(f"no ends of {topic}/{partition} are to be had: error {failed}")

    def _read_partition(self, handle: int, topic: str, partition: int) -> Iterator[Record]:
        at, high = self._ends(topic, partition)
        if at == high:
            return
        _LIBRARY.rd_kafka_consume_start(handle, partition, at)
        try:
            end = time.monotonic() + _DEADLINE_MS / 1000
            while at < high:
                if time.monotonic() > end:
                    raise Fault(f"{topic}/{partition} was read up to {at} of {high} only")
                message = _LIBRARY.rd_kafka_consume(handle, partition, _TRY_MS)
                if not message:
                    continue
                if message.contents.error == 0:
                    at = message.contents.offset + 1
                    value = ctypes.string_at(message.contents.payload, message.contents.length)
                    yield Record(partition, message.contents.offset, _headers(message), value)
                _LIBRARY.rd_kafka_message_destroy(message)
        finally:
            _LIBRARY.rd_kafka_consume_stop(handle, partition)
