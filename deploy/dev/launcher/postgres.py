"""A PostgreSQL 15 of our own, on a port of our own; Debian's cluster is left alone.

The server listens on the loopback address only and makes no Unix socket, whose path could be
longer than the 107 characters that a socket may have.
"""

import contextlib
import hashlib
import os
import pwd
import shutil
import signal
import socket
import struct
import subprocess
import time
from pathlib import Path
from typing import Sequence

from launcher import files, layout, process, waiting
from launcher.fault import Fault

NAME = "postgres"
START_DEADLINE_SECONDS = 60.0
STOP_DEADLINE_SECONDS = 30.0
_PROGRAMS = Path("/usr/lib/postgresql/15/bin")
_SYSTEM_USER = "postgres"
_DATABASE = "guarantee"
_OUTSIDE = Path("/var/lib/guarantee-hub")
_TOOL_DEADLINE_SECONDS = 120.0
_POLL_SECONDS = 0.05
_SETTINGS = {
    "listen_addresses": layout.LOOPBACK,
    "unix_socket_directories": "",
    "max_connections": "200",
    "jit": "off",
}


def user() -> str | None:
    """Whom the server runs as: PostgreSQL refuses root, so root hands it to Debian's user."""
    if os.geteuid() != 0:
        return None
    try:
        pwd.getpwnam(_SYSTEM_USER)
    except KeyError as absent:
        raise Fault(
            f"the user {_SYSTEM_USER}, as whom root starts PostgreSQL, is missing; "
            "install postgresql-15."
        ) from absent
    return _SYSTEM_USER


def home_of(state: layout.StateDirectory) -> Path:
    """Where the server's files are: in the state directory, unless its user cannot get there.

    Root's own home is closed to others (0700), and so is everything in it. The files are then
    under /var/lib/guarantee-hub, in a folder named after the state directory.
    """
    name = user()
    if name is None or _may_enter(name, state.root):
        return state.postgres
    digest = hashlib.sha256(str(state.root).encode()).hexdigest()[:16]
    return _OUTSIDE / f"postgres-{digest}"


def _may_enter(name: str, directory: Path) -> bool:
    account = pwd.getpwnam(name)
    done = subprocess.run(
        ["test", "-x", str(directory)],
        check=False,
        cwd="/",
        user=account.pw_uid,
        group=account.pw_gid,
        extra_groups=[],
        stdin=subprocess.DEVNULL,
    )
    return done.returncode == 0


def remove(state: layout.StateDirectory) -> None:
    """Deletes the server's data, wherever they are."""
    if state.root.exists():
        for home in {state.postgres, home_of(state)}:
            shutil.rmtree(home, ignore_errors=True)


def remove_orphan(state: layout.StateDirectory) -> None:
    """Deletes data outside the state directory that an earlier one of the same name left there."""
    home = home_of(state)
    if home != state.postgres:
        shutil.rmtree(home, ignore_errors=True)


def dsn(port: int, password: str) -> str:
    return f"postgresql://{_DATABASE}:{password}@{layout.address(port)}/{_DATABASE}"


def start(state: layout.StateDirectory, port_base: int, password: str) -> process.Process:
    """Starts the server, with an empty database the first time; returns once it takes queries.

    Data survive a SIGKILL: the server replays its log, and lock files of the dead one are
    cleared away here.
    """
    home, port = home_of(state), layout.ports_of(NAME, port_base)["main"]
    data = home / "data"
    if not data.exists():
        _create(home, password)
    _clear_leftovers(data)
    settings = [word for key, value in _SETTINGS.items() for word in ("-c", f"{key}={value}")]
    command = [str(_PROGRAMS / "postgres"), "-D", str(data), "-p", str(port), *settings]
    server = process.start(state, NAME, command, directory=home, user=user())
    waiting.until(lambda: serves(port), server, state.log(NAME), START_DEADLINE_SECONDS)
    return server


