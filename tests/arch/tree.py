"""Where the sources are, and what one finding looks like."""

import dataclasses
from pathlib import Path
from typing import Iterable, Iterator, Sequence

REPOSITORY = Path(__file__).resolve().parents[2]

_SOURCE_PARTS = ("deploy", "libs", "proto", "services", "tests")
_GENERATED_OR_FOREIGN = {"__pycache__", "node_modules"}


@dataclasses.dataclass(frozen=True, order=True)
class Finding:
    """A breach: `rule` names the check, `path` is relative to the repository."""

    path: str
    line: int
    rule: str
    text: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.rule}: {self.text}"


@dataclasses.dataclass(frozen=True)
class Source:
    path: str
    text: str

    @property
    def is_test(self) -> bool:
        """Of a test, or of the doubles that only tests link."""
        parts = self.path.split("/")
        in_folder = bool({"test", "tests"}.intersection(parts[:-1]))
        return in_folder or parts[:2] == ["libs", "testing"]


def sources(suffixes: Sequence[str], parts: Sequence[str] = _SOURCE_PARTS) -> Iterator[Source]:
    """Every file of ours with one of these endings, in order of its path."""
    for part in parts:
        for path in sorted((REPOSITORY / part).rglob("*")):
            foreign = _GENERATED_OR_FOREIGN.intersection(path.relative_to(REPOSITORY).parts)
            if path.is_file() and path.suffix in suffixes and not foreign:
                yield Source(
                    str(path.relative_to(REPOSITORY)), path.read_text(encoding="utf-8")
                )


@dataclasses.dataclass(frozen=True)
class Accepted:
    """So many findings of one rule in one file are known and accepted, for a reason."""

    rule: str
    path: str
    count: int
    why: str


def read_exceptions(text: str) -> list[Accepted]:
    found = []
    for line in text.splitlines():
        if line.strip() and not line.startswith("#"):
            rule, path, count, why = (part.strip() for part in line.split("|"))
            found.append(Accepted(rule, path, int(count), why))
    return found


def all_exceptions() -> list[Accepted]:
    path = Path(__file__).with_name("exceptions.txt")
    return read_exceptions(path.read_text(encoding="utf-8"))


def without_exceptions(
    findings: Iterable[Finding], rule: str = "", exceptions: Sequence[Accepted] | None = None
) -> tuple[list[Finding], list[str]]:
    """What is left, and the exceptions of `rule` (empty: of all) that have to shrink.

    A file with more findings than it is granted is reported with all of them.
    """
    exceptions = all_exceptions() if exceptions is None else exceptions
    allowed = {(one.rule, one.path): one.count for one in exceptions if rule in ("", one.rule)}
    found: dict[tuple[str, str], list[Finding]] = {}
    for finding in findings:
        found.setdefault((finding.rule, finding.path), []).append(finding)
    left = [
        finding
        for key, some in found.items()
        if len(some) > allowed.get(key, 0)
        for finding in some
    ]
    stale = [
        f"exceptions.txt: {name} in {path}: {len(found.get((name, path), []))} found, "
        f"{count} granted; lower it"
        for (name, path), count in allowed.items()
        if len(found.get((name, path), [])) < count
    ]
    return left, stale


def report(findings: Sequence[Finding]) -> str:
    return f"{len(findings)} findings\n" + "\n".join(map(str, sorted(findings)))
