"""What the clients asked and what they were told: invoke, then ok, fail or info.

ok: accepted. fail: a definite no, without effect. info: unknown (no answer, or a 5xx), it may have
had its effect. One entry a line in the file, in the order in which things happened.
"""

import dataclasses
import json
import threading
import time
from pathlib import Path
from typing import Any

INVOKE, OK, FAIL, INFO = "invoke", "ok", "fail", "info"


@dataclasses.dataclass(frozen=True)
class Call:
    """One request on its way; `number` is the same in its invoke and in its end."""

    number: int
    head: dict[str, Any]


class History:
    """Thread-safe; times are seconds since it was made."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._began = time.monotonic()
        self._entries: list[dict[str, Any]] = []
        self._open: dict[int, dict[str, Any]] = {}
        self._next = 1

    def seconds(self) -> float:
        return time.monotonic() - self._began

    def invoke(self, **head: Any) -> Call:
        with self._lock:
            call = Call(self._next, head)
            self._next += 1
            self._open[call.number] = head
            self._entries.append(self._entry(call, INVOKE, {}))
            return call

    def end(self, call: Call, type_: str, **told: Any) -> None:
        with self._lock:
            del self._open[call.number]
            self._entries.append(self._entry(call, type_, told))

    def _entry(self, call: Call, type_: str, told: dict[str, Any]) -> dict[str, Any]:
        at = round(self.seconds(), 4)
        return {"at": at, "call": call.number, "type": type_, **call.head, **told}

    def unanswered(self) -> int:
        """How many requests wait for their answer now."""
        with self._lock:
            return len(self._open)

    def entries(self) -> list[dict[str, Any]]:
        with self._lock:
            return list(self._entries)

    def write(self, path: Path) -> None:
        lines = (json.dumps(entry, ensure_ascii=False) for entry in self.entries())
        path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
