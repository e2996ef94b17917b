"""Very many slow connections from one thread, each kept slow and opened again when closed."""

import collections
import errno
import selectors
import socket
import threading
import time
from dataclasses import dataclass, field

_TICK_SECONDS = 0.05
_PACE_SECONDS = 1.0
_RECEIVE_BYTES = 4096
_JOIN_SECONDS = 20.0
_OPENED_IN_A_TICK_MAX = 100


@dataclass(frozen=True)
class Kind:
    """What a slow client sends at once, and what it then sends a byte a second of."""

    name: str
    at_once: bytes
    trickled: bytes


@dataclass
class Lives:
    """How the connections of one kind ended."""

    opened: int = 0
    closed_after_seconds: list[float] = field(default_factory=list)
    statuses: collections.Counter = field(default_factory=collections.Counter)


class _Slow:
    def __init__(self, kind: Kind, connection: socket.socket, now: float) -> None:
        self.kind, self.socket = kind, connection
        self.opened = now
        # Spread over the second, or all would speak at once.
        self.next_byte = now + (connection.fileno() % 20) / 20.0
        self.sent = 0
        self.heard = b""


class Crowd:
    """Keeps `count` connections of these kinds, from these sources, until it is left."""

    def __init__(
        self, address: tuple[str, int], kinds: list[Kind], sources: list[str], count: int
    ) -> None:
        self._address, self._sources = address, sources
        self._wanted = [kinds[at % len(kinds)] for at in range(count)]
        self._selector = selectors.DefaultSelector()
        self._open: dict[int, _Slow] = {}
        self._next_source = 0
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self.lives = {kind.name: Lives() for kind in kinds}
        self.full = threading.Event()
        self.smallest_when_full = count

    def __enter__(self) -> "Crowd":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping.set()
        self._thread.join(_JOIN_SECONDS)
        for slow in self._open.values():
            slow.socket.close()
        self._selector.close()

    @property
    def size(self) -> int:
        return len(self._open)

    def _run(self) -> None:
        while not self._stopping.is_set():
            for _ in range(min(len(self._wanted), _OPENED_IN_A_TICK_MAX)):
                self._connect(self._wanted.pop())
            if not self._wanted:
                self.full.set()
            for key, _ in self._selector.select(_TICK_SECONDS):
                self._hear(self._open[key.fd])
            now = time.monotonic()
            for slow in list(self._open.values()):
                self._trickle(slow, now)
            if self.full.is_set():
                self.smallest_when_full = min(self.smallest_when_full, self.size)

    def _connect(self, kind: Kind) -> None:
        connection = socket.socket()
        source = self._sources[self._next_source % len(self._sources)]
        self._next_source += 1
        connection.bind((source, 0))
        connection.setblocking(False)
        failed = connection.connect_ex(self._address)
        if failed not in (0, errno.EINPROGRESS):
            raise OSError(failed, "a slow client cannot connect")
        slow = _Slow(kind, connection, time.monotonic())
        self.lives[kind.name].opened += 1
        self._open[connection.fileno()] = slow
        self._selector.register(connection, selectors.EVENT_READ)

    def _hear(self, slow: _Slow) -> None:
        try:
            data = slow.socket.recv(_RECEIVE_BYTES)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        slow.heard += data
        if not data:
            self._ended(slow)

    def _trickle(self, slow: _Slow, now: float) -> None:
        if now < slow.next_byte or slow.socket.fileno() not in self._open:
            return
        slow.next_byte = now + _PACE_SECONDS
        data = slow.kind.at_once if slow.sent == 0 else b""
        if slow.sent < len(slow.kind.trickled):
            data += slow.kind.trickled[slow.sent : slow.sent + 1]
        slow.sent += 1
        try:
            slow.socket.send(data)
        except BlockingIOError:
            return
        except OSError:
            # The reading side tells how it ended.
            return

    def _ended(self, slow: _Slow) -> None:
        lives = self.lives[slow.kind.name]
        lives.closed_after_seconds.append(time.monotonic() - slow.opened)
        status = slow.heard[9:12].decode("latin-1") if slow.heard else "no answer"
        lives.statuses[status] += 1
        self._selector.unregister(slow.socket)
        del self._open[slow.socket.fileno()]
        slow.socket.close()
        self._wanted.append(slow.kind)
