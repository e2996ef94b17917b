"""Several clients that send applications one after the other and note what each was told."""

import threading
from dataclasses import dataclass, field

import _application
from _wire import Connection

_JOIN_SECONDS = 30.0


@dataclass
class Told:
    """Business numbers by what their sender was told."""

    acknowledged: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    # No whole answer, on a connection that had been used before, or on a new one.
    unanswered_reused: list[str] = field(default_factory=list)
    unanswered_new: list[str] = field(default_factory=list)
    cut: list[str] = field(default_factory=list)
    not_connected: int = 0


class Load:
    """Runs until it is left, or until nobody takes connections any more."""

    def __init__(
        self, address: tuple[str, int], credentials: bytes, name: str, clients: int
    ) -> None:
        self._address, self._credentials, self._name = address, credentials, name
        self._stopping = threading.Event()
        self._lock = threading.Lock()
        self.told = Told()
        self._threads = [
            threading.Thread(target=self._run, args=(number,), daemon=True)
            for number in range(clients)
        ]

    def __enter__(self) -> "Load":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping.set()
        self.join()

    def join(self) -> None:
        for thread in self._threads:
            thread.join(_JOIN_SECONDS)
            if thread.is_alive():
                raise AssertionError("a client of the load did not come to its end")

    @property
    def acknowledged(self) -> int:
        return len(self.told.acknowledged)

    def _run(self, client: int) -> None:
        number = 0
        while not self._stopping.is_set():
            try:
                connection = Connection(self._address)
            except OSError:
                self.told.not_connected += 1
                return
            with connection:
                used = 0
                while not self._stopping.is_set() and self._one(
                    connection, f"{self._name}-{client}-{number}", used
                ):
                    number, used = number + 1, used + 1
            number += 1

    def _one(self, connection: Connection, name: str, used: int) -> bool:
        """Whether the connection can take another one."""
        connection.send(_application.request(_application.body(name), self._credentials))
        answer = connection.read()
        told = self.told
        with self._lock:
            if answer.status == 0:
                (told.unanswered_reused if used else told.unanswered_new).append(name)
            elif not answer.complete:
                told.cut.append(name)
            elif (answer.status, _application.code_of(answer)) == (200, "200"):
                told.acknowledged.append(name)
            else:
                told.refused.append(f"{name}: {answer.status}")
        return answer.complete and answer.fields.get("connection") != "close"
