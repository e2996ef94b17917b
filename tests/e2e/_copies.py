"""Sends many requests at the same moment, each over a TCP connection of its own."""

import select
import socket
import time
import urllib.parse

from _platform import Answer, Partner, judge

_ANSWERS_SECONDS = 30.0
_READ_BYTES = 64 << 10


class LateAnswer(Exception):
    """Not every connection had its answer in time."""


class Copies:
    """`count` connections, spread evenly over the gateways, opened once and kept."""

    def __init__(self, urls: list[str], count: int) -> None:
        self._urls = [urllib.parse.urlsplit(url) for url in urls]
        self._sockets = [socket.create_connection(self._place(at)) for at in range(count)]
        for one in self._sockets:
            one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def _place(self, at: int) -> tuple[str, int]:
        url = self._urls[at % len(self._urls)]
        assert url.hostname is not None and url.port is not None
        return url.hostname, url.port

    def close(self) -> None:
        for one in self._sockets:
            one.close()

    def send(self, path: str, partner: Partner, bodies: list[bytes]) -> list[Answer]:
        """One body a connection; all are on their way before the first answer is read."""
        messages = [self._message(at, path, partner, body) for at, body in enumerate(bodies)]
        used = self._sockets[: len(messages)]
        for connection, message in zip(used, messages, strict=True):
            connection.sendall(message)
        return self._answers(used)

    def _message(self, at: int, path: str, partner: Partner, body: bytes) -> bytes:
        url = self._urls[at % len(self._urls)]
        head = (
            f"POST {url.path}{path} HTTP/1.1\r\nHost: {url.netloc}\r\n"
            f"Authorization: {partner.authorization()}\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(body)}\r\n\r\n"
        )
        return head.encode() + body

    @staticmethod
    def _answers(used: list[socket.socket]) -> list[Answer]:
        poll = select.poll()
        places = {one.fileno(): at for at, one in enumerate(used)}
        for one in used:
            poll.register(one, select.POLLIN)
        buffers, answers = [b""] * len(used), dict[int, Answer]()
        end = time.monotonic() + _ANSWERS_SECONDS
        while len(answers) < len(used):
            left = end - time.monotonic()
            if left <= 0:
                raise LateAnswer(f"{len(used) - len(answers)} of {len(used)} answers are missing")
            for descriptor, _ in poll.poll(left * 1000):
                at = places[descriptor]
                fresh = used[at].recv(_READ_BYTES)
                if not fresh:
                    raise LateAnswer("a gateway closed a connection before its answer")
                buffers[at] += fresh
                answer = _whole(buffers[at])
                if answer is not None:
                    answers[at] = answer
                    poll.unregister(descriptor)
        return [answers[at] for at in range(len(used))]


def _whole(text: bytes) -> Answer | None:
    """The answer, once all of it is there."""
    head, separator, body = text.partition(b"\r\n\r\n")
    if not separator:
        return None
    lines = head.decode("latin-1").split("\r\n")
    sizes = [line.partition(":")[2] for line in lines if line.lower().startswith("content-length:")]
    if len(body) < int(sizes[0]):
        return None
    return judge(int(lines[0].split(" ")[1]), body)
