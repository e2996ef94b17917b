"""The same request many times at the same moment, over TCP, at two gateways.

Runs from the build that GUARANTEE_BUILD names.
"""

import contextlib
import random
import time
import unittest
from typing import Any

import _broker
import _checker
import _evidence
import _platform
from _copies import Copies
from _history import FAIL, OK, History
from _platform import Answer, Application
from _system import Receipts, running, wait_until

_REQUESTS, _COPIES = 200, 100
_CONTESTED = 40
_SEED = 20240801
_OTHER_AMOUNT, _AMOUNT = "400000.00", "500000.00"
_NOTICES_SECONDS = 120.0
_REQUESTS_TOPIC, _PARTITIONS = "guarantee.requests.order.v1", 4


class DuplicatesTest(unittest.TestCase):
    def setUp(self) -> None:
        stack = contextlib.ExitStack()
        self.addCleanup(stack.close)
        self.system = stack.enter_context(
            running("--bank", "auto", "--replicas", "gateway=2,order=2")
        )
        self.history = History()
        self.receipts = Receipts(self.system.receipts)
        stack.callback(self.receipts.close)
        self.copies = Copies(self.system.endpoints()["gateway"]["urls"], _COPIES)
        stack.callback(self.copies.close)
        self.rng = random.Random(_SEED)

    def applications(self, run: str, count: int) -> list[Application]:
        """The partners take turns and use the same numbers."""
        partners = self.system.partners()
        return [
            _platform.application(
                partners[at % len(partners)], run, at // len(partners), self.rng
            )
            for at in range(count)
        ]

    def send(self, application: Application, kind: str, bodies: list[bytes]) -> list[Answer]:
        names = {"order_no": application.order_no, "business_no": application.business_no}
        head: dict[str, Any] = {"kind": kind, "partner": application.partner.id, **names}
        calls = [self.history.invoke(**head) for _ in bodies]
        answers = self.copies.send(_platform.APPLY, application.partner, bodies)
        for call, answer in zip(calls, answers, strict=True):
            told = {"status": answer.status, "code": answer.code, "data": answer.data}
            self.history.end(call, answer.type, message=answer.message, **told)
        return answers

    def check_effects(self, applications: list[Application]) -> None:
        """Each has had one effect: one order, one guarantee, one notice, one id on the broker."""
        wanted = {(one.partner.id, one.order_no) for one in applications}
        self.assertTrue(
            wait_until(lambda: self.receipts.accepted("3.2") >= wanted, _NOTICES_SECONDS),
            f"{len(wanted - self.receipts.accepted('3.2'))} notices have not come",
        )
        self.assertTrue(wait_until(self.is_quiet, _NOTICES_SECONDS), "it does not become quiet")
        evidence = _evidence.collect(self.system, self.history, self.receipts, [])
        findings = _checker.check(evidence)
        self.assertFalse(findings, "\n".join(_checker.summary(findings)))
        self.assertEqual(_checker.acknowledged(evidence), wanted)
        brokers = self.system.endpoints()["kafka"]["brokers"]
        ids: dict[str, set[str]] = {}
        for record in _broker.read(brokers, _REQUESTS_TOPIC, _PARTITIONS, "requests"):
            ids.setdefault(record["subject"], set()).add(record["id"])
        self.assertEqual([flow for flow, found in ids.items() if len(found) > 1], [])
        self.assertEqual(len(ids), len(wanted))

    def is_quiet(self) -> bool:
        return not any(_evidence.leftovers(self.system).values())

    def amounts(self) -> dict[tuple[str, str], int]:
        return _evidence.amounts(self.system)

    def test_copies_have_one_effect_and_one_answer(self) -> None:
        applications = self.applications("copies", _REQUESTS)
        later = _platform.time_text()
        began = time.monotonic()
        for one in applications:
            # A retry with another applyTime is the same request.
            bodies = [one.body, one.body, one.with_fields(applyTime=later)] * _COPIES
            answers = self.send(one, "apply", bodies[:_COPIES])
            self.assertEqual({answer.type for answer in answers}, {OK}, answers[0])
            self.assertEqual(len({answer.data for answer in answers}), 1, one.order_no)
        spent = time.monotonic() - began
        print(f"{_REQUESTS} x {_COPIES} copies in {spent:.1f} s", flush=True)
        for one in applications:
            self.check_changes_are_refused(one)
        self.check_effects(applications)
        self.assertEqual(set(self.amounts().values()), {50_000_000})

    def check_changes_are_refused(self, one: Application) -> None:
        """At both gateways; the first answer still stands afterwards."""
        changed = [one.with_fields(emAmount=_OTHER_AMOUNT)] * 2
        renamed = [one.with_fields(businessNo=f"{one.business_no}-other")] * 2
        for answer in self.send(one, "changed", changed + renamed):
            self.assertEqual((answer.type, answer.status), (FAIL, 200), answer)
        self.assertEqual({a.type for a in self.send(one, "repeat", [one.body] * 2)}, {OK})

    def test_of_two_contents_at_once_one_wins(self) -> None:
        applications = self.applications("contest", _CONTESTED)
        won: dict[tuple[str, str], int] = {}
        for one in applications:
            bodies = [one.body, one.body, *[one.with_fields(emAmount=_OTHER_AMOUNT)] * 2]
            answers = self.send(one, "contest", (bodies * _COPIES)[:_COPIES])
            yes = {bodies[at % 4] for at, a in enumerate(answers) if a.type == OK}
            no = {bodies[at % 4] for at, a in enumerate(answers) if a.type == FAIL}
            self.assertEqual((len(yes), len(no), yes & no), (1, 1, set()), one.order_no)
            self.assertEqual(len({a.data for a in answers if a.type == OK}), 1)
            first = yes == {one.body}
            won[one.partner.id, one.order_no] = 50_000_000 if first else 40_000_000
            body = one.body if first else one.with_fields(emAmount=_OTHER_AMOUNT)
            self.assertEqual({a.type for a in self.send(one, "apply", [body] * 2)}, {OK})
        self.check_effects(applications)
        self.assertEqual(self.amounts(), won)


if __name__ == "__main__":
    unittest.main(verbosity=2)
