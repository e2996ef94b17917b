"""The platform that receives the notices, a witness of its own: it shares no code with the hub.

    _receiver.py PORT ENDPOINTS.json RECEIPTS.jsonl

Each notice becomes one line, written before it is answered: seq time partner section number
business_no guarantee_no cost success body_sha256 headers verdict message. `verdict` is accepted or
refused; `number` is the order's, else the guarantee's, else the business number. The credentials
are those of endpoints.json, which is there before the first notice is.
"""

import asyncio
import base64
import hashlib
import json
import os
import random
import sys
import time
from pathlib import Path
from typing import Any

_SECTIONS = {
    "/front/guarantee/orderApplyNotice": "3.2",
    "/front/guarantee/orderCancelNotice": "3.4",
    "/front/guarantee/creditApplyNotice": "3.6",
    "/front/guarantee/restoreNotice": "3.8",
    "/front/guarantee/cancelNotice": "3.10",
    "/front/guarantee/compensateNotice": "3.12",
    "/front/guarantee/invoiceNotice": "3.14",
    "/front/guarantee/refundNotice": "3.16",
    "/front/financialAccount/cancelApply": "3.9",
    "/front/financialAccount/compensateApply": "3.11",
}
# The institution's requests, which have no envelope.
_OWN_REQUESTS = ("3.9", "3.11")
_RESULTS = {
    "3.2": "applyResult",
    "3.4": "cancelResult",
    "3.6": "creditResult",
    "3.10": "operateResult",
    "3.12": "operateResult",
    "3.14": "invoiceResult",
    "3.16": "operateResult",
}
_NUMBERS = {"3.2": "orderNo", "3.4": "applyNo", "3.6": "businessNo"}
_ISSUE_FIELDS = (
    "guaranteeNo",
    "payerName",
    "payerAccount",
    "instName",
    "generateTime",
    "rate",
    "cost",
    "validBeginTime",
    "validEndTime",
)
# What a success has beside its numbers.
_SUCCESS_FIELDS = {
    "3.2": _ISSUE_FIELDS,
    "3.6": ("applyUser", "applyCode", "validBeginTime", "validEndTime"),
    "3.8": ("restoreTime",),
    "3.11": ("beneficiary", "beneficiaryCode"),
    "3.12": ("payerAmount", "applyUserName", "applyUserPhone", "compensateResultDesc"),
    "3.14": ("invoiceNo", "type"),
}
_HEAD_BYTES_MAX, _BODY_BYTES_MAX = 64 << 10, 32 << 20
_BACKLOG = 1024
_ANSWER_SECONDS_MAX = 0.3


def succeeded(section: str, notice: dict[str, Any]) -> bool:
    """A 3.8 can tell of nothing else, and the institution's own request tells of no result."""
    return section not in _RESULTS or notice.get(_RESULTS[section]) == "0"


def unfit(section: str, notice: dict[str, Any]) -> str:
    """What is wrong with the notice; empty where nothing is."""
    number = notice.get(_NUMBERS.get(section, "guaranteeNo"))
    if not number or section in _RESULTS and notice.get(_RESULTS[section]) not in ("0", "1"):
        return "no number or no result"
    if section == "3.4":
        return ""
    if not notice.get("businessNo"):
        return "no businessNo"
    if not succeeded(section, notice):
        return ""
    missing = [name for name in _SUCCESS_FIELDS.get(section, ()) if not notice.get(name)]
    if missing:
        return f"without {missing}"
    return _unfit_letter(notice) if section in ("3.2", "3.8") else ""


def _unfit_letter(notice: dict[str, Any]) -> str:
    letter = base64.b64decode(notice.get("guaranteeFile", ""), validate=True)
    if not letter.startswith(b"%PDF-") or b"%%EOF" not in letter[-1024:]:
        return "the letter is no PDF"
    return ""


class Receiver:
    """Writes receipts one after the other: there is one event loop."""

    def __init__(self, endpoints: Path, receipts: Path) -> None:
        self._endpoints, self._partners = endpoints, dict[str, str]()
        self._file = os.open(receipts, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        self._next = 1

    def _partner_of(self, authorization: str) -> str | None:
        if not self._partners:
            for one in json.loads(self._endpoints.read_text(encoding="utf-8"))["partners"]:
                platform = one["platform"]
                secret = f"{platform['user']}:{platform['password']}".encode()
                self._partners["Basic " + base64.b64encode(secret).decode()] = one["id"]
        return self._partners.get(authorization)

    def receive(self, path: str, headers: dict[str, str], body: bytes) -> tuple[int, str, int]:
        """HTTP status, message and code of the answer."""
        section = _SECTIONS.get(path)
        partner = self._partner_of(headers.get("authorization", ""))
        if section is None or partner is None:
            return (404, "unknown path", 500) if section is None else (401, "unknown user", 500)
        try:
            notice = json.loads(body)
            if section not in _OWN_REQUESTS:
                notice = notice["data"]
            message = unfit(section, notice)
        except (ValueError, KeyError, TypeError) as wrong:
            notice, message = {}, f"unreadable: {wrong}"
        self._write(section, partner, headers, body, notice, message)
        return 200, message or "操作成功", 500 if message else 200

    def _write(
        self,
        section: str,
        partner: str,
        headers: dict[str, str],
        body: bytes,
        notice: dict[str, Any],
        message: str,
    ) -> None:
        receipt = {
            "seq": self._next,
            "time": time.time(),
            "partner": partner,
            "section": section,
            "number": notice.get(_NUMBERS.get(section, "guaranteeNo"), ""),
            "business_no": notice.get("businessNo", ""),
            "guarantee_no": notice.get("guaranteeNo", ""),
            "cost": notice.get("cost", ""),
            "success": succeeded(section, notice),
            "body_sha256": hashlib.sha256(body).hexdigest(),
            "headers": {"idempotency-key": headers.get("idempotency-key", "")},
            "verdict": "refused" if message else "accepted",
            "message": message,
        }
        line = json.dumps(receipt, ensure_ascii=False).encode() + b"\n"
        if os.write(self._file, line) != len(line):
            raise OSError("the receipts file does not take a line")
        self._next += 1

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while await self._one(reader, writer):
                pass
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # the other side has gone; what it wanted to know it asks again
        finally:
            writer.close()

    async def _one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        method, path, _ = head[0].split(" ", 2)
        headers = {}
        for line in head[1:-2]:
            name, _, value = line.partition(":")
            headers[name.strip().lower()] = value.strip()
        size = int(headers.get("content-length", "-1"))
        if method != "POST" or not 0 <= size <= _BODY_BYTES_MAX:
            return False
        body = await reader.readexactly(size)
        status, message, code = self.receive(path, headers, body)
        # A platform takes its time, and a kill is to fall into it.
        await asyncio.sleep(random.uniform(0.0, _ANSWER_SECONDS_MAX))
        answer = json.dumps({"code": code, "msg": message}, ensure_ascii=False).encode()
        writer.write(
            f"HTTP/1.1 {status} Answer\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(answer)}\r\n\r\n".encode()
            + answer
        )
        await writer.drain()
        return True


async def _main(port: int, endpoints: Path, receipts: Path) -> None:
    receiver = Receiver(endpoints, receipts)
    server = await asyncio.start_server(
        receiver.serve, "127.0.0.1", port, limit=_HEAD_BYTES_MAX, backlog=_BACKLOG
    )
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_main(int(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3])))
