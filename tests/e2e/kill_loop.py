"""Kills the system again and again under load, and lets a separate checker judge what is left.

    kill_loop.py [--seconds N] [--seed S] [--rate R] [--tours SHARE] [--keep DIRECTORY]

Runs from the build that GUARANTEE_BUILD names. The load lasts N seconds (60; 240 where
GUARANTEE_TEST_FULL is set), and as much longer as the plan needs; then all must be quiet within 60
seconds of the last kill.
"""

import argparse
import dataclasses
import json
import os
import random
import sys
import threading
import time
import unittest
from pathlib import Path

import _checker
import _evidence
from _chaos import Chaos, Open, Plan
from _decisions import Decisions
from _history import History
from _load import Load, Settings
from _system import Receipts, System, is_alive, running, wait_until
from _tours import Tours

_OPTIONS = (
    *("--bank", "simulator"),
    *("--replicas", "gateway=2,order=2,claim=2,credit=2,invoice=2"),
)
_ACKNOWLEDGED_MIN = 3000
_QUIET_SECONDS = 60.0
# How much longer than asked the load may last until the plan is complete.
_LONGER = 3.0
_FULL = os.environ.get("GUARANTEE_TEST_FULL") == "1"
_POLL_SECONDS = 0.2


@dataclasses.dataclass(frozen=True)
class Options:
    seconds: float = 240.0 if _FULL else 60.0
    seed: int = dataclasses.field(default_factory=lambda: random.SystemRandom().getrandbits(32))
    rate: float = 80.0
    # Of the letters, those that can be restored and of the others likewise.
    tours: float = 0.06
    keep: Path | None = None

    def plan(self) -> Plan:
        stops = ("order", "order-2", "dispatcher") if _FULL else ("order", "order-2")
        return Plan(seconds=self.seconds, stops=stops)


class KillLoop:
    """One run: the load, the blows, the quiet afterwards."""

    def __init__(self, system: System, options: Options) -> None:
        self.system, self.options = system, options
        self.history = History()
        self.receipts = Receipts(system.receipts)
        self.decisions = Decisions(system)
        urls = system.endpoints()["gateway"]["urls"]
        self.partners = system.partners()
        self.load = Load(
            urls,
            self.partners,
            self.history,
            Settings(rate=options.rate, plain=options.tours, tour=options.tours),
            options.seed,
            self.decisions.approve,
        )
        self.tours = Tours(self.load, self.receipts, self.decisions.wish, options.seed)
        self.chaos = Chaos(
            system,
            options.plan(),
            options.seed,
            self.look,
            self.receipts.count,
            self.history.seconds,
        )
        self.quiet_seconds: float | None = None
        self.drained = False

    def look(self) -> Open:
        unaccepted = self.load.acknowledged() - len(self.receipts.accepted("3.2"))
        return Open(self.history.unanswered(), max(0, unaccepted))

    def run(self) -> None:
        following = threading.Thread(target=self._follow_letters, daemon=True)
        following.start()
        began, seconds = time.monotonic(), self.options.seconds
        while True:
            self.chaos.step()
            spent = time.monotonic() - began
            enough = self.chaos.complete() and self.load.acknowledged() >= _ACKNOWLEDGED_MIN
            if spent >= seconds and enough or spent >= seconds * _LONGER:
                break
        struck = time.monotonic()
        self.load.stop_producing()
        self.chaos.finish()
        left = _QUIET_SECONDS - (time.monotonic() - struck)
        self.drained = wait_until(self._is_drained, left)
        if wait_until(self._is_quiet, _QUIET_SECONDS - (time.monotonic() - struck)):
            self.quiet_seconds = time.monotonic() - struck
        following.join()

    def close(self) -> None:
        self.load.close()
        self.tours.close()
        self.decisions.close()
        self.receipts.close()

    def _follow_letters(self) -> None:
        """Takes some of those whose letter has arrived on a tour, and cancels others in vain, as
        long as the load lasts."""
        by_id = {partner.id: partner for partner in self.partners}
        seen: set[tuple[str, str]] = set()
        while self.load.producing():
            for partner, order_no in self.receipts.accepted("3.2") - seen:
                seen.add((partner, order_no))
                if self.load.plain(partner, order_no) or self.load.wants_tour():
                    self.tours.begin(by_id[partner], order_no)
                elif self.load.wants_cancel():
                    self.load.cancel(by_id[partner], order_no)
            time.sleep(_POLL_SECONDS)

    def _is_drained(self) -> bool:
        if self.tours.pending():
            self.tours.pass_over(_evidence.expired(self.system))
        sources = (self.load, self.decisions, self.tours)
        return not any(source.pending() for source in sources)

    def _is_quiet(self) -> bool:
        self.receipts.catch_up()
        rested = self.look().unaccepted == 0 and self._is_drained()
        return rested and not any(_evidence.leftovers(self.system).values())

    def dead(self) -> list[str]:
        """Who has ended by itself or could not be started again."""
        return sorted(name for name, pid in self.system.pids().items() if not is_alive(pid))

    def evidence(self) -> _checker.Evidence:
        results = self.decisions.results()
        return _evidence.collect(self.system, self.history, self.receipts, results)


