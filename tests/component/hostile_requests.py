"""Hostile raw HTTP against the gateway: status, connection, register rows and events decide."""

import collections
import unittest

import _application
import _hostile
import _ledger
import _system
import _wire
from _credulous import CredulousProxy
from _hostile import Case, number_of

_HOSTILE_MIN = 60
_CLOSES_WITHIN_SECONDS = 5.0
_STAYS_OPEN_SECONDS = 0.05
# What a lax server in front of the gateway does to the same requests; fewer would mean that the
# judgement below sees less than it should.
_PLANTED_FAULTS_MIN = 50
_SMUGGLED_MIN = 5
_CUT_BODIES = ("believed-body-cut", "believed-chunk-cut")


class Observed:
    """Status and connection of each case, seen by the one who sent it."""

    def __init__(self, address: tuple[str, int], case: Case) -> None:
        with _wire.Connection(address) as connection:
            connection.send(case.data)
            if case.finishes:
                connection.finish_sending()
            self.answer = connection.read()
            if case.followed and not case.closes:
                self.second = connection.read()
            if case.closes:
                self.closed = connection.closed(_CLOSES_WITHIN_SECONDS)
            else:
                self.closed = connection.closed(_STAYS_OPEN_SECONDS)


def faults_of_executions(cases: list[Case], orders: list[str], where: str) -> list[str]:
    """What the register or the topic holds too much or too little of."""
    counted = collections.Counter(orders)
    faults = []
    for case in cases:
        expected = {
            "first": case.executed,
            "smuggled": 0,
            "after": int(case.followed and not case.closes),
        }
        for role, times in expected.items():
            found = counted[f"O-{number_of(role, case.name)}"]
            if found != times:
                faults.append(f"{case.name}: {found} instead of {times} {role} in the {where}")
    return faults


def faults_of_answer(case: Case, observed: Observed) -> list[str]:
    faults = []
    if observed.answer.status != case.status:
        faults.append(f"{case.name}: status {observed.answer.status}, not {case.status}")
    if observed.closed != case.closes:
        faults.append(f"{case.name}: {'closed' if observed.closed else 'left open'}")
    if observed.answer.status and _application.code_of(observed.answer) != (
        "200" if case.executed else "500"
    ):
        faults.append(f"{case.name}: code {_application.code_of(observed.answer)}")
    return faults


def judge(system: _system.System, cases: list[Case], ledger: _ledger.Ledger) -> list[str]:
    """Sends every case to the gateway; says what is wrong with answers and executions."""
    faults = []
    for case in cases:
        faults += faults_of_answer(case, Observed(system.gateway, case))
    return faults + judge_ledger(system, cases, ledger)


def judge_ledger(
    system: _system.System, cases: list[Case], ledger: _ledger.Ledger
) -> list[str]:
    """Behind a last good request, so that nothing can be still on its way."""
    last = f"last-{cases[0].name}"
    client = _application.Client(system.gateway, _application.authorization(system))
    sealing = client.send(_application.body(last))
    client.close()
    if (sealing.status, _application.code_of(sealing)) != (200, "200"):
        return [f"a good client was refused afterwards: {sealing}"]
    ledger.wait_for_order(f"O-{last}")
    rows, events = ledger.orders()
    return faults_of_executions(cases, rows, "register") + faults_of_executions(
        cases, events, "topic"
    )


class HostileRequests(unittest.TestCase):
    @classmethod
    def setUpClass(cls) -> None:
        cls.system = cls.enterClassContext(_system.running())
        cls.ledger = _ledger.of_hub(cls.system)
        cls.credentials = _application.authorization(cls.system)

    def test_no_second_request_and_no_cut_body_is_executed(self) -> None:
        cases = _hostile.armed(self.credentials) + _hostile.early_answers(self.credentials)
        hostile = sum(case.hostile for case in cases)
        self.assertGreaterEqual(hostile, _HOSTILE_MIN)
        faults = judge(self.system, cases, self.ledger)
        print(f"{len(cases)} raw requests, {hostile} of them hostile, {len(faults)} faults")
        self.assertEqual(faults, [])

    def test_a_credulous_server_in_front_is_found_out(self) -> None:
        cases = [one for one in _hostile.armed(self.credentials, "believed-") if one.hostile]
        with CredulousProxy(self.system.gateway) as proxy:
            for case in cases:
                Observed(proxy.address, case)
            faults = judge_ledger(self.system, cases, self.ledger)
        first = [fault for fault in faults if " first in the topic" in fault]
        smuggled = [fault for fault in faults if " smuggled in the topic" in fault]
        cut = [fault for fault in first if fault.startswith(_CUT_BODIES)]
        print(
            f"behind a credulous server: {len(faults)} faults, {len(first)} hostile requests and "
            f"{len(smuggled)} smuggled ones executed"
        )
        self.assertGreaterEqual(len(first), _PLANTED_FAULTS_MIN)
        self.assertGreaterEqual(len(smuggled), _SMUGGLED_MIN)
        self.assertEqual(len(cut), 2, "a cut body is not seen")


if __name__ == "__main__":
    unittest.main()
