"""The conformance kit against the whole system in one process: no deviation, and each is found."""

import json
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "component"))

import _system  # noqa: E402

_RUN_SECONDS = 300.0
_CASES_MIN = 4_000
_WRONG_PASSWORD = "nobody-has-this-one"
_CONFORMS, _DEVIATES, _UNREACHABLE = 0, 1, 3


def conformance(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [str(_system.binary("platform-simulator")), "conformance", "run", *arguments]
    return subprocess.run(
        command, capture_output=True, text=True, timeout=_RUN_SECONDS, check=False
    )


class Conformance(unittest.TestCase):
    @classmethod
    def setUpClass(cls) -> None:
        cls.system = cls.enterClassContext(_system.running("--bank", "none"))
        cls.endpoints = str(cls.system.state / "endpoints.json")

    def test_every_partner_finds_no_deviation(self) -> None:
        for partner in self.system.endpoints["partners"]:
            with tempfile.TemporaryDirectory() as folder:
                out = Path(folder, "report.json")
                done = conformance(
                    *("--endpoints", self.endpoints, "--partner", partner["id"]),
                    *("--format", "json", "--out", str(out), "--wait", "5"),
                )
                report = json.loads(out.read_text(encoding="utf-8"))
            self.assertEqual(report["found"], [], partner["id"])
            self.assertEqual(done.returncode, _CONFORMS, done.stderr)
            self.assertGreaterEqual(report["cases"], _CASES_MIN)
            self.assertGreater(report["passed"], report["not_offered"])
            print(
                f"{partner['id']}: {report['cases']} cases, {report['not_offered']} not offered;"
                f" missing: {', '.join(report['missing']) or 'nothing'}"
            )

    def test_a_wrong_password_makes_every_interface_deviate(self) -> None:
        address = self.system.endpoints["gateway"]["url"]
        done = conformance(
            *("--target", address, "--user", f"{_WRONG_PASSWORD}-user"),
            *("--password", _WRONG_PASSWORD, "--format", "json", "--only", "3.22", "--wait", "0"),
        )
        self.assertEqual(done.returncode, _DEVIATES, done.stderr)
        self.assertGreater(json.loads(done.stdout)["deviations"], 0)
        self.assertNotIn(_WRONG_PASSWORD + '"', done.stdout + done.stderr)

    def test_nobody_there_is_told_from_a_deviation(self) -> None:
        free = _system.free_port_base()
        done = conformance(
            *("--target", f"http://127.0.0.1:{free}/front/", "--user", "u", "--password", "p")
        )
        self.assertEqual(done.returncode, _UNREACHABLE, done.stderr)


if __name__ == "__main__":
    unittest.main()
