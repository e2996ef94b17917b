"""Kills, stops and starts again, at random times and with a record of what was open at each."""

import dataclasses
import queue
import random
import signal
import threading
import time
from typing import Callable

from _system import System, SystemFault

BROKER = "kafka"
_GAP_SECONDS = (2.0, 5.0)
_OPEN_WAIT_SECONDS = 10.0
_START_TRIES = 3
# An order process's lease ends 6 seconds after its last renewal, the dispatcher's after 20.
STOP_SECONDS = {"order": 9.0, "dispatcher": 24.0}
_POLL_SECONDS = 0.05
# A dispatcher that was killed waits for its lease's end; killed again before it delivers, it shows
# little, so that happens in this part of the cases only. Delivering means so many receipts.
_DISPATCHER = "dispatcher"
_IDLE_KILLS, _DELIVERING_RECEIPTS = 0.25, 50


@dataclasses.dataclass(frozen=True)
class Open:
    """What was under way."""

    unanswered: int
    unaccepted: int

    def any(self) -> bool:
        return self.unanswered > 0 or self.unaccepted > 0


@dataclasses.dataclass(frozen=True)
class Blow:
    """One SIGKILL, or one SIGSTOP of `seconds`."""

    at: float
    name: str
    open: Open
    seconds: float = 0.0

    def __str__(self) -> str:
        what = f"SIGSTOP {self.seconds:.0f} s" if self.seconds else "SIGKILL"
        return (
            f"{self.at:6.1f} s  {what:10}  {self.name:10}  {self.open.unanswered:3} requests "
            f"unanswered, {self.open.unaccepted:4} notices unaccepted"
        )


@dataclasses.dataclass(frozen=True)
class Plan:
    seconds: float
    kills: int = 15
    broker_kills: int = 2
    stops: tuple[str, ...] = ("order", "order-2")
    victims: tuple[str, ...] = (
        *("gateway", "gateway-2", "order", "order-2", "dispatcher"),
        *("claim", "claim-2", "credit", "credit-2", "invoice", "invoice-2"),
    )


class Restarts:
    """Starts the killed ones again, one after the other as the launcher does, the broker first."""

    def __init__(self, system: System) -> None:
        self._system = system
        self._queue: queue.PriorityQueue[tuple[int, str]] = queue.PriorityQueue()
        self._lock = threading.Lock()
        self._down: set[str] = set()
        self.seconds: list[tuple[str, float]] = []
        self.failed: list[str] = []
        self._thread = threading.Thread(target=self._work, daemon=True)
        self._thread.start()

    def put(self, name: str) -> None:
        with self._lock:
            self._down.add(name)
        self._queue.put((0 if name == BROKER else 1, name))

    def down(self) -> set[str]:
        with self._lock:
            return set(self._down)

    def close(self) -> None:
        self._queue.put((2, ""))
        self._thread.join()

    def _work(self) -> None:
        while name := self._queue.get()[1]:
            began = time.monotonic()
            for attempt in range(1, _START_TRIES + 1):
                try:
                    self._system.start(name)
                    break
                except SystemFault as fault:
                    self.failed.append(f"{name}, attempt {attempt}: {fault}")
            self.seconds.append((name, time.monotonic() - began))
            with self._lock:
                self._down.discard(name)


class Chaos:
    """`look`: what is open; `received`: how many notices came; `seconds`: the history's clock."""

    def __init__(
        self,
        system: System,
        plan: Plan,
        seed: int,
        look: Callable[[], Open],
        received: Callable[[], int],
        seconds: Callable[[], float],
    ) -> None:
        self._system, self._plan, self._seconds = system, plan, seconds
        self._look, self._received = look, received
        self._delivering_from = 0
        self._rng = random.Random(seed)
        self.restarts = Restarts(system)
        self.blows: list[Blow] = []
        self._stopped: dict[str, float] = {}
        self._stops = list(plan.stops)
        self._begin = time.monotonic()

    def kills(self, name: str = "") -> int:
        return sum(not b.seconds and (not name or b.name == name) for b in self.blows)

    def complete(self) -> bool:
        """Whether everything that the plan asks for has happened."""
        plan = self._plan
        counted = self.kills() >= plan.kills and self.kills(BROKER) >= plan.broker_kills
        return counted and not self._stops and not self._stopped

    def step(self) -> None:
        """Waits as long as chance says, and strikes."""
        self._wait(self._rng.uniform(*_GAP_SECONDS))
        spent = (time.monotonic() - self._begin) / self._plan.seconds
        if self._stops and spent > self._share(len(self._plan.stops), len(self._stops)):
            self._stop(self._stops[0])
        elif self.kills(BROKER) < self._plan.broker_kills and spent > self._share(
            self._plan.broker_kills, self._plan.broker_kills - self.kills(BROKER)
        ):
            self._kill_broker()
        else:
            self._kill()

    @staticmethod
    def _share(planned: int, left: int) -> float:
        """When, as a part of the whole time, the next of `planned` is due."""
        return (planned - left + 0.5) / (planned + 1)

    def finish(self) -> None:
        """Lets everything that is stopped run on, and waits until all are started again."""
        while self._stopped:
            self._wait(_POLL_SECONDS)
        self.restarts.close()

    def _wait(self, seconds: float) -> None:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            for name in [n for n, until in self._stopped.items() if until <= time.monotonic()]:
                self._system.signal(name, signal.SIGCONT)
                del self._stopped[name]
            time.sleep(_POLL_SECONDS)

    def _open(self) -> Open:
        """Waits until something is under way: a blow at rest shows nothing."""
        end = time.monotonic() + _OPEN_WAIT_SECONDS
        while not (found := self._look()).any() and time.monotonic() < end:
            self._wait(_POLL_SECONDS)
        return found

    def _spared(self) -> set[str]:
        """Who is down or stopped, and who has to take over from a stopped one."""
        taking_over = {"order": "order-2", "order-2": "order"}
        return self.restarts.down() | set(self._stopped) | {
            taking_over.get(name, "") for name in self._stopped
        }

    def _kill(self) -> None:
        alive = [name for name in self._plan.victims if name not in self._spared()]
        idle = self._received() < self._delivering_from
        if _DISPATCHER in alive and idle and self._rng.random() > _IDLE_KILLS:
            alive.remove(_DISPATCHER)
        if alive:
            spared_so_far = [name for name in alive if not self.kills(name)]
            self._strike(self._rng.choice(spared_so_far or alive))

    def _kill_broker(self) -> None:
        """The launcher starts one at a time: one that waits for the broker would lock it out."""
        if not self.restarts.down():
            self._strike(BROKER)

    def _strike(self, name: str) -> None:
        found = self._open()
        self._system.signal(name, signal.SIGKILL)
        if name == _DISPATCHER:
            self._delivering_from = self._received() + _DELIVERING_RECEIPTS
        self._note(Blow(self._seconds(), name, found))
        self.restarts.put(name)

    def _stop(self, name: str) -> None:
        if self._stopped or name in self.restarts.down():
            return
        self._stops.pop(0)
        found, seconds = self._open(), STOP_SECONDS[name.partition("-")[0]]
        self._system.signal(name, signal.SIGSTOP)
        self._note(Blow(self._seconds(), name, found, seconds))
        self._stopped[name] = time.monotonic() + seconds

    def _note(self, blow: Blow) -> None:
        self.blows.append(blow)
        print(blow, flush=True)
