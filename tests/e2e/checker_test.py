"""The checker against planted faults: what it does not report, the kill loop would not see."""

import copy
import unittest
from typing import Any

import _checker
from _planted import (
    AMOUNT,
    asked,
    make_guarantee,
    make_receipt,
    make_record,
    make_result,
    proposed,
    sound,
    toured,
)


class CheckerTest(unittest.TestCase):
    def setUp(self) -> None:
        self.evidence = sound()

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
        self.evidence.guarantees.append(make_guarantee("demo", "B", number="BH-2"))
        self.assertEqual(self.subjects("doubled"), {"demo/B"})

    def test_a_doubled_guarantee_at_the_platform(self) -> None:
        second = {**self.receipt("B"), "guarantee_no": "BH-2", "body_sha256": "other"}
        self.evidence.receipts.append(second)
        self.assertEqual(self.subjects("doubled"), {"demo/B"})

    def test_a_letter_that_was_issued_twice(self) -> None:
        type_ = "guarantee.event.v1.OrderLetterIssued"
        self.evidence.records.append(make_record("events", "demo/order/B", 2, "again", type_))
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
        self.assertEqual(self.subjects("reordered"), {"demo/order/A"})

    def test_a_letter_that_comes_after_what_follows_it(self) -> None:
        letter = self.receipt("A")
        self.evidence.receipts.remove(letter)
        self.evidence.receipts.append(letter)
        self.assertEqual(self.subjects("reordered"), {"demo/A", "demo/order/A"})

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
        self.evidence.receipts.append(make_receipt("demo", "A", "3.4", "c3"))
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
        self.evidence.receipts.append(make_receipt("demo", "Z", "3.2", "ghost"))
        self.assertIn("demo/Z", self.subjects("nobody asked"))

    def test_a_notice_to_the_other_partner(self) -> None:
        stray = self.receipt("B")
        stray["partner"] = "second"
        self.assertTrue({"lost", "two identities"} <= self.rules())

    def decide(self, result: str) -> None:
        decision = {"id": "d", "partner": "demo", "order_no": "B", "result": result, "said": ""}
        self.evidence.decisions.append(decision)

    def test_a_decision_without_an_end(self) -> None:
        self.decide("applied")
        self.assertEqual(self.rules(), {"decision"})

    def test_a_decision_applied_although_it_was_refused(self) -> None:
        self.decide("refused")
        record = make_record("events", "demo/order/B", 2, "x", "guarantee.event.v1.OrderApproved")
        self.evidence.records.append({**record, "causation": "d"})
        self.assertEqual(self.rules(), {"decision"})

    def test_what_is_left_over(self) -> None:
        self.evidence.leftovers["notices unaccepted"] = 3
        self.assertEqual(self.rules(), {"not quiet"})


