"""tests/run: installs, builds and runs every test of the repository.

    tests/run [--full] [-- CTEST ARGUMENTS]

Some C++ tests run again under the address, undefined-behaviour and thread sanitizers. --full runs
all of them so, and the component tests on programs built so; takes each guard of the write path
away to see a test fail (tests/guards/run); lints every source (tests/lint/run); and sets
GUARANTEE_TEST_FULL=1, by which a test may take more time.
"""

import argparse
import contextlib
import dataclasses
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Iterator, Sequence

from launcher import build, checks, interruption, kafka, layout, outcomes, report
from launcher.fault import Fault
from launcher.outcomes import FAILED, PASSED, SKIPPED, Outcome

_PRESET = "ci"
# What runs sanitized without --full: what reads foreign bytes, and what shares data among threads.
_SANITIZED = {
    "asan-ubsan": ("base_test", "contract_test", "crypto_test", "http_test"),
    "tsan": ("messaging_test", "http_test", "write_path_test"),
}
_GUARDS_DEADLINE_SECONDS = 3600.0
_LINT_DEADLINE_SECONDS = 3 * 3600.0
_SLOWEST = 10
_CTEST_TIMEOUT_SECONDS = "600"
_PYTHON_FILE_DEADLINE_SECONDS = 1200.0
_PORT_BASES = range(41000, 60000, layout.PORT_BLOCK)
_COMPONENT_TESTS = ("tests/component/*.py",)
_PYTHON_TESTS = (
    "deploy/dev/launcher/tests/test_*.py",
    "tests/shared/*_test.py",
    "tests/lint/*_test.py",
    *_COMPONENT_TESTS,
    "tests/conformance/*.py",
    "tests/e2e/*.py",
    "tests/deploy/*_test.py",
)


class _Stages:
    """How long each part took."""

    def __init__(self) -> None:
        self.seconds: list[tuple[str, float]] = []

    @contextlib.contextmanager
    def named(self, name: str) -> Iterator[None]:
        report.step(name)
        began = time.monotonic()
        try:
            yield
        finally:
            self.seconds.append((name, time.monotonic() - began))


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="tests/run",
        allow_abbrev=False,
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--full", action="store_true", help="with the sanitizers and longer tests")
    parser.add_argument("ctest", nargs="*", metavar="-- CTEST ARGUMENTS")
    given = parser.parse_args(arguments)
    stages = _Stages()
    with tempfile.TemporaryDirectory(prefix="guarantee-tests-") as scratch:
        try:
            with interruption.raising():
                found = _run(stages, given.full, given.ctest, Path(scratch))
        except interruption.Interrupted:
            return interruption.EXIT_STATUS
        except Fault as fault:
            report.warn(f"tests/run: {fault}")
            found = [Outcome("tests/run", 0.0, FAILED)]
    return _conclude(stages, found)


def _run(stages: _Stages, full: bool, ctest: Sequence[str], scratch: Path) -> list[Outcome]:
    checks.disk(layout.REPOSITORY, scratch)
    with stages.named("install packages"):
        build.install_packages(
            "run", "build", "kafka", "test", "images", *(("lint",) if full else ())
        )
    chosen = {_PRESET: (), **({preset: () for preset in _SANITIZED} if full else _SANITIZED)}
    for preset, targets in chosen.items():
        with stages.named(f"build {preset}"):
            build.build(preset, targets, scratch / f"build-{preset}.log")
    environment = {**os.environ, "GUARANTEE_BUILD": str(_directory(_PRESET))}
    if full:
        environment["GUARANTEE_TEST_FULL"] = "1"
    found: list[Outcome] = []
    with _kafka(stages, scratch, found) as brokers:
        if brokers:
            environment["GUARANTEE_TEST_KAFKA"] = brokers
        for preset, targets in chosen.items():
            only = ("-R", f"^({'|'.join(targets)})$") if targets else ()
            with stages.named(f"ctest {preset}"):
                found += _ctest(preset, (*only, *ctest), environment, scratch)
        with stages.named("Python tests"):
            found += _python_tests(_PYTHON_TESTS, environment, scratch)
    if full:
        for preset in _SANITIZED:
            with stages.named(f"component tests {preset}"):
                found += _sanitized_component_tests(preset, scratch)
        with stages.named("guards"):
            found += _checked(environment, _GUARDS_DEADLINE_SECONDS, "tests/guards/run")
        with stages.named("lint"):
            found += _checked(environment, _LINT_DEADLINE_SECONDS, "tests/lint/run", "--full")
    return found


def _sanitized_component_tests(preset: str, scratch: Path) -> list[Outcome]:
    """Not longer than usual: each already takes a multiple of its time."""
    environment = {**os.environ, "GUARANTEE_BUILD": str(_directory(preset))}
    found = _python_tests(_COMPONENT_TESTS, environment, scratch)
    return [dataclasses.replace(one, name=f"{one.name} ({preset})") for one in found]


