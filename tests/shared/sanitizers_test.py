"""What a sanitizer reports in a child whose end nobody looks at is raised all the same."""

import os
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path
from unittest import mock

sys.path.append(str(Path(__file__).resolve().parent))

import sanitizers  # noqa: E402

_DEADLINE_SECONDS = 60.0
# argc is 1: the compiler cannot know it, and so leaves the faults in.
_FAULTS = {
    "address": ("int* all = new int[1]; volatile int read = all[argc]; delete[] all;", "overflow"),
    "undefined": ("volatile int sum = 0x7fffffff; sum = sum + argc;", "__ubsan_handle_add"),
    "thread": (
        # Many times, for a report must not depend on how the two happen to meet.
        "int shared = 0; const auto add = [&] { for (int i = 0; i < 9999; ++i) shared += argc; };"
        " std::thread other(add); add(); other.join();",
        "data race",
    ),
}
_SOURCE = "#include <thread>\nint main(int argc, char**) {{ {body} return 0; }}\n"


def _built(folder: Path, sanitizer: str, body: str) -> Path:
    source, program = folder / f"{sanitizer}.cc", folder / sanitizer
    source.write_text(_SOURCE.format(body=body), encoding="utf-8")
    # As the presets: both of the first two in one program.
    which = "thread" if sanitizer == "thread" else "address,undefined"
    command = ["c++", "-std=c++20", "-g", f"-fsanitize={which}", "-fno-sanitize-recover=all"]
    subprocess.run([*command, source, "-o", program], check=True, timeout=_DEADLINE_SECONDS)
    return program


def _run_by_nobody_who_looks(program: Path) -> None:
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    subprocess.run([program], check=False, timeout=_DEADLINE_SECONDS, **quiet)


class Watched(unittest.TestCase):
    def setUp(self) -> None:
        self.folder = Path(self.enterContext(tempfile.TemporaryDirectory()))

    def test_each_kind_of_report_is_raised(self) -> None:
        for sanitizer, (body, word) in _FAULTS.items():
            program = _built(self.folder, sanitizer, body)
            with self.subTest(sanitizer), self.assertRaisesRegex(sanitizers.Reported, word):
                with sanitizers.watched():
                    _run_by_nobody_who_looks(program)

    def test_a_blank_in_a_path_hides_no_report(self) -> None:
        body, word = _FAULTS["thread"]
        program = _built(self.folder, "thread", body)
        blank = self.folder / "a b"
        blank.mkdir()
        suppressions = shutil.copy(sanitizers.SUPPRESSIONS, blank)
        with (
            mock.patch.object(tempfile, "tempdir", str(blank)),
            mock.patch.object(sanitizers, "SUPPRESSIONS", suppressions),
            self.assertRaisesRegex(sanitizers.Reported, word),
            sanitizers.watched(),
        ):
            _run_by_nobody_who_looks(program)

    def test_a_program_without_fault_leaves_nothing(self) -> None:
        program = _built(self.folder, "address", "volatile int sum = argc; sum = sum + 1;")
        before = dict(os.environ)
        with sanitizers.watched():
            _run_by_nobody_who_looks(program)
        self.assertEqual(dict(os.environ), before)

    def test_only_libraries_are_suppressed(self) -> None:
        for line in sanitizers.SUPPRESSIONS.read_text(encoding="utf-8").splitlines():
            if line and not line.startswith("#"):
                self.assertRegex(line, r"^(race|mutex|called_from_lib):[\w^]*lib[\w+-]+(\.so)?\b")


if __name__ == "__main__":
    unittest.main()
