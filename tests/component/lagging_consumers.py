"""Each consumer behind in turn, while its service answers: everything ends as if none were.

A proxy before the broker holds back what one service fetches; see _slow_bus.py. In each round the
same story is played: first with a lag shorter than a caller's patience, which is waited for, then
with one that is longer, which is answered 503 "处理中", and that lasts beyond the deadlines of an
order and of letters.
"""

import concurrent.futures
import contextlib
import datetime
import threading
import time
import unittest
from typing import Callable

import _application
import _desk
import _ledger
import _notices
import _platform
import _system
from _slow_bus import SlowBus

_CONSUMERS = ("order", "credit", "claim", "invoice", "dispatcher")
_VALID_DAYS = 120
_CHINA = datetime.timezone(datetime.timedelta(hours=8))
_REQUEST_SECONDS = 5.0
# After a deadline a timer still waits for what a gateway may have stamped before it.
_GRACE_SECONDS = _REQUEST_SECONDS + 1.0
_SHORT_SECONDS = 1.5
_CLOSE_SECONDS, _BEYOND_SECONDS = 0.5, 1.0
# The preparations of a round, at most, in units of one letter that was made alone.
_AHEAD_LETTERS, _AHEAD_SECONDS_MIN = 3.0, 3.0
_AWAY_SECONDS = 60.0
_DECISIONS, _DECIDE_ORDER = "guarantee.decisions.order.v1", "guarantee.event.v1.DecideOrder"
_EVENTS = "guarantee.events.order.v1"
_PREMIUM_REFUNDED = 3  # of OrderLapsed
_CREDIT_CODES = "91430105MA4PX{:05}"

# Whose caller has to wait for whom.
_WITHDRAWALS = {"refund": "order", "credit": "credit", "opening": "order"}
_PROCESSING = (503, 500, "处理中")
_DONE = {"refund": (200, "0"), "credit": (200, "0"), "opening": (200, None)}

Answer = tuple[dict, float]


class Round:
    """The numbers of one round, and the moment at which its order and its letters end."""

    def __init__(self, desk: "LaggingConsumers", name: str) -> None:
        self.desk, self.name = desk, name
        self.letters: dict[str, str] = {}
        self.end = 0.0

    def number(self, what: str) -> str:
        return f"{self.name}-{what}"

    def order_no(self, what: str) -> str:
        return f"O-{self.number(what)}"

    def prepare(self, length: str) -> None:
        """A letter that will be asked back."""
        name = f"refund-{length}"
        self.letters[name] = self.desk.issued(self.number(name))

    def prepare_ends(self) -> None:
        """An order and letters that end in a moment."""
        desk, self.end = self.desk, float(int(time.time() + self.desk.ahead_seconds) + 1)
        # Validity is counted from the opening.
        times = {"openTime": _text(self.end - _VALID_DAYS * 86_400)}

        def claimed() -> None:
            self.letters["claim"] = desk.restored(self.number("claim"), **times)

        def expiring() -> None:
            self.letters["expiry"] = desk.issued(self.number("expiry"), **times)

        def awaiting(what: str) -> None:
            desk.platform.order(self.number(what), bzjEndTime=_text(self.end))
            desk.await_state("order", self.order_no(what), "accepted")
            desk.decided("order", "decide", self.order_no(what), "approve")
            desk.await_state("order", self.order_no(what), "await_premium")

        def rejected() -> None:
            desk.platform.order(self.number("rejected"))
            desk.await_state("order", self.order_no("rejected"), "accepted")

        _together(
            claimed, expiring, lambda: awaiting("premium"), lambda: awaiting("late"), rejected
        )
        desk.assertLess(time.time(), self.end - _CLOSE_SECONDS, "the machine is too slow for this")

    def ask(self, length: str) -> None:
        """What will be withdrawn at once; all of it is only acknowledged."""
        desk, letter = self.desk, self.letters[f"refund-{length}"]
        number = self.number(f"R-{length}")
        desk.accepted(desk.platform.ask("refundApply", number, guaranteeNo=letter, reason="x"))
        apply = {"applyUser": "某公司", "applyCode": desk.credit_code()}
        desk.accepted(desk.platform.ask("creditApply", self.number(f"C-{length}"), **apply))
        desk.platform.order(self.number(f"opening-{length}"))

    def withdraw(self, length: str, kinds: list[str]) -> dict[str, Answer]:
        """3.18, 3.17 and 3.22 at the same moment: the answers, and when they came."""
        ask = self.desk.platform.ask
        calls: dict[str, Callable[[], dict]] = {
            "refund": lambda: ask("refundRevocation", self.number(f"R-{length}"), reason="x"),
            "credit": lambda: ask("creditRevocation", self.number(f"C-{length}"), reason="x"),
            "opening": lambda: self.move_opening(length),
        }

        def timed(call: Callable[[], dict]) -> Answer:
            return call(), time.monotonic()

        with concurrent.futures.ThreadPoolExecutor(len(calls)) as threads:
            pending = {kind: threads.submit(timed, calls[kind]) for kind in kinds}
            return {kind: one.result() for kind, one in pending.items()}

    def move_opening(self, length: str) -> dict:
        body = {"orderNo": self.order_no(f"opening-{length}"), "openTime": self.opening}
        status, answer = self.desk.platform.post("financialAccount/openTimeMaintenance", body)
        return answer if status == 200 else {"status": status, **answer}

    @property
    def opening(self) -> str:
        return _text(float(int(self.desk.began)) + 40 * 86_400)

    def pay(self, what: str) -> None:
        """The premium arrives on the topic of decisions, as the bank's own system brings it."""
        due = self.desk.operate("order", "show", self.order_no(what))["premium_due"]
        payment = _notices.message(
            {
                1: "付款人",
                2: _application.BASIC_ACCOUNT,
                3: int(due.replace(".", "")),
                4: f"payment-{self.number(what)}",
            }
        )
        identity = f"d-{self.number(what)}"
        decision = _notices.message(
            {1: identity, 2: "cashier", 12: _notices.message({1: payment})}
        )
        partner = self.desk.system.partner["id"]
        flow = f"{partner}/order/{self.order_no(what)}"
        headers = _notices.envelope(identity, _DECIDE_ORDER, partner, flow)
        record = _notices.librdkafka.Outgoing(flow, headers, decision)
        _notices.put(self.desk.system, [record], _DECISIONS)


