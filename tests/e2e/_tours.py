"""What follows a letter: some of the issued orders are taken through all interfaces.

A tour is a generator: it yields the requests that are to be sent at the same moment and gets their
answers, or the notice that it waits for and goes on once that has been accepted, or what the
institution is to ask of the platform and gets the business number under which that came.
"""

import base64
import dataclasses
import datetime
import random
import threading
from typing import Any, Callable, Generator

import _platform
from _decisions import WISHES, Wish
from _history import OK
from _load import Load
from _platform import Answer, Application, Partner
from _system import Receipts

# What the checker holds the outcome against, in the history of a request: its result has to be a
# success, it may be refused, it has to be; else it is accepted, its result is whatever it is.
SUCCESS, MAY_REFUSE, REFUSED = "success", "may refuse", "refused"
# The bank leaves operations whose number ends so to people.
_LEFT = "-W"
_PAST = datetime.timedelta(minutes=-1)
# Before the opening that each application named, and after its own deadline; another.
_LATER, _LATEST = datetime.timedelta(days=2, minutes=20), datetime.timedelta(days=2, minutes=40)
_YES, _NO = "0", "1"
# What of a request the checker has to know.
_TOLD = ("bzjEndTime", "operateResult")
# How long a withdrawal waits at most, so that it comes before, amid or after the bank's decision.
_WITHDRAWAL_SECONDS_MAX = 1.0
_KEY = base64.b64encode(b"whatever opens a plain").decode()
_POLL_SECONDS = 0.1


@dataclasses.dataclass(frozen=True)
class Ask:
    section: str
    fields: dict[str, Any]
    expected: str = ""
    delay_seconds: float = 0.0


@dataclasses.dataclass(frozen=True)
class Await:
    """The accepted notice of a section to a request."""

    section: str
    business_no: str


Tour = Generator[list[Ask] | Await | Wish, Any, None]
# Has the institution wish: what, the partner, the order, the letter.
Wishing = Callable[[Wish, str, str, str], None]


@dataclasses.dataclass(frozen=True)
class Subject:
    """A letter that the platform has accepted."""

    partner: Partner
    order_no: str
    guarantee_no: str
    cost: str
    application: Application | None
    # Whether the bank leaves to people what is to be withdrawn, and after how long it is.
    left: bool
    delay_seconds: float

    def number(self, kind: str) -> str:
        return f"{kind}{self.order_no}"

    def number_to_withdraw(self, kind: str) -> str:
        return self.number(kind) + (_LEFT if self.left else "")

    def withdrawal(self, section: str, number: str) -> Ask:
        fields = {"businessNo": number, "applyTime": _platform.time_text(), "reason": "撤回"}
        if self.left:
            return Ask(section, fields)
        return Ask(section, fields, MAY_REFUSE, self.delay_seconds)

    def request(self, number: str, **fields: str) -> dict[str, Any]:
        own = {"businessNo": number, "applyTime": _platform.time_text()}
        return {**own, "guaranteeNo": self.guarantee_no, **fields}

    @staticmethod
    def late_withdrawal(section: str, number: str) -> Ask:
        """Of what nobody can withdraw any more, or without consent."""
        fields = {"businessNo": number, "applyTime": _platform.time_text(), "reason": "撤回"}
        return Ask(section, fields, REFUSED)

    def open(self, expected: str = "") -> Ask:
        """The opening was a moment ago."""
        moved = {"orderNo": self.order_no, "openTime": _platform.time_text(_PAST)}
        return Ask("3.22", moved, expected)

    def move_deadline(self, ahead: datetime.timedelta, expected: str = "") -> Ask:
        moved = _platform.time_text(ahead)
        return Ask("3.23", {"orderNo": self.order_no, "bzjEndTime": moved}, expected)

    def restore(self) -> Ask:
        return Ask("3.7", self.request(self.number("HY"), secretKey=_KEY))

    def claim(self, number: str, expected: str = "") -> Ask:
        assert self.application is not None
        names = self.application.fields
        whose = {"beneficiary": names["tenderee"], "beneficiaryCode": names["tendereeCode"]}
        return Ask("3.11", self.request(number, **whose), expected)


