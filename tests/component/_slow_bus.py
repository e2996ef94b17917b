"""A broker whose records do not come through: a proxy before Kafka that holds back what is fetched.

A process behind it is alive in every other way: it stays in its group, publishes, asks for the ends
of its partitions and answers its callers. Only its consumer falls behind.
"""

import contextlib
import socket
import struct
import threading
from typing import Iterator

import _system

# Kafka's numbers of requests: the answers that hold records, and those that name the broker.
_FETCH = 1
_METADATA, _FIND_COORDINATOR = 3, 10
_SIZE, _REQUEST_HEAD, _CORRELATION = struct.Struct(">i"), struct.Struct(">hhi"), struct.Struct(">i")
_FRAME_BYTES_MAX = 64 << 20
_BACKLOG = 64
_HOST = _system.LOOPBACK.encode()


class SlowBus:
    """One for each process that is to fall behind; ends with its context."""

    def __init__(self, broker: str) -> None:
        host, port = broker.split(":")
        self._broker = (host, int(port))
        self._listener = socket.create_server((_system.LOOPBACK, 0), backlog=_BACKLOG)
        self._flowing = threading.Event()
        self._flowing.set()
        self._lock = threading.Lock()
        self._connections: list[_Connection] = []
        self._ended = False

    @property
    def address(self) -> str:
        return f"{_system.LOOPBACK}:{self._listener.getsockname()[1]}"

    def __enter__(self) -> "SlowBus":
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self._ended = True
            connections = list(self._connections)
        self._listener.shutdown(socket.SHUT_RDWR)  # ends the wait for the next client
        self._listener.close()
        self._flowing.set()
        for one in connections:
            one.close()

    @contextlib.contextmanager
    def held(self) -> Iterator[None]:
        """Nothing that is fetched comes through."""
        self.hold()
        try:
            yield
        finally:
            self.release()

    def hold(self) -> None:
        self._flowing.clear()

    def release(self) -> None:
        self._flowing.set()

    def _accept(self) -> None:
        own = self._listener.getsockname()[1]
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            try:
                server = socket.create_connection(self._broker)
            except OSError:
                client.close()  # the broker is away, and so are we
                continue
            connection = _Connection(client, server, self._flowing, self._broker[1], own)
            with self._lock:
                if self._ended:
                    connection.close()
                    return
                self._connections.append(connection)
            connection.start()


class _Connection:
    """A client's and the broker's, frame by frame."""

    def __init__(
        self,
        client: socket.socket,
        server: socket.socket,
        flowing: threading.Event,
        broker_port: int,
        own_port: int,
    ) -> None:
        self._client, self._server, self._flowing = client, server, flowing
        self._named = _HOST + struct.pack(">i", broker_port)
        self._instead = _HOST + struct.pack(">i", own_port)
        self._asked: dict[int, int] = {}
        self._sending = threading.Lock()
        for one in (client, server):
            one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def start(self) -> None:
        for work in (self._requests, self._answers):
            threading.Thread(target=self._until_closed, args=(work,), daemon=True).start()

    def close(self) -> None:
        for one in (self._client, self._server):
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()

    def _until_closed(self, work) -> None:
        try:
            while work():
                pass
        except OSError:
            pass  # either side has gone; the other follows
        finally:
            self.close()

    def _requests(self) -> bool:
        frame = _read_frame(self._client)
        if frame:
            kind, _, correlation = _REQUEST_HEAD.unpack_from(frame)
            self._asked[correlation] = kind
            self._server.sendall(_SIZE.pack(len(frame)) + frame)
        return bool(frame)

    def _answers(self) -> bool:
        frame = _read_frame(self._server)
        if not frame:
            return False
        kind = self._asked.pop(_CORRELATION.unpack_from(frame)[0])
        if kind == _FETCH and not self._flowing.is_set():
            threading.Thread(target=self._later, args=(frame,), daemon=True).start()
            return True
        if kind in (_METADATA, _FIND_COORDINATOR):
            frame = frame.replace(self._named, self._instead)
        self._answer(frame)
        return True

    def _later(self, frame: bytes) -> None:
        self._flowing.wait()
        with contextlib.suppress(OSError):  # the client has lost patience; it asks again
            self._answer(frame)

    def _answer(self, frame: bytes) -> None:
        with self._sending:
            self._client.sendall(_SIZE.pack(len(frame)) + frame)


def _read_frame(connection: socket.socket) -> bytes:
    """Without its size; empty at the end."""
    head = _read_exactly(connection, _SIZE.size)
    if not head:
        return b""
    (size,) = _SIZE.unpack(head)
    if not 0 < size <= _FRAME_BYTES_MAX:
        raise OSError(f"a frame of {size} bytes")
    return _read_exactly(connection, size)


def _read_exactly(connection: socket.socket, size: int) -> bytes:
    content = bytearray()
    while len(content) < size:
        piece = connection.recv(size - len(content))
        if not piece:
            return b""
        content += piece
    return bytes(content)
