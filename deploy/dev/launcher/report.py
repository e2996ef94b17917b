"""The lines a person reads while a system starts."""

import sys
import time

_STARTED_AT = time.monotonic()


def step(text: str) -> None:
    """One line of the timeline, with the seconds since the command began."""
    print(f"{time.monotonic() - _STARTED_AT:7.1f}s  {text}", flush=True)


def plain(text: str = "") -> None:
    print(text, flush=True)


def warn(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