def _withdrawn_or(letter: Subject, withdrawal: str, request: Ask, result: str) -> Tour:
    """A request and its withdrawal: nobody decides it, or the bank does meanwhile."""
    number = request.fields["businessNo"]
    yield [request]
    answers = yield [letter.withdrawal(withdrawal, number)]
    if answers[0].type != OK:
        yield Await(result, number)


def refund(letter: Subject) -> Tour:
    number = letter.number("TH")
    yield [Ask("3.15", letter.request(number, reason="业务需要"), SUCCESS)]
    yield Await("3.16", number)


def refund_withdrawn(letter: Subject) -> Tour:
    number = letter.number_to_withdraw("TH")
    request = Ask("3.15", letter.request(number, reason="业务需要"))
    yield from _withdrawn_or(letter, "3.18", request, "3.16")


def refund_withdrawn_too_late(letter: Subject) -> Tour:
    yield from refund(letter)
    yield [letter.late_withdrawal("3.18", letter.number("TH"))]


def refund_at_opening(letter: Subject) -> Tour:
    """Either comes first."""
    number = letter.number("TH")
    request = Ask("3.15", letter.request(number, reason="业务需要"))
    yield [request, letter.open(MAY_REFUSE)]
    yield Await("3.16", number)


def cancellation(letter: Subject) -> Tour:
    number = letter.number("ZX")
    yield [letter.open()]
    yield [Ask("3.9", letter.request(number, reson="项目已完成"), SUCCESS)]
    yield Await("3.10", number)


def cancellation_withdrawn(letter: Subject) -> Tour:
    yield [letter.open()]
    number = letter.number_to_withdraw("ZX")
    request = Ask("3.9", letter.request(number, reson="项目已完成"))
    yield from _withdrawn_or(letter, "3.20", request, "3.10")


def cancellation_withdrawn_too_late(letter: Subject) -> Tour:
    yield from cancellation(letter)
    yield [letter.late_withdrawal("3.20", letter.number("ZX"))]


def invoice(letter: Subject) -> Tour:
    assert letter.application is not None
    restore, number = letter.restore(), letter.number("FP")
    yield [letter.open()]
    yield [restore]
    yield Await("3.8", restore.fields["businessNo"])
    names = letter.application.fields
    whose = {"bidderName": names["bidderName"], "bidderCode": names["bidderCode"], "type": "0"}
    yield [Ask("3.13", letter.request(number, amount=letter.cost, **whose), SUCCESS)]
    yield Await("3.14", number)


def claim(letter: Subject) -> Tour:
    number = letter.number("LP")
    yield from _opened(letter)
    yield [letter.claim(number, SUCCESS)]
    yield Await("3.12", number)
    yield Await("3.8", letter.number("HY"))


def claim_not_withdrawn(letter: Subject) -> Tour:
    """The beneficiary has not consented."""
    number = letter.number("LP")
    yield from _opened(letter)
    yield [letter.claim(number, SUCCESS)]
    yield [letter.late_withdrawal("3.19", number)]
    yield Await("3.12", number)
    yield Await("3.8", letter.number("HY"))


def claim_or_cancellation(letter: Subject) -> Tour:
    """Of the two only one has its way."""
    claimed, ended = letter.number("LP"), letter.number("ZX")
    yield from _opened(letter)
    yield [letter.claim(claimed), Ask("3.9", letter.request(ended, reson="项目已完成"))]
    yield Await("3.12", claimed)
    yield Await("3.10", ended)
    yield Await("3.8", letter.number("HY"))


def deadline(letter: Subject) -> Tour:
    """It moves, at the same moment as the opening does."""
    yield [letter.move_deadline(_LATER), letter.open()]


def deadline_too_late(letter: Subject) -> Tour:
    """What is restored has none any more."""
    yield [letter.move_deadline(_LATER)]
    yield from _opened(letter)
    yield [letter.move_deadline(_LATEST, REFUSED)]
    yield Await("3.8", letter.number("HY"))