def report(loop: KillLoop, evidence: _checker.Evidence, findings: list[_checker.Finding]) -> None:
    chaos = loop.chaos
    restarts = [seconds for _, seconds in chaos.restarts.seconds]
    rows: dict[str, object] = {
        "seed": loop.options.seed,
        "seconds of load": round(chaos.blows[-1].at) if chaos.blows else 0,
        "kills": chaos.kills(),
        "  of the broker": chaos.kills("kafka"),
        "  with something open": sum(b.open.any() for b in chaos.blows if not b.seconds),
        "stops beyond the lease": sum(b.seconds > 0 for b in chaos.blows),
        "longest restart, seconds": round(max(restarts, default=0.0), 1),
        "restarts that failed at first": len(chaos.restarts.failed),
        **_checker.counts(evidence),
        "quiet after the last kill, seconds": loop.quiet_seconds and round(loop.quiet_seconds, 1),
        "findings": len(findings),
    }
    print(flush=True)
    for name, value in rows.items():
        print(f"{name:38} {value}")
    for line in [*chaos.restarts.failed, *loop.tours.waits(), *_checker.summary(findings)]:
        print(line)
    sys.stdout.flush()


def keep(loop: KillLoop, evidence: _checker.Evidence, directory: Path) -> None:
    """The evidence as files, for whoever looks into a failure."""
    directory.mkdir(parents=True, exist_ok=True)
    loop.history.write(directory / "history.jsonl")
    for field in dataclasses.fields(evidence):
        text = json.dumps(getattr(evidence, field.name), ensure_ascii=False, indent=0)
        (directory / f"{field.name}.json").write_text(text, encoding="utf-8")
    blows = "".join(f"{blow}\n" for blow in loop.chaos.blows)
    (directory / "blows.txt").write_text(blows, encoding="utf-8")


def judge(case: unittest.TestCase, options: Options) -> None:
    print(f"\nseed {options.seed}, {options.seconds:.0f} seconds", flush=True)
    with running(*_OPTIONS) as system:
        loop = KillLoop(system, options)
        try:
            loop.run()
        finally:
            loop.close()
        evidence = loop.evidence()
        findings = _checker.check(evidence)
        report(loop, evidence, findings)
        keep(loop, evidence, options.keep or system.state / "evidence")
        plan = options.plan()
        case.assertEqual(loop.dead(), [], "processes that are gone")
        case.assertFalse(findings, f"{len(findings)} findings, seed {options.seed}")
        case.assertTrue(loop.drained, "not every request had its answer")
        case.assertIsNotNone(loop.quiet_seconds, "not quiet 60 s after the last kill")
        case.assertGreaterEqual(len(_checker.acknowledged(evidence)), _ACKNOWLEDGED_MIN)
        case.assertEqual(_checker.unseen(evidence), [], "interfaces that were never acknowledged")
        case.assertGreaterEqual(loop.chaos.kills(), plan.kills)
        case.assertEqual([name for name in plan.victims if not loop.chaos.kills(name)], [])
        case.assertGreaterEqual(loop.chaos.kills("kafka"), plan.broker_kills)
        case.assertTrue(all(blow.open.any() for blow in loop.chaos.blows), "a kill at rest")
        case.assertEqual(len(loop.chaos.blows) - loop.chaos.kills(), len(plan.stops))


class KillLoopTest(unittest.TestCase):
    options = Options()

    def test_nothing_is_lost_doubled_or_reordered(self) -> None:
        judge(self, self.options)


def _arguments() -> Options:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seconds", type=float)
    parser.add_argument("--seed", type=int)
    parser.add_argument("--rate", type=float)
    parser.add_argument("--tours", type=float, help="the share of letters that go on a tour")
    parser.add_argument("--keep", type=Path, help="where to leave the evidence")
    given = {name: value for name, value in vars(parser.parse_args()).items() if value is not None}
    return Options(**given)


if __name__ == "__main__":
    KillLoopTest.options = _arguments()
    unittest.main(argv=sys.argv[:1], verbosity=2)
