"""Ten thousand notices through the dispatcher's own process, over Kafka and PostgreSQL, to a
platform that is dead at first and then hostile, beside one that is well."""

import json
import random
import threading
import time
import unittest

import _delivery
import _manners
import _notices
import _system
from _callee import Callee, Visit, front, move_platform
from _manners import Manner
from _notices import Notice
from _wire import Connection, basic

_HOSTILE, _HEALTHY = "demo", "second"
_SEED = 20240801
_NOTICES = 10_000
_LANE_LENGTH = 5
_HEALTHY_LANES, _HOSTILE_LANES = 200, 1_795
_FAULTY, _FAULTY_TWICE, _SLOW, _SPELT, _PER_PATIENCE, _PER_CONFIGURATION = 900, 100, 150, 150, 15, 2
_EXPIRED, _REFUSED_ONCE, _REFUSED, _UNRENDERABLE = 20, 20, 5, 5
_LISTED, _SHOWN = 1_000, 10
_HEALTHY_SECONDS, _HOSTILE_SECONDS, _WITHIN_SECONDS = 120.0, 240.0, 30.0
_UNFIT_HEADERS = (
    {"ce_sequence": ""},
    {"ce_sequence": "x"},
    {"ce_id": ""},
    {"ce_time": "yesterday"},
    {"ce_subject": f"{_HEALTHY}/order/stolen"},
)
_DEAD_LETTERS = 4 * len(_UNFIT_HEADERS)


class Fates:
    """What is to become of each notice, and how the platform meets it on the way."""

    def __init__(self) -> None:
        rng = random.Random(_SEED)
        self.healthy = _lanes(_HEALTHY, "W", _HEALTHY_LANES)
        self.hostile = _lanes(_HOSTILE, "H", _HOSTILE_LANES)
        self.unfit = [Notice(_HOSTILE, f"U{at}", 1) for at in range(_DEAD_LETTERS)]
        self.formless = [Notice(_HOSTILE, f"F{at}", 1) for at in range(_UNRENDERABLE)]
        # Of different lanes, none of them at its end.
        middle = [one for one in self.hostile if one.sequence == 3]
        chosen = rng.sample(middle, _EXPIRED + _REFUSED_ONCE + _REFUSED)
        self.expired = _identities(chosen[:_EXPIRED])
        self.refused_once = _identities(chosen[_EXPIRED:-_REFUSED])
        self.refused = _identities(chosen[-_REFUSED:])
        stopped = {one.order_no for one in chosen[-_REFUSED:]}
        self.waiting = _identities(
            one for one in self.hostile if one.order_no in stopped and one.sequence > 3
        )
        away = self.expired | self.refused | self.waiting
        self.delivered = _identities(self.hostile) - away
        self._plans = self._plan(rng, sorted(self.delivered - self.refused_once))
        self._plans |= {identity: [_manners.REFUSE] for identity in self.refused_once}
        self._met: dict[str, int] = {}
        self.dead = threading.Event()

    @staticmethod
    def _plan(rng: random.Random, identities: list[str]) -> dict[str, list[Manner]]:
        """The manners that a notice meets before it is accepted."""
        kinds = [[one] for one in _manners.PATIENCE * _PER_PATIENCE]
        kinds += [[one] for one in _manners.CONFIGURATION * _PER_CONFIGURATION]
        kinds += [[_manners.SLOW]] * _SLOW
        kinds += [[rng.choice(_manners.ACCEPTING)] for _ in range(_SPELT)]
        kinds += [[_manners.FAULTS[at % len(_manners.FAULTS)]] for at in range(_FAULTY)]
        kinds += [rng.sample(_manners.FAULTS, 2) for _ in range(_FAULTY_TWICE)]
        return dict(zip(rng.sample(identities, len(kinds)), kinds, strict=True))

    def records(self) -> list:
        past = _notices.rfc3339(time.time() - 1.0)
        found = []
        for at, one in enumerate(self.unfit):
            found.append(one.record(**_UNFIT_HEADERS[at % len(_UNFIT_HEADERS)]))
        found += [one.record(ce_type="guarantee.event.v1.Unheard") for one in self.formless]
        for one in self.hostile:
            expires = {"ce_notafter": past} if one.identity in self.expired else {}
            found.append(one.record(**expires))
        return found + [one.record() for one in self.healthy]

    def manner(self, partner: str, identity: str, _: int) -> Manner:
        if partner == _HEALTHY:
            return _manners.ACCEPT
        if self.dead.is_set():
            return _manners.SILENT
        if identity in self.refused:
            return _manners.REFUSE
        plan = self._plans.get(identity, [])
        at = self._met.get(identity, 0)
        self._met[identity] = at + 1
        return plan[at] if at < len(plan) else _manners.ACCEPT


