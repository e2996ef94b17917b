"""Platforms that receive notices as badly as they like, and note every request they see.

How a request is met is a manner of `_manners.py`, chosen by the test for each notice and each of
its visits. One event loop in a thread of its own serves every platform.
"""

import asyncio
import base64
import dataclasses
import errno
import hashlib
import json
import os
import socket
import threading
import time
from typing import Any, Callable, Coroutine

import _system
from _manners import ACCEPTED, EITHER, Manner

_HEAD_BYTES_MAX, _BODY_BYTES_MAX = 64 << 10, 1 << 20
_BACKLOG = 1024
_JOIN_SECONDS = 10.0
TRAP = "/trap/"


@dataclasses.dataclass
class Visit:
    """One request for one notice. `wholly_answered` is when the last byte of its answer was
    written; None while it is open, and where no whole answer was given."""

    partner: str
    identity: str
    lane: str
    sequence: int
    body_sha256: str
    began: float
    order: int
    manner: Manner
    wholly_answered: float | None = None

    @property
    def accepted(self) -> bool:
        return self.manner.effect == ACCEPTED and self.wholly_answered is not None


@dataclasses.dataclass(frozen=True)
class Request:
    head: list[str]
    fields: dict[str, str]
    body: bytes


# Which manner the notice of that partner and identity meets at its n-th visit, from 0.
Script = Callable[[str, str, int], Manner]


class Callee:
    """`visits` and `faults` are read when all is quiet; a fault is what no dispatcher may do."""

    def __init__(self, script: Script) -> None:
        self._script = script
        self._partners: dict[str, str] = {}
        self._open: dict[str, dict[int, asyncio.StreamWriter]] = {}
        self._times: dict[str, int] = {}
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self.visits: list[Visit] = []
        self._servers: list[asyncio.Server] = []
        # By partner, the notices that have met an answer which may well have been an acceptance.
        self.through: dict[str, set[str]] = {}
        self.faults: list[str] = []

    def __enter__(self) -> "Callee":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._run(self._close_all())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(_JOIN_SECONDS)
        self._loop.close()

    def listen(self) -> int:
        """A further platform; its port."""
        server = self._run(
            asyncio.start_server(
                self._serve, _system.LOOPBACK, 0, limit=_HEAD_BYTES_MAX, backlog=_BACKLOG
            )
        )
        self._servers.append(server)
        return server.sockets[0].getsockname()[1]

    def know(self, partners: list[dict[str, Any]]) -> None:
        """Told apart by what we present to them, as in endpoints.json."""
        for one in partners:
            secret = f"{one['platform']['user']}:{one['platform']['password']}".encode()
            self._partners["Basic " + base64.b64encode(secret).decode()] = one["id"]
            self.through[one["id"]] = set()

    def _run(self, work: Coroutine) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(_JOIN_SECONDS)

    async def _close_all(self) -> None:
        for server in self._servers:
            server.close()
        mine = [one for one in asyncio.all_tasks() if one is not asyncio.current_task()]
        for one in mine:
            one.cancel()
        await asyncio.gather(*mine, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while await self._one(reader, writer):
                pass
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # the other side has gone
        except asyncio.CancelledError:
            pass  # we end, and nobody waits for this one
        finally:
            writer.close()

    async def _one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Whether the connection takes another one."""
        request = await _read(reader)
        if request.head[0].split(" ")[1].startswith(TRAP):
            self.faults.append("a redirect was followed")
            return False
        visit = self._note(request)
        if visit is None:
            return False
        in_lane = self._open.setdefault(f"{visit.partner}/{visit.lane}", {})
        self._judge_overlap(in_lane, visit)
        in_lane[visit.order] = writer
        try:
            kept = await visit.manner.answer(reader, writer)
            if visit.manner.whole:
                visit.wholly_answered = time.monotonic()
        finally:
            del in_lane[visit.order]
        if visit.accepted or visit.manner.effect == EITHER:
            self.through[visit.partner].add(visit.identity)
        return kept

    def _note(self, request: Request) -> Visit | None:
        partner = self._partners.get(request.fields.get("authorization", ""))
        identity = request.fields.get("idempotency-key", "")
        if partner is None or not identity:
            self.faults.append(f"{request.head[0]}: no known sign-in or no identity")
            return None
        notice = json.loads(request.body)["data"]
        times = self._times.get(identity, 0)
        self._times[identity] = times + 1
        visit = Visit(
            partner,
            identity,
            notice["applyNo"],
            int(notice["remark"]),
            hashlib.sha256(request.body).hexdigest(),
            time.monotonic(),
            len(self.visits),
            self._script(partner, identity, times),
        )
        self.visits.append(visit)
        return visit

    def _judge_overlap(self, in_lane: dict[int, asyncio.StreamWriter], visit: Visit) -> None:
        for order, writer in in_lane.items():
            if not _gone(writer):
                earlier = self.visits[order]
                self.faults.append(
                    f"{visit.lane}: {visit.identity} came while {earlier.identity} was open"
                )


def front(port: int) -> str:
    return f"http://{_system.LOOPBACK}:{port}/front/"


def move_platform(system: _system.System, partner: str, url: str) -> None:
    """Gives a partner a platform of its own; the dispatcher knows it from its next start on."""
    path = system.state / "config" / "partners.json"
    content = json.loads(path.read_text(encoding="utf-8"))
    for one in content["partners"]:
        if one["id"] == partner:
            one["platform"]["base_url"] = url
    path.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
    system.terminate("dispatcher")
    system.start("dispatcher")


def _gone(writer: asyncio.StreamWriter) -> bool:
    """Whether the other side had closed it by now, although the event loop may not know yet."""
    ours = writer.get_extra_info("socket")
    if writer.is_closing() or ours is None or ours.fileno() < 0:
        return True
    with socket.socket(fileno=os.dup(ours.fileno())) as same:
        try:
            return same.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT) == b""
        except OSError as failed:
            return failed.errno not in (errno.EAGAIN, errno.EWOULDBLOCK)


async def _read(reader: asyncio.StreamReader) -> Request:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    fields = {}
    for line in head[1:-2]:
        name, _, value = line.partition(":")
        fields[name.strip().lower()] = value.strip()
    size = int(fields.get("content-length", "0"))
    if not 0 <= size <= _BODY_BYTES_MAX:
        raise ConnectionError(f"a body of {size} bytes")
    return Request(head, fields, await reader.readexactly(size))
