"""Runs the unittest cases of one file and notes each with its time.

    python3 unittest_runner.py FILE RESULTS.json

Its own process for each file, so that no test finds what another left in the interpreter.
"""

import importlib.util
import json
import sys
import time
import unittest
from pathlib import Path


class _Timed(unittest.TextTestResult):
    """Notes name, seconds and outcome of every test; a failed subtest fails its test once."""

    def __init__(self, *arguments, **options) -> None:
        super().__init__(*arguments, **options)
        self.records: list[dict] = []
        self._began = 0.0
        self._outcome = "passed"

    def startTest(self, test) -> None:
        super().startTest(test)
        self._began, self._outcome = time.monotonic(), "passed"

    def stopTest(self, test) -> None:
        super().stopTest(test)
        self._note(test.id(), time.monotonic() - self._began, self._outcome)

    def _note(self, name: str, seconds: float, outcome: str) -> None:
        self.records.append({"name": name, "seconds": seconds, "outcome": outcome})

    def addError(self, test, error) -> None:
        super().addError(test, error)
        self._outcome = "failed"
        if not isinstance(test, unittest.TestCase):
            # setUpClass or setUpModule: its tests never started, yet something failed.
            self._note(str(test), 0.0, "failed")

    def addFailure(self, test, error) -> None:
        super().addFailure(test, error)
        self._outcome = "failed"

    def addSubTest(self, test, subtest, error) -> None:
        super().addSubTest(test, subtest, error)
        if error is not None:
            self._outcome = "failed"

    def addUnexpectedSuccess(self, test) -> None:
        super().addUnexpectedSuccess(test)
        self._outcome = "failed"

    def addSkip(self, test, reason) -> None:
        super().addSkip(test, reason)
        self._outcome = "skipped"
        if not isinstance(test, unittest.TestCase):
            self._note(str(test), 0.0, "skipped")


def main(path: Path, results: Path) -> int:
    sys.path.insert(0, str(path.parent))
    specification = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(specification)
    sys.modules[path.stem] = module
    try:
        specification.loader.exec_module(module)
    except unittest.SkipTest as skipped:
        print(f"{path.name}: skipped: {skipped}")
        record = {"name": path.stem, "seconds": 0.0, "outcome": "skipped"}
        results.write_text(json.dumps([record]), encoding="utf-8")
        return 0
    suite = unittest.defaultTestLoader.loadTestsFromModule(module)
    result = unittest.TextTestRunner(sys.stdout, verbosity=2, resultclass=_Timed).run(suite)
    results.write_text(json.dumps(result.records), encoding="utf-8")
    return 0 if result.wasSuccessful() else 1


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2])))