def proposal(letter: Subject) -> Tour:
    """The institution's own 3.9, and the platform's 3.10."""
    yield [letter.open()]
    yield from _proposed(letter)


def proposal_of_restored(letter: Subject) -> Tour:
    yield from _opened(letter)
    yield Await("3.8", letter.number("HY"))
    yield from _proposed(letter)


def _proposed(letter: Subject) -> Tour:
    number = yield WISHES["3.9"]
    yield [Ask("3.10", letter.request(number, operateResult=_YES, cancelResultDesc="同意"))]


def claim_on_paper(letter: Subject) -> Tour:
    """The institution's own 3.11, and the platform's 3.12: it was paid."""
    yield from _registered(
        letter,
        operateResult=_YES,
        payerAmount=_platform.AMOUNT,
        applyUserName="张三",
        applyUserPhone="0730-8888888",
        compensateResultDesc="赔付成功",
    )


def claim_on_paper_refused(letter: Subject) -> Tour:
    yield from _registered(letter, operateResult=_NO, compensateResultDesc="不予理赔")


def _registered(letter: Subject, **result: str) -> Tour:
    yield from _opened(letter)
    yield Await("3.8", letter.number("HY"))
    number = yield WISHES["3.11"]
    yield [Ask("3.12", letter.request(number, **result))]


def _opened(letter: Subject) -> Tour:
    yield [letter.open()]
    yield [letter.restore()]


def credit(letter: Subject) -> Tour:
    """Of an applicant of its own: nothing of a letter's."""
    number, who = letter.number("SX"), _applicant(letter)
    yield [Ask("3.5", _credit_request(number, who), SUCCESS)]
    yield Await("3.6", number)
    yield [Ask("3.21", _credit_request(letter.number("CX"), who), "1")]


def credit_withdrawn(letter: Subject) -> Tour:
    """Also a line that is granted and unused is given back."""
    number, who = letter.number_to_withdraw("SX"), _applicant(letter)
    yield [Ask("3.5", _credit_request(number, who))]
    answers = yield [letter.withdrawal("3.17", number)]
    if answers[0].type == OK:
        yield [Ask("3.21", _credit_request(letter.number("CX"), who), "2")]
    else:
        yield Await("3.6", number)


def _applicant(letter: Subject) -> dict[str, str]:
    return {"applyUser": "某公司", "applyCode": f"91{letter.order_no}"}


def _credit_request(number: str, who: dict[str, str]) -> dict[str, Any]:
    return {"businessNo": number, "applyTime": _platform.time_text(), **who}


_RESTORED = (
    *(invoice, claim, claim_not_withdrawn, claim_or_cancellation),
    *(deadline_too_late, proposal_of_restored, claim_on_paper, claim_on_paper_refused),
)
_SEALED = (
    *(refund_withdrawn, refund_withdrawn_too_late, refund_at_opening),
    *(cancellation_withdrawn, cancellation_withdrawn_too_late),
    *(deadline, proposal),
)
_CREDITS = (credit, credit_withdrawn)


class _Deck:
    """In an order that chance says, but each as often as the others: a short run has them all."""

    def __init__(self, makers: tuple[Callable[[Subject], Tour], ...], rng: random.Random) -> None:
        self._makers, self._rng = makers, rng
        self._left: list[Callable[[Subject], Tour]] = []

    def draw(self, letter: Subject) -> Tour:
        if not self._left:
            self._left = self._rng.sample(self._makers, len(self._makers))
        return self._left.pop()(letter)


class _Choice:
    def __init__(self, rng: random.Random) -> None:
        self._rng = rng
        decks = (_Deck(makers, rng) for makers in (_SEALED, _RESTORED, _CREDITS))
        self._sealed, self._restored, self._credits = decks

    def of(self, letter: Subject) -> list[Tour]:
        """Those that one letter is taken on, at the same time."""
        chosen = [(self._sealed if letter.application is None else self._restored).draw(letter)]
        if self._rng.random() < 0.5:
            chosen.append(self._credits.draw(letter))
        return chosen


