"""Decisions over gRPC: some at the same time as the bank's over the topic, of which the first wins,
and those by which the institution asks for something itself."""

import concurrent.futures
import dataclasses
import json
import time
from typing import Any

from _platform import Application
from _system import System

_POOL = 3
_CALL_SECONDS = 30.0
_GIVE_UP_SECONDS = 90.0
_RETRY_SECONDS = 0.5
_DONE, _REFUSED, _CANNOT_REACH = 0, 1, 3


@dataclasses.dataclass(frozen=True)
class Wish:
    """What the institution does of its own accord about a letter: the request that tells the
    platform, and the words for guaranteectl."""

    section: str
    words: tuple[str, str]


WISHES = {
    "3.9": Wish("3.9", ("cancellation", "propose")),
    "3.11": Wish("3.11", ("claim", "register")),
}


class Decisions:
    """Each is repeated under its own id until the order service has answered it."""

    def __init__(self, system: System) -> None:
        self._system = system
        self._pool = concurrent.futures.ThreadPoolExecutor(_POOL)
        self._futures: list[concurrent.futures.Future] = []

    def approve(self, application: Application) -> None:
        decision = f"e2e-{application.partner.id}-{application.business_no}"
        words = ["order", "decide", application.order_no, "approve"]
        row = {"partner": application.partner.id, "order_no": application.order_no}
        self._submit(words, {"id": decision, **row})

    def wish(self, wish: Wish, partner: str, order_no: str, guarantee_no: str) -> None:
        row = {"partner": partner, "order_no": order_no, "guarantee_no": guarantee_no}
        row["section"] = wish.section
        decision = f"e2e-{wish.section}-{partner}-{order_no}"
        self._submit([*wish.words, guarantee_no], {"id": decision, **row})

    def _submit(self, words: list[str], row: dict[str, str]) -> None:
        self._futures.append(self._pool.submit(self._decide, words, row))

    def pending(self) -> int:
        return sum(not future.done() for future in list(self._futures))

    def close(self) -> None:
        self._pool.shutdown(cancel_futures=True)

    def results(self) -> list[dict[str, Any]]:
        """id, partner, order_no, result (the service's word, or unknown), said, attempts; of a wish
        also guarantee_no and section."""
        return [future.result() for future in self._futures if not future.cancelled()]

    def _decide(self, words: list[str], row: dict[str, str]) -> dict[str, Any]:
        arguments = [*words, "--json", "--partner", row["partner"], "--as", "auditor"]
        arguments += ["--decision-id", row["id"]]
        end, attempts, result, said = time.monotonic() + _GIVE_UP_SECONDS, 0, "unknown", ""
        while result == "unknown" and time.monotonic() < end:
            attempts += 1
            status, said = self._system.guaranteectl(*arguments, seconds=_CALL_SECONDS)
            result = _result_of(status, said)
            if status == _CANNOT_REACH:
                time.sleep(_RETRY_SECONDS)
            elif result == "unknown":
                break
        return {**row, "result": result, "said": said, "attempts": attempts}


def _result_of(status: int, said: str) -> str:
    """An answer that is about this decision; "no such order" of an acknowledged one is not."""
    if status not in (_DONE, _REFUSED):
        return "unknown"
    try:
        told, _ = json.JSONDecoder().raw_decode(said)
    except ValueError:
        return "unknown"
    return str(told.get("result") or "unknown")
