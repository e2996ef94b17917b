"""Installs packages and builds the programs, showing how far it is."""

import os
import re
import subprocess
from pathlib import Path
from typing import Mapping, Sequence

from launcher import files, layout, report
from launcher.fault import Fault

# A line of progress for each tenth of the build; its whole output is in the log.
_PROGRESS_STEP_PERCENT = 10
_NINJA_PROGRESS = re.compile(r"^\[(\d+)/(\d+)\]")
_QUOTED_LINES = 30
_FULL_DISK = "No space left on device"


def install_packages(*sets: str) -> None:
    """Installs the Debian packages of these sets; what is there already costs nothing."""
    done = subprocess.run(
        [str(layout.DEVELOPMENT / "install-packages"), *sets],
        check=False,
        stdin=None,
        stderr=subprocess.PIPE,
        text=True,
    )
    if done.returncode != 0:
        said = done.stderr.strip().splitlines() or ["install-packages failed."]
        raise Fault(said[-1].removeprefix("install-packages: "))


def is_given() -> bool:
    """Whether the environment names a finished build to start from."""
    return "GUARANTEE_BUILD" in os.environ


def compiler_environment() -> Mapping[str, str]:
    """ccache finds its results again from another checkout of the same sources."""
    cached = {"CCACHE_BASEDIR": str(layout.REPOSITORY), "CCACHE_NOHASHDIR": "1"}
    return {**cached, **os.environ}


def programs(targets: Sequence[str], directory: Path, log: Path) -> None:
    """Builds what is started; a build that the environment names is only checked."""
    if not is_given():
        build("release", targets, log)
    for target in targets:
        if not os.access(directory / "bin" / target, os.X_OK):
            raise Fault(f"{directory / 'bin' / target} is not there after the build.")


def build(preset: str, targets: Sequence[str], log: Path) -> None:
    """Configures a preset where it is not yet, then builds these targets (none: all)."""
    directory = layout.REPOSITORY / "build" / preset
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("w", encoding="utf-8") as record:
        if not (directory / "build.ninja").exists():
            report.step(f"configuring the {preset} build")
            _followed(["cmake", "--preset", preset], record, log)
        jobs = str(os.cpu_count() or 1)
        _followed(["ninja", "-C", str(directory), "-j", jobs, *targets], record, log)


def _followed(command: Sequence[str], record, log: Path) -> None:
    """Runs a tool with its output in the log, telling each tenth that ninja has done."""
    with subprocess.Popen(
        list(command),
        cwd=layout.REPOSITORY,
        env=compiler_environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    ) as tool:
        told = 0
        for line in tool.stdout:
            record.write(line)
            percent = _percent(line)
            if percent is not None and percent // _PROGRESS_STEP_PERCENT > told:
                told = percent // _PROGRESS_STEP_PERCENT
                report.step(f"building, {percent:3d} %")
    if tool.returncode != 0:
        record.flush()
        if _FULL_DISK in files.tail(log, _QUOTED_LINES):
            raise Fault(f"the disk is full: {command[0]} could not write; its output is in {log}.")
        raise Fault(f"{command[0]} failed; {log} ends with:\n{files.tail(log, _QUOTED_LINES)}")


def _percent(line: str) -> int | None:
    found = _NINJA_PROGRESS.match(line)
    return int(found[1]) * 100 // max(1, int(found[2])) if found else None