def _create(home: Path, password: str) -> None:
    """Makes the cluster in a draft folder and renames it: a cut-off attempt leaves no half one."""
    draft, secret = home / "draft", home / "password"
    home.mkdir(parents=True, exist_ok=True)
    shutil.rmtree(draft, ignore_errors=True)
    name = user()
    if name:
        shutil.chown(home, name)
    files.replace(secret, password + "\n")
    if name:
        shutil.chown(secret, name)
    try:
        # What survives a power cut is the server's own fsync; initdb may skip its pass.
        _tool(
            [
                "initdb",
                "-D",
                str(draft),
                "-U",
                _DATABASE,
                f"--pwfile={secret}",
                "-A",
                "scram-sha-256",
                "-E",
                "UTF8",
                "--locale=C.UTF-8",
                "--no-sync",
            ],
            home,
        )
    finally:
        secret.unlink(missing_ok=True)
    _tool(
        ["postgres", "--single", "-D", str(draft), "postgres"],
        home,
        f"CREATE DATABASE {_DATABASE};\n",
    )
    draft.rename(home / "data")


def _tool(command: Sequence[str], directory: Path, text: str = "") -> None:
    name = user()
    as_user = {}
    if name:
        as_user = {"user": name, "group": pwd.getpwnam(name).pw_gid, "extra_groups": []}
    program = _PROGRAMS / command[0]
    if not program.exists():
        raise Fault(f"{program} is missing; install postgresql-15.")
    environment = {"LC_ALL": "C.UTF-8", "PATH": f"{_PROGRAMS}:/usr/bin:/bin"}
    try:
        done = subprocess.run(
            [str(program), *command[1:]],
            input=text,
            text=True,
            errors="replace",
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
            cwd=directory,
            env=environment,
            timeout=_TOOL_DEADLINE_SECONDS,
            **as_user,
        )
    except subprocess.TimeoutExpired as late:
        raise Fault(
            f"{command[0]} did not end within {_TOOL_DEADLINE_SECONDS:.0f} seconds."
        ) from late
    if done.returncode != 0:
        lines = done.stdout.strip().splitlines()
        raise Fault(f"{command[0]} failed: {lines[-1] if lines else 'it said nothing'}")


def _clear_leftovers(data: Path) -> None:
    """Ends what a killed server left behind: its children, and the pid file naming it.

    The server itself would refuse to start if the kernel had given the noted pid to another
    process of the same user.
    """
    end = time.monotonic() + STOP_DEADLINE_SECONDS
    while left := _processes_in(data):
        if time.monotonic() > end:
            raise Fault(f"processes of an earlier PostgreSQL do not end: {left}.")
        for pid in left:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGQUIT)
        time.sleep(_POLL_SECONDS)
    (data / "postmaster.pid").unlink(missing_ok=True)


def _processes_in(directory: Path) -> list[int]:
    """The parts of a server: programs called postgres whose working directory is its data."""
    found, wanted = [], str(directory.resolve())
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        with contextlib.suppress(OSError):
            name = (entry / "comm").read_text(encoding="utf-8", errors="replace").strip()
            if name == "postgres" and os.readlink(entry / "cwd") == wanted:
                found.append(int(entry.name))
    return found


def stop(server: process.Process) -> list[str]:
    # SIGINT is the fast shutdown; SIGTERM would wait for every client to leave by itself.
    return process.stop([server], signal.SIGINT, STOP_DEADLINE_SECONDS)


def serves(port: int) -> bool:
    """Whether the server takes sign-ins: while it replays its log it answers with an error."""
    parameters = b"user\0" + _DATABASE.encode() + b"\0database\0" + _DATABASE.encode() + b"\0\0"
    message = struct.pack(">ii", 8 + len(parameters), 3 << 16) + parameters
    try:
        with socket.create_connection((layout.LOOPBACK, port), timeout=2.0) as connection:
            connection.sendall(message)
            # "R" asks for the password, "E" is a refusal.
            return connection.recv(1) == b"R"
    except OSError:
        return False
