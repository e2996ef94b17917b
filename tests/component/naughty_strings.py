"""The Big List of Naughty Strings: from request to event byte for byte, or refused by name."""

import json
import unicodedata
import unittest

import _application
import _corpora
import _ledger
import _system

_STRINGS = 485
# An identity may have 64 letters; khBank is declared with 128 and taken up to four times that.
_IDENTITY_LENGTH = 64
_TEXT_LENGTH = 4 * 128
_BLANKS = set(" \t\n\r\f\v\u00a0\u3000")
_LAYOUT = "\n\t"


def is_taken(value: str, length_max: int, layout: str) -> bool:
    """Whether a field takes this: not blank, no control characters but these, not too long."""
    controls = (one for one in value if unicodedata.category(one) == "Cc" and one not in layout)
    return bool(set(value) - _BLANKS) and not any(controls) and len(value) <= length_max


class NaughtyStrings(unittest.TestCase):
    @classmethod
    def setUpClass(cls) -> None:
        cls.strings = _corpora.naughty_strings()
        cls.system = cls.enterClassContext(_system.running("--bank", "none"))
        cls.ledger = _ledger.of_hub(cls.system)
        cls.client = _application.Client(
            cls.system.gateway, _application.authorization(cls.system)
        )
        cls.addClassCleanup(cls.client.close)

    def test_there_are_as_many_as_named(self) -> None:
        self.assertEqual(len(self.strings), _STRINGS)

    def test_a_text_is_carried_byte_for_byte(self) -> None:
        numbers = {}
        for at, value in enumerate(self.strings):
            number = f"text-{at}"
            if self._offered("khBank", value, number, is_taken(value, _TEXT_LENGTH, _LAYOUT)):
                numbers[f"O-{number}"] = value.encode()
        self._carried(numbers, _ledger.ORDER_NO, _ledger.KH_BANK)

    def test_an_order_number_is_carried_byte_for_byte(self) -> None:
        self._identity("orderNo", _ledger.BUSINESS_NO, "B-", _ledger.ORDER_NO)

    def test_a_business_number_is_carried_byte_for_byte(self) -> None:
        self._identity("businessNo", _ledger.ORDER_NO, "O-", _ledger.BUSINESS_NO)

    def test_a_carrier_that_normalizes_is_found_out(self) -> None:
        normalized = [one for one in self.strings if unicodedata.normalize("NFC", one) != one]
        trimmed = [one for one in self.strings if one.strip() != one]
        print(f"NFC would change {len(normalized)} strings, trimming {len(trimmed)}")
        for at, change in enumerate((lambda one: unicodedata.normalize("NFC", one), str.strip)):
            value = (normalized, trimmed)[at][0]
            number = f"changed-{at}"
            self._offered("khBank", change(value), number, True)
            with self.assertRaises(AssertionError):
                self._carried(
                    {f"O-{number}": value.encode()}, _ledger.ORDER_NO, _ledger.KH_BANK
                )

    def _identity(self, field: str, other: int, prefix: str, number: int) -> None:
        """Each string once: an identity that comes again would be a repeat."""
        carried = {}
        for at, value in enumerate(dict.fromkeys(self.strings)):
            name = f"{field}-{at}"
            if self._offered(field, value, name, is_taken(value, _IDENTITY_LENGTH, "")):
                carried[f"{prefix}{name}"] = value.encode()
        self._carried(carried, other, number)
        rows = {row[0 if field == "businessNo" else 1] for row in self.ledger.registered()}
        missing = [value for value in carried.values() if value.decode() not in rows]
        self.assertEqual(missing, [], "not in the register as sent")

    def _offered(self, field: str, value: str, number: str, taken: bool) -> bool:
        """Every second one goes with its letters escaped."""
        fields = _application.fields(number, **{field: value})
        content = json.dumps(fields, ensure_ascii=number[-1] in "13579").encode()
        answer = self.client.send(content)
        said = json.loads(answer.body)
        with self.subTest(field=field, value=value):
            self.assertEqual(answer.status, 200)
            self.assertEqual(str(said["code"]), "200" if taken else "500", said)
            if not taken:
                self.assertIn(field, said["msg"])
        return taken and str(said["code"]) == "200"

    def _carried(self, expected: dict[str, bytes], key: int, field: int) -> None:
        """`expected`: number under which the event is found, and the bytes of its field."""
        found = {one[key].decode(): one.get(field) for one in self.ledger.events()}
        wrong = [number for number, value in expected.items() if found.get(number) != value]
        self.assertEqual(wrong, [])
        print(f"{len(expected)} of {len(self.strings)} strings carried byte for byte")


if __name__ == "__main__":
    unittest.main()
