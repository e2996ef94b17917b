"""Makes a report of a sanitizer in any process of a test fail that test.

A server is killed, or ended by somebody who does not look at its exit status, and its output goes
to a log that nobody reads: what a sanitizer finds there would be lost. So every process that is
started meanwhile writes its reports into one folder. A build without sanitizers does not read
these variables.
"""

import contextlib
import os
import tempfile
from pathlib import Path
from typing import Iterator
from unittest import mock

# Libraries only.
SUPPRESSIONS = Path(__file__).with_name("thread_sanitizer.supp")
# None of our programs ends with this one.
_EXIT_STATUS = 86
_QUOTED_CHARACTERS_MAX = 8000


class Reported(AssertionError):
    """What the sanitizers wrote."""


@contextlib.contextmanager
def watched() -> Iterator[None]:
    with tempfile.TemporaryDirectory(prefix="guarantee-sanitizers-") as name:
        folder = Path(name)
        # A process that gave up root's rights writes here too.
        folder.chmod(0o1777)
        try:
            with mock.patch.dict(os.environ, _options(folder)):
                yield
        finally:
            texts = [path.read_text(errors="replace") for path in folder.iterdir()]
            if texts:
                raise Reported("\n".join(text[:_QUOTED_CHARACTERS_MAX] for text in texts))


def _options(folder: Path) -> dict[str, str]:
    # A blank ends a value that has no quotes.
    common = f"exitcode={_EXIT_STATUS}:halt_on_error=1:log_path='{folder}/report'"
    return {
        # Undefined behaviour is told on stderr whatever its log_path says, for in GCC its runtime
        # sets the other's path in place of its own. So it aborts, and the other reports that, with
        # the stack. Both have to name the same path.
        "ASAN_OPTIONS": f"{common}:handle_abort=1",
        "UBSAN_OPTIONS": f"{common}:abort_on_error=1:print_stacktrace=1",
        "TSAN_OPTIONS": f"{common}:suppressions='{SUPPRESSIONS}'",
    }
