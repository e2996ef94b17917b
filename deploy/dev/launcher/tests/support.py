"""What the launcher's tests share: a scratch state directory, free ports, stand-in programs."""

import os
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from launcher import checks, layout, system  # noqa: E402

STAND_IN = Path(__file__).with_name("stand_in.py")
BINARIES = (
    "gateway",
    "order",
    "claim",
    "credit",
    "invoice",
    "dispatcher",
    "hub",
    "guaranteectl",
    "platform-simulator",
    "bank-simulator",
)
COMMAND_DEADLINE_SECONDS = 120.0


def free_port_base() -> int:
    """The first of a block of ports that nobody listens on; differs between processes."""
    first = 30000 + os.getpid() % 100 * layout.PORT_BLOCK
    for port_base in range(first, layout.PORT_BASE_MAX, layout.PORT_BLOCK):
        if all(checks.is_free(port_base + offset) for offset in range(layout.PORT_BLOCK)):
            return port_base
    raise RuntimeError("no free block of ports")


class StateCase(unittest.TestCase):
    """A state directory with a blank in its name, stopped and removed at the end."""

    def setUp(self) -> None:
        self.scratch = Path(tempfile.mkdtemp(prefix="launcher test "))
        self.addCleanup(shutil.rmtree, self.scratch, ignore_errors=True)
        # As a user's own directory would be, not closed as mkdtemp leaves it.
        self.scratch.chmod(0o755)
        self.state = layout.StateDirectory(self.scratch / "state dir")
        self.addCleanup(system.stop_all, self.state)
        self.port_base = free_port_base()


class CommandCase(StateCase):
    """Calls the three commands as a user would, over stand-ins for the built programs."""

    def setUp(self) -> None:
        super().setUp()
        self.build = self.scratch / "build"
        (self.build / "bin").mkdir(parents=True)
        for name in BINARIES:
            (self.build / "bin" / name).symlink_to(STAND_IN)

    def call(
        self, command: str, *arguments: str, **environment: str
    ) -> subprocess.CompletedProcess:
        return subprocess.run(
            [str(layout.DEVELOPMENT / command), "--state-dir", str(self.state.root), *arguments],
            env={**os.environ, "GUARANTEE_BUILD": str(self.build), **environment},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=COMMAND_DEADLINE_SECONDS,
        )

    def run_hub(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess:
        return self.call(
            "run",
            "--broker",
            "embedded",
            "--store",
            "sqlite",
            "--port-base",
            str(self.port_base),
            *arguments,
            **environment
        )
