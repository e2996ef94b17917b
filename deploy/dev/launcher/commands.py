"""The three commands: run, stop, start."""

import errno
import shlex
import subprocess
from pathlib import Path
from typing import Sequence

from launcher import (
    build,
    checks,
    endpoints,
    interruption,
    kafka,
    layout,
    process,
    programs,
    report,
    settings,
    system,
)
from launcher.fault import Fault, Usage

_STOP_WAITS_SECONDS = 30.0
_FULL_DISK = (errno.ENOSPC, errno.EDQUOT)


def main(arguments: Sequence[str]) -> int:
    commands = {"run": _run, "stop": _stop, "start": _start}
    command, rest = arguments[0], list(arguments[1:])
    try:
        with interruption.raising():
            return commands[command](rest)
    except Usage as wrong:
        report.warn(f"deploy/dev/{command}: {wrong}")
        return wrong.exit_status
    except Fault as fault:
        report.warn(f"deploy/dev/{command}: {fault}")
        return fault.exit_status
    except OSError as failed:
        report.warn(f"deploy/dev/{command}: {_said_of(failed)}")
        return Fault.exit_status
    except interruption.Interrupted:
        return interruption.EXIT_STATUS


def _said_of(failed: OSError) -> str:
    """The system's refusal as a sentence: a full disk, a folder that may not be written ..."""
    where = f" at {failed.filename}" if failed.filename else ""
    if failed.errno in _FULL_DISK:
        return f"the disk is full{where}."
    return f"the system refuses{where}: {failed.strerror or failed}."


def _run(arguments: Sequence[str]) -> int:
    options = settings.parse_run(arguments)
    state, chosen = options.state, options.settings
    with system.locked(state):
        _prepare(options)
        system.start_all(state, chosen)
    if options.detach:
        _describe(state, chosen)
        return 0
    try:
        verdict = _play(state, chosen)
    finally:
        with system.locked(state, _STOP_WAITS_SECONDS):
            system.stop_all(state)
        report.step("everything is stopped")
    _suggest(state, chosen, verdict)
    return verdict


def _prepare(options: settings.RunOptions) -> None:
    """Everything up to the first start: checks, data, packages, programs."""
    state, chosen = options.state, options.settings
    if process.running(state):
        raise Fault(f"{state.root} has a running system; end it with deploy/dev/stop first.")
    if not options.fresh:
        _check_continues(state, chosen)
    checks.disk(state.root, layout.REPOSITORY)
    checks.ports(chosen)
    if options.fresh:
        system.erase(state)
    state.create()
    sets = ["run"] if build.is_given() else ["run", "build"]
    build.install_packages(*sets, *([] if chosen.embedded else ["kafka"]))
    if not chosen.embedded:
        kafka.resolve_jars()
        report.step("packages and Kafka's jars are there")
    build.programs(
        programs.targets(chosen, story=not options.detach),
        Path(chosen.build_directory),
        state.log("build"),
    )
    report.step("programs are built")
    settings.save(state, chosen)


def _check_continues(state: layout.StateDirectory, chosen: settings.Settings) -> None:
    earlier = settings.load(state)
    if earlier and earlier.broker != chosen.broker:
        raise Fault(
            f"{state.root} has the data of --broker {earlier.broker} --store "
            f"{earlier.store}; choose these, --fresh, or another --state-dir."
        )


def _play(state: layout.StateDirectory, chosen: settings.Settings) -> int:
    """The story: the platform's side from the first request to the last notice."""
    report.step("the story begins")
    command = [
        str(chosen.binary("platform-simulator")),
        "play",
        "--endpoints",
        str(state.endpoints),
    ]
    with subprocess.Popen(command, stdin=subprocess.DEVNULL) as story:
        try:
            status = story.wait()
        except BaseException:
            # Whatever it was doing: an interrupted story has no verdict to give.
            story.kill()
            raise
    told = "every step was seen" if status == 0 else f"not every step was seen (exit {status})"
    report.step(f"the story ends: {told}")
    return 0 if status == 0 else Fault.exit_status


def _describe(state: layout.StateDirectory, chosen: settings.Settings) -> None:
    gateway = layout.ports_of("hub" if chosen.embedded else "gateway", chosen.port_base)["main"]
    report.step(f"ready at {layout.url(gateway, 'front/')}")
    report.plain(f"  addresses and credentials: {state.endpoints}")
    report.plain(f"  logs:                      {state.log_directory}")
    report.plain(f"  end it with:               deploy/dev/stop{_state_option(state)}")


def _state_option(state: layout.StateDirectory) -> str:
    default = state.root == settings.STATE_DIRECTORY_DEFAULT
    return "" if default else f" --state-dir {shlex.quote(str(state.root))}"


def _suggest(state: layout.StateDirectory, chosen: settings.Settings, verdict: int) -> None:
    option = _state_option(state)
    report.plain()
    if verdict != 0:
        report.plain(f"What happened is in {state.log_directory}.")
    report.plain("What to try next:")
    report.plain(f"  deploy/dev/run --detach{option}    the same system, kept running")
    command = shlex.join(endpoints.guaranteectl(state, chosen))
    report.plain(f"  {command} order list    what the story left behind")
    report.plain(f"  deploy/dev/stop{option}    end it")


def _stop(arguments: Sequence[str]) -> int:
    state = settings.parse_stop(arguments)
    if not state.root.is_dir():
        report.plain(f"nothing was ever started in {state.root}.")
        return 0
    with system.locked(state, _STOP_WAITS_SECONDS):
        stopped = system.stop_all(state)
    report.plain(f"stopped: {', '.join(stopped)}." if stopped else f"nothing runs in {state.root}.")
    return 0


def _start(arguments: Sequence[str]) -> int:
    state, name = settings.parse_start(arguments)
    chosen = settings.load(state) if state.root.is_dir() else None
    if chosen is None:
        raise Fault(f"nothing was ever started in {state.root}; begin with deploy/dev/run.")
    with system.locked(state, _STOP_WAITS_SECONDS):
        system.start_one(state, chosen, name)
    report.plain(f"{name} is ready, pid {process.running(state)[name].pid}.")
    return 0
