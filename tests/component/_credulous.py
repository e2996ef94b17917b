"""The planted fault of the HTTP tests: a server that believes everything, before the gateway.

It reads requests as lenient servers do (any line ending, first length wins, a coding before a
length, a cut body is a body, bytes behind a body are the next request) and passes each on to the
gateway as a faultless one.
"""

import re
import socket
import threading

import _application
import _wire

_RECEIVE_BYTES = 65536
_QUIET_SECONDS = 0.1
_AUTHORIZATION = re.compile(rb"(?i)authorization[ \t]*:[ \t]*([^\r\n]*)")
_LENGTH = re.compile(rb"(?i)content-length[ \t]*:[^\r\n0-9]*([0-9]+)")
_CHUNKED = re.compile(rb"(?i)transfer-encoding[ \t]*:\s*chunked")
_HEAD_END = re.compile(rb"\r?\n\r?\n")
_CHUNK = re.compile(rb"\s*([0-9A-Fa-f]+)[^\n]*\n")


class CredulousProxy:
    def __init__(self, upstream: tuple[str, int]) -> None:
        self._upstream = upstream
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.address: tuple[str, int] = self._listener.getsockname()
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def __enter__(self) -> "CredulousProxy":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join()

    def _serve(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            with client:
                self._answer_all(client)

    def _answer_all(self, client: socket.socket) -> None:
        left = _read_until_quiet(client)
        while found := _HEAD_END.search(left):
            head = left[: found.start()]
            body, left = _body_of(head, left[found.end() :])
            credentials = _AUTHORIZATION.search(head)
            with _wire.Connection(self._upstream) as upstream:
                upstream.send(_application.request(body, credentials[1] if credentials else b"-"))
                answer = upstream.read()
            client.sendall(
                b"HTTP/1.1 %d -\r\nContent-Length: %d\r\n\r\n" % (answer.status, len(answer.body))
                + answer.body
            )


def _read_until_quiet(client: socket.socket) -> bytes:
    client.settimeout(_QUIET_SECONDS)
    data = b""
    try:
        while piece := client.recv(_RECEIVE_BYTES):
            data += piece
    except (TimeoutError, ConnectionResetError):
        pass
    return data


def _body_of(head: bytes, rest: bytes) -> tuple[bytes, bytes]:
    if _CHUNKED.search(head):
        return _unchunked(rest)
    length = _LENGTH.search(head)
    size = int(length[1]) if length else 0
    return rest[:size], rest[size:]


def _unchunked(rest: bytes) -> tuple[bytes, bytes]:
    body = b""
    while found := _CHUNK.match(rest):
        size = int(found[1], 16)
        body += rest[found.end() : found.end() + size]
        rest = rest[found.end() + size :]
        if size == 0:
            break
    return body, rest.removeprefix(b"\r\n")
