"""Planted faults come back as findings; what cannot be judged is never called clean."""

import json
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

_REPOSITORY = Path(__file__).resolve().parents[2]
_LINT = Path(__file__).with_name("run")
_DEADLINE_SECONDS = 120.0
_CLEAN = "int Twice(int number) { return 2 * number; }\n"
_HAS_TOOLS = all(shutil.which(f"clang-{name}-16") for name in ("format", "tidy"))


@unittest.skipUnless(_HAS_TOOLS, "clang-tidy-16 and clang-format-16 are not installed")
class Lint(unittest.TestCase):
    def setUp(self) -> None:
        self.folder = Path(self.enterContext(tempfile.TemporaryDirectory()))
        for rules in (".clang-tidy", ".clang-format"):
            shutil.copy(_REPOSITORY / rules, self.folder)

    def _lint(self, *names: str) -> tuple[int, str]:
        command = [sys.executable, "-B", str(_LINT), "--build", str(self.folder)]
        command += [str(self.folder / name) for name in names]
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=_DEADLINE_SECONDS, check=False
        )
        return done.returncode, done.stdout + done.stderr

    def _write(self, name: str, text: str) -> None:
        (self.folder / name).write_text(text, encoding="utf-8")

    def _source(self, name: str, text: str) -> None:
        self._write(name, text)
        entry = {"directory": str(self.folder), "file": str(self.folder / name)}
        entry["command"] = f"c++ -std=c++20 -c {self.folder / name}"
        self._write("compile_commands.json", json.dumps([entry]))

    def test_a_clean_source_is_clean(self) -> None:
        self._source("clean.cc", _CLEAN)
        self.assertEqual(self._lint("clean.cc")[0], 0)

    def test_what_clang_tidy_finds_is_a_finding(self) -> None:
        self._source("name.cc", _CLEAN.replace("Twice", "twice"))
        status, said = self._lint("name.cc")
        self.assertEqual(status, 1)
        self.assertIn("readability-identifier-naming", said)

    def test_a_line_laid_out_otherwise_is_a_finding(self) -> None:
        self._source("layout.cc", _CLEAN.replace("2 * number", "2*number"))
        status, said = self._lint("layout.cc")
        self.assertEqual(status, 1)
        self.assertIn("clang-format", said)

    def test_a_header_is_judged_through_a_source_that_includes_it(self) -> None:
        header = "#pragma once\ninline int twice(int number) { return 2 * number; }\n"
        self._write("named.h", header)
        rules = self.folder / ".clang-tidy"
        # The tree's own headers only, as it stands.
        text = rules.read_text(encoding="utf-8").replace("/(libs|services)/[a-z].*", ".*")
        rules.write_text(text, encoding="utf-8")
        self._source("includes.cc", '#include "named.h"\n\nint Four() { return twice(2); }\n')
        status, said = self._lint("named.h")
        self.assertEqual(status, 1)
        self.assertIn("readability-identifier-naming", said)

    def test_a_source_that_does_not_compile_is_no_clean_one(self) -> None:
        self._source("broken.cc", "int Broken( { return 0; }\n")
        self.assertEqual(self._lint("broken.cc")[0], 1)

    def test_without_a_build_nothing_is_judged(self) -> None:
        self._write("alone.cc", _CLEAN)
        status, said = self._lint("alone.cc")
        self.assertEqual(status, 2)
        self.assertIn("is not configured", said)


if __name__ == "__main__":
    unittest.main()
