"""The clients: applications at a rate until they are told to end, each tried until it has a yes."""

import dataclasses
import heapq
import itertools
import random
import threading
import time
from typing import Any, Callable

import _platform
from _history import OK, History
from _platform import Answer, Application, Client, Partner

_WORKERS = 24
_RETRY_SECONDS, _RETRY_SECONDS_MAX = 0.3, 2.0
_REPEAT_DELAY_SECONDS = 8.0
_IDLE_SECONDS = 0.02


@dataclasses.dataclass(frozen=True)
class Settings:
    """`plain` of the applications have their names in plain, `repeat` are sent again, and `decide`
    of them also decided over gRPC. Of those whose letter has arrived `tour` go on a tour, whatever
    is plain too, and `cancel` of the others are cancelled, `cancellations` times each."""

    rate: float = 80.0
    repeat: float = 0.2
    decide: float = 0.05
    plain: float = 0.06
    tour: float = 0.06
    cancel: float = 0.05
    cancellations: int = 3


@dataclasses.dataclass
class _Task:
    """One request to be brought through."""

    kind: str
    path: str
    partner: Partner
    body: bytes
    order_no: str
    business_no: str
    gateway: int
    attempt: int = 1
    application: Application | None = None
    # What else the history is to say of it, and who is told its end.
    head: dict[str, Any] = dataclasses.field(default_factory=dict)
    then: Callable[[Answer], None] | None = None


class Load:
    """A number of threads; `on_decide` gets the applications that are to be decided over gRPC."""

    def __init__(
        self,
        urls: list[str],
        partners: list[Partner],
        history: History,
        settings: Settings,
        seed: int,
        on_decide: Callable[[Application], None],
    ) -> None:
        self._urls, self._partners, self._history = urls, partners, history
        self._settings, self._on_decide = settings, on_decide
        self._rng = random.Random(seed)
        self._run = f"{time.strftime('%m%d%H%M%S')}{self._rng.getrandbits(24):06x}"
        self._lock = threading.Lock()
        self._due: list[tuple[float, int, _Task]] = []
        self._order = itertools.count()
        self._plain: dict[tuple[str, str], Application] = {}
        self._turn = self._pending = self._acknowledged = 0
        self._began = time.monotonic()
        self._producing, self._working = True, True
        self._failure: BaseException | None = None
        self._threads = [threading.Thread(target=self._work, daemon=True) for _ in range(_WORKERS)]
        for thread in self._threads:
            thread.start()

    def acknowledged(self) -> int:
        with self._lock:
            return self._acknowledged

    def pending(self) -> int:
        """Requests that have no yes yet."""
        with self._lock:
            return self._pending

    def producing(self) -> bool:
        with self._lock:
            return self._producing

    def stop_producing(self) -> None:
        with self._lock:
            self._producing = False

    def close(self) -> None:
        self._working = False
        for thread in self._threads:
            thread.join()
        if self._failure is not None:
            raise self._failure

    def cancel(self, partner: Partner, order_no: str) -> None:
        """Cancellations of an issued order, one right after the other: each will be refused."""
        body = _platform.cancellation(order_no)
        for _ in range(self._settings.cancellations):
            gateway = self._any_gateway()
            self._put(_Task("cancel", _platform.CANCEL, partner, body, order_no, "", gateway), 0.0)

    def ask(
        self,
        section: str,
        partner: Partner,
        fields: dict[str, Any],
        head: dict[str, Any],
        then: Callable[[Answer], None],
        delay_seconds: float = 0.0,
    ) -> None:
        """One request of a tour; `then` gets its definite answer, in one of our threads."""
        order_no, business_no = head["order_no"], fields.get("businessNo", "")
        rest = {name: value for name, value in head.items() if name != "order_no"}
        gateway, body = self._any_gateway(), _platform.encode(fields)
        path = _platform.PATHS[section]
        task = _Task(section, path, partner, body, order_no, business_no, gateway)
        task.head, task.then = rest, then
        self._put(task, delay_seconds)

    def plain(self, partner: str, order_no: str) -> Application | None:
        """The application, if its names came plain."""
        with self._lock:
            return self._plain.get((partner, order_no))

    def wants_tour(self) -> bool:
        with self._lock:
            return self._rng.random() < self._settings.tour

    def wants_cancel(self) -> bool:
        with self._lock:
            return self._rng.random() < self._settings.cancel

    def _put(self, task: _Task, delay_seconds: float, fresh: bool = True) -> None:
        with self._lock:
            self._pending += fresh
            due = time.monotonic() + delay_seconds
            heapq.heappush(self._due, (due, next(self._order), task))

    def _work(self) -> None:
        client = Client(self._urls, self._history)
        try:
            while self._working and self._failure is None:
                task = self._take()
                if task is None:
                    time.sleep(_IDLE_SECONDS)
                    continue
                self._attempt(client, task)
        except BaseException as failed:  # told by close(), in the test's own thread
            self._failure = failed
        finally:
            client.close_all()

    def _take(self) -> _Task | None:
        """What waits and is due, else the next application if its time has come."""
        with self._lock:
            now = time.monotonic()
            if self._due and self._due[0][0] <= now:
                return heapq.heappop(self._due)[2]
            made = (now - self._began) * self._settings.rate
            if not self._producing or self._turn > made:
                return None
            # The partners' numbers are the same on purpose.
            partner = self._partners[self._turn % len(self._partners)]
            number = self._turn // len(self._partners)
            self._turn += 1
            plain = self._rng.random() < self._settings.plain
            application = _platform.application(partner, self._run, number, self._rng, plain)
            if plain:
                self._plain[partner.id, application.order_no] = application
            self._pending += 1
        return self._task("apply", application, application.body)

    def _any_gateway(self) -> int:
        with self._lock:
            return self._rng.randrange(len(self._urls))

    def _task(self, kind: str, application: Application, body: bytes) -> _Task:
        return _Task(
            kind,
            _platform.APPLY,
            application.partner,
            body,
            application.order_no,
            application.business_no,
            self._any_gateway(),
            application=application,
        )

    def _attempt(self, client: Client, task: _Task) -> None:
        answer = client.post(
            task.gateway,
            task.path,
            task.partner,
            task.body,
            kind=task.kind,
            attempt=task.attempt,
            order_no=task.order_no,
            business_no=task.business_no,
            **task.head,
        )
        self._after(task, answer)

    def _after(self, task: _Task, answer: Answer) -> None:
        if answer.type == "info":
            delay = min(_RETRY_SECONDS * task.attempt, _RETRY_SECONDS_MAX)
            task.attempt += 1
            task.gateway = (task.gateway + 1) % len(self._urls)
            self._put(task, delay, fresh=False)
            return
        if answer.type == OK and task.kind == "apply":
            self._take_up(task.application)
        if task.then is not None:
            task.then(answer)
        with self._lock:
            self._pending -= 1

    def _take_up(self, application: Application) -> None:
        with self._lock:
            self._acknowledged += 1
            again = self._rng.random() < self._settings.repeat
            later = self._rng.random() < 0.5
            delay = self._rng.uniform(0.0, _REPEAT_DELAY_SECONDS)
            decide = self._rng.random() < self._settings.decide
        if again:
            # A retry with another applyTime is the same request.
            changes: dict[str, Any] = {"applyTime": _platform.time_text()} if later else {}
            body = application.with_fields(**changes)
            self._put(self._task("repeat", application, body), delay)
        if decide:
            self._on_decide(application)

