"""The checker against planted faults: what it does not report, the kill loop would not see."""

import copy
import unittest
from typing import Any

import _checker
from _checker import Evidence

_PARTNERS = ("demo", "second")


def _history(partner: str, number: str, call: int, kind: str = "apply") -> list[dict[str, Any]]:
    head = {"call": call, "kind": kind, "partner": partner, "order_no": number}
    told = {"status": 200, "code": "200", "message": "操作成功", "data": f'"{partner}{number}"'}
    return [{**head, "type": "invoke"}, {**head, "type": "ok", **told}]


def _receipt(partner: str, number: str, section: str, identity: str) -> dict[str, Any]:
    return {
        "partner": partner,
        "section": section,
        "number": number,
        "guarantee_no": f"BH-{partner}-{number}" if section == "3.2" else "",
        "success": section == "3.2",
        "body_sha256": f"sha-{identity}",
        "headers": {"idempotency-key": identity},
        "verdict": "accepted",
        "message": "",
    }


def _record(topic: str, subject: str, sequence: int, id_: str, type_: str) -> dict[str, Any]:
    return {
        "topic": topic,
        "subject": subject,
        "sequence": sequence,
        "id": id_,
        "type": type_,
        "causation": "",
    }


def _sound() -> Evidence:
    """Two partners with the same three orders; the first is cancelled twice, in vain."""
    evidence = Evidence(leftovers={"notices unaccepted": 0})
    call = 0
    for partner in _PARTNERS:
        for number in ("A", "B", "C"):
            call += 10
            flow, name = f"{partner}/order/{number}", f"{partner}-{number}"
            evidence.history += _history(partner, number, call)
            evidence.history += _history(partner, number, call + 1, "repeat")
            row = {"partner": partner, "number": number, "business_no": number}
            evidence.orders.append({**row, "status": "issued"})
            guarantee = {"partner": partner, "number": f"BH-{name}", "order_no": number}
            evidence.guarantees.append(guarantee)
            evidence.registered.append({"partner": partner, "unique_value": number})
            evidence.receipts.append(_receipt(partner, number, "3.2", f"n-{name}"))
            issued = _record("events", flow, 1, f"e-{name}", "guarantee.event.v1.OrderLetterIssued")
            notice = _record("notices", flow, 1, f"n-{name}", "guarantee.partner.v1.X")
            evidence.records += [issued, notice]
    for turn in (1, 2):
        identity = f"c{turn}"
        evidence.history += _history("demo", "A", turn, "cancel")
        evidence.receipts.append(_receipt("demo", "A", "3.4", identity))
        record = _record("notices", "demo/order/A", turn + 1, identity, "guarantee.partner.v1.Y")
        evidence.records.append(record)
    return evidence


