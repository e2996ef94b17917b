"""Calls between our processes over mutual TLS: who has no certificate of the authority stays out,
and a renewed one is taken up without a restart."""

import contextlib
import subprocess
import tempfile
import unittest
from pathlib import Path
from typing import Iterator

import _process
import _system

_OPENSSL_SECONDS = 30.0
_COMMAND_SECONDS = 60.0
# Files are looked at every 10 s.
_RENEWED_SECONDS = 30.0
_DONE, _CANNOT_REACH = 0, 3
_DAYS = "2"


class Authority:
    """Issues certificates into folders as rpc.tls_folder wants them."""

    def __init__(self, folder: Path, name: str) -> None:
        self._folder, self._name = folder, name
        self._key, self._certificate = folder / f"{name}.key", folder / f"{name}.crt"
        _openssl(
            "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
            "-days", _DAYS, "-subj", f"/CN={name}", "-keyout", self._key, "-out", self._certificate,
        )

    def issue(self, place: Path, host: str = "IP:127.0.0.1") -> Path:
        """Puts tls.crt, tls.key and ca.crt there, each by a rename."""
        place.mkdir(exist_ok=True)
        request, extension = self._folder / "request.pem", self._folder / "extension.cnf"
        extension.write_text(f"subjectAltName = {host}\n", encoding="ascii")
        fresh = {name: place / f"{name}.new" for name in ("ca.crt", "tls.key", "tls.crt")}
        _openssl(
            "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
            "-subj", "/CN=process", "-keyout", fresh["tls.key"], "-out", request,
        )
        _openssl(
            "x509", "-req", "-in", request, "-CA", self._certificate, "-CAkey", self._key,
            "-CAcreateserial", "-days", _DAYS, "-extfile", extension, "-out", fresh["tls.crt"],
        )
        fresh["ca.crt"].write_bytes(self._certificate.read_bytes())
        for name, path in fresh.items():
            path.rename(place / name)
        return place


def _openssl(*words: str | Path) -> None:
    subprocess.run(
        ["openssl", *map(str, words)], check=True, capture_output=True, timeout=_OPENSSL_SECONDS
    )


class MutualTls(unittest.TestCase):
    @classmethod
    def setUpClass(cls) -> None:
        scratch = tempfile.TemporaryDirectory(prefix="guarantee-tls-")
        cls.addClassCleanup(scratch.cleanup)
        cls.folder = Path(scratch.name)
        cls.ours = Authority(cls.folder, "ours")
        cls.others = Authority(cls.folder, "others")
        cls.system = cls.enterClassContext(_system.running("--bank", "none"))

    @contextlib.contextmanager
    def hub(self, tls_folder: Path) -> Iterator[_process.Process]:
        """A second hub, whose gRPC is behind TLS."""
        base = _system.free_port_base()
        database = self.folder / f"{tls_folder.name}.db"
        own = _process.elsewhere(_process.settings_of(self.system, "hub"), base, database)
        settings = own | {"rpc.tls_folder": str(tls_folder)}
        with _process.Process("hub", self.system, settings) as process:
            process.wait_ready()
            self.address = settings["rpc.address"]
            yield process

    def call(self, *options: str) -> int:
        command = [_system.binary("guaranteectl"), f"--order-rpc={self.address}", *options]
        done = subprocess.run(
            [*map(str, command), "order", "list"],
            capture_output=True, text=True, timeout=_COMMAND_SECONDS, check=False,
        )
        return done.returncode

    def test_only_the_authority_opens_the_door(self) -> None:
        client = self.ours.issue(self.folder / "client")
        stranger = self.others.issue(self.folder / "stranger")
        with self.hub(self.ours.issue(self.folder / "server")):
            self.assertEqual(self.call(f"--tls={client}"), _DONE)
            self.assertEqual(self.call(), _CANNOT_REACH)
            self.assertEqual(self.call(f"--tls={stranger}"), _CANNOT_REACH)
            # Its own certificate is of the others; it trusts ours, so only the server refuses.
            (stranger / "ca.crt").write_bytes((client / "ca.crt").read_bytes())
            self.assertEqual(self.call(f"--tls={stranger}"), _CANNOT_REACH)

    def test_a_server_of_another_name_is_not_believed(self) -> None:
        client = self.ours.issue(self.folder / "believer")
        with self.hub(self.ours.issue(self.folder / "impostor", "DNS:other.example")):
            self.assertEqual(self.call(f"--tls={client}"), _CANNOT_REACH)

    def test_a_renewed_certificate_is_taken_up_without_a_restart(self) -> None:
        server = self.ours.issue(self.folder / "renewed")
        newcomer = self.others.issue(self.folder / "newcomer")
        with self.hub(server) as process:
            self.assertEqual(self.call(f"--tls={newcomer}"), _CANNOT_REACH)
            self.others.issue(server)
            _system.wait_for(
                lambda: self.call(f"--tls={newcomer}") == _DONE, _RENEWED_SECONDS, "renewal"
            )
            self.assertTrue(process.alive())

    def test_without_tls_nothing_listens_beyond_loopback(self) -> None:
        said = self.refusal({"rpc.address": "0.0.0.0:0"})
        self.assertIn("0.0.0.0:0 is not loopback and rpc.tls_folder is not set", said)

    def test_a_folder_without_a_key_is_refused_by_name(self) -> None:
        place = self.ours.issue(self.folder / "keyless")
        (place / "tls.key").unlink()
        said = self.refusal({"rpc.tls_folder": str(place)})
        self.assertIn(f"rpc.tls_folder: cannot read {place}/tls.key", said)

    def refusal(self, changed: dict[str, str]) -> str:
        """What a hub with these settings says before it ends."""
        base = _system.free_port_base()
        database = self.folder / "refused.db"
        settings = _process.elsewhere(_process.settings_of(self.system, "hub"), base, database)
        with _process.Process("hub", self.system, settings | changed) as process:
            self.assertNotEqual(process.wait(_COMMAND_SECONDS), _DONE)
            return process.log


if __name__ == "__main__":
    unittest.main()