class _Course:
    """One tour under way."""

    def __init__(self, tour: Tour, letter: Subject) -> None:
        self.tour, self.letter = tour, letter
        self.answers: list[Answer | None] = []
        self.awaited: Await | Wish | None = None


class Tours:
    """Thread-safe. Polls for what tours wait for, in a thread of its own."""

    def __init__(self, load: Load, receipts: Receipts, wishing: Wishing, seed: int) -> None:
        self._load, self._receipts, self._rng = load, receipts, random.Random(seed)
        self._wishing, self._choice = wishing, _Choice(self._rng)
        self._lock = threading.RLock()
        self._courses: set[_Course] = set()
        self._ending = threading.Event()
        self._failure: BaseException | None = None
        self._thread = threading.Thread(target=self._follow, daemon=True)
        self._thread.start()

    def begin(self, partner: Partner, order_no: str) -> None:
        receipt = self._receipts.letter(partner.id, order_no)
        application = self._load.plain(partner.id, order_no)
        with self._lock:
            letter = Subject(
                partner,
                order_no,
                receipt["guarantee_no"],
                receipt["cost"],
                application,
                self._rng.random() < 0.5,
                self._rng.uniform(0.0, _WITHDRAWAL_SECONDS_MAX),
            )
            for tour in self._choice.of(letter):
                course = _Course(tour, letter)
                self._courses.add(course)
                self._go_on(course, None)

    def pass_over(self, expired: list[dict[str, Any]]) -> None:
        """Nobody need wait for a notice that was given up at its last moment."""
        keys = {(row["partner"], row["section"], row["business_no"]) for row in expired}
        with self._lock:
            for course in list(self._courses):
                one, partner = course.awaited, course.letter.partner.id
                if isinstance(one, Await) and (partner, one.section, one.business_no) in keys:
                    self._go_on(course, None)

    def pending(self) -> int:
        with self._lock:
            return len(self._courses)

    def waits(self) -> list[str]:
        """What the tours under way wait for."""
        with self._lock:
            return sorted(
                f"{one.letter.partner.id}/{one.letter.order_no}: {one.awaited or 'an answer'}"
                for one in self._courses
            )

    def close(self) -> None:
        self._ending.set()
        self._thread.join()
        if self._failure is not None:
            raise self._failure

    def _go_on(self, course: _Course, got: list[Answer] | str | None) -> None:
        course.awaited = None
        try:
            step = course.tour.send(got)
        except StopIteration:
            self._courses.discard(course)
            return
        if isinstance(step, Wish):
            letter = course.letter
            self._wishing(step, letter.partner.id, letter.order_no, letter.guarantee_no)
        if isinstance(step, (Await, Wish)):
            course.awaited = step
            return
        course.answers = [None] * len(step)
        for at, request in enumerate(step):
            self._send(course, at, request)

    def _send(self, course: _Course, at: int, request: Ask) -> None:
        letter = course.letter
        head = {"order_no": letter.order_no, "guarantee_no": letter.guarantee_no}
        head["expected"] = request.expected
        head |= {name: request.fields[name] for name in _TOLD if name in request.fields}

        def take(answer: Answer) -> None:
            with self._lock:
                course.answers[at] = answer
                got = [one for one in course.answers if one is not None]
                if len(got) == len(course.answers):
                    self._go_on(course, got)

        delay = request.delay_seconds
        self._load.ask(request.section, letter.partner, request.fields, head, take, delay)

    def _follow(self) -> None:
        try:
            while not self._ending.wait(_POLL_SECONDS):
                self._look()
        except BaseException as failed:  # told by close(), in the test's own thread
            self._failure = failed

    def _look(self) -> None:
        with self._lock:
            for course in list(self._courses):
                awaited, partner = course.awaited, course.letter.partner.id
                if isinstance(awaited, Wish):
                    number = course.letter.guarantee_no
                    came = self._receipts.own_request(partner, awaited.section, number)
                    if came is not None:
                        self._go_on(course, came)
                elif awaited is not None:
                    if self._receipts.has_result(partner, awaited.section, awaited.business_no):
                        self._go_on(course, None)
