"""A thousand idle and slow connections: a good client beside them is served as before."""

import contextlib
import os
import resource
import socket
import threading
import time
import unittest
from dataclasses import dataclass, field
from typing import Iterator

import _application
import _ledger
import _system
import _wire
from _crowd import Crowd, Kind, Lives

_CONNECTIONS = 1_000
_SOURCES = [f"127.0.0.{number}" for number in range(11, 21)]
_GOOD_SOURCE = "127.0.0.200"
_OBSERVED_SECONDS = 100.0 if _system.FULL else 25.0
_BASELINE_SECONDS = 5.0
_FILL_DEADLINE_SECONDS = 30.0
_PACE_SECONDS = 0.02
# The limits of the gateway (timing defaults of the design) and the width of a timer and a busy
# machine around them.
_HEAD_LIMIT_SECONDS = 10.0
_BODY_GRACE_SECONDS = 5.0
_IDLE_LIMIT_SECONDS = 75.0
_SLACK_SECONDS = 5.0
_PER_SOURCE_MAX = 1_024
_P99_MAX_SECONDS = 2.0
_USUAL_OPEN_FILES = 1_024
_OWN_OPEN_FILES = 4_096


@dataclass
class Served:
    """What a good client met."""

    good: int = 0
    bad: list[str] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)

    def percentile(self, share: float) -> float:
        ordered = sorted(self.seconds)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0

    def __str__(self) -> str:
        return (
            f"{self.good} served, {len(self.bad)} not; p50 {1e3 * self.percentile(0.5):.1f} ms,"
            f" p99 {1e3 * self.percentile(0.99):.1f} ms, max {1e3 * self.percentile(1.0):.1f} ms"
        )


def serve(address: tuple[str, int], credentials: bytes, name: str, seconds: float) -> Served:
    """A good client: one application after the other, on a new connection every tenth time."""
    served = Served()
    client = _application.Client(address, credentials, _GOOD_SOURCE)
    end = time.monotonic() + seconds
    number = 0
    while time.monotonic() < end:
        began = time.monotonic()
        if number % 10 == 0:
            client.close()
        try:
            answer = client.send(_application.body(f"{name}-{number}"))
            said = (answer.status, _application.code_of(answer) if answer.status else "")
        except OSError as failed:
            said = (0, str(failed))
            client.close()
        served.seconds.append(time.monotonic() - began)
        if said == (200, "200"):
            served.good += 1
        else:
            served.bad.append(f"{name}-{number}: {said}")
        number += 1
        threading.Event().wait(_PACE_SECONDS)
    client.close()
    return served


def told(lives: Lives) -> str:
    ended = lives.closed_after_seconds
    span = f"after {min(ended):.1f} to {max(ended):.1f} s" if ended else "never"
    return f"{lives.opened} opened, {len(ended)} closed {span}, statuses {dict(lives.statuses)}"


def kinds(credentials: bytes) -> list[Kind]:
    content = _application.body("slow")
    whole = _application.request(content, credentials)
    head, body = whole[: -len(content)], content
    quick = _application.request(b"{}", credentials)
    return [
        Kind("silent", b"", b""),
        Kind("idle after an answer", quick, b""),
        Kind("slow head", head[:20], head[20:]),
        Kind("slow body", head, body),
    ]


class _OneAtATime:
    """The planted fault: a server with room for few, which waits for each as long as it takes."""

    def __init__(self, upstream: tuple[str, int]) -> None:
        self._upstream = upstream
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.address = self._listener.getsockname()
        self._threads = [threading.Thread(target=self._serve, daemon=True) for _ in range(4)]

    def __enter__(self) -> "_OneAtATime":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _serve(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            with client, _wire.Connection(self._upstream) as upstream:
                data = b""
                while b"}" not in data and (piece := client.recv(65536)):
                    data += piece
                upstream.send(data)
                answer = upstream.read()
                head = b"HTTP/1.1 %d -\r\nConnection: close\r\nContent-Length: %d\r\n\r\n"
                client.sendall(head % (answer.status, len(answer.body)) + answer.body)


@contextlib.contextmanager
def open_files(soft: int) -> Iterator[None]:
    """What is started within gets this soft limit; the hard one stays."""
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)


class UsualLimits(unittest.TestCase):
    def test_a_usual_limit_of_open_files_keeps_nobody_out(self) -> None:
        """A login shell gives 1,024; who serves more has to ask for more, or hold back in time."""
        with open_files(_USUAL_OPEN_FILES):
            system = self.enterContext(_system.running("--bank", "none"))
        self.enterContext(open_files(_OWN_OPEN_FILES))
        credentials = _application.authorization(system)
        silent = [Kind("silent", b"", b"")]
        with Crowd(system.gateway, silent, _SOURCES, _USUAL_OPEN_FILES + 100) as crowd:
            self.assertTrue(crowd.full.wait(_FILL_DEADLINE_SECONDS))
            beside = serve(system.gateway, credentials, "usual", _BASELINE_SECONDS)
        print(f"with {_USUAL_OPEN_FILES} open files allowed: {beside}")
        self.assertEqual(beside.bad, [])
        self.assertLess(beside.percentile(1.0), _P99_MAX_SECONDS)


