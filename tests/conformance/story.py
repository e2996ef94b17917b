"""The story of deploy/dev/run through all interfaces: under every field cipher, and that it fails
when somebody is missing."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "component"))

import _system  # noqa: E402

_RUN_SECONDS = 240.0
_ALL_SEEN = "every step was seen"
_STEPS_MIN = 200
# One of a pair for each partner.
_CIPHERS = (("R1", "R2"), ("S1", "S2"), ("S3", "W"))
_PLAY_SECONDS = "4"


class Story(unittest.TestCase):
    def setUp(self) -> None:
        self.state = Path(tempfile.mkdtemp(prefix="guarantee-story-"))
        self.addCleanup(shutil.rmtree, self.state, ignore_errors=True)
        self.base = str(_system.free_port_base())

    def _run(self, *options: str) -> str:
        done = subprocess.run(
            [
                str(_system.REPOSITORY / "deploy" / "dev" / "run"),
                *("--state-dir", str(self.state), "--port-base", self.base),
                *options,
            ],
            env={**os.environ, "GUARANTEE_BUILD": str(_system.BUILD)},
            capture_output=True,
            text=True,
            timeout=_RUN_SECONDS,
            check=False,
        )
        said = done.stdout + done.stderr
        self.assertEqual(done.returncode, 0, said[-6000:])
        return said

    def _seal_with(self, ciphers: tuple[str, str]) -> None:
        file = self.state / "config" / "partners.json"
        content = json.loads(file.read_text(encoding="utf-8"))
        for partner, cipher in zip(content["partners"], ciphers, strict=True):
            partner["field_cipher"] = cipher
        file.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")

    def test_every_cipher_and_whoever_decides(self) -> None:
        for at, ciphers in enumerate(_CIPHERS):
            bank = ("auto", "simulator")[at % 2]
            if at > 0:
                self._seal_with(ciphers)
            said = self._run("--bank", bank)
            self.assertIn(_ALL_SEEN, said, ciphers)
            self.assertGreater(said.count("✓"), _STEPS_MIN)
            self.assertNotIn("✗", said)
            print(f"{', '.join(ciphers)} with --bank {bank}: {said.count('✓')} steps")


class StoryWithoutABank(unittest.TestCase):
    def test_what_nobody_decides_is_named_and_fails(self) -> None:
        with _system.running("--bank", "none") as system:
            play = [str(_system.binary("platform-simulator")), "play", "--timeout", _PLAY_SECONDS]
            done = subprocess.run(
                [*play, "--endpoints", str(system.state / "endpoints.json")],
                capture_output=True,
                text=True,
                timeout=_RUN_SECONDS,
                check=False,
            )
        self.assertEqual(done.returncode, 1, done.stdout + done.stderr)
        missing = done.stdout.split("are missing:")[1]
        for section in ("3.2", "3.6", "3.8", "3.10", "3.12", "3.14", "3.16"):
            self.assertIn(f" {section} ", missing)


if __name__ == "__main__":
    unittest.main()
