"""The platform's side of a running system: requests by HTTP, and what came back to it."""

import base64
import datetime
import json
import subprocess
import tempfile
import urllib.error
import urllib.request
from pathlib import Path

import _application
import _system

_CHINA = datetime.timezone(datetime.timedelta(hours=8))
_NOTICE_WITHIN_SECONDS = 30.0
_OPENSSL_DEADLINE_SECONDS = 30.0
_NUMBERS = ("number", "business_no", "order_no", "guarantee_no")
_SEALED = (
    *("bidderName", "bidderCode", "projectName", "projectNo"),
    *("tendersNo", "tendersName", "tenderee", "tendereeCode"),
)


def moment(**difference: float) -> str:
    at = datetime.datetime.now(_CHINA) + datetime.timedelta(**difference)
    return at.strftime("%Y-%m-%d %H:%M:%S")


class Sealer:
    """Scheme R1: blocks under an RSA private key, which the public key opens."""

    def __init__(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "key.pem"
            self._private = _openssl("genrsa", "1024")
            path.write_bytes(self._private)
            public = _openssl("pkey", "-in", str(path), "-pubout", "-outform", "DER")
        self.key = base64.b64encode(public).decode()
        # Of the key's own number, beyond what every such key begins with.
        self.secret = self.key[60:120]

    def seal(self, plain: str) -> str:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "key.pem"
            path.write_bytes(self._private)
            options = ("-inkey", str(path), "-pkeyopt", "rsa_padding_mode:pkcs1")
            sealed = _openssl("pkeyutl", "-sign", *options, typed=plain.encode())
        return base64.b64encode(sealed).decode()


def _openssl(*arguments: str, typed: bytes = b"") -> bytes:
    return subprocess.run(
        ["openssl", *arguments],
        input=typed,
        capture_output=True,
        check=True,
        timeout=_OPENSSL_DEADLINE_SECONDS,
    ).stdout


class Platform:
    """One partner's."""

    def __init__(self, system: _system.System) -> None:
        self._system = system
        self._receipts = system.state / "data" / "platform-receipts.jsonl"
        partner = system.partner
        sign_in = f"{partner['user']}:{partner['password']}".encode()
        self._authorization = "Basic " + base64.b64encode(sign_in).decode()
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))

    def post(self, path: str, body: dict | list) -> tuple[int, dict]:
        """HTTP status and JSON of the answer."""
        request = urllib.request.Request(
            f"{self._system.endpoints['gateway']['url']}{path}",
            json.dumps(body, ensure_ascii=False).encode(),
            {"Content-Type": "application/json", "Authorization": self._authorization},
        )
        try:
            with self._opener.open(request, timeout=15.0) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as refused:
            return refused.code, json.load(refused)

    def ask(self, operation: str, number: str, **fields: object) -> dict:
        """An operation under its business number; the answer's JSON, 503 with its status."""
        body = {"businessNo": number, "applyTime": moment(), **fields}
        status, answer = self.post(f"financialAccount/{operation}", body)
        return answer if status == 200 else {"status": status, **answer}

    def order(self, number: str, sealer: Sealer | None = None, **changed: object) -> None:
        fields = _application.fields(number, **changed)
        if sealer is not None:
            fields |= {name: sealer.seal(str(fields[name])) for name in _SEALED}
        status, answer = self.post("financialAccount/doOrderApply", fields)
        assert (status, answer["code"]) == (200, 200), answer

    def receipts(self, section: str, number: str) -> list[dict]:
        """What reached the platform of an interface, by any of its numbers."""
        try:
            lines = self._receipts.read_text(encoding="utf-8").splitlines(keepends=True)
        except FileNotFoundError:
            return []
        rows = [json.loads(line) for line in lines if line.endswith("\n")]
        return [
            row
            for row in rows
            if row["section"] == section
            and number in (row.get(name) for name in _NUMBERS)
        ]

    def await_receipt(self, section: str, number: str, at: int = 0) -> dict:
        """The receipt of that index."""
        _system.wait_for(
            lambda: len(self.receipts(section, number)) > at,
            _NOTICE_WITHIN_SECONDS,
            f"{section} for {number}",
        )
        return self.receipts(section, number)[at]