class LaggingConsumers(_desk.Desk, unittest.TestCase):
    options = ("--broker", "kafka", "--store", "postgres")

    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        cls.began = time.time()
        brokers = cls.system.endpoints["kafka"]["brokers"]
        cls.buses = {name: cls.enterClassContext(SlowBus(brokers)) for name in _CONSUMERS}
        for name, bus in cls.buses.items():
            path = cls.system.state / "config" / f"{name}.conf"
            text = path.read_text(encoding="utf-8")
            path.write_text(
                text.replace(f"bus.brokers = {brokers}", f"bus.brokers = {bus.address}"),
                encoding="utf-8",
            )
        cls.stop_consumers()
        for name in _CONSUMERS:
            cls.system.start(name)
        # Before the proxies end.
        cls.addClassCleanup(cls.stop_consumers)

        cls.ahead_seconds = 0.0

    @classmethod
    def stop_consumers(cls) -> None:
        _together(*(lambda name=name: cls.system.terminate(name) for name in _CONSUMERS))

    def setUp(self) -> None:
        if self.ahead_seconds:
            return
        # The gateway has to find the services that were started anew.
        for operation in ("creditRevocation", "refundRevocation"):
            _system.wait_for(
                lambda name=operation: "status"
                not in self.platform.ask(name, "never-sent", reason="x"),
                _AWAY_SECONDS,
                f"an answer to {operation}",
            )
        self.restored(self.number("warm"))
        began = time.monotonic()
        self.restored(self.number("alone"))
        seconds = _AHEAD_LETTERS * (time.monotonic() - began)
        type(self).ahead_seconds = max(_AHEAD_SECONDS_MIN, seconds)

    def credit_code(self) -> str:
        """Of an applicant of its own each time."""
        return _CREDIT_CODES.format(next(self.numbers))

    def test_nobody_lags(self) -> None:
        self.play(None)

    def test_order_lags(self) -> None:
        self.play("order")

    def test_credit_lags(self) -> None:
        self.play("credit")

    def test_claim_lags(self) -> None:
        self.play("claim")

    def test_invoice_lags(self) -> None:
        self.play("invoice")

    def test_dispatcher_lags(self) -> None:
        self.play("dispatcher")

    def play(self, lagging: str | None) -> None:
        story = Round(self, lagging or "none")
        _together(lambda: story.prepare("short"), lambda: story.prepare("long"))
        self.play_short(story, lagging)
        story.prepare_ends()
        with self.held(lagging):
            self.play_long(story, lagging)
        late = [kind for kind, service in _WITHDRAWALS.items() if service == lagging]
        for kind, (answer, _) in story.withdraw("long", late).items():
            self.assertEqual(_DONE[kind], (answer["code"], answer.get("data")), answer)
        self.check_withdrawn(story)
        self.check_paid(story, lagging)
        self.check_lapsed(story)
        self.check_told(story)

    def held(self, lagging: str | None) -> contextlib.AbstractContextManager:
        return self.buses[lagging].held() if lagging else contextlib.nullcontext()

    def play_short(self, story: Round, lagging: str | None) -> None:
        """Whoever asks gets the right answer at once, and not before the backlog is applied."""
        released = [0.0]

        def release() -> None:
            released[0] = time.monotonic()
            if lagging:
                self.buses[lagging].release()

        timer = threading.Timer(_SHORT_SECONDS, release)
        with self.held(lagging):
            story.ask("short")
            timer.start()
            answers = story.withdraw("short", list(_WITHDRAWALS))
            timer.join()
        for kind, (answer, at) in answers.items():
            self.assertEqual(_DONE[kind], (answer["code"], answer.get("data")), f"{kind}: {answer}")
            if _WITHDRAWALS[kind] == lagging:
                self.assertGreater(at, released[0], f"{kind} did not wait")

    def play_long(self, story: Round, lagging: str | None) -> None:
        claimed = story.letters["claim"]
        story.pay("premium")
        self.decided("order", "decide", story.order_no("rejected"), "reject")
        story.ask("long")
        self.accepted(self.demand_invoice(story.number("I"), story.number("claim"), claimed))
        with concurrent.futures.ThreadPoolExecutor(1) as threads:
            asked = threads.submit(story.withdraw, "long", list(_WITHDRAWALS))
            self.await_clock(story.end - _CLOSE_SECONDS)
            self.accepted(self.demand(story.number("CL"), claimed))
            self.await_clock(story.end + _CLOSE_SECONDS)
            story.pay("late")
            answers = asked.result()
        for kind, (answer, _) in answers.items():
            if _WITHDRAWALS[kind] == lagging:
                said = (answer.get("status"), answer["code"], answer["msg"])
                self.assertEqual(_PROCESSING, said, f"{kind}: {answer}")
            else:
                self.assertEqual(_DONE[kind], (answer["code"], answer.get("data")), answer)
        if lagging:
            self.assertGreater(self.lag_of(lagging), 0, f"{lagging} is not behind")
        self.await_clock(story.end + _GRACE_SECONDS + _BEYOND_SECONDS)
        if lagging == "order":
            self.check_nothing_lapsed(story)

    def await_clock(self, moment: float) -> None:
        _system.wait_for(lambda: time.time() >= moment, _AWAY_SECONDS, "the moment")

    def lag_of(self, group: str) -> int:
        return sum(row["lag_messages"] for row in self.operate("lag") if row["group"] == group)

    def state_of(self, kind: str, number: str) -> str:
        return self.operate(kind, "show", number)["state"]

    def check_nothing_lapsed(self, story: Round) -> None:
        """Although every clock has passed the deadlines: what came before them lies unread."""
        for what in ("premium", "late"):
            self.assertEqual("await_premium", self.state_of("order", story.order_no(what)))
        self.assertEqual("sealed", self.state_of("guarantee", story.letters["expiry"]))
        self.assertEqual("restored", self.state_of("guarantee", story.letters["claim"]))

    def check_withdrawn(self, story: Round) -> None:
        for length in ("short", "long"):
            refund, credit = story.number(f"R-{length}"), story.number(f"C-{length}")
            self.await_state("refund", refund, "withdrawn")
            self.assertEqual(
                "sealed", self.state_of("guarantee", story.letters[f"refund-{length}"])
            )
            self.await_state("credit", credit, "withdrawn")
            moved = self.operate("order", "show", story.order_no(f"opening-{length}"))
            self.assertEqual(("accepted", story.opening), (moved["state"], moved["open_time"]))

    def check_paid(self, story: Round, lagging: str | None) -> None:
        """The claim that came in time is held and paid, whatever the clock says since."""
        claim, letter = story.number("CL"), story.letters["claim"]
        self.await_state("claim", claim, "received")
        self.await_hold(claim)
        self.decided("claim", "decide", claim, "approve", "--as", "li", result="pending")
        self.decided("claim", "decide", claim, "approve", "--as", "wang")
        self.decided("claim", "confirm", claim, "--reference", f"bank-{claim}")
        self.await_state("claim", claim, "paid")
        self.assertTrue(self.platform.await_receipt("3.12", claim)["success"])
        _system.wait_for(
            lambda: self.operate("guarantee", "show", letter)["available"] == "0.00",
            _desk.WITHIN_SECONDS,
            "the payment in the guarantee",
        )
        # Of an unread claim the order service knows nothing: the letter may have expired, which
        # holds and pays the claim all the same, and keeps its name.
        ends = ("paid", "expired") if lagging == "claim" else ("paid",)
        self.assertIn(self.state_of("guarantee", letter), ends)

    def check_lapsed(self, story: Round) -> None:
        """No letter is possible any more; a premium in time was one, a late one was none."""
        self.await_state("guarantee", story.letters["expiry"], "expired")
        for what in ("premium", "late"):
            self.await_state("order", story.order_no(what), "lapsed")
            receipt = self.platform.await_receipt("3.2", story.order_no(what))
            self.assertFalse(receipt["success"])
        in_time, late = self.events_of(story, "premium"), self.events_of(story, "late")
        self.assertIn("OrderPremiumAccepted", in_time)
        self.assertNotIn("OrderPaymentReturned", in_time)
        self.assertEqual(1, _ledger.numbers(in_time["OrderLapsed"]).get(_PREMIUM_REFUNDED))
        self.assertNotIn("OrderPremiumAccepted", late)
        self.assertIn("OrderPaymentReturned", late)
        self.assertNotIn(_PREMIUM_REFUNDED, _ledger.numbers(late["OrderLapsed"]))

    def events_of(self, story: Round, what: str) -> dict[str, bytes]:
        """The order's public events by their kind."""
        flow = f"{self.system.partner['id']}/order/{story.order_no(what)}"
        found: dict[str, bytes] = {}

        def lapsed() -> bool:
            found.update(
                (record.headers["ce_type"].rpartition(".")[2], record.value)
                for record in _notices.read(self.system, _EVENTS)
                if record.headers["ce_subject"] == flow
            )
            return "OrderLapsed" in found

        _system.wait_for(lapsed, _desk.WITHIN_SECONDS, f"the events of {flow}")
        return found

    def check_told(self, story: Round) -> None:
        """Each result reached the platform once, and none of what was withdrawn."""
        rejected, invoice = story.order_no("rejected"), story.number("I")
        self.assertFalse(self.platform.await_receipt("3.2", rejected)["success"])
        self.await_state("invoice", invoice, "requested")
        self.decided("invoice", "decide", invoice, "approve")
        self.assertTrue(self.platform.await_receipt("3.14", invoice)["success"])
        told = [("3.2", rejected), ("3.14", invoice), ("3.12", story.number("CL"))]
        told += [("3.2", story.order_no(what)) for what in ("premium", "late")]
        for section, number in told:
            self.assertEqual(1, len(self.platform.receipts(section, number)), (section, number))
        for length in ("short", "long"):
            for section, number in (("3.16", f"R-{length}"), ("3.6", f"C-{length}")):
                self.assertEqual([], self.platform.receipts(section, story.number(number)))


def _text(moment: float) -> str:
    return datetime.datetime.fromtimestamp(moment, _CHINA).strftime("%Y-%m-%d %H:%M:%S")


def _together(*works: Callable[[], None]) -> None:
    with concurrent.futures.ThreadPoolExecutor(len(works)) as threads:
        for one in [threads.submit(work) for work in works]:
            one.result()


if __name__ == "__main__":
    unittest.main()
