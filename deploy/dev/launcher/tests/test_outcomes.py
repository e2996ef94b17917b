"""Test results are counted as they were, and a binary that died is never a pass."""

import json
import tempfile
import unittest
from pathlib import Path

import support  # noqa: F401  (finds the launcher)

from launcher import outcomes
from launcher.outcomes import FAILED, PASSED, SKIPPED

JUNIT = """<testsuite>
  <testcase name="base_test" status="run" time="1.5"/>
  <testcase name="sql_test" status="fail" time="2.5"><failure message=""/></testcase>
  <testcase name="script" status="run" time="0.5"/>
  <testcase name="left_out" status="notrun" time="0"><skipped/></testcase>
</testsuite>"""
CASES = """<testsuites><testsuite name="Money">
  <testcase name="Adds" status="run" result="completed" time="0.1" classname="Money"/>
  <testcase name="Waits" status="run" result="skipped" time="0" classname="Money"/>
</testsuite></testsuites>"""


class OutcomesTest(unittest.TestCase):
    def setUp(self) -> None:
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.scratch = Path(scratch.name)
        (self.scratch / "ctest.xml").write_text(JUNIT, encoding="utf-8")
        (self.scratch / "base_test.xml").write_text(CASES, encoding="utf-8")

    def counts(self) -> tuple[int, int, int]:
        found = outcomes.of_ctest(self.scratch / "ctest.xml", self.scratch)
        return tuple(outcomes.count(found, verdict) for verdict in (PASSED, FAILED, SKIPPED))

    def test_cases_stand_for_their_binary(self) -> None:
        # Adds and script; sql_test left no cases; Waits and left_out.
        self.assertEqual((2, 1, 2), self.counts())

    def test_a_binary_that_fails_after_its_cases_passed_is_a_failure(self) -> None:
        (self.scratch / "sql_test.xml").write_text(CASES, encoding="utf-8")
        self.assertEqual((3, 1, 3), self.counts())

    def test_a_python_file_that_broke_off_is_a_failure(self) -> None:
        source, results = Path("some_test.py"), self.scratch / "some.json"
        self.assertEqual(
            [FAILED], [one.verdict for one in outcomes.of_unittest(source, results, 1)]
        )
        results.write_text(
            json.dumps([{"name": "a", "seconds": 1, "outcome": PASSED}]), encoding="utf-8"
        )
        self.assertEqual(
            [PASSED], [one.verdict for one in outcomes.of_unittest(source, results, 0)]
        )
        self.assertEqual(
            [PASSED, FAILED], [one.verdict for one in outcomes.of_unittest(source, results, 139)]
        )


if __name__ == "__main__":
    unittest.main()
