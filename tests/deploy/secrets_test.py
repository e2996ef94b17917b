"""What deploy/kubernetes/secrets makes: certificates that fit, keys that are never made again."""

import stat
import subprocess
import tempfile
import unittest
from pathlib import Path

_SCRIPT = Path(__file__).resolve().parents[2] / "deploy/kubernetes/secrets"
_SECONDS = 60.0
_PROGRAMS = ("gateway", "order", "credit", "claim", "invoice", "dispatcher", "guaranteectl")


def _run(*words: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(word) for word in words], capture_output=True, text=True, timeout=_SECONDS, check=False
    )


class SecretsTest(unittest.TestCase):
    def setUp(self) -> None:
        self.folder = Path(self.enterContext(tempfile.TemporaryDirectory())) / "made"
        self._make()

    def _make(self, *options: str) -> None:
        done = _run(_SCRIPT, self.folder, *options)
        self.assertEqual((done.returncode, done.stdout), (0, ""), done.stderr)

    def _content(self) -> dict[str, bytes]:
        files = (path for path in sorted(self.folder.rglob("*")) if path.is_file())
        return {str(path.relative_to(self.folder)): path.read_bytes() for path in files}

    def test_each_program_has_a_certificate_for_its_own_name(self) -> None:
        for program in _PROGRAMS:
            with self.subTest(program):
                place = self.folder / f"{program}-rpc"
                host = f"-verify_hostname={program}.guarantee-hub.svc".split("=")
                for purpose in ("sslserver", "sslclient"):
                    done = _run(
                        "openssl", "verify", "-CAfile", place / "ca.crt", "-purpose", purpose,
                        *host, place / "tls.crt",
                    )
                    self.assertEqual(done.returncode, 0, done.stderr)
                other = _run(
                    "openssl", "verify", "-CAfile", place / "ca.crt",
                    "-verify_hostname", "other.guarantee-hub.svc", place / "tls.crt",
                )
                self.assertNotEqual(other.returncode, 0)

    def test_nobody_else_may_read_them(self) -> None:
        for path in self.folder.rglob("*"):
            self.assertEqual(stat.S_IMODE(path.stat().st_mode) & 0o077, 0, path)

    def test_the_authoritys_key_is_in_no_secret(self) -> None:
        key = (self.folder / "authority/ca.key").read_bytes()
        others = {name: one for name, one in self._content().items() if "authority" not in name}
        self.assertEqual([name for name, one in others.items() if key in one], [])

    def test_the_number_keys_have_the_form_that_programs_read(self) -> None:
        self.assertEqual(len((self.folder / "number-keys/gateway.key").read_bytes()), 32)
        storage = (self.folder / "number-keys/storage.key").read_text(encoding="ascii")
        self.assertRegex(storage, r"^k1 [A-Za-z0-9+/]{43}=\n$")

    def test_a_second_run_changes_nothing(self) -> None:
        before = self._content()
        self._make()
        self.assertEqual(self._content(), before)

    def test_a_renewal_changes_certificates_only(self) -> None:
        before = self._content()
        self._make("--renew")
        after = self._content()
        changed = {name for name, one in after.items() if before.get(name) != one}
        certificates = {
            f"{program}-rpc/{file}" for program in _PROGRAMS for file in ("tls.crt", "tls.key")
        }
        self.assertLessEqual(certificates, changed)
        self.assertLessEqual(changed - certificates, {"authority/ca.srl"})

    def test_wrong_usage_is_said(self) -> None:
        for words in ((), ("--renew",), (self.folder, "--other")):
            self.assertEqual(_run(_SCRIPT, *words).returncode, 2)


if __name__ == "__main__":
    unittest.main()
