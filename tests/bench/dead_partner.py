#!/usr/bin/env python3
"""What a dead partner costs a healthy one: the p99 of its notices, alone and beside the dead one.

    GUARANTEE_BUILD=build/bench tests/bench/dead_partner.py [--rate N] [--seconds N] [--pairs N]
                                                            [--backlog N]

Starts a system of its own over Kafka and PostgreSQL, and two platforms. A pair is two runs of the
same load for the healthy partner: alone, then beside a partner whose platform is dead, who has a
backlog in the dispatcher's journal and gets as many new notices as the healthy one. Dead is silent,
which takes connections and answers nothing, or resetting, which ends each at once; both are
measured. A notice's time is that from its putting on the topic to its arrival at the platform.

Exit status 1 when, in the median of the pairs, the p99 beside a dead partner is more than twice
that alone, or when anything of the healthy partner did not come exactly once.
"""

import argparse
import contextlib
import itertools
import json
import statistics
import sys
import time
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1] / "component"))

import _manners  # noqa: E402
import _notices  # noqa: E402
import _system  # noqa: E402
from _callee import Callee, front, move_platform  # noqa: E402
from _manners import Manner  # noqa: E402
from _notices import Notice  # noqa: E402

_DEAD, _HEALTHY = "demo", "second"
_RATIO_MAX = 2.0
_WARM_UP = 500  # notices
_IN_FLIGHT = 200  # requests that the dead one has got when a run begins; it may have 256
_SETTLE_SECONDS = 180.0
_RESETTING = next(one for one in _manners.FAULTS if one.name == "reset before the answer")


class Bench:
    def __init__(self, given: argparse.Namespace) -> None:
        self._given = given
        self._death: Manner | None = None
        self._numbers = itertools.count()
        self._asked = 0

    def _manner(self, partner: str, _identity: str, _visit: int) -> Manner:
        if partner == _DEAD and self._death is not None:
            self._asked += 1
            return self._death
        return _manners.ACCEPT

    def run(self) -> bool:
        with contextlib.ExitStack() as stack:
            self._callee = stack.enter_context(Callee(self._manner))
            options = ("--broker", "kafka", "--store", "postgres", "--bank", "none")
            url = front(self._callee.listen())
            self._system = stack.enter_context(_system.running(*options, "--platform", url))
            self._callee.know(self._system.endpoints["partners"])
            move_platform(self._system, _HEALTHY, front(self._callee.listen()))
            brokers = self._system.endpoints["kafka"]["brokers"]
            self._client = stack.enter_context(
                contextlib.closing(_notices.librdkafka.Client(brokers))
            )
            self._load(_WARM_UP / self._given.rate)
            deaths = (_manners.SILENT, _RESETTING)
            # Each is measured, also when an earlier one has failed.
            return all([self._measure(death) for death in deaths])

    def _measure(self, death: Manner) -> bool:
        ratios = []
        for _ in range(self._given.pairs):
            alone = self._p99(self._load(self._given.seconds))
            backlog = self._die(death)
            beside = self._p99(self._load(self._given.seconds, backlog))
            self._revive(backlog)
            ratios.append(beside / alone)
            print(
                f"{death.name}: p99 alone {alone * 1000:.1f} ms, beside it {beside * 1000:.1f} ms,"
                f" ratio {ratios[-1]:.2f}",
                flush=True,
            )
        median = statistics.median(ratios)
        print(f"{death.name}: median ratio {median:.2f}, at most {_RATIO_MAX:.1f}", flush=True)
        return median <= _RATIO_MAX

    def _load(self, seconds: float, backlog: set[str] | None = None) -> list[float]:
        """How long each took; a notice a lane, at the given rate, and one of the dead partner's
        with each where there is a backlog to be added to."""
        put: dict[str, float] = {}
        began = time.monotonic()
        for at in range(int(seconds * self._given.rate)):
            due = began + at / self._given.rate
            time.sleep(max(0.0, due - time.monotonic()))
            notice = Notice(_HEALTHY, f"W{next(self._numbers)}", 1)
            put[notice.identity] = time.monotonic()
            records = [notice.record()]
            if backlog is not None:
                dead = Notice(_DEAD, f"D{next(self._numbers)}", 1)
                backlog.add(dead.identity)
                records.append(dead.record())
            self._client.send(_notices.TOPIC, records)
        through = self._callee.through[_HEALTHY]
        _system.wait_for(lambda: put.keys() <= through, _SETTLE_SECONDS, "the healthy partner's")
        seen = [one for one in self._callee.visits if one.identity in put]
        if len(seen) != len(put):
            raise AssertionError(f"{len(put)} notices came {len(seen)} times")
        return [one.began - put[one.identity] for one in seen]

    @staticmethod
    def _p99(times: list[float]) -> float:
        return sorted(times)[int(len(times) * 0.99)]

    def _die(self, death: Manner) -> set[str]:
        self._death, self._asked = death, 0
        notices = [Notice(_DEAD, f"D{next(self._numbers)}", 1) for _ in range(self._given.backlog)]
        self._client.send(_notices.TOPIC, [one.record() for one in notices])
        # A silent one is asked as much as its bounds allow, a resetting one till its breaker opens.
        enough = _IN_FLIGHT if death is _manners.SILENT else 1
        _system.wait_for(lambda: self._asked >= enough, _SETTLE_SECONDS, "requests to the dead")
        _system.wait_for(lambda: self._unread() == 0, _SETTLE_SECONDS, "the dispatcher's intake")
        return {one.identity for one in notices}

    def _unread(self) -> int:
        done = self._system.guaranteectl("--json", "lag")
        rows = json.loads(done.stdout) if done.returncode == 0 else []
        unread = [row["lag_messages"] for row in rows if row["group"] == "dispatcher"]
        return sum(unread) if unread else 1

    def _revive(self, backlog: set[str]) -> None:
        self._death = None
        through = self._callee.through[_DEAD]
        _system.wait_for(lambda: backlog <= through, _SETTLE_SECONDS, "the backlog")


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rate", type=int, default=100, help="the healthy one's notices a second")
    parser.add_argument("--seconds", type=float, default=20.0, help="of each run")
    parser.add_argument("--pairs", type=int, default=3)
    parser.add_argument("--backlog", type=int, default=5_000, help="notices of the dead one")
    return 0 if Bench(parser.parse_args()).run() else 1


if __name__ == "__main__":
    sys.exit(main())
