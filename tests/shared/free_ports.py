"""Where a test's own system may listen: one answer for the component and the end-to-end tests."""

import os
import sys
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[2] / "deploy" / "dev"))

from launcher import checks, layout  # noqa: E402

# Below the ports that the kernel hands to clients and those that tests/run takes for its Kafka.
_BASES = range(20_000, 32_000 - layout.PORT_BLOCK, layout.PORT_BLOCK)


class NoneFree(Exception):
    """Every block has a port that somebody listens on."""


def free_port_base() -> int:
    """The first port of a block as long as a system needs, of which nobody uses one. Where the
    search starts depends on the process: tests that run at the same time seldom try the same."""
    first = os.getpid() % len(_BASES)
    for at in range(len(_BASES)):
        found = _BASES[(first + at) % len(_BASES)]
        if all(checks.is_free(found + offset) for offset in range(layout.PORT_BLOCK)):
            return found
    raise NoneFree("no free block of ports was found")
