"""Which shared libraries a program needs, and of which Debian packages they are."""

import dataclasses
import re
import subprocess
from pathlib import Path
from typing import Iterable

from images.fault import Fault

_DEADLINE_SECONDS = 60.0
_LIBRARY = re.compile(r"^\s*(?:\S+ => )?(/\S+) \(0x[0-9a-f]+\)$")
_MISSING = re.compile(r"^\s*(\S+) => not found$")
_FIELDS = ("Package", "Version", "Architecture", "Maintainer", "source:Package", "Homepage")


@dataclasses.dataclass(frozen=True)
class Package:
    name: str
    version: str
    architecture: str
    maintainer: str
    source: str
    homepage: str

    @property
    def copyright_file(self) -> Path:
        return Path("/usr/share/doc") / self.name / "copyright"


def libraries_of(program: Path) -> list[Path]:
    """Every shared object that the loader would map, the loader included, by its own name."""
    found = []
    for line in _said("ldd", str(program)).splitlines():
        if missing := _MISSING.match(line):
            raise Fault(f"{program} needs {missing[1]}, which is not installed.")
        if library := _LIBRARY.match(line):
            found.append(Path(library[1]))
    if not found:
        raise Fault(f"{program} is not a dynamically linked program.")
    return sorted(found)


def owners_of(paths: Iterable[Path]) -> list[Package]:
    """The packages that installed these files; a file that none installed is a fault."""
    wanted = {path: _spellings(path) for path in paths}
    query = sorted({str(one) for spellings in wanted.values() for one in spellings})
    # Exit 1 as soon as one spelling is unknown; what counts is judged below.
    done = subprocess.run(
        ["dpkg-query", "--search", *query],
        capture_output=True,
        text=True,
        timeout=_DEADLINE_SECONDS,
        check=False,
    )
    owners = dict(_owner(line) for line in done.stdout.splitlines() if ": /" in line)
    names = set()
    for path, spellings in wanted.items():
        known = [owners[str(one)] for one in spellings if str(one) in owners]
        if not known:
            raise Fault(f"{path} belongs to no Debian package; its licence cannot be told.")
        names.add(known[0])
    return describe(names)


def describe(names: Iterable[str]) -> list[Package]:
    form = "\\t".join("${" + field + "}" for field in _FIELDS) + "\\n"
    said = _said("dpkg-query", "--show", f"--showformat={form}", *sorted(names))
    return sorted((Package(*line.split("\t")) for line in said.splitlines()), key=lambda p: p.name)


def files_of(package: str) -> list[Path]:
    return [Path(line) for line in _said("dpkg-query", "--listfiles", package).splitlines()]


def _owner(line: str) -> tuple[str, str]:
    packages, path = line.split(": ", 1)
    return path, packages.split(", ")[0]


def _spellings(path: Path) -> list[Path]:
    """Packages were made before /lib became a link to /usr/lib: either name may be theirs."""
    found = []
    for one in (path, path.resolve()):
        found.append(one)
        if one.is_relative_to("/usr"):
            found.append(Path("/") / one.relative_to("/usr"))
        else:
            found.append(Path("/usr") / one.relative_to("/"))
    return found


def _said(*command: str) -> str:
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=_DEADLINE_SECONDS, check=False
    )
    if done.returncode != 0:
        raise Fault(f"{' '.join(command[:2])}: {done.stderr.strip() or done.stdout.strip()}")
    return done.stdout