def _lanes(partner: str, name: str, count: int) -> list[Notice]:
    """Lane by lane, so that each arrives whole."""
    return [
        Notice(partner, f"{name}{lane}", sequence + 1)
        for lane in range(count)
        for sequence in range(_LANE_LENGTH)
    ]


def _identities(notices) -> set[str]:
    return {one.identity for one in notices}


class HostileCallee(unittest.TestCase):
    @classmethod
    def setUpClass(cls) -> None:
        cls.fates = Fates()
        cls.callee = cls.enterClassContext(Callee(cls.fates.manner))
        options = ("--broker", "kafka", "--store", "postgres", "--bank", "none")
        cls.system = cls.enterClassContext(
            _system.running(*options, "--platform", front(cls.callee.listen()))
        )
        cls.callee.know(cls.system.endpoints["partners"])
        move_platform(cls.system, _HEALTHY, front(cls.callee.listen()))

    def listed(self, state: str) -> list[dict]:
        words = ("--json", "notice", "list", "--state", state, "--limit", str(_LISTED))
        done = self.system.guaranteectl(*words)
        self.assertEqual(done.returncode, 0, done.stderr)
        return json.loads(done.stdout)

    def retry(self, identity: str) -> None:
        done = self.system.guaranteectl("notice", "retry", identity)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_every_notice_has_a_visible_end(self) -> None:
        fates, callee = self.fates, self.callee
        records = fates.records()
        self.assertEqual(len(records), _NOTICES)
        fates.dead.set()
        began = time.monotonic()
        _notices.put(self.system, records)
        healthy = _identities(fates.healthy)
        self.await_through(_HEALTHY, healthy, _HEALTHY_SECONDS)
        # Nothing of one partner waits for the other.
        self.assertEqual(callee.through[_HOSTILE], set())
        seconds = time.monotonic() - began
        print(f"{len(healthy)} beside a dead platform: {seconds:.1f} s", flush=True)
        fates.dead.clear()
        parked = fates.refused | fates.refused_once | _identities(fates.formless)
        _system.wait_for(
            lambda: {one["id"] for one in self.listed("parked")} == parked,
            _HOSTILE_SECONDS,
            f"{len(parked)} parked notices",
        )
        for identity in sorted(fates.refused_once):
            self.retry(identity)
        self.await_through(_HOSTILE, fates.delivered, _HOSTILE_SECONDS)
        print(f"all {_NOTICES}: {time.monotonic() - began:.1f} s", flush=True)
        self.check_visits()
        self.check_ends()

    def await_through(self, partner: str, wanted: set[str], seconds: float) -> None:
        found = self.callee.through[partner]
        try:
            _system.wait_for(lambda: len(found) >= len(wanted), seconds, f"notices of {partner}")
        except _system.Late as late:
            missing = sorted(wanted - found)
            why = _delivery.faults(list(self.callee.visits))
            raise AssertionError(
                f"{late}: {len(missing)} missing, as {missing[:5]}; {why[:5]}"
            ) from None

    def check_visits(self) -> None:
        fates, visits = self.fates, list(self.callee.visits)
        of_notices = _delivery.by_notice(visits)
        self.assertEqual(self.callee.faults, [])
        self.assertEqual(_delivery.faults(visits)[:_SHOWN], [])
        untouched = fates.expired | fates.waiting | _identities((*fates.unfit, *fates.formless))
        self.assertEqual(untouched & of_notices.keys(), set())
        for identity in _identities(fates.healthy):
            self.assertEqual(len(of_notices[identity]), 1, identity)
        counts: dict[str, int] = {}
        for visit in visits:
            counts[visit.manner.name] = counts.get(visit.manner.name, 0) + 1
        for name, count in sorted(counts.items()):
            print(f"{count:6} {name}")
        every = (
            *_manners.FAULTS,
            *_manners.CONFIGURATION,
            *_manners.PATIENCE,
            *_manners.ACCEPTING,
            *(_manners.ACCEPT, _manners.SLOW, _manners.REFUSE),
        )
        self.assertEqual({one.name for one in every} - counts.keys(), set())

    def check_ends(self) -> None:
        """Each of the ten thousand is in exactly one place, and told where the design says so."""
        fates = self.fates
        healthy, formless = _identities(fates.healthy), _identities(fates.formless)
        accepted = healthy | fates.delivered
        # Whoever was parked first has told of it too.
        expected = len(accepted | fates.expired | fates.refused | formless) + _REFUSED_ONCE
        told: dict[str, list[str]] = {}

        def complete() -> bool:
            told.update(_notices.told(self.system))
            return sum(len(events) for events in told.values()) >= expected

        _system.wait_for(complete, _WITHIN_SECONDS, f"{expected} public events")
        ends: dict[str, set[str]] = {}
        for identity, events in told.items():
            ends.setdefault(events[-1], set()).add(identity)
            redriven = identity in fates.refused_once
            self.assertEqual(len(events), 2 if redriven else 1, f"{identity}: {events}")
        self.assertEqual(ends.get("NoticeAccepted"), accepted)
        self.assertEqual(ends.get("NoticeExpired"), fates.expired)
        self.assertEqual(ends.get("NoticeParked"), fates.refused | formless)
        self.assertEqual({one["id"] for one in self.listed("parked")}, fates.refused | formless)
        self.assertEqual({one["id"] for one in self.listed("pending")}, fates.waiting)
        dead = _notices.read(self.system, _notices.DEAD_LETTERS)
        self.assertEqual(len(dead), len(fates.unfit))
        ended = sum(len(one) for one in ends.values()) + len(fates.waiting) + len(dead)
        self.assertEqual(ended, _NOTICES)


