"""One process started by a test itself, on settings that a started system has left."""

import subprocess
import time
from pathlib import Path

import _system

_READY_SECONDS = 30.0
_KILLED_WITHIN_SECONDS = 10.0

Settings = dict[str, str]


def settings_of(system: _system.System, name: str) -> Settings:
    text = (system.state / "config" / f"{name}.conf").read_text(encoding="utf-8")
    pairs = (line.split(" = ", 1) for line in text.splitlines() if line)
    return {key: value for key, value in pairs}


def elsewhere(settings: Settings, port_base: int, database: Path) -> Settings:
    """The same process on other ports and another file, beside the one that runs."""
    return settings | {
        "gateway.address": f"{_system.LOOPBACK}:{port_base}",
        "admin.address": f"{_system.LOOPBACK}:{port_base + 1}",
        "rpc.address": f"{_system.LOOPBACK}:{port_base + 2}",
        "dispatcher.order_rpc": f"{_system.LOOPBACK}:{port_base + 2}",
        "store.kind": "sqlite",
        "store.dsn": f"sqlite:{database}",
    }


class Process:
    """Ends with its context, at the latest."""

    def __init__(
        self, binary: str, system: _system.System, settings: Settings, *through: str
    ) -> None:
        """`through`: a command that runs the one after it, as prlimit does."""
        # Beside the system's own settings, for paths in them count from there.
        self._file = system.state / "config" / f"own-{time.monotonic_ns()}.conf"
        lines = "".join(f"{key} = {value}\n" for key, value in settings.items())
        self._file.write_text(lines, encoding="utf-8")
        self._log = self._file.with_suffix(".log")
        self._binary, self._settings, self._through = binary, settings, through

    def __enter__(self) -> "Process":
        with self._log.open("wb") as log:
            self._running = subprocess.Popen(
                [*self._through, str(_system.binary(self._binary)), "--config", str(self._file)],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        return self

    def __exit__(self, *_: object) -> None:
        self._running.kill()
        self._running.wait(_KILLED_WITHIN_SECONDS)

    @property
    def gateway(self) -> tuple[str, int]:
        host, port = self._settings["gateway.address"].split(":")
        return host, int(port)

    @property
    def log(self) -> str:
        return self._log.read_text(encoding="utf-8", errors="replace")

    def alive(self) -> bool:
        return self._running.poll() is None

    def admin(self, path: str) -> int:
        return _system.status_of(f"http://{self._settings['admin.address']}/{path}")

    def admin_text(self, path: str) -> str:
        return _system.text_of(f"http://{self._settings['admin.address']}/{path}")

    def wait_ready(self) -> None:
        def ready() -> bool:
            if not self.alive():
                raise AssertionError(f"{self._binary} ended at its start: {self.log}")
            return self.admin("readyz") == 200

        _system.wait_for(ready, _READY_SECONDS, f"{self._binary} is ready")

    def terminate(self) -> None:
        self._running.terminate()

    def wait(self, seconds: float) -> int:
        return self._running.wait(seconds)
