"""The platform's side: applications, cancellations, and the calls that bring them to a gateway."""

import base64
import dataclasses
import datetime
import hashlib
import http.client
import json
import random
import urllib.parse
from typing import Any

from _history import FAIL, INFO, OK, History

# What each application is for, in yuan.
AMOUNT = "500000.00"
APPLY, CANCEL = "financialAccount/doOrderApply", "financialAccount/orderCancelApply"
# What the tours ask, by section.
PATHS = {
    "3.5": "financialAccount/creditApply",
    "3.7": "financialAccount/restoreApply",
    "3.9": "financialAccount/cancelApply",
    "3.10": "guarantee/cancelNotice",
    "3.11": "financialAccount/compensateApply",
    "3.12": "guarantee/compensateNotice",
    "3.13": "financialAccount/invoiceApply",
    "3.15": "financialAccount/refundApply",
    "3.17": "financialAccount/creditRevocation",
    "3.18": "financialAccount/refundRevocation",
    "3.19": "financialAccount/compensateRevocation",
    "3.20": "financialAccount/cancelRevocation",
    "3.21": "financialAccount/queryCredit",
    "3.22": "financialAccount/openTimeMaintenance",
    "3.23": "financialAccount/updateEmEndTime",
}
# The answers of 3.21 are findings, and none of them is a refusal.
CREDIT_CHECK, _FINDINGS = "3.21", ("1", "2", "3", "4")
REQUEST_SECONDS = 10.0
_SEALED = (
    "bidderName",
    "bidderCode",
    "projectName",
    "projectNo",
    "tendersNo",
    "tendersName",
    "tenderee",
    "tendereeCode",
)
_SEALED_BYTES = 128
# Of an application whose names come plain: the institution seals them itself, and opens them with
# any key.
_PLAIN = {
    "bidderName": "湖南某建设有限公司",
    "bidderCode": "91430602MA4L5GJ80Y",
    "projectName": "岳阳市某道路工程",
    "projectNo": "YY2023-0418",
    "tendersNo": "YY2023-0418-01",
    "tendersName": "第一标段",
    "tenderee": "岳阳市某局",
    "tendereeCode": "91430602MA4L5GJ80Y",
}
# The account that the bank-simulator pays from.
_BASIC_ACCOUNT = "6200000000000000001"
_UTC8 = datetime.timezone(datetime.timedelta(hours=8))
_PURCHASE = datetime.timedelta(days=2)
_OPENING = datetime.timedelta(days=2, hours=1)


@dataclasses.dataclass(frozen=True)
class Partner:
    id: str
    user: str
    password: str

    def authorization(self) -> str:
        return "Basic " + base64.b64encode(f"{self.user}:{self.password}".encode()).decode()


@dataclasses.dataclass(frozen=True)
class Application:
    """One 3.1 of one partner; `body` are the bytes of its first sending."""

    partner: Partner
    business_no: str
    order_no: str
    fields: dict[str, Any]
    plain: bool = False

    @property
    def body(self) -> bytes:
        return encode(self.fields)

    def with_fields(self, **changes: str) -> bytes:
        return encode({**self.fields, **changes})


def encode(fields: dict[str, Any]) -> bytes:
    return json.dumps(fields, ensure_ascii=False).encode()


def time_text(ahead: datetime.timedelta = datetime.timedelta()) -> str:
    return (datetime.datetime.now(_UTC8) + ahead).strftime("%Y-%m-%d %H:%M:%S")


def application(
    partner: Partner, run: str, number: int, rng: random.Random, plain: bool = False
) -> Application:
    """Unless `plain`, the sealed fields are blocks that nobody can open, whatever the key."""
    business_no, order_no = f"YW{run}-{number}", f"DD{run}-{number}"
    fields: dict[str, Any] = {
        "businessNo": business_no,
        "orderNo": order_no,
        "applyTime": time_text(),
        "bzjEndTime": time_text(_PURCHASE),
        "openTime": time_text(_OPENING),
        "emAmount": AMOUNT,
        "icheck": "1",
        "khBank": "示范银行",
        "yhAccount": _BASIC_ACCOUNT,
    }
    for name in _SEALED:
        block = base64.b64encode(rng.randbytes(_SEALED_BYTES)).decode()
        fields[name] = _PLAIN[name] if plain else block
    return Application(partner, business_no, order_no, fields, plain)


def cancellation(order_no: str) -> bytes:
    return encode({"applyNo": order_no, "applyTime": time_text(), "remark": "项目流标"})


@dataclasses.dataclass(frozen=True)
class Answer:
    """`type` as in the history; status 0 where none came."""

    type: str
    status: int
    code: str
    message: str
    data: str


def judge(status: int, body: bytes, yes: tuple[str, ...] = ("200",)) -> Answer:
    """`yes`: the codes that are no refusal."""
    try:
        told = json.loads(body)
        code, message, data = str(told["code"]), str(told.get("msg", "")), told.get("data")
    except (ValueError, KeyError, TypeError, AttributeError):
        return Answer(INFO, status, "", f"unreadable: {body[:200]!r}", "")
    if status == 200 and code in yes:
        type_ = OK
    else:
        type_ = INFO if status >= 500 else FAIL
    return Answer(type_, status, code, message, "" if data is None else json.dumps(data))


class Client:
    """Keeps one connection to each gateway; not for several threads."""

    def __init__(self, urls: list[str], history: History) -> None:
        self._urls = [urllib.parse.urlsplit(url) for url in urls]
        self._connections: dict[int, http.client.HTTPConnection] = {}
        self._history = history

    def post(
        self, gateway: int, path: str, partner: Partner, body: bytes, **head: Any
    ) -> Answer:
        """One attempt, noted in the history together with `head`."""
        digest = hashlib.sha256(body).hexdigest()
        call = self._history.invoke(
            gateway=gateway, partner=partner.id, body_sha256=digest, **head
        )
        try:
            answer = self._attempt(gateway, path, partner, body)
        except (OSError, http.client.HTTPException) as lost:
            self.close(gateway)
            answer = Answer(INFO, 0, "", f"{type(lost).__name__}: {lost}", "")
        told = dataclasses.asdict(answer)
        self._history.end(call, told.pop("type"), **told)
        return answer

    def _attempt(self, gateway: int, path: str, partner: Partner, body: bytes) -> Answer:
        url = self._urls[gateway]
        connection = self._connections.get(gateway)
        if connection is None:
            connection = http.client.HTTPConnection(url.hostname, url.port, timeout=REQUEST_SECONDS)
            self._connections[gateway] = connection
        headers = {"Content-Type": "application/json", "Authorization": partner.authorization()}
        connection.request("POST", url.path + path, body, headers)
        answer = connection.getresponse()
        check = path == PATHS[CREDIT_CHECK]
        return judge(answer.status, answer.read(), _FINDINGS if check else ("200",))

    def close(self, gateway: int) -> None:
        connection = self._connections.pop(gateway, None)
        if connection is not None:
            connection.close()

    def close_all(self) -> None:
        for gateway in list(self._connections):
            self.close(gateway)
