"""No name or path of the protocol is written outside proto/, and the check sees one."""

import unittest

import tree
import wire

_PROTO = tree.Source(
    "proto/a.proto",
    'wire: "orderNo" aliases: "applyNo"  wire: "code" wire: "amount" path: "financialAccount/x"',
)


class PlantedTest(unittest.TestCase):
    def setUp(self) -> None:
        self.vocabulary = wire.vocabulary_of([_PROTO])

    def _lines(self, text: str) -> list[int]:
        source = tree.Source("services/order/a.cc", text)
        return [one.line for one in wire.check_wire_names(source, self.vocabulary)]

    def test_Vocabulary_HasTheLongNamesAndThePaths(self) -> None:
        self.assertEqual(self.vocabulary.names, {"orderNo", "applyNo", "amount"})
        self.assertEqual(self.vocabulary.paths, {"financialAccount/x"})

    def test_NameInALiteral_IsFound(self) -> None:
        self.assertEqual(self._lines('int a;\nF("orderNo");\nG(R"({"applyNo": 1})");'), [2, 3])

    def test_PathInALiteral_IsFound(self) -> None:
        self.assertEqual(self._lines('Post("/front/financialAccount/x");'), [1])

    def test_EverydayWord_CountsOnlyAsAKey(self) -> None:
        self.assertEqual(self._lines('F("amount");\nF("the amount is");'), [])
        self.assertEqual(self._lines(r'F("{\"amount\": 1}");'), [1])

    def test_CommentsAndNamesOfCode_AreFree(self) -> None:
        harmless = '// orderNo is the key\nint orderNo = 1; F("reorderNos");'
        self.assertEqual(self._lines(harmless), [])


class TreeTest(unittest.TestCase):
    def test_Product_HasNoNameOfTheWire(self) -> None:
        vocabulary = wire.vocabulary_of(tree.sources((".proto",), ("proto",)))
        self.assertGreater(len(vocabulary.names), 50)
        self.assertGreater(len(vocabulary.paths), 20)
        findings = [
            finding
            for source in tree.sources((".cc", ".h"), ("libs", "services"))
            if not source.is_test
            for finding in wire.check_wire_names(source, vocabulary)
        ]
        left, stale = tree.without_exceptions(findings, "wire name")
        self.assertEqual(0, len(left), tree.report(left))
        self.assertFalse(stale, "\n".join(stale))


if __name__ == "__main__":
    unittest.main()
