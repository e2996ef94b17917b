"""Processes that outlive the launcher: started, found again, and stopped.

A pid alone proves nothing after its process has died: the kernel gives it to somebody else. A
process is ours only while boot, start time and command line are those noted at its start; signals
go through a pidfd opened before that is checked, so nothing can slip in between.
"""

import contextlib
import dataclasses
import os
import pwd
import select
import signal
import subprocess
import time
from pathlib import Path
from typing import Mapping, Sequence

from launcher import files, layout

_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


@dataclasses.dataclass(frozen=True)
class Process:
    """What identifies one process, and when it stops: processes of a higher tier go first.

    Kept in <state>/processes/<name>.json.
    """

    name: str
    pid: int
    start_ticks: int
    boot_id: str
    arguments: list[str]
    tier: int

    def alive(self) -> bool:
        """Whether this very process still runs; a zombie does not."""
        found = _look_at(self.pid)
        if found is None:
            return False
        start_ticks, boot_id, words = found
        # A script's interpreter stands before our words; nothing of ours may be missing.
        return (start_ticks, boot_id) == (self.start_ticks, self.boot_id) and words.issuperset(
            self.arguments
        )


def _look_at(pid: int) -> tuple[int, str, set[str]] | None:
    """Start time, boot and command line of a process; None where it is gone or a zombie."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
        command = Path(f"/proc/{pid}/cmdline").read_bytes().decode("utf-8", "replace")
    except (FileNotFoundError, ProcessLookupError):
        return None
    # The program's name, in parentheses, may hold blanks and parentheses of its own.
    fields = stat.rpartition(")")[2].split()
    state, start_ticks = fields[0], int(fields[19])
    if state in "ZX":
        return None
    return start_ticks, _BOOT_ID.read_text(encoding="ascii").strip(), set(command.split("\0"))


def start(
    state: layout.StateDirectory,
    name: str,
    arguments: Sequence[str],
    *,
    directory: Path,
    tier: int = 0,
    user: str | None = None,
) -> Process:
    """Starts a program in a session of its own, its output appended to its log.

    In a session of its own it does not get the terminal's Ctrl-C: the launcher stops it in turn.
    """
    state.log_directory.mkdir(parents=True, exist_ok=True)
    # The log may name partners and numbers: nobody else reads it.
    log = os.open(state.log(name), os.O_WRONLY | os.O_CREAT | os.O_APPEND, files.PRIVATE)
    as_user = {}
    if user:
        as_user = {"user": user, "group": pwd.getpwnam(user).pw_gid, "extra_groups": []}
    try:
        child = subprocess.Popen(
            list(arguments),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd=directory,
            start_new_session=True,
            **as_user,
        )
    finally:
        os.close(log)
    _CHILDREN[child.pid] = child
    # One that has ended already is noted all the same: as dead, not as unknown.
    start_ticks, boot_id, _ = _look_at(child.pid) or (0, "", set())
    process = Process(name, child.pid, start_ticks, boot_id, list(arguments), tier)
    files.replace_json(state.processes / f"{name}.json", dataclasses.asdict(process))
    return process


# Popen objects warn when they are dropped while the child runs; ours are meant to run on.
_CHILDREN: dict[int, subprocess.Popen] = {}


def recorded(state: layout.StateDirectory) -> dict[str, Process]:
    """Every process noted in the state directory, alive or not."""
    found = {}
    for path in sorted(state.processes.glob("*.json")):
        with contextlib.suppress(TypeError, ValueError):
            process = Process(**files.read_json(path))
            found[process.name] = process
    return found


def running(state: layout.StateDirectory) -> dict[str, Process]:
    return {name: process for name, process in recorded(state).items() if process.alive()}


def forget(state: layout.StateDirectory, name: str) -> None:
    (state.processes / f"{name}.json").unlink(missing_ok=True)


@contextlib.contextmanager
def _handle(process: Process):
    """A pidfd of the process, or None where it is gone."""
    try:
        descriptor = os.pidfd_open(process.pid)
    except ProcessLookupError:
        yield None
        return
    try:
        yield descriptor if process.alive() else None
    finally:
        os.close(descriptor)


def stop(processes: Sequence[Process], signal_number: int, deadline_seconds: float) -> list[str]:
    """Asks all of them to end and waits; what has not ended at the deadline is killed.

    Returns the names of those that had to be killed.
    """
    with contextlib.ExitStack() as stack:
        handles = {}
        for process in processes:
            descriptor = stack.enter_context(_handle(process))
            if descriptor is not None:
                _signal(descriptor, signal_number)
                handles[descriptor] = process.name
        late = _wait_for_end(handles, deadline_seconds)
        for descriptor in late:
            _signal(descriptor, signal.SIGKILL)
        _wait_for_end(late, deadline_seconds)
        _reap()
        return sorted(late.values())


def _signal(descriptor: int, signal_number: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        signal.pidfd_send_signal(descriptor, signal_number)


def _wait_for_end(handles: Mapping[int, str], deadline_seconds: float) -> dict[int, str]:
    """Those of the pidfds whose process is still there at the deadline."""
    waiting = dict(handles)
    poll = select.poll()
    for descriptor in waiting:
        poll.register(descriptor, select.POLLIN)
    end = time.monotonic() + deadline_seconds
    while waiting and (left := end - time.monotonic()) > 0:
        for descriptor, _ in poll.poll(left * 1000):
            poll.unregister(descriptor)
            del waiting[descriptor]
    return waiting


def _reap() -> None:
    for pid in [pid for pid, child in _CHILDREN.items() if child.poll() is not None]:
        del _CHILDREN[pid]
