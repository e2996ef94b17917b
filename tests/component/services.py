"""All four services behind one gateway: every interface that waits for a service's word, and every
decision that guaranteectl can take, on the hub and on processes over Kafka and PostgreSQL."""

import os
import signal
import unittest

import _desk
import _platform
import _system


class Services(_desk.Desk):
    """The cases; a class below says on what they run."""

    def credit_check(self, code: str) -> int:
        return self.platform.ask(
            "queryCredit", self.number("Q"), applyUser="某公司", applyCode=code
        )["code"]

    def test_credit_from_application_to_the_end_of_the_line(self) -> None:
        bidder, number = "91430602MA4L5GJ80Y", self.number("C")
        self.assertEqual(2, self.credit_check(bidder))
        apply = {"applyUser": "某公司", "applyCode": bidder}
        self.accepted(self.platform.ask("creditApply", number, **apply))
        self.accepted(self.platform.ask("creditApply", number, **apply))
        self.await_state("credit", number, "applied")
        self.decided("credit", "decide", number, "approve", "--as", "li")
        self.assertTrue(self.platform.await_receipt("3.6", number)["success"])
        self.assertEqual(1, self.credit_check(bidder))
        shown = self.operate("credit", "show", number)
        self.assertEqual(("granted", "10000000.00"), (shown["state"], shown["amount"]))
        # Nothing is reserved of it: the line goes back.
        given_back = self.platform.ask("creditRevocation", number, reason="x")
        self.assertEqual((200, "0"), (given_back["code"], given_back["data"]))
        self.assertEqual(2, self.credit_check(bidder))
        self.assertEqual(1, len(self.platform.receipts("3.6", number)))

    def test_a_renewal_is_decided_by_its_number_while_the_line_stands(self) -> None:
        first, renewal = self.number("C"), self.number("C")
        apply = {"applyUser": "续授信公司", "applyCode": "91430602MA4L5RENEW"}
        self.accepted(self.platform.ask("creditApply", first, **apply))
        self.await_state("credit", first, "applied")
        self.decided("credit", "decide", first, "approve")
        self.accepted(self.platform.ask("creditApply", renewal, **apply))
        self.await_state("credit", renewal, "applied")
        said = self.decided("credit", "decide", renewal, "reject", "--reason", "额度已足")
        self.assertEqual(renewal, said["businessNo"])
        self.assertFalse(self.platform.await_receipt("3.6", renewal)["success"])
        self.assertEqual("granted", self.operate("credit", "show", first)["state"])

    def test_credit_is_withdrawn_once_and_told_so_again(self) -> None:
        number = self.number("C")
        apply = {"applyUser": "另一公司", "applyCode": "91430105MA4PXX1234"}
        self.accepted(self.platform.ask("creditApply", number, **apply))
        for _ in range(2):
            answer = self.platform.ask("creditRevocation", number, reason="x")
            self.assertEqual((200, "0"), (answer["code"], answer["data"]), answer)
        unknown = self.platform.ask("creditRevocation", "never-sent", reason="x")
        self.assertEqual((500, "1"), (unknown["code"], unknown["data"]))
        self.operate("credit", "decide", number, "approve", exit_status=1)

    def test_a_moved_purchase_deadline_lapses_an_order(self) -> None:
        number = self.number("lapse")
        self.platform.order(number)
        order = {"orderNo": f"O-{number}"}
        for moment, code in ((_platform.moment(days=1), 200), (_platform.moment(days=-1), 200)):
            body = {**order, "bzjEndTime": moment}
            status, answer = self.platform.post("financialAccount/updateEmEndTime", body)
            self.assertEqual((200, code), (status, answer["code"]), answer)
        self.await_state("order", f"O-{number}", "lapsed")
        self.assertFalse(self.platform.await_receipt("3.2", f"O-{number}")["success"])
        unknown = self.platform.post(
            "financialAccount/updateEmEndTime",
            {"orderNo": "never-sent", "bzjEndTime": _platform.moment(days=1)},
        )
        self.assertEqual((200, 500), (unknown[0], unknown[1]["code"]), unknown)

    def test_a_cancellation_of_no_order_is_shown_by_the_number_it_names(self) -> None:
        number = self.number("never-sent")
        self.accepted(self.platform.ask("orderCancelApply", number, applyNo=number))
        self.platform.await_receipt("3.4", number)
        shown = self.operate("flow", "show", number, "--partner", self.system.partner["id"])
        self.assertEqual("order", shown["flow"].split("/")[1])
        kinds = {one["kind"] for one in shown["steps"]}
        self.assertLessEqual({"request", "notice", "answer"}, kinds)

    def test_refund_is_rejected_withdrawn_and_approved(self) -> None:
        letter = self.issued(self.number("refund"))
        rejected, withdrawn, approved = (self.number("R") for _ in range(3))
        self.accepted(self.platform.ask("refundApply", rejected, guaranteeNo=letter, reason="x"))
        self.await_state("refund", rejected, "requested")
        self.decided("refund", "decide", rejected, "reject", "--reason", "资料不全")
        self.assertFalse(self.platform.await_receipt("3.16", rejected)["success"])
        self.accepted(self.platform.ask("refundApply", withdrawn, guaranteeNo=letter, reason="x"))
        for _ in range(2):
            answer = self.platform.ask("refundRevocation", withdrawn, reason="x")
            self.assertEqual((200, "0"), (answer["code"], answer["data"]), answer)
        self.accepted(self.platform.ask("refundApply", approved, guaranteeNo=letter, reason="x"))
        self.await_state("refund", approved, "requested")
        self.decided("refund", "decide", letter, "approve")
        self.assertTrue(self.platform.await_receipt("3.16", approved)["success"])
        self.await_state("guarantee", letter, "refunded")

    def test_cancellation_of_either_side(self) -> None:
        letter = self.restored(self.number("cancel"))
        withdrawn, approved = self.number("CA"), self.number("CA")
        self.accepted(self.platform.ask("cancelApply", withdrawn, guaranteeNo=letter, reson="x"))
        answer = self.platform.ask("cancelRevocation", withdrawn, reason="x")
        self.assertEqual((200, "0"), (answer["code"], answer["data"]), answer)
        self.accepted(self.platform.ask("cancelApply", approved, guaranteeNo=letter, reson="x"))
        self.await_state("cancellation", approved, "requested")
        self.decided("cancellation", "decide", approved, "approve")
        self.assertTrue(self.platform.await_receipt("3.10", approved)["success"])
        self.await_state("guarantee", letter, "cancelled")
        ours = self.restored(self.number("propose"))
        proposed = self.decided("cancellation", "propose", ours, "--reason", "项目已完成")
        receipt = self.platform.await_receipt("3.9", ours)
        self.assertEqual(proposed["businessNo"], receipt["business_no"])
        status, answer = self.platform.post(
            "guarantee/cancelNotice",
            {
                "businessNo": receipt["business_no"],
                "applyTime": _platform.moment(),
                "guaranteeNo": ours,
                "operateResult": "0",
                "cancelResultDesc": "同意",
            },
        )
        self.assertEqual((200, 200), (status, answer["code"]), answer)
        self.await_state("guarantee", ours, "cancelled")

    def test_claim_takes_two_people_and_a_payment(self) -> None:
        letter = self.restored(self.number("claim"))
        number = self.number("CL")
        self.accepted(self.demand(number, letter))
        self.await_state("claim", number, "received")
        self.await_hold(number)
        self.decided("claim", "decide", number, "approve", "--as", "li", result="pending")
        self.operate("claim", "decide", number, "approve", "--as", "li", exit_status=1)
        consent = self.platform.ask("compensateRevocation", number, reason="x")
        self.assertEqual((500, "1"), (consent["code"], consent["data"]), consent)
        self.decided("claim", "decide", number, "approve", "--as", "wang")
        self.decided("claim", "confirm", number, "--reference", f"bank-{number}")
        self.assertTrue(self.platform.await_receipt("3.12", number)["success"])
        self.await_state("guarantee", letter, "paid")
        # One that comes too late hides nothing of it.
        late = self.number("CL")
        self.accepted(self.demand(late, letter))
        self.assertFalse(self.platform.await_receipt("3.12", late)["success"])
        self.await_state("claim", number, "paid")
        confirm = ("claim", "confirm", number, "--reference", f"bank-{number}")
        self.decided(*confirm, result="same_again")
        unknown = self.platform.ask("compensateRevocation", "never-sent", reason="x")
        self.assertEqual((500, "1"), (unknown["code"], unknown["data"]))

    def test_a_claim_on_paper_is_told_and_ends_by_the_platforms_word(self) -> None:
        letter = self.restored(self.number("paper"))
        registered = self.decided("claim", "register", letter)
        receipt = self.platform.await_receipt("3.11", letter)
        self.assertEqual(registered["businessNo"], receipt["business_no"])
        status, answer = self.platform.post(
            "guarantee/compensateNotice",
            {
                "businessNo": receipt["business_no"],
                "applyTime": _platform.moment(),
                "guaranteeNo": letter,
                "operateResult": "1",
                "compensateResultDesc": "不予理赔",
            },
        )
        self.assertEqual((200, 200), (status, answer["code"]), answer)
        self.await_state("claim", receipt["business_no"], "refused")
        self.await_state("guarantee", letter, "restored")

    def test_invoice_follows_the_plain_letter(self) -> None:
        order, number = self.number("invoice"), self.number("I")
        letter = self.restored(order)
        self.accepted(self.demand_invoice(number, order, letter))
        self.await_state("invoice", number, "requested")
        self.decided("invoice", "decide", number, "approve")
        self.assertTrue(self.platform.await_receipt("3.14", number)["success"])
        red = ("invoice", "reverse", number, "--red-no", "25432000000000000001")
        self.operate(*red, exit_status=1)
        self.decided(*red, "--reason", "抬头有误")
        self.await_state("invoice", number, "reversed")
        # Now the platform may ask for a right one.
        again = self.number("I")
        self.accepted(self.demand_invoice(again, order, letter))
        self.await_state("invoice", again, "requested")

    def test_flow_and_lag_know_every_service(self) -> None:
        number = self.number("C")
        apply = {"applyUser": "第三公司", "applyCode": "91430105MA4PXX9999"}
        self.accepted(self.platform.ask("creditApply", number, **apply))
        self.await_state("credit", number, "applied")
        self.decided("credit", "decide", number, "reject")
        self.platform.await_receipt("3.6", number)
        flow = self.operate("flow", "show", number)
        self.assertLessEqual({"request", "decision", "notice"}, {s["kind"] for s in flow["steps"]})
        groups = {row["group"] for row in self.operate("lag")}
        self.assertEqual({"order", "claim", "credit", "invoice", "dispatcher"}, groups)


