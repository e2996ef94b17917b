"""Waiting for a started process, with a deadline and the cause when it does not come up."""

import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Callable

from launcher import files
from launcher.fault import Fault
from launcher.process import Process

_POLL_SECONDS = 0.05
_ANSWER_SECONDS = 2.0


def until(ready: Callable[[], bool], process: Process, log: Path, deadline_seconds: float) -> None:
    """Returns when `ready` does; fails as soon as the process has ended, or at the deadline."""
    end = time.monotonic() + deadline_seconds
    while not ready():
        if not process.alive():
            raise Fault(_with_log(f"{process.name} ended before it was ready", log))
        if time.monotonic() > end:
            late = f"{process.name} was not ready within {deadline_seconds:.0f} seconds"
            raise Fault(_with_log(late, log))
        time.sleep(_POLL_SECONDS)


def _with_log(sentence: str, log: Path) -> str:
    last = files.tail(log)
    return (
        f"{sentence}; its log {log} ends with:\n{last}" if last else f"{sentence}; {log} is empty."
    )


def answers_ok(url: str) -> bool:
    """Whether a GET answers 200; a refused connection is a no."""
    # The loopback address must not travel through a proxy that the environment names.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(url, timeout=_ANSWER_SECONDS) as answer:
            return answer.status == 200
    except (urllib.error.URLError, OSError, ValueError):
        return False
