"""Everything in proto/ has a comment and stands in its package; the check sees what does not."""

import unittest

import schema
import tree

_GOOD = """// Orders.
syntax = "proto3";

package guarantee.event.v1;

// An order.
message Order {
  // Its number.
  optional string order_no = 1 [(guarantee.contract.v1.field) = {
    wire: "orderNo" max_length: 64
  }];
  // What was decided.
  oneof decision {
    // Yes.
    Approve approve = 2;
  }
}

// Yes or no.
enum Answer {
  // Not said.
  ANSWER_UNSPECIFIED = 0;
}

// Calls.
service Orders {
  // One.
  rpc Show(Order) returns (Order);
}
"""


def _check(text: str, path: str = "proto/guarantee/event/v1/a.proto") -> list[str]:
    return [f"{one.line} {one.rule}" for one in schema.check_proto(tree.Source(path, text))]


class PlantedTest(unittest.TestCase):
    def test_GoodFile_HasNoFinding(self) -> None:
        self.assertEqual(_check(_GOOD), [])

    def test_EveryMissingComment_IsFound(self) -> None:
        lines = _GOOD.split("\n")
        comments = [at for at, line in enumerate(lines) if line.strip().startswith("//")]
        self.assertEqual(len(comments), 9)
        for at in comments:
            if "oneof" in lines[at + 1]:
                continue  # its members have their own
            with self.subTest(lines[at + 1]):
                without = "\n".join(lines[:at] + [""] + lines[at + 1 :])
                expected = f"{1 if at == 0 else at + 2} comment"
                self.assertEqual(_check(without), [expected])

    def test_PackageOfAnotherFolder_IsFound(self) -> None:
        self.assertEqual(_check(_GOOD, "proto/guarantee/rpc/v1/a.proto"), ["1 schema"])

    def test_FieldInCamelCase_IsFound(self) -> None:
        self.assertEqual(_check(_GOOD.replace("order_no =", "orderNo =")), ["9 schema"])


class TreeTest(unittest.TestCase):
    def test_Schema_IsCommentedAndInPlace(self) -> None:
        protos = list(tree.sources((".proto",), ("proto",)))
        self.assertGreater(len(protos), 10)
        findings = [finding for proto in protos for finding in schema.check_proto(proto)]
        self.assertEqual(0, len(findings), tree.report(findings))

    def test_EveryFile_IsBuilt(self) -> None:
        rules = (tree.REPOSITORY / "proto/CMakeLists.txt").read_text(encoding="utf-8")
        for proto in tree.sources((".proto",), ("proto",)):
            folder = proto.path.removeprefix("proto/").rsplit("/", 1)[0]
            self.assertIn(f"{folder}/*.proto", rules)


if __name__ == "__main__":
    unittest.main()
