"""What the cases of a system's tests share: its platform, its operator, and the way to a letter."""

import itertools
import json

import _application
import _platform
import _system

_LETTER = _system.REPOSITORY / "deploy" / "dev" / "demonstration-letter.pdf"
_PLAIN_LETTER = _system.REPOSITORY / "deploy" / "dev" / "demonstration-plain-letter.pdf"
_BENEFICIARY = ("岳阳市某局", "91430602MA4L5GJ80Y")
WITHIN_SECONDS = 30.0


class Desk:
    """Beside unittest.TestCase; a class below says on what it runs."""

    options: tuple[str, ...] = ()

    @classmethod
    def setUpClass(cls) -> None:
        cls.system = cls.enterClassContext(_system.running(*cls.options, "--bank", "none"))
        cls.platform = _platform.Platform(cls.system)
        cls.numbers = itertools.count(1)

    def number(self, kind: str) -> str:
        return f"{kind}-{next(self.numbers)}"

    def operate(self, *words: str, exit_status: int = 0) -> dict | list:
        done = self.system.guaranteectl("--json", *words)
        self.assertEqual(exit_status, done.returncode, f"{words}: {done.stdout}{done.stderr}")
        return json.loads(done.stdout)

    def decided(self, *words: str, result: str = "applied") -> dict:
        said = self.operate(*words)
        self.assertEqual(result, said["result"], said)
        return said

    def accepted(self, answer: dict) -> None:
        self.assertEqual(200, answer.get("code"), answer)
        self.assertNotIn("status", answer)

    def await_state(self, kind: str, number: str, state: str) -> None:
        def reached() -> bool:
            done = self.system.guaranteectl("--json", kind, "show", number)
            return done.returncode == 0 and json.loads(done.stdout)["state"] == state

        _system.wait_for(reached, WITHIN_SECONDS, f"{kind} {number} {state}")

    def issued(
        self, number: str, sealer: _platform.Sealer | None = None, **changed: object
    ) -> str:
        """A letter of an order of that number, `changed` of its fields; its own number."""
        self.platform.order(number, sealer, **changed)
        self.await_state("order", f"O-{number}", "accepted")
        payer = ("--payer-name", "付款人", "--payer-account", _application.BASIC_ACCOUNT)
        self.decided("order", "decide", f"O-{number}", "approve", "--letter", str(_LETTER), *payer)
        return self.platform.await_receipt("3.2", f"O-{number}")["guarantee_no"]

    def restored(self, number: str, **changed: object) -> str:
        sealer = _platform.Sealer()
        letter = self.issued(number, sealer, **changed)
        self.accepted(self.maintain_opening(number, _platform.moment(minutes=-1)))
        key = {"guaranteeNo": letter, "secretKey": sealer.key}
        self.accepted(self.platform.ask("restoreApply", f"RS-{number}", **key))
        for log in (self.system.state / "log").iterdir():
            text = log.read_text(encoding="utf-8", errors="replace")
            self.assertNotIn(sealer.secret, text, log.name)
        self.decided("guarantee", "letter", letter, str(_PLAIN_LETTER))
        self.platform.await_receipt("3.8", letter)
        return letter

    def maintain_opening(self, number: str, moment: str) -> dict:
        body = {"orderNo": f"O-{number}", "openTime": moment}
        return self.platform.post("financialAccount/openTimeMaintenance", body)[1]

    def demand(self, number: str, letter: str) -> dict:
        """A 3.11 of the beneficiary that the application named."""
        name, code = _BENEFICIARY
        fields = {"guaranteeNo": letter, "beneficiary": name, "beneficiaryCode": code}
        return self.platform.ask("compensateApply", number, **fields)

    def await_hold(self, claim: str) -> None:
        _system.wait_for(
            lambda: self.operate("claim", "show", claim).get("hold") == "held",
            WITHIN_SECONDS,
            f"the hold for {claim}",
        )

    def demand_invoice(self, number: str, order: str, letter: str) -> dict:
        premium = self.operate("order", "show", f"O-{order}")["premium"]
        apply = {"guaranteeNo": letter, "bidderName": "湖南某建设有限公司", "type": "0"}
        apply |= {"bidderCode": "91430602MA4L5GJ80Y", "amount": premium}
        return self.platform.ask("invoiceApply", number, **apply)
