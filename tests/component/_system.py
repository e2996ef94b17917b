"""A running system under test: started by deploy/dev/run, looked at from outside only."""

import contextlib
import json
import os
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Callable, Iterator

REPOSITORY = Path(__file__).resolve().parents[2]
sys.path.append(str(REPOSITORY / "tests" / "shared"))

import sanitizers  # noqa: E402
from free_ports import free_port_base  # noqa: E402

BUILD = Path(os.environ.get("GUARANTEE_BUILD", REPOSITORY / "build" / "ci"))
FULL = os.environ.get("GUARANTEE_TEST_FULL") == "1"
IN_CI = os.environ.get("CI") == "true"
LOOPBACK = "127.0.0.1"

_RUN_DEADLINE_SECONDS = 180.0
_STOP_SECONDS = 15.0
_POLL_SECONDS = 0.02


class Late(AssertionError):
    """Something did not happen before its deadline."""


def wait_for(condition: Callable[[], bool], seconds: float, what: str) -> float:
    """Returns after how many seconds the condition held."""
    began = time.monotonic()
    while not condition():
        if time.monotonic() - began > seconds:
            raise Late(f"{what} did not happen within {seconds:.0f} seconds")
        time.sleep(_POLL_SECONDS)
    return time.monotonic() - began


def binary(name: str) -> Path:
    return BUILD / "bin" / name


def status_of(url: str) -> int:
    """HTTP status of a GET on an admin port; 0 when nobody answers."""
    return _get(url)[0]


def text_of(url: str) -> str:
    return _get(url)[1]


def _get(url: str) -> tuple[int, str]:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(url, timeout=2.0) as answer:
            return int(answer.status), answer.read().decode()
    except urllib.error.HTTPError as refused:
        return refused.code, refused.read().decode()
    except (urllib.error.URLError, OSError, ValueError):
        return 0, ""


class System:
    """What endpoints.json says, and the commands that start and stop processes."""

    def __init__(self, state: Path, port_base: int) -> None:
        self.state = state
        self.port_base = port_base
        self.endpoints: dict = {}
        self.read_endpoints()

    def read_endpoints(self) -> None:
        text = (self.state / "endpoints.json").read_text(encoding="utf-8")
        self.endpoints = json.loads(text)

    @property
    def gateway(self) -> tuple[str, int]:
        return LOOPBACK, self.port_base

    @property
    def partner(self) -> dict:
        return self.endpoints["partner"]

    def pid_of(self, name: str) -> int:
        if name in ("kafka", "postgres"):
            return self.endpoints["kafka" if name == "kafka" else "store"]["pid"]
        return next(one["pid"] for one in self.endpoints["processes"] if one["name"] == name)

    def admin_of(self, name: str) -> str:
        return next(one["admin"] for one in self.endpoints["processes"] if one["name"] == name)

    def log_of(self, name: str) -> str:
        return (self.state / "log" / f"{name}.log").read_text(encoding="utf-8", errors="replace")

    def kill(self, name: str) -> None:
        os.kill(self.pid_of(name), signal.SIGKILL)

    def terminate(self, name: str) -> None:
        """Returns once it has ended."""
        pid = self.pid_of(name)
        handle = os.pidfd_open(pid)
        try:
            os.kill(pid, signal.SIGTERM)
            if not select.select([handle], [], [], _STOP_SECONDS)[0]:
                raise Late(f"{name} did not end within {_STOP_SECONDS:.0f} seconds")
        finally:
            os.close(handle)

    def start(self, name: str) -> None:
        _launcher("start", "--state-dir", str(self.state), name)
        self.read_endpoints()

    def guaranteectl(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        command = [*self.endpoints["guaranteectl"], *arguments]
        return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


def _launcher(command: str, *arguments: str) -> None:
    done = subprocess.run(
        [str(REPOSITORY / "deploy" / "dev" / command), *arguments],
        env={**os.environ, "GUARANTEE_BUILD": str(BUILD)},
        capture_output=True,
        text=True,
        timeout=_RUN_DEADLINE_SECONDS,
        check=False,
    )
    if done.returncode != 0:
        raise Late(f"deploy/dev/{command} failed: {done.stderr[-3000:]}")


@contextlib.contextmanager
def running(*options: str) -> Iterator[System]:
    """A fresh system with these options of deploy/dev/run; its data is gone afterwards, and what a
    sanitizer has reported in any of its processes is raised."""
    with sanitizers.watched(), _started(*options) as system:
        yield system


@contextlib.contextmanager
def _started(*options: str) -> Iterator[System]:
    state = Path(tempfile.mkdtemp(prefix="guarantee-component-"))
    # A database server that gives up root's rights has to reach its folder below.
    state.chmod(0o755)
    try:
        base = free_port_base()
        common = ("--detach", "--fresh", "--state-dir", str(state), "--port-base", str(base))
        _launcher("run", *common, *options)
        try:
            yield System(state, base)
        finally:
            _launcher("stop", "--state-dir", str(state))
    finally:
        shutil.rmtree(state, ignore_errors=True)