class OnHub(Services, unittest.TestCase):
    options = ("--broker", "embedded", "--store", "sqlite")


class OnKafkaAndPostgres(Services, unittest.TestCase):
    options = ("--broker", "kafka", "--store", "postgres")

    def test_a_service_away_is_503_in_time_and_comes_back(self) -> None:
        bidder = "91430105MA4PXX7777"
        self.assertEqual(2, self.credit_check(bidder))
        self.system.kill("credit")
        answer = self.platform.ask(
            "queryCredit", self.number("Q"), applyUser="某公司", applyCode=bidder
        )
        self.assertEqual((503, 500, "处理中"), (answer["status"], answer["code"], answer["msg"]))
        self.system.start("credit")
        self.assertEqual(2, self.credit_check(bidder))

    def test_a_service_that_hangs_is_503_in_time(self) -> None:
        bidder = "91430105MA4PXX6666"
        os.kill(self.system.pid_of("credit"), signal.SIGSTOP)
        try:
            answer = self.platform.ask(
                "queryCredit", self.number("Q"), applyUser="某公司", applyCode=bidder
            )
        finally:
            os.kill(self.system.pid_of("credit"), signal.SIGCONT)
        self.assertEqual((503, "处理中"), (answer["status"], answer["msg"]))
        _system.wait_for(
            lambda: self.credit_check(bidder) == 2, _desk.WITHIN_SECONDS, "credit's answer after it"
        )


if __name__ == "__main__":
    unittest.main()