class ToursTest(unittest.TestCase):
    """What follows a letter."""

    def setUp(self) -> None:
        self.evidence = toured()

    def found(self) -> set[tuple[str, str]]:
        return {(finding.rule, finding.subject) for finding in _checker.check(self.evidence)}

    def answer(self, section: str, business_no: str) -> dict[str, Any]:
        return next(
            row
            for row in self.evidence.history
            if row["type"] != "invoke" and row["kind"] == section
            and row.get("business_no") == business_no
        )

    def take_result(self, business_no: str) -> dict[str, Any]:
        receipts = self.evidence.receipts
        row = next(row for row in receipts if row.get("business_no") == business_no)
        receipts.remove(row)
        return row

    def case(self, business_no: str) -> dict[str, Any]:
        return next(row for row in self.evidence.cases if row["business_no"] == business_no)

    def letter(self, order: str) -> dict[str, Any]:
        number = f"BH-demo-{order}"
        return next(row for row in self.evidence.guarantees if row["number"] == number)

    def test_a_sound_run_has_no_finding(self) -> None:
        self.assertEqual(_checker.check(self.evidence), [])

    def test_an_identical_repeat_of_a_result_is_no_finding(self) -> None:
        self.evidence.receipts.append(make_result("R", "3.16", "TH-R"))
        self.assertEqual(_checker.check(self.evidence), [])

    def test_counts_are_by_section(self) -> None:
        counted = _checker.counts(self.evidence)
        told = {name: counted[name] for name in ("3.15 acknowledged", "3.19 refused")}
        self.assertEqual(told, {"3.15 acknowledged": 2, "3.19 refused": 1})
        self.assertEqual(counted["3.12 with a success"], 1)

    def test_an_interface_that_nobody_used_is_named(self) -> None:
        self.assertEqual(_checker.unseen(self.evidence), ["3.20"])
        self.answer("3.19", "LP-P").update({"type": "ok", "code": "200"})
        self.assertEqual(_checker.unseen(self.evidence), ["3.19", "3.20"])

    def test_every_request_without_its_result(self) -> None:
        for section, number in (
            *(("3.5", "SX-C1"), ("3.7", "HY-P"), ("3.9", "ZX-Z")),
            *(("3.11", "LP-P"), ("3.13", "FP-Z"), ("3.15", "TH-R")),
        ):
            with self.subTest(section):
                self.evidence = toured()
                self.take_result(number)
                self.assertIn(("lost", f"demo/{section}/{number}"), self.found())

    def test_every_result_with_two_identities(self) -> None:
        for order, section, result, number in (
            *(("C1", "3.5", "3.6", "SX-C1"), ("P", "3.7", "3.8", "HY-P")),
            *(("Z", "3.9", "3.10", "ZX-Z"), ("P", "3.11", "3.12", "LP-P")),
            *(("Z", "3.13", "3.14", "FP-Z"), ("R", "3.15", "3.16", "TH-R")),
        ):
            with self.subTest(section):
                self.evidence = toured()
                second = make_result(order, result, number)
                second["headers"] = {"idempotency-key": "another"}
                self.evidence.receipts.append(second)
                self.assertIn(("doubled", f"demo/{section}/{number}"), self.found())

    def test_a_result_although_it_was_withdrawn(self) -> None:
        self.evidence.receipts.append(make_result("S", "3.16", "TH-S", success=False))
        self.assertIn(("withdrawn, yet told", "demo/3.15/TH-S"), self.found())

    def test_a_result_that_went_to_the_other_partner(self) -> None:
        receipt = self.take_result("TH-R")
        self.evidence.receipts.append({**receipt, "partner": "second"})
        self.assertIn(("lost", "demo/3.15/TH-R"), self.found())
        self.assertIn(("nobody asked", "second/3.15/TH-R"), self.found())

    def test_a_failure_where_nothing_stood_against_it(self) -> None:
        self.evidence.receipts.append({**self.take_result("TH-R"), "success": False})
        self.assertIn(("failed", "demo/3.15/TH-R"), self.found())

    def event(self, order: str, sequence: int, type_: str) -> None:
        flow, id_ = f"demo/guarantee/BH-demo-{order}", f"g-{order}-{sequence}"
        record = make_record("events", flow, sequence, id_, f"guarantee.event.v1.{type_}")
        self.evidence.records.append(record)

    def cancel_the_paid(self) -> None:
        self.evidence.history += asked("P", "3.9", "ZX-P", 700)
        result = make_result("P", "3.10", "ZX-P")
        self.evidence.receipts.append(result)
        identity = result["headers"]["idempotency-key"]
        record = make_record("notices", "demo/order/P", 4, identity, "guarantee.partner.v1.X")
        self.evidence.records.append(record)

    def test_a_letter_that_was_paid_and_cancelled(self) -> None:
        self.cancel_the_paid()
        self.event("P", 1, "GuaranteeClaimPaid")
        self.event("P", 2, "GuaranteeCancelled")
        self.assertEqual(self.found(), {("two ends", "demo/BH-demo-P")})

    def test_a_cancellation_of_what_was_paid_has_nothing_to_do(self) -> None:
        self.cancel_the_paid()
        self.event("P", 1, "GuaranteeClaimPaid")
        self.assertEqual(_checker.check(self.evidence), [])

    def expire(self, business_no: str) -> None:
        row = self.take_result(business_no)
        kept = {name: row[name] for name in ("partner", "section", "business_no", "guarantee_no")}
        self.evidence.expired.append(kept)

    def test_a_refund_that_could_not_be_told_before_the_opening(self) -> None:
        self.expire("TH-R")
        self.assertEqual(self.found(), {("expired", "demo/BH-demo-R")})
        self.event("R", 1, "GuaranteeRefundUndelivered")
        self.assertEqual(_checker.check(self.evidence), [])

    def test_another_notice_that_expired(self) -> None:
        self.expire("ZX-Z")
        self.event("Z", 1, "GuaranteeRefundUndelivered")
        self.assertEqual(self.found(), {("expired", "demo/BH-demo-Z")})

    def test_a_letter_that_was_paid_and_given_back(self) -> None:
        self.evidence.history += asked("P", "3.15", "TH-P", 700)
        self.evidence.receipts.append(make_result("P", "3.16", "TH-P"))
        self.assertIn(("two ends", "demo/BH-demo-P"), self.found())

    def test_a_claim_and_a_cancellation_that_shut_each_other_out(self) -> None:
        self.evidence.history += asked("S", "3.9", "ZX-S", 700)
        self.evidence.receipts.append(make_result("S", "3.10", "ZX-S", success=False))
        self.assertIn(("failed", "demo/BH-demo-S"), self.found())
        self.evidence = toured()
        self.evidence.history += asked("P", "3.9", "ZX-P", 700)
        self.evidence.receipts.append(make_result("P", "3.10", "ZX-P", success=False))
        self.assertNotIn(("failed", "demo/BH-demo-P"), self.found())

    def test_a_letter_whose_row_says_otherwise(self) -> None:
        for order, status in (("R", "sealed"), ("S", "refunded"), ("P", "restored")):
            with self.subTest(order):
                self.evidence = toured()
                self.letter(order)["status"] = status
                self.assertIn(("another state", f"demo/BH-demo-{order}"), self.found())

    def test_a_restored_letter_that_is_still_sealed(self) -> None:
        self.evidence.history += asked("S", "3.7", "HY-S", 700)
        self.assertIn(("another state", "demo/BH-demo-S"), self.found())

    def test_a_paid_letter_that_can_be_paid_again(self) -> None:
        self.letter("P")["amount_fen"] = AMOUNT
        self.assertEqual(self.found(), {("another amount", "demo/BH-demo-P")})

    def test_every_case_whose_row_says_otherwise(self) -> None:
        for section, number in (("3.5", "SX-C1"), ("3.11", "LP-P"), ("3.13", "FP-Z")):
            with self.subTest(section):
                self.evidence = toured()
                self.case(number)["status"] = "another"
                self.assertEqual(self.found(), {("another state", f"demo/{section}/{number}")})

    def test_a_line_that_stands_although_it_was_given_back(self) -> None:
        self.case("SX-C2")["status"] = "granted"
        self.assertEqual(self.found(), {("another state", "demo/3.5/SX-C2")})

    def test_a_lost_and_a_doubled_case(self) -> None:
        self.evidence.cases.append(dict(self.case("LP-P")))
        self.evidence.cases.remove(self.case("FP-Z"))
        wanted = {("doubled", "demo/3.11/LP-P"), ("lost", "demo/3.13/FP-Z")}
        self.assertEqual(self.found(), wanted)

    def test_a_refusal_that_nothing_allows(self) -> None:
        self.answer("3.7", "HY-P").update({"type": "fail", "code": "500"})
        self.assertIn(("refused", "demo/3.7/HY-P"), self.found())

    def test_a_claim_that_was_withdrawn_without_consent(self) -> None:
        self.answer("3.19", "LP-P").update({"type": "ok", "code": "200"})
        self.assertIn(("not refused", "demo/3.19/LP-P"), self.found())

    def test_a_withdrawal_that_was_refused_and_not_told(self) -> None:
        self.answer("3.17", "SX-C2").update({"type": "fail", "code": "500"})
        self.take_result("SX-C2")
        self.assertIn(("lost", "demo/3.5/SX-C2"), self.found())

    def test_a_credit_check_that_knows_no_line(self) -> None:
        self.answer("3.21", "CX-C1")["code"] = "2"
        self.assertEqual(self.found(), {("standing", "demo/3.21/CX-C1")})

    def test_a_withdrawal_that_was_never_answered(self) -> None:
        self.answer("3.18", "TH-S")["type"] = "info"
        self.assertIn(("never answered", "demo/3.18/TH-S"), self.found())

    def test_a_gap_in_a_topic_of_another_service(self) -> None:
        topics = ("claim events", "order state")
        for topic in topics:
            type_ = "guarantee.event.v1.ClaimPaid"
            record = make_record(topic, "demo/claim/X", 2, f"{topic} x", type_)
            self.evidence.records.append(record)
        wanted = {("sequence", f"{topic} demo/claim/X") for topic in topics}
        self.assertEqual(self.found(), wanted)

    def test_a_lane_that_is_received_out_of_order(self) -> None:
        receipts = self.evidence.receipts
        receipts.append(self.take_result("HY-P"))
        self.assertEqual(self.found(), {("reordered", "demo/order/P")})