class CheckerTest(unittest.TestCase):
    def setUp(self) -> None:
        self.evidence = _sound()

    def rules(self) -> set[str]:
        return {finding.rule for finding in _checker.check(self.evidence)}

    def subjects(self, rule: str) -> set[str]:
        return {f.subject for f in _checker.check(self.evidence) if f.rule == rule}

    def receipt(self, number: str) -> dict[str, Any]:
        return next(r for r in self.evidence.receipts if r["number"] == number)

    def test_a_sound_run_has_no_finding(self) -> None:
        self.assertEqual(_checker.check(self.evidence), [])

    def test_a_late_identical_repeat_is_counted_and_no_finding(self) -> None:
        self.evidence.receipts.append(copy.deepcopy(self.receipt("A")))
        self.assertEqual(_checker.check(self.evidence), [])
        counted = _checker.counts(self.evidence)
        self.assertEqual(counted["identical repeats of accepted notices"], 1)

    def test_a_lost_order(self) -> None:
        self.evidence.orders.pop(1)
        self.assertEqual(self.subjects("lost"), {"demo/B"})

    def test_a_lost_guarantee(self) -> None:
        self.evidence.guarantees.pop(1)
        self.assertIn("demo/B", self.subjects("lost"))

    def test_a_lost_notice(self) -> None:
        self.evidence.receipts.remove(self.receipt("B"))
        self.assertEqual(self.subjects("lost"), {"demo/B"})

    def test_a_notice_that_was_never_accepted(self) -> None:
        self.receipt("B")["verdict"] = "cut"
        self.assertIn("demo/B", self.subjects("lost"))

    def test_a_lost_event(self) -> None:
        records = self.evidence.records
        records.remove(next(r for r in records if r["subject"] == "demo/order/B"))
        self.assertEqual(self.subjects("lost"), {"demo/B"})

    def test_an_order_that_was_not_issued(self) -> None:
        self.evidence.orders[1]["status"] = "accepted"
        self.assertEqual(self.subjects("not issued"), {"demo/B"})

    def test_a_doubled_guarantee_in_the_database(self) -> None:
        self.evidence.guarantees.append({"partner": "demo", "number": "BH-2", "order_no": "B"})
        self.assertEqual(self.subjects("doubled"), {"demo/B"})

    def test_a_doubled_guarantee_at_the_platform(self) -> None:
        second = {**self.receipt("B"), "guarantee_no": "BH-2", "body_sha256": "other"}
        self.evidence.receipts.append(second)
        self.assertEqual(self.subjects("doubled"), {"demo/B"})

    def test_a_letter_that_was_issued_twice(self) -> None:
        type_ = "guarantee.event.v1.OrderLetterIssued"
        self.evidence.records.append(_record("events", "demo/order/B", 2, "again", type_))
        self.assertEqual(self.subjects("doubled"), {"demo/order/B"})

    def test_one_guarantee_number_for_two_orders(self) -> None:
        self.evidence.guarantees[1]["number"] = self.evidence.guarantees[0]["number"]
        self.assertIn("doubled", self.rules())

    def test_another_guarantee_than_the_platform_was_told_of(self) -> None:
        self.evidence.guarantees[1]["number"] = "BH-other"
        self.assertEqual(self.subjects("another guarantee"), {"demo/B"})

    def test_a_notice_with_two_identities(self) -> None:
        second = {**self.receipt("B"), "headers": {"idempotency-key": "n-2"}}
        self.evidence.receipts.append(second)
        self.assertEqual(self.subjects("two identities"), {"demo/B"})

    def test_a_notice_without_an_identity(self) -> None:
        self.receipt("B")["headers"] = {}
        self.assertIn("demo/B", self.subjects("two identities"))

    def test_one_identity_with_two_bodies(self) -> None:
        self.evidence.receipts.append({**self.receipt("B"), "body_sha256": "other"})
        self.assertEqual(self.rules(), {"two bodies"})

    def test_one_identity_for_two_flows(self) -> None:
        self.receipt("B")["headers"] = self.receipt("A")["headers"]
        self.assertIn("shared identity", self.rules())

    def test_a_flow_that_is_received_out_of_order(self) -> None:
        receipts = self.evidence.receipts
        receipts[-1], receipts[-2] = receipts[-2], receipts[-1]
        self.assertEqual(self.subjects("reordered"), {"demo/A"})

    def test_a_letter_that_comes_after_what_follows_it(self) -> None:
        letter = self.receipt("A")
        self.evidence.receipts.remove(letter)
        self.evidence.receipts.append(letter)
        self.assertEqual(self.subjects("reordered"), {"demo/A"})

    def test_an_old_repeat_does_not_reorder_a_flow(self) -> None:
        self.evidence.receipts.append(copy.deepcopy(self.receipt("A")))
        self.assertNotIn("reordered", self.rules())

    def test_a_gap_in_a_topic(self) -> None:
        self.evidence.records[-1]["sequence"] = 9
        self.assertIn("sequence", self.rules())

    def test_a_cancellation_that_was_not_answered(self) -> None:
        self.evidence.receipts.pop()
        self.assertEqual(self.subjects("lost"), {"demo/A"})

    def test_a_cancellation_that_was_answered_twice(self) -> None:
        self.evidence.receipts.append(_receipt("demo", "A", "3.4", "c3"))
        self.assertIn("demo/A", self.subjects("doubled"))

    def test_a_refused_request(self) -> None:
        head = {"call": 99, "kind": "apply", "partner": "demo", "order_no": "B"}
        told = {"type": "fail", "status": 200, "code": "500", "message": "业务流水号重复"}
        self.evidence.history.append({**head, **told})
        self.assertEqual(self.subjects("refused"), {"demo/B"})

    def test_answers_that_differ(self) -> None:
        self.evidence.history[3]["data"] = '"another"'
        self.assertEqual(self.subjects("answers differ"), {"demo/A"})

    def test_a_request_that_was_never_acknowledged(self) -> None:
        head = {"call": 99, "kind": "apply", "partner": "demo", "order_no": "D"}
        self.evidence.history += [{**head, "type": "invoke"}, {**head, "type": "info"}]
        self.assertEqual(self.subjects("never acknowledged"), {"demo/D"})

    def test_a_notice_nobody_asked_for(self) -> None:
        self.evidence.receipts.append(_receipt("demo", "Z", "3.2", "ghost"))
        self.assertIn("demo/Z", self.subjects("nobody asked"))

    def test_a_notice_to_the_other_partner(self) -> None:
        stray = self.receipt("B")
        stray["partner"] = "second"
        self.assertTrue({"lost", "two identities"} <= self.rules())

    def test_a_decision_without_an_end(self) -> None:
        decision = {"id": "d", "partner": "demo", "order_no": "B", "result": "applied", "said": ""}
        self.evidence.decisions.append(decision)
        self.assertEqual(self.rules(), {"decision"})

    def test_a_decision_applied_although_it_was_refused(self) -> None:
        decision = {"id": "d", "partner": "demo", "order_no": "B", "result": "refused", "said": ""}
        self.evidence.decisions.append(decision)
        record = _record("events", "demo/order/B", 2, "x", "guarantee.event.v1.OrderApproved")
        self.evidence.records.append({**record, "causation": "d"})
        self.assertEqual(self.rules(), {"decision"})

    def test_what_is_left_over(self) -> None:
        self.evidence.leftovers["notices unaccepted"] = 3
        self.assertEqual(self.rules(), {"not quiet"})


if __name__ == "__main__":
    unittest.main()