def _checked(
    environment: dict[str, str], seconds: float, script: str, *words: str
) -> list[Outcome]:
    """A program whose exit status is the whole verdict."""
    began = time.monotonic()
    try:
        status = subprocess.run(
            [str(layout.REPOSITORY / script), *words], env=environment, check=False, timeout=seconds
        ).returncode
    except subprocess.TimeoutExpired:
        report.warn(f"{script} did not end within {seconds:.0f} seconds.")
        status = 1
    verdict = PASSED if status == 0 else FAILED
    return [Outcome(script, time.monotonic() - began, verdict)]


def _directory(preset: str) -> Path:
    return layout.REPOSITORY / "build" / preset


@contextlib.contextmanager
def _kafka(stages: _Stages, scratch: Path, found: list[Outcome]) -> Iterator[str | None]:
    """A real broker for the tests; without its jars they run without it, but not under CI."""
    state = layout.StateDirectory(scratch / "kafka")
    state.create()
    try:
        with stages.named("start kafka"):
            kafka.resolve_jars()
            port_base = _free_port_base()
            broker = kafka.start(state, port_base)
    except kafka.JarsUnavailable as away:
        report.warn(f"tests/run: {away} The tests that need Kafka are left out.")
        in_ci = os.environ.get("CI") == "true"
        found.append(Outcome("a real Kafka", 0.0, FAILED if in_ci else SKIPPED))
        yield None
        return
    try:
        yield layout.address(layout.ports_of(kafka.NAME, port_base)["main"])
    finally:
        kafka.stop(broker)


def _free_port_base() -> int:
    for port_base in _PORT_BASES:
        if all(checks.is_free(port) for port in layout.ports_of(kafka.NAME, port_base).values()):
            return port_base
    raise Fault("no free ports for a Kafka were found.")


def _ctest(
    preset: str, arguments: Sequence[str], environment: dict[str, str], scratch: Path
) -> list[Outcome]:
    junit, cases = scratch / f"ctest-{preset}.xml", scratch / f"gtest-{preset}"
    command = [
        "ctest",
        "--test-dir",
        str(_directory(preset)),
        "--output-on-failure",
        "--timeout",
        _CTEST_TIMEOUT_SECONDS,
        "-j",
        str(os.cpu_count() or 1),
        "--output-junit",
        str(junit),
        *arguments,
    ]
    # The trailing slash makes gtest name the file after the binary.
    done = subprocess.run(
        command,
        env={**environment, "GTEST_OUTPUT": f"xml:{cases}/"},
        stdin=subprocess.DEVNULL,
        check=False,
    )
    found = outcomes.of_ctest(junit, cases)
    if done.returncode != 0 and not outcomes.count(found, FAILED):
        found.append(Outcome(f"ctest {preset} (exit {done.returncode})", 0.0, FAILED))
    return found


def _python_tests(
    patterns: Sequence[str], environment: dict[str, str], scratch: Path
) -> list[Outcome]:
    found: list[Outcome] = []
    for pattern in patterns:
        for source in sorted(layout.REPOSITORY.glob(pattern)):
            if not source.name.startswith("_"):
                found += _python_file(source, environment, scratch)
    return found


def _python_file(source: Path, environment: dict[str, str], scratch: Path) -> list[Outcome]:
    report.step(str(source.relative_to(layout.REPOSITORY)))
    results = scratch / f"{source.stem}.json"
    results.unlink(missing_ok=True)
    runner = Path(__file__).with_name("unittest_runner.py")
    command = [sys.executable, "-B", str(runner), str(source), str(results)]
    try:
        status = subprocess.run(
            command,
            env=environment,
            cwd=layout.REPOSITORY,
            check=False,
            stdin=subprocess.DEVNULL,
            timeout=_PYTHON_FILE_DEADLINE_SECONDS,
        ).returncode
    except subprocess.TimeoutExpired:
        report.warn(
            f"{source.name} did not end within {_PYTHON_FILE_DEADLINE_SECONDS:.0f} seconds."
        )
        return [Outcome(f"{source.name} (out of time)", _PYTHON_FILE_DEADLINE_SECONDS, FAILED)]
    return outcomes.of_unittest(source, results, status)


def _conclude(stages: _Stages, found: Sequence[Outcome]) -> int:
    """The closing lines; the last one is what a reader or a machine looks for."""
    report.plain("\nseconds  stage")
    for name, seconds in stages.seconds:
        report.plain(f"{seconds:7.1f}  {name}")
    report.plain("\nseconds  slowest tests")
    for one in outcomes.slowest(found, _SLOWEST):
        report.plain(f"{one.seconds:7.1f}  {one.name}")
    failed = [one for one in found if one.verdict == FAILED]
    if failed:
        report.plain("\nfailed:")
        for one in failed:
            report.plain(f"  {one.name}")
    passed, skipped = outcomes.count(found, PASSED), outcomes.count(found, SKIPPED)
    if passed == 0:
        report.plain("\nno test ran.")
    tail = f", {skipped} skipped" if skipped else ""
    report.plain(f"\n{passed} passed, {len(failed)} failed{tail}")
    return 0 if passed and not failed else 1
