"""HTTP/1.1 as bytes over TCP: sends exactly what it is given, reads what comes back."""

import base64
import socket
import time
from dataclasses import dataclass, field

_RECEIVE_BYTES = 65536
_HEAD_END = b"\r\n\r\n"
_DEADLINE_SECONDS = 20.0


@dataclass
class Answer:
    """One response; status 0: the connection ended, or the time ran out, before there was one."""

    status: int = 0
    fields: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    complete: bool = False


def basic(user: str, password: str) -> bytes:
    return b"Basic " + base64.b64encode(f"{user}:{password}".encode())


class Connection:
    """One TCP connection; `source` is the local address, so that there can be many."""

    def __init__(
        self, address: tuple[str, int], source: str = "", seconds: float = _DEADLINE_SECONDS
    ) -> None:
        self._seconds = seconds
        self._buffer = b""
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        self.socket.settimeout(seconds)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if source:
            self.socket.bind((source, 0))
        try:
            self.socket.connect(address)
        except OSError:
            self.socket.close()
            raise

    def __enter__(self) -> "Connection":
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()

    def send(self, data: bytes) -> bool:
        """False when the peer has closed meanwhile, which may be its right."""
        try:
            self.socket.sendall(data)
        except (BrokenPipeError, ConnectionResetError):
            return False
        return True

    def finish_sending(self) -> None:
        try:
            self.socket.shutdown(socket.SHUT_WR)
        except OSError:
            return

    def read(self) -> Answer:
        """The next final answer; interim ones (1xx) are passed over."""
        while True:
            answer = self._read_one()
            if answer.status >= 200 or answer.status == 0:
                return answer

    def read_interim(self) -> Answer:
        """The next answer, be it an interim one."""
        return self._read_one()

    def closed(self, seconds: float) -> bool:
        """Whether the peer closes within this time; what it still says is dropped."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            self.socket.settimeout(left)
            try:
                if not self.socket.recv(_RECEIVE_BYTES):
                    return True
            except TimeoutError:
                return False
            except OSError:
                return True
        return False

    def _read_one(self) -> Answer:
        end = time.monotonic() + self._seconds
        while _HEAD_END not in self._buffer:
            if not self._more(end):
                return Answer()
        head, self._buffer = self._buffer.split(_HEAD_END, 1)
        lines = head.decode("latin-1").split("\r\n")
        answer = Answer(status=int(lines[0].split(" ")[1]))
        for line in lines[1:]:
            name, _, value = line.partition(":")
            answer.fields[name.lower()] = value.strip()
        length = int(answer.fields.get("content-length", "0"))
        while len(self._buffer) < length and self._more(end):
            pass
        answer.body, self._buffer = self._buffer[:length], self._buffer[length:]
        answer.complete = len(answer.body) == length
        return answer

    def _more(self, end: float) -> bool:
        left = end - time.monotonic()
        if left <= 0:
            return False
        self.socket.settimeout(left)
        try:
            data = self.socket.recv(_RECEIVE_BYTES)
        except OSError:
            return False
        self._buffer += data
        return bool(data)