class WishesTest(unittest.TestCase):
    """What the institution asks itself, and a deadline that moves."""

    def setUp(self) -> None:
        self.evidence = toured()

    def found(self) -> set[tuple[str, str]]:
        return {(finding.rule, finding.subject) for finding in _checker.check(self.evidence)}

    def receipt(self, business_no: str) -> dict[str, Any]:
        receipts = self.evidence.receipts
        return next(row for row in receipts if row.get("business_no") == business_no)

    def answer(self, section: str, business_no: str) -> dict[str, Any]:
        return next(
            row
            for row in self.evidence.history
            if row["kind"] == section
            and row["type"] == "ok"
            and row["business_no"] == business_no
        )

    def letter(self, order: str) -> dict[str, Any]:
        number = f"BH-demo-{order}"
        return next(row for row in self.evidence.guarantees if row["number"] == number)

    def test_a_request_of_ours_that_was_never_told(self) -> None:
        for number, subject in (("O-X", "3.9/BH-demo-X"), ("O-Y", "3.11/BH-demo-Y")):
            with self.subTest(number):
                self.evidence = toured()
                self.evidence.receipts.remove(self.receipt(number))
                self.assertIn(("lost", f"demo/{subject}"), self.found())

    def test_a_request_of_ours_that_was_told_twice(self) -> None:
        for number, subject in (("O-X", "3.9/BH-demo-X"), ("O-Y", "3.11/BH-demo-Y")):
            with self.subTest(number):
                self.evidence = toured()
                second = {**self.receipt(number), "headers": {"idempotency-key": "again"}}
                self.evidence.receipts.append({**second, "business_no": "O-another"})
                self.assertIn(("doubled", f"demo/{subject}"), self.found())

    def test_an_identical_repeat_of_a_request_of_ours_is_no_finding(self) -> None:
        self.evidence.receipts.append(copy.deepcopy(self.receipt("O-X")))
        self.assertEqual(_checker.check(self.evidence), [])

    def test_a_request_of_ours_that_nobody_decided(self) -> None:
        for row in [row for row in self.evidence.decisions if row["order_no"] in "XY"]:
            self.evidence.decisions.remove(row)
        wanted = {("nobody asked", f"demo/{one}") for one in ("3.9/BH-demo-X", "3.11/BH-demo-Y")}
        self.assertEqual(self.found(), wanted)

    def test_a_wish_that_was_refused(self) -> None:
        for result in ("refused", "unknown"):
            with self.subTest(result):
                self.evidence = toured()
                row = next(row for row in self.evidence.decisions if row["order_no"] == "X")
                row["result"] = result
                self.assertEqual(self.found(), {("decision", "demo/3.9/BH-demo-X")})

    def test_a_wish_that_no_event_tells_of(self) -> None:
        for order, section in (("X", "3.9"), ("Y", "3.11")):
            with self.subTest(order):
                self.evidence = toured()
                row = next(row for row in self.evidence.records if row["id"] == f"p-{order}")
                row["type"] = "guarantee.event.v1.Another"
                self.assertEqual(self.found(), {("decision", f"demo/{section}/BH-demo-{order}")})

    def test_a_wish_that_was_decided_twice(self) -> None:
        flow, type_ = "demo/claim/BH-demo-Y", "guarantee.event.v1.ClaimPresented"
        self.evidence.records.append(make_record("claim events", flow, 2, "again", type_))
        self.assertEqual(self.found(), {("decision", "demo/3.11/BH-demo-Y")})

    def test_an_answer_of_the_platform_that_was_refused(self) -> None:
        self.answer("3.10", "O-X").update({"type": "fail", "code": "500"})
        self.assertIn(("refused", "demo/3.10/O-X"), self.found())
        self.assertIn(("never answered", "demo/3.9/BH-demo-X"), self.found())

    def test_an_answer_of_the_platform_that_is_still_open(self) -> None:
        self.answer("3.12", "O-Y")["type"] = "info"
        self.assertIn(("never answered", "demo/3.12/O-Y"), self.found())

    def test_a_notice_of_ours_to_a_request_of_ours(self) -> None:
        self.evidence.receipts.append(make_result("X", "3.10", "O-X"))
        self.assertIn(("nobody asked", "demo/3.9/O-X"), self.found())

    def test_a_letter_that_lives_although_the_platform_agreed(self) -> None:
        for order, status in (("X", "sealed"), ("Y", "restored")):
            with self.subTest(order):
                self.evidence = toured()
                self.letter(order)["status"] = status
                self.assertIn(("another state", f"demo/BH-demo-{order}"), self.found())

    def test_a_letter_that_ended_although_the_platform_declined(self) -> None:
        for order, section in (("X", "3.10"), ("Y", "3.12")):
            with self.subTest(order):
                self.evidence = toured()
                self.answer(section, f"O-{order}")["operateResult"] = "1"
                self.assertIn(("another state", f"demo/BH-demo-{order}"), self.found())

    def test_a_letter_that_we_proposed_to_end_and_that_ended_twice(self) -> None:
        flow, type_ = "demo/guarantee/BH-demo-X", "guarantee.event.v1.GuaranteeCancelled"
        self.evidence.records.append(make_record("events", flow, 3, "again", type_))
        self.assertEqual(self.found(), {("another end", "demo/3.9/BH-demo-X")})

    def test_a_claim_of_ours_whose_row_says_otherwise(self) -> None:
        for order, status in (("Y", "refused"), ("V", "paid"), ("V", "received")):
            with self.subTest(order):
                self.evidence = toured()
                cases = self.evidence.cases
                case = next(row for row in cases if row["business_no"] == f"O-{order}")
                case["status"] = status
                self.assertEqual(self.found(), {("another state", f"demo/3.11/BH-demo-{order}")})

    def test_a_deadline_that_did_not_move(self) -> None:
        self.evidence.deadlines[0]["deadline"] = "2025-12-31 09:00:00"
        self.assertEqual(self.found(), {("another deadline", "demo/D")})

    def test_a_deadline_that_moved_although_it_was_refused(self) -> None:
        refused = {"type": "fail", "code": "500", "expected": "refused", "bzjEndTime": "2027"}
        self.evidence.history.append({**self.deadline_row(), **refused})
        self.assertEqual(_checker.check(self.evidence), [])
        self.evidence.deadlines[0]["deadline"] = "2027"
        self.assertEqual(self.found(), {("another deadline", "demo/D")})

    def test_a_deadline_that_could_be_moved_too_late(self) -> None:
        self.deadline_row()["expected"] = "refused"
        self.assertEqual(self.found(), {("not refused", "demo/3.23/D")})

    def test_a_deadline_that_was_refused(self) -> None:
        self.deadline_row().update({"type": "fail", "code": "500"})
        self.assertEqual(self.found(), {("refused", "demo/3.23/D")})

    def test_a_deadline_that_was_never_answered(self) -> None:
        self.deadline_row()["type"] = "info"
        self.assertEqual(self.found(), {("never answered", "demo/3.23/D")})

    def deadline_row(self) -> dict[str, Any]:
        rows = self.evidence.history
        return next(row for row in rows if row["kind"] == "3.23" and row["type"] == "ok")


if __name__ == "__main__":
    unittest.main()