class TheJudge(unittest.TestCase):
    """It finds what is planted in visits that are well."""

    def visits(self) -> list[Visit]:
        manners = (_manners.FAULTS[0], _manners.ACCEPT, _manners.ACCEPT)
        return [
            Visit("demo", f"n-{sequence}", "L", sequence, "a", at, at, manner, at + 0.5)
            for at, (sequence, manner) in enumerate(zip((1, 1, 2), manners))
        ]

    def test_sound_visits(self) -> None:
        self.assertEqual(_delivery.faults(self.visits()), [])

    def test_other_bytes(self) -> None:
        visits = self.visits()
        visits[1].body_sha256 = "b"
        self.assertEqual(_delivery.faults(visits), ["n-1 came in several forms"])

    def test_a_repeat_after_the_acceptance(self) -> None:
        visits = self.visits()
        visits.append(Visit("demo", "n-2", "L", 2, "a", 3, 3, _manners.ACCEPT, 3.5))
        self.assertEqual(_delivery.faults(visits), ["n-2 came again after it was accepted"])

    def test_the_next_one_before_the_acceptance(self) -> None:
        visits = self.visits()
        visits[2].began = 1.2
        self.assertEqual(_delivery.faults(visits), ["L: 2 came before 1 was accepted"])

    def test_one_given_up(self) -> None:
        visits = [one for one in self.visits() if one.order != 1]
        found = _delivery.faults(visits)
        self.assertIn("n-1 did not come again after: 500", found)
        self.assertIn("L: 2 came before 1 was accepted", found)


class TheCallee(unittest.TestCase):
    """It finds two requests of one lane that are open at once, and no others."""

    def setUp(self) -> None:
        self.callee = self.enterContext(Callee(lambda *_: _manners.SILENT))
        self.callee.know([{"id": "demo", "platform": {"user": "a", "password": "b"}}])
        self.address = (_system.LOOPBACK, self.callee.listen())

    def ask(self, lane: str, sequence: int) -> Connection:
        body = json.dumps({"data": {"applyNo": lane, "remark": str(sequence)}}).encode()
        head = (
            "POST /front/guarantee/orderCancelNotice HTTP/1.1",
            f"Authorization: {basic('a', 'b').decode()}",
            f"Idempotency-Key: n-{lane}-{sequence}",
            f"Content-Length: {len(body)}",
        )
        seen = len(self.callee.visits)
        connection = self.enterContext(Connection(self.address))
        connection.send("\r\n".join(head).encode() + b"\r\n\r\n" + body)
        _system.wait_for(lambda: len(self.callee.visits) > seen, _WITHIN_SECONDS, "the request")
        return connection

    def test_one_after_the_other(self) -> None:
        self.ask("L", 1).socket.close()
        self.ask("L", 1)
        self.ask("M", 1)
        self.assertEqual(self.callee.faults, [])

    def test_two_at_once(self) -> None:
        self.ask("L", 1)
        self.ask("L", 2)
        _system.wait_for(lambda: bool(self.callee.faults), _WITHIN_SECONDS, "the finding")
        self.assertEqual(self.callee.faults, ["L: n-L-2 came while n-L-1 was open"])


if __name__ == "__main__":
    unittest.main()
