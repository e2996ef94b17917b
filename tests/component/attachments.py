"""Attachments of the platform's requests, from 3.11, 3.5, 3.3 and 3.9 to the bytes that an examiner
reads: links, paths, inline files and odd texts; a host that is away and a process that is killed in
between; hosts that try to lead the worker elsewhere."""

import base64
import contextlib
import http.server
import io
import itertools
import json
import tempfile
import threading
import unittest
import zipfile
from pathlib import Path
from typing import Iterator

import _application
import _platform
import _system

_LETTER = _system.REPOSITORY / "deploy" / "dev" / "demonstration-letter.pdf"
_PLAIN_LETTER = _system.REPOSITORY / "deploy" / "dev" / "demonstration-plain-letter.pdf"
_BENEFICIARY = ("岳阳市某局", "91430602MA4L5GJ80Y")
_WITHIN_SECONDS = 60.0
# In every link, and in nothing that is shown to the world.
_FOLDER = "folder-of-the-claimant"


def _zip_of(name: str, text: str) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, text)
    return packed.getvalue()


class _Files(http.server.ThreadingHTTPServer):
    """What the platform keeps files on; `away` paths answer 503, `moved` ones lead elsewhere."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__((_system.LOOPBACK, 0), _Handler)
        self.files: dict[str, bytes] = {}
        self.away: set[str] = set()
        self.moved: dict[str, str] = {}
        self.asked: list[str] = []

    @property
    def host(self) -> str:
        return f"{_system.LOOPBACK}:{self.server_address[1]}"

    def put(self, path: str, content: bytes) -> str:
        self.files[path] = content
        return f"http://{self.host}{path}"


class _Handler(http.server.BaseHTTPRequestHandler):
    server: _Files

    def do_GET(self) -> None:  # the library's name
        self.server.asked.append(self.path)
        content = self.server.files.get(self.path)
        if self.path in self.server.moved:
            return self._answer(302, b"", self.server.moved[self.path])
        if self.path in self.server.away:
            return self._answer(503, b"")
        self._answer(200 if content is not None else 404, content or b"")

    def _answer(self, status: int, content: bytes, location: str = "") -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        if location:
            self.send_header("Location", location)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_arguments: object) -> None:
        pass


@contextlib.contextmanager
def _serving() -> Iterator[_Files]:
    with _Files() as files:
        thread = threading.Thread(target=files.serve_forever)
        thread.start()
        try:
            yield files
        finally:
            files.shutdown()
            thread.join()


class Attachments:
    """The cases; a class below says on what they run."""

    options: tuple[str, ...] = ()
    # Whose process takes claims, credits and orders.
    owners: tuple[str, ...] = ("hub",)

    @classmethod
    def setUpClass(cls) -> None:
        cls.files = cls.enterClassContext(_serving())
        cls.system = cls.enterClassContext(_system.running(*cls.options, "--bank", "none"))
        cls.platform = _platform.Platform(cls.system)
        cls.numbers = itertools.count(1)
        cls._allow(cls.files.host)

    @classmethod
    def _allow(cls, host: str) -> None:
        """The owners with the file host on the first partner's list."""
        path = cls.system.state / "config" / "partners.json"
        content = json.loads(path.read_text(encoding="utf-8"))
        content["partners"][0]["attachments"] = {
            "hosts": [host],
            "networks": ["127.0.0.0/8"],
            "plain_http": True,
            "file_base": f"http://{host}/base/",
        }
        path.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
        for name in cls.owners:
            cls.system.kill(name)
            cls.system.start(name)

    def number(self, kind: str) -> str:
        return f"{kind}-{next(self.numbers)}"

    def operate(self, *words: str, exit_status: int = 0) -> dict | list:
        done = self.system.guaranteectl("--json", *words)
        self.assertEqual(exit_status, done.returncode, f"{words}: {done.stdout}{done.stderr}")
        return json.loads(done.stdout) if exit_status == 0 else {"said": done.stderr}

    def accepted(self, answer: dict) -> None:
        self.assertEqual(200, answer.get("code"), answer)
        self.assertNotIn("status", answer)

    def attachment(self, kind: str, number: str, business_no: str) -> dict:
        rows = self.operate(kind, "attachments", number)
        return next((row for row in rows if row["business_no"] == business_no), {})

    def await_attachment(self, kind: str, number: str, business_no: str, state: str) -> dict:
        def reached() -> bool:
            done = self.system.guaranteectl("--json", kind, "attachments", number)
            rows = json.loads(done.stdout) if done.returncode == 0 else []
            return any(row["business_no"] == business_no and row["state"] == state for row in rows)

        _system.wait_for(reached, _WITHIN_SECONDS, f"attachment of {business_no} {state}")
        return self.attachment(kind, number, business_no)

    def bytes_of(self, kind: str, number: str, row: dict) -> bytes:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "file"
            self.operate(kind, "attachment", number, str(path), "--id", row["id"])
            # What came from outside never replaces a file of the operator's.
            again = self.operate(
                kind, "attachment", number, str(path), "--id", row["id"], exit_status=1
            )
            self.assertIn("exists", again["said"])
            return path.read_bytes()

    def restored(self, number: str) -> str:
        """The letter of an order of that number, restored."""
        sealer = _platform.Sealer()
        self.platform.order(number, sealer)
        order = f"O-{number}"
        self.await_state("order", order, "accepted")
        payer = ("--payer-name", "付款人", "--payer-account", _application.BASIC_ACCOUNT)
        self.operate("order", "decide", order, "approve", "--letter", str(_LETTER), *payer)
        letter = self.platform.await_receipt("3.2", order)["guarantee_no"]
        opened = {"orderNo": order, "openTime": _platform.moment(minutes=-1)}
        self.accepted(self.platform.post("financialAccount/openTimeMaintenance", opened)[1])
        key = {"guaranteeNo": letter, "secretKey": sealer.key}
        self.accepted(self.platform.ask("restoreApply", self.number("RS"), **key))
        self.operate("guarantee", "letter", letter, str(_PLAIN_LETTER))
        self.platform.await_receipt("3.8", letter)
        return letter

    def await_state(self, kind: str, number: str, state: str) -> None:
        def reached() -> bool:
            done = self.system.guaranteectl("--json", kind, "show", number)
            return done.returncode == 0 and json.loads(done.stdout)["state"] == state

        _system.wait_for(reached, _WITHIN_SECONDS, f"{kind} {number} {state}")

    def claim(self, letter: str, attachment: str) -> str:
        number = self.number("CL")
        name, code = _BENEFICIARY
        demand = {"guaranteeNo": letter, "beneficiary": name, "beneficiaryCode": code}
        self.accepted(
            self.platform.ask("compensateApply", number, **demand, compensateZip=attachment)
        )
        return number

    def test_a_claim_with_each_form_of_attachment(self) -> None:
        letter = self.restored(self.number("claim"))
        linked, by_path = _zip_of("证明.pdf", "by link"), _zip_of("证明.pdf", "by path")
        inlined = _zip_of("证明.pdf", "inline")
        self.files.put(f"/base/{_FOLDER}/path.zip", by_path)
        link = self.claim(letter, self.files.put(f"/{_FOLDER}/link.zip", linked))
        path = self.claim(letter, f"/{_FOLDER}/path.zip")
        inline = self.claim(letter, base64.b64encode(inlined).decode())
        odd = self.claim(letter, f"ask in {_FOLDER}")
        for number, form, content in (
            (link, "link", linked), (path, "path", by_path), (inline, "inline", inlined)
        ):
            row = self.await_attachment("claim", letter, number, "stored")
            self.assertEqual((form, "application/zip"), (row["form"], row["media_type"]))
            self.assertEqual(len(content), row["size_bytes"])
            self.assertEqual(content, self.bytes_of("claim", letter, row))
        row = self.await_attachment("claim", letter, odd, "text")
        self.assertEqual(f"ask in {_FOLDER}", row["text"])
        self.operate(
            "claim", "attachment", letter, "nowhere", "--id", row["id"], exit_status=1
        )
        shown = self.operate("claim", "show", letter)
        lines = [value for key, value in shown.items() if key.startswith("attachment_")]
        self.assertEqual(4, len(lines), shown)
        self.assertNotIn(_FOLDER, json.dumps(shown))
        self.assertNotIn(_FOLDER, json.dumps(self.operate("flow", "show", shown["flow"])))
        self.nothing_of_it_in_the_logs()

    def nothing_of_it_in_the_logs(self) -> None:
        for log in (self.system.state / "log").iterdir():
            text = log.read_text(encoding="utf-8", errors="replace")
            self.assertNotIn(_FOLDER, text, log.name)
        for process in self.system.endpoints["processes"]:
            self.assertNotIn(_FOLDER, _system.text_of(f"{process['admin']}metrics"))

    def test_the_other_three_interfaces(self) -> None:
        content = b"%PDF-1.7 licence"
        link = self.files.put(f"/{_FOLDER}/licence.pdf", content)
        credit = self.number("C")
        apply = {"applyUser": "某公司", "applyCode": "91430602MA4L5GJ80Y", "creditZip": link}
        self.accepted(self.platform.ask("creditApply", credit, **apply))
        row = self.await_attachment("credit", credit, credit, "stored")
        self.assertEqual(content, self.bytes_of("credit", credit, row))
        number = self.number("order")
        self.platform.order(number)
        order = f"O-{number}"
        self.await_state("order", order, "accepted")
        cancel = {"applyNo": order, "applyTime": _platform.moment(), "orderCanceZip": link}
        # 3.3 has no number of its own: sent again it is still one attachment.
        for _ in range(2):
            self.accepted(self.platform.post("financialAccount/orderCancelApply", cancel)[1])
        row = self.await_attachment("order", order, "", "stored")
        self.assertEqual(content, self.bytes_of("order", order, row))
        self.assertEqual(1, len(self.operate("order", "attachments", order)))
        letter, cancellation = self.restored(self.number("cancel")), self.number("CA")
        fields = {"guaranteeNo": letter, "reson": "x", "cancelZip": link}
        self.accepted(self.platform.ask("cancelApply", cancellation, **fields))
        row = self.await_attachment("cancellation", cancellation, cancellation, "stored")
        self.assertEqual(content, self.bytes_of("cancellation", cancellation, row))

    def test_a_host_that_is_away_and_a_process_that_is_killed_lose_nothing(self) -> None:
        letter = self.restored(self.number("later"))
        path, content = f"/{_FOLDER}/later.pdf", b"%PDF-1.7 later"
        link = self.files.put(path, content)
        self.files.away.add(path)
        number = self.claim(letter, link)
        _system.wait_for(
            lambda: self.attachment("claim", letter, number).get("reason")
            == "attachment.unreachable",
            _WITHIN_SECONDS,
            "the first try",
        )
        owner = self.owners[0]
        self.system.kill(owner)
        self.files.away.discard(path)
        self.system.start(owner)
        row = self.await_attachment("claim", letter, number, "stored")
        self.assertEqual(2, row["attempts"])
        self.assertEqual(content, self.bytes_of("claim", letter, row))

    def test_no_link_leads_anywhere_else(self) -> None:
        letter = self.restored(self.number("hostile"))
        inner = self.system.admin_of(self.owners[0])
        self.files.moved[f"/{_FOLDER}/moved.zip"] = f"{inner}metrics"
        refusals = {
            self.claim(letter, f"http://{self.files.host}/{_FOLDER}/moved.zip"):
                "attachment.redirect",
            self.claim(letter, f"{inner}metrics"): "attachment.host",
            self.claim(letter, "http://169.254.169.254/latest/meta-data/"): "attachment.host",
            self.claim(letter, f"/../{_FOLDER}.zip"): "attachment.path",
            self.claim(letter, self.files.put(f"/{_FOLDER}/page.zip", b"<html>sign in</html>")):
                "attachment.media_type",
            self.claim(letter, self.files.put(f"/{_FOLDER}/out.zip", _zip_of("../../etc/x", "x"))):
                "attachment.archive_name",
            self.claim(
                letter,
                self.files.put(f"/{_FOLDER}/bomb.zip", _zip_of("x", "0" * (64 << 20))),
            ): "attachment.archive_bomb",
        }
        for number, reason in refusals.items():
            row = self.await_attachment("claim", letter, number, "refused")
            self.assertEqual(reason, row["reason"])
        # Corrected by the platform, and asked for again by the operator.
        page = next(n for n, why in refusals.items() if why == "attachment.media_type")
        self.files.put(f"/{_FOLDER}/page.zip", _zip_of("a.txt", "right"))
        wrong = self.attachment("claim", letter, page)
        self.operate("claim", "fetch", letter, "--id", wrong["id"])
        self.await_attachment("claim", letter, page, "stored")
        self.nothing_of_it_in_the_logs()


class OnHub(Attachments, unittest.TestCase):
    pass


class OnProcesses(Attachments, unittest.TestCase):
    options = ("--broker", "kafka", "--store", "postgres")
    owners = ("claim", "credit", "order")


if __name__ == "__main__":
    unittest.main()
