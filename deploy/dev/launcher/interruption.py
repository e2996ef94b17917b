"""Ctrl-C, SIGTERM and SIGHUP as one exception: what was started is stopped on the way out."""

import contextlib
import signal
from typing import Iterator

EXIT_STATUS = 130


class Interrupted(BaseException):
    """Like KeyboardInterrupt, and no Exception either: nothing catches it by accident."""


@contextlib.contextmanager
def raising() -> Iterator[None]:
    """Within it the first such signal raises Interrupted and the further ones are ignored: the
    way out must not be cut short."""
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

    def interrupt(_number, _frame):
        for number in numbers:
            signal.signal(number, signal.SIG_IGN)
        raise Interrupted

    before = {number: signal.signal(number, interrupt) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
