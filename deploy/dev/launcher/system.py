"""Starting and stopping the processes of one state directory."""

import contextlib
import fcntl
import functools
import os
import shutil
import signal
import subprocess
import time
from typing import Iterator

from launcher import (
    endpoints,
    files,
    kafka,
    layout,
    partners,
    postgres,
    process,
    programs,
    report,
    waiting,
)
from launcher.fault import Fault
from launcher.settings import Settings

_READY_DEADLINE_SECONDS = 60.0
# The processes promise to end within 10 seconds of a SIGTERM.
_STOP_DEADLINE_SECONDS = 12.0
_TOOL_DEADLINE_SECONDS = 60.0
_LOCK_POLL_SECONDS = 0.1
_HASH_PREFIX = "$argon2id$"


@contextlib.contextmanager
def locked(state: layout.StateDirectory, wait_seconds: float = 0.0) -> Iterator[None]:
    """One command at a time changes a state directory; the lock ends with its holder."""
    state.root.mkdir(mode=0o755, parents=True, exist_ok=True)
    descriptor = os.open(state.root / "lock", os.O_RDWR | os.O_CREAT, files.PRIVATE)
    end = time.monotonic() + wait_seconds
    try:
        while True:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError as held:
                if time.monotonic() >= end:
                    raise Fault(f"another run, stop or start is at work in {state.root}.") from held
                time.sleep(_LOCK_POLL_SECONDS)
        yield
    finally:
        os.close(descriptor)


def erase(state: layout.StateDirectory) -> None:
    """Deletes what the launcher wrote, and nothing else that may lie in the directory."""
    postgres.remove(state)
    for directory in (state.config, state.processes, state.data, state.log_directory, state.kafka):
        shutil.rmtree(directory, ignore_errors=True)
    for path in (state.settings, state.endpoints):
        path.unlink(missing_ok=True)


def _hash_password(settings: Settings, password: str) -> str:
    encoded = _guaranteectl(settings, "partner", "hash-password", text=password)
    if not encoded.startswith(_HASH_PREFIX):
        raise Fault("guaranteectl partner hash-password gave no argon2id hash.")
    return encoded


def _create_topics(settings: Settings) -> None:
    _guaranteectl(
        settings,
        "topic",
        "create",
        "--brokers",
        programs.brokers(settings),
        "--file",
        str(layout.TOPICS_FILE),
        "--replication",
        "1",
    )


def _guaranteectl(settings: Settings, *arguments: str, text: str = "") -> str:
    binary = settings.binary("guaranteectl")
    try:
        done = subprocess.run(
            [str(binary), *arguments],
            input=text,
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
            timeout=_TOOL_DEADLINE_SECONDS,
        )
    except subprocess.TimeoutExpired as late:
        raise Fault(
            f"guaranteectl {' '.join(arguments[:2])} gave no answer within "
            f"{_TOOL_DEADLINE_SECONDS:.0f} seconds."
        ) from late
    if done.returncode != 0:
        said = (done.stderr or done.stdout).strip() or "it said nothing"
        raise Fault(f"guaranteectl {' '.join(arguments[:2])} failed: {said}")
    return done.stdout.strip()


def start_all(state: layout.StateDirectory, settings: Settings) -> None:
    """Starts everything and writes endpoints.json; a failure leaves nothing running."""
    if not settings.embedded and not partners.has_database_password(state):
        postgres.remove_orphan(state)
    password = "" if settings.embedded else partners.database_password(state)
    partners.ensure(
        state, programs.platform_url(settings), functools.partial(_hash_password, settings)
    )
    programs.write_configurations(state, settings, password)
    try:
        if not settings.embedded:
            _start_infrastructure(state, settings, password)
        started = [(program, _spawn(state, settings, program)) for program in programs.of(settings)]
        for program, spawned in started:
            _wait_ready(state, settings, spawned)
            report.step(f"{program.name} is ready")
        endpoints.write(state, settings, process.running(state))
    except BaseException:
        stop_all(state)
        raise


def _start_infrastructure(state: layout.StateDirectory, settings: Settings, password: str) -> None:
    postgres.start(state, settings.port_base, password)
    report.step("postgres is ready")
    kafka.start(state, settings.port_base)
    report.step("kafka is ready")
    _create_topics(settings)
    report.step("topics are there")


def _spawn(
    state: layout.StateDirectory, settings: Settings, program: programs.Program
) -> process.Process:
    return process.start(
        state,
        program.name,
        program.command(state, settings),
        directory=state.root,
        tier=program.tier,
    )


def _wait_ready(state: layout.StateDirectory, settings: Settings, spawned: process.Process) -> None:
    ready = endpoints.admin_url(spawned.name, settings) + "readyz"
    waiting.until(
        lambda: waiting.answers_ok(ready), spawned, state.log(spawned.name), _READY_DEADLINE_SECONDS
    )


def start_one(state: layout.StateDirectory, settings: Settings, name: str) -> None:
    """Starts one process of the system again, with its settings and ports of before."""
    ours = {program.name: program for program in programs.of(settings)}
    infrastructure = () if settings.embedded else (kafka.NAME, postgres.NAME)
    if name not in ours and name not in infrastructure:
        known = ", ".join([*ours, *infrastructure])
        raise Fault(f"no process of {state.root} is called {name}; there are: {known}.")
    if name in process.running(state):
        raise Fault(f"{name} is running already.")
    try:
        if name == kafka.NAME:
            kafka.start(state, settings.port_base)
        elif name == postgres.NAME:
            postgres.start(state, settings.port_base, partners.database_password(state))
        else:
            _wait_ready(state, settings, _spawn(state, settings, ours[name]))
    except BaseException:
        _stop_group(state, [name])
        raise
    endpoints.write(state, settings, process.running(state))


def stop_all(state: layout.StateDirectory) -> list[str]:
    """Ends everything that runs, latest tier first; returns the names."""
    running = process.running(state)
    tiers: dict[int, list[str]] = {}
    for name, found in running.items():
        tiers.setdefault(found.tier, []).append(name)
    for tier in sorted(tiers, reverse=True):
        _stop_group(state, tiers[tier])
    return sorted(running)


def _stop_group(state: layout.StateDirectory, names: list[str]) -> None:
    running = process.running(state)
    stopping = {name: running[name] for name in names if name in running}
    # The broker before the database: neither needs the other, each has its own way to end.
    late = kafka.stop(stopping.pop(kafka.NAME)) if kafka.NAME in stopping else []
    if postgres.NAME in stopping:
        late += postgres.stop(stopping.pop(postgres.NAME))
    late += process.stop(list(stopping.values()), signal.SIGTERM, _STOP_DEADLINE_SECONDS)
    for name in late:
        report.warn(f"{name} did not end by itself in time and was killed.")
    for name in names:
        process.forget(state, name)
