"""Test results out of JUnit files, gtest's XML and the unittest runner, counted as one."""

import dataclasses
import json
import xml.etree.ElementTree as ElementTree
from pathlib import Path
from typing import Iterable, Sequence

PASSED, FAILED, SKIPPED = "passed", "failed", "skipped"


@dataclasses.dataclass(frozen=True)
class Outcome:
    name: str
    seconds: float
    verdict: str


def of_ctest(junit: Path, gtest_directory: Path) -> list[Outcome]:
    """ctest's tests, each replaced by the cases of its binary where gtest has noted them."""
    if not junit.exists():
        return []
    found: list[Outcome] = []
    for case in ElementTree.parse(junit).iter("testcase"):
        whole = Outcome(case.get("name", ""), float(case.get("time", 0)), _ctest_verdict(case))
        cases = of_gtest(gtest_directory / f"{whole.name}.xml")
        found += cases or [whole]
        if cases and whole.verdict == FAILED and not any(one.verdict == FAILED for one in cases):
            # Every case was well and yet the binary failed: a leak, a crash at exit, a timeout.
            found.append(dataclasses.replace(whole, name=f"{whole.name} (as a whole)"))
    return found


def _ctest_verdict(case: ElementTree.Element) -> str:
    if case.find("skipped") is not None or case.get("status") == "disabled":
        return SKIPPED
    return PASSED if case.get("status") == "run" and case.find("failure") is None else FAILED


def of_gtest(path: Path) -> list[Outcome]:
    """The cases of one gtest binary; none where it ended before it could write them."""
    try:
        tree = ElementTree.parse(path)
    except (FileNotFoundError, ElementTree.ParseError):
        return []
    return [
        Outcome(
            f"{case.get('classname')}.{case.get('name')}",
            float(case.get("time", 0)),
            _gtest_verdict(case),
        )
        for case in tree.iter("testcase")
    ]


def _gtest_verdict(case: ElementTree.Element) -> str:
    if case.find("failure") is not None:
        return FAILED
    skipped = case.get("status") == "notrun" or case.get("result") == "skipped"
    return SKIPPED if skipped else PASSED


def of_unittest(source: Path, results: Path, exit_status: int) -> list[Outcome]:
    """The tests of one Python file; a file that broke off counts as one failure."""
    try:
        records = json.loads(results.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return [Outcome(f"{source.name} (as a whole)", 0.0, FAILED)]
    found = [
        Outcome(f"{source.stem}: {record['name']}", record["seconds"], record["outcome"])
        for record in records
    ]
    if exit_status != 0 and not any(one.verdict == FAILED for one in found):
        found.append(Outcome(f"{source.name} (as a whole)", 0.0, FAILED))
    return found


def count(outcomes: Iterable[Outcome], verdict: str) -> int:
    return sum(1 for one in outcomes if one.verdict == verdict)


def slowest(outcomes: Sequence[Outcome], number: int) -> list[Outcome]:
    return sorted(outcomes, key=lambda one: one.seconds, reverse=True)[:number]