class SlowClients(unittest.TestCase):
    def setUp(self) -> None:
        self.enterContext(open_files(_OWN_OPEN_FILES))
        self.system = self.enterContext(_system.running("--bank", "none"))
        self.credentials = _application.authorization(self.system)
        self.address = self.system.gateway

    def _resident_mib(self) -> float:
        pages = f"/proc/{self.system.pid_of('hub')}/statm"
        with open(pages, encoding="ascii") as file:
            return int(file.read().split()[1]) * os.sysconf("SC_PAGESIZE") / 2**20

    def test_a_thousand_of_them_leave_a_good_client_served(self) -> None:
        alone = serve(self.address, self.credentials, "alone", _BASELINE_SECONDS)
        before = self._resident_mib()
        chosen = kinds(self.credentials)
        with Crowd(self.address, chosen, _SOURCES, _CONNECTIONS) as crowd:
            self.assertTrue(crowd.full.wait(_FILL_DEADLINE_SECONDS), "the crowd never gathered")
            beside = serve(self.address, self.credentials, "beside", _OBSERVED_SECONDS)
            after, smallest = self._resident_mib(), crowd.smallest_when_full
        print(f"alone: {alone}\nbeside {_CONNECTIONS}: {beside}")
        print(f"never fewer than {smallest} open; resident {before:.0f} -> {after:.0f} MiB")
        for name, lives in crowd.lives.items():
            print(f"{name}: {told(lives)}")
        self.assertEqual((alone.bad, beside.bad), ([], []))
        self.assertLess(beside.percentile(0.99), _P99_MAX_SECONDS)
        self.assertGreater(smallest, 0.7 * _CONNECTIONS)
        self._ended_in_time(crowd.lives)
        self._every_served_one_is_there(alone, beside)

    def _ended_in_time(self, lives: dict[str, Lives]) -> None:
        for name, limit in (("slow head", _HEAD_LIMIT_SECONDS), ("slow body", _BODY_GRACE_SECONDS)):
            ended = lives[name].closed_after_seconds
            self.assertGreaterEqual(len(ended), _CONNECTIONS // 4, name)
            self.assertLess(max(ended), limit + _SLACK_SECONDS, name)
            self.assertEqual(set(lives[name].statuses), {"408"}, name)
        for name in ("silent", "idle after an answer"):
            ended = lives[name].closed_after_seconds
            if _OBSERVED_SECONDS > _IDLE_LIMIT_SECONDS + 2 * _SLACK_SECONDS:
                self.assertGreaterEqual(len(ended), _CONNECTIONS // 4, name)
            if ended:
                self.assertLess(max(ended), _IDLE_LIMIT_SECONDS + 2 * _SLACK_SECONDS, name)

    def _every_served_one_is_there(self, alone: Served, beside: Served) -> None:
        rows, events = _ledger.of_hub(self.system).orders()
        for name, served in (("alone", alone), ("beside", beside)):
            expected = {f"O-{name}-{number}" for number in range(served.good)}
            self.assertEqual(expected - set(rows), set())
            self.assertEqual(expected - set(events), set())
        self.assertNotIn("O-slow", rows)

    def test_a_source_has_its_limit_and_others_stay_welcome(self) -> None:
        greedy = "127.0.0.77"
        held = [_wire.Connection(self.address, greedy) for _ in range(_PER_SOURCE_MAX)]
        try:
            client = _application.Client(self.address, self.credentials, greedy)
            refused = client.send(_application.body("greedy"))
            client.close()
            other = serve(self.address, self.credentials, "other", 1.0)
            print(f"connection {_PER_SOURCE_MAX + 1} of one source: status {refused.status};")
            print(f"another source meanwhile: {other}")
            self.assertEqual((refused.status, _application.code_of(refused)), (503, "500"))
            self.assertEqual(other.bad, [])
        finally:
            for one in held:
                one.socket.close()
        again = _application.Client(self.address, self.credentials, greedy)
        _system.wait_for(
            lambda: again.send(_application.body("greedy-again")).status == 200,
            5.0,
            "the source is served again once its connections are gone",
        )
        again.close()

    def test_a_server_that_waits_for_each_is_found_out(self) -> None:
        chosen = kinds(self.credentials)
        with _OneAtATime(self.address) as server:
            with Crowd(server.address, chosen, _SOURCES, 50) as crowd:
                self.assertTrue(crowd.full.wait(_FILL_DEADLINE_SECONDS))
                end = time.monotonic() + 3.0
                client = _wire.Connection(server.address, _GOOD_SOURCE, seconds=3.0)
                with client:
                    client.send(_application.request(_application.body("p"), self.credentials))
                    answer = client.read()
        print(f"a server with four threads: status {answer.status} within 3 seconds")
        self.assertEqual(answer.status, 0)
        self.assertGreaterEqual(time.monotonic(), end)


if __name__ == "__main__":
    unittest.main()
