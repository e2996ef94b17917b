"""The tree keeps its layers, and the check of them sees a breach."""

import os
import unittest
from pathlib import Path

import layers
import tree


def _targets(*lines: str) -> list[layers.Target]:
    known = ("STATIC_LIBRARY|base|libs/base|fmt::fmt", "STATIC_LIBRARY|sql|libs/sql|base",
             "STATIC_LIBRARY|testing|libs/testing|base",
             "STATIC_LIBRARY|order_app|services/order|base",
             "STATIC_LIBRARY|order_service|services/order|order_app")
    return layers.read_targets("\n".join((*known, *lines)))


def _text_of(findings: list[tree.Finding]) -> str:
    return "\n".join(map(str, findings))


class PlantedTest(unittest.TestCase):
    """What has to be found."""

    def _expect(self, line: str, message: str) -> None:
        self.assertIn(message, _text_of(layers.check_links(_targets(line))))

    def test_CleanGraph_HasNoFinding(self) -> None:
        self.assertEqual(layers.check_links(_targets()), [])

    def test_Library_ThatReachesPastItsRow(self) -> None:
        self._expect("STATIC_LIBRARY|http|libs/http|base|sql", "http may not use sql")
        self._expect(
            "STATIC_LIBRARY|messaging|libs/messaging|$<LINK_ONLY:PkgConfig::RDKAFKA>",
            "PkgConfig::RDKAFKA is not for messaging",
        )
        self._expect("STATIC_LIBRARY|messaging|libs/messaging|proto_headers", "without Protobuf")
        self._expect("STATIC_LIBRARY|base|libs/base|Folly::folly", "no table knows")

    def test_Domain_ThatLinksMoreThanBase(self) -> None:
        self._expect(
            "STATIC_LIBRARY|credit_domain|services/credit/domain|base|fmt::fmt", "links only base"
        )

    def test_UseCase_ThatSeesAnAdapter(self) -> None:
        self._expect(
            "STATIC_LIBRARY|credit_app|services/credit|base|sql", "ports, not adapters"
        )

    def test_Service_ThatLinksAnother(self) -> None:
        self._expect(
            "STATIC_LIBRARY|credit_service|services/credit|order_service", "share nothing"
        )
        hub = "EXECUTABLE|hub|services/hub|order_service"
        self.assertEqual(layers.check_links(_targets(hub)), [])

    def test_Product_ThatLinksDoublesOrGtest(self) -> None:
        self._expect("EXECUTABLE|order|services/order|testing", "only tests link the doubles")
        self._expect("EXECUTABLE|order|services/order|GTest::gtest", "only tests link gtest")

    def test_Includes_ThatReachPastTheTables(self) -> None:
        cases = {
            "libs/http/src/a.cc": ("sql/database.h", "http may not use sql"),
            "libs/messaging/src/a.cc": ("guarantee/event/v1/order.pb.h", "no Protobuf"),
            "services/order/domain/a.cc": ("messaging/bus.h", "only base, machine and itself"),
            "services/order/app/a.cc": ("sql/write_store.h", "ports, not adapters"),
            "services/order/wiring.cc": ("gateway/wiring.h", "share nothing"),
        }
        for path, (include, message) in cases.items():
            with self.subTest(path):
                source = tree.Source(path, f'// why\n#include "{include}"\n')
                found = layers.check_includes([source])
                self.assertEqual([(one.path, one.line) for one in found], [(path, 2)])
                self.assertIn(message, found[0].text)

    def test_Rule_ThatNobodyUses(self) -> None:
        self.assertIn("rpc may use messaging", layers.unused_rules(_targets()))


class TreeTest(unittest.TestCase):
    def test_Includes_KeepTheLayers(self) -> None:
        sources = list(tree.sources((".cc", ".h"), ("libs", "services")))
        self.assertGreater(len(sources), 100)
        found = layers.check_includes(sources)
        self.assertEqual(0, len(found), tree.report(found))


@unittest.skipUnless("ARCH_TARGETS" in os.environ, "ctest hands over the link graph")
class GraphTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls) -> None:
        text = Path(os.environ["ARCH_TARGETS"]).read_text(encoding="utf-8")
        cls.targets = layers.read_targets(text)

    def test_Graph_IsThatOfThisTree(self) -> None:
        names = {target.name for target in self.targets}
        self.assertLessEqual(set(layers.LIBRARIES), names)
        self.assertLessEqual({"order_domain", "dispatcher_domain", "hub"}, names)

    def test_Links_KeepTheLayers(self) -> None:
        found = layers.check_links(self.targets)
        self.assertEqual(0, len(found), tree.report(found))

    def test_Tables_AllowNothingUnused(self) -> None:
        unused = layers.unused_rules(self.targets)
        self.assertFalse(unused, "\n".join(unused))


if __name__ == "__main__":
    unittest.main()
