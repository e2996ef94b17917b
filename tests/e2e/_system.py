"""The system under test: started, killed, started again and looked into from outside."""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any, Iterator

from _platform import Partner

REPOSITORY = Path(__file__).resolve().parents[2]
sys.path.append(str(REPOSITORY / "tests" / "shared"))

from free_ports import free_port_base  # noqa: E402

_DEVELOPMENT = REPOSITORY / "deploy" / "dev"
_RUN_SECONDS, _START_SECONDS, _STOP_SECONDS, _QUERY_SECONDS = 400.0, 120.0, 90.0, 30.0
# In the place of the platform-simulator, which the launcher then leaves free.
_RECEIVER, _RECEIVER_OFFSET = Path(__file__).with_name("_receiver.py"), 10

# Of what the platform receives, the institution's own requests.
OWN_REQUESTS = ("3.9", "3.11")


class SystemFault(Exception):
    """The system could not be started, or not be asked."""


def is_alive(pid: int) -> bool:
    """Whether the process runs, is not stopped for good, and is no zombie."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return False
    return stat.rpartition(")")[2].split()[0] not in "ZX"


class System:
    """One state directory of the run contract."""

    def __init__(self, state: Path) -> None:
        self.state = state
        self._receiver: subprocess.Popen | None = None

    def run(self, *options: str) -> None:
        """Starts everything fresh; its notices go to a receiver of ours."""
        base = free_port_base()
        port = base + _RECEIVER_OFFSET
        command = [sys.executable, "-B", str(_RECEIVER), str(port)]
        command += [str(self.state / "endpoints.json"), str(self.receipts)]
        self._receiver = subprocess.Popen(command, stdin=subprocess.DEVNULL)
        pair = ("--broker", "kafka", "--store", "postgres", "--fresh")
        platform = ("--platform", f"http://127.0.0.1:{port}/front/")
        place = ("--detach", "--port-base", str(base))
        self._command("run", _RUN_SECONDS, *place, *pair, *platform, *options)

    @property
    def receipts(self) -> Path:
        return self.state / "receipts.jsonl"

    def start(self, name: str) -> None:
        self._command("start", _START_SECONDS, name)

    def stop(self) -> None:
        try:
            self._command("stop", _STOP_SECONDS)
        finally:
            if self._receiver is not None:
                self._receiver.kill()
                self._receiver.wait()

    def _command(self, command: str, seconds: float, *arguments: str) -> None:
        line = [str(_DEVELOPMENT / command), "--state-dir", str(self.state), *arguments]
        try:
            done = subprocess.run(
                line,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                errors="replace",
                check=False,
                timeout=seconds,
            )
        except subprocess.TimeoutExpired as late:
            raise SystemFault(f"{command} did not end within {seconds:.0f} seconds") from late
        if done.returncode != 0:
            said = done.stderr.strip() or done.stdout.strip()
            raise SystemFault(f"{command} {' '.join(arguments)} failed: {said}")

    def endpoints(self) -> dict[str, Any]:
        return json.loads((self.state / "endpoints.json").read_text(encoding="utf-8"))

    def partners(self) -> list[Partner]:
        return [
            Partner(one["id"], one["user"], one["password"]) for one in self.endpoints()["partners"]
        ]

    def pids(self) -> dict[str, int]:
        """Every process by name, broker and database too."""
        shown = self.endpoints()
        found = {one["name"]: one["pid"] for one in shown["processes"]}
        found |= {"kafka": shown["kafka"]["pid"], "postgres": shown["store"]["pid"]}
        return found

    def signal(self, name: str, number: signal.Signals) -> None:
        os.kill(self.pids()[name], number)

    def query(self, sql: str) -> list[dict[str, Any]]:
        """The rows of a select."""
        wrapped = f"select row_to_json(found) from ({sql}) found"
        done = subprocess.run(
            ["psql", self.endpoints()["store"]["dsn"], "-XAtq", "-c", wrapped],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=_QUERY_SECONDS,
        )
        if done.returncode != 0:
            raise SystemFault(f"psql: {done.stderr.strip()}")
        return [json.loads(line) for line in done.stdout.splitlines()]

    def guaranteectl(self, *arguments: str, seconds: float = 30.0) -> tuple[int, str]:
        """Exit status and what it said; status 3 (cannot reach) where it does not end in time."""
        try:
            done = subprocess.run(
                [*self.endpoints()["guaranteectl"], *arguments],
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                errors="replace",
                check=False,
                timeout=seconds,
            )
        except subprocess.TimeoutExpired:
            return 3, "no end in time"
        return done.returncode, (done.stdout + done.stderr).strip()


@contextlib.contextmanager
def running(*options: str) -> Iterator[System]:
    """A fresh system; its directory is kept, and named, where the body fails."""
    state = Path(tempfile.mkdtemp(prefix="guarantee-e2e-"))
    # As a user's own directory would be: PostgreSQL may run as somebody else.
    state.chmod(0o755)
    system = System(state)
    try:
        system.run(*options)
        yield system
    except BaseException:
        print(f"the system's directory is kept: {state}", flush=True)
        system.stop()
        raise
    system.stop()
    shutil.rmtree(state, ignore_errors=True)


class Receipts:
    """Follows the platform's receipts file in a thread of its own."""

    _POLL_SECONDS = 0.1

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._all: list[dict[str, Any]] = []
        self._accepted: set[tuple[str, str, str]] = set()
        self._results: set[tuple[str, str, str]] = set()
        self._letters: dict[tuple[str, str], dict[str, Any]] = {}
        self._own: dict[tuple[str, str, str], str] = {}
        self._position = 0
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._follow, daemon=True)
        self._thread.start()

    def _follow(self) -> None:
        while not self._ending.wait(self._POLL_SECONDS):
            self.catch_up()

    def catch_up(self) -> None:
        with self._lock:
            if not self._path.exists():
                return
            with self._path.open("rb") as stream:
                stream.seek(self._position)
                fresh = stream.read()
            whole = fresh[: fresh.rfind(b"\n") + 1]
            self._position += len(whole)
            for line in whole.splitlines():
                self._take(json.loads(line))

    def _take(self, receipt: dict[str, Any]) -> None:
        self._all.append(receipt)
        if receipt["verdict"] == "accepted":
            key = (receipt["partner"], receipt["section"], receipt["number"])
            self._accepted.add(key)
            self._results.add((*key[:2], receipt["business_no"]))
            if receipt["section"] in OWN_REQUESTS:
                self._own.setdefault(key, receipt["business_no"])
            if receipt["section"] == "3.2":
                self._letters[receipt["partner"], receipt["number"]] = receipt

    def all(self) -> list[dict[str, Any]]:
        with self._lock:
            return list(self._all)

    def count(self) -> int:
        with self._lock:
            return len(self._all)

    def accepted(self, section: str) -> set[tuple[str, str]]:
        """(partner, orderNo) of which a notice of this section was accepted."""
        with self._lock:
            return {(partner, order) for partner, kind, order in self._accepted if kind == section}

    def has_result(self, partner: str, section: str, business_no: str) -> bool:
        """Whether the notice of that section to that request was accepted."""
        with self._lock:
            return (partner, section, business_no) in self._results

    def own_request(self, partner: str, section: str, guarantee_no: str) -> str | None:
        """The business number of the institution's own request about the letter, once accepted."""
        with self._lock:
            return self._own.get((partner, section, guarantee_no))

    def letter(self, partner: str, order_no: str) -> dict[str, Any]:
        """The receipt of the order's 3.2, which was accepted."""
        with self._lock:
            return self._letters[partner, order_no]

    def close(self) -> None:
        self._ending.set()
        self._thread.join()


def wait_until(condition, seconds: float, poll_seconds: float = 0.2) -> bool:
    """Whether the condition came true before the deadline."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(poll_seconds)
    return True
