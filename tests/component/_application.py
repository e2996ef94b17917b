"""A valid 3.1 and the request that carries it."""

import datetime
import json

from _system import System
from _wire import Answer, Connection, basic

PATH = b"/front/financialAccount/doOrderApply"
_CHINA = datetime.timezone(datetime.timedelta(hours=8))
_CREDIT_CODE = "91430602MA4L5GJ80Y"
# A premium has to come from it.
BASIC_ACCOUNT = "6222024000064789589"


def _days_from_now(days: int) -> str:
    moment = datetime.datetime.now(_CHINA) + datetime.timedelta(days=days)
    return moment.strftime("%Y-%m-%d %H:%M:%S")


def fields(number: str, **changed: object) -> dict[str, object]:
    """Every field of a 3.1 whose order and business numbers are told apart by their prefix."""
    return {
        "businessNo": f"B-{number}",
        "orderNo": f"O-{number}",
        "applyTime": _days_from_now(0),
        "bzjEndTime": _days_from_now(20),
        "openTime": _days_from_now(21),
        "bidderName": "湖南某建设有限公司",
        "bidderCode": _CREDIT_CODE,
        "projectName": "岳阳市某道路工程",
        "projectNo": "YY2023-0418",
        "tendersNo": "YY2023-0418-01",
        "tendersName": "第一标段",
        "emAmount": "500000.00",
        "tenderee": "岳阳市某局",
        "tendereeCode": _CREDIT_CODE,
        "icheck": "1",
        "khBank": "中国工商银行岳阳分行",
        "yhAccount": BASIC_ACCOUNT,
        **changed,
    }


def body(number: str, **changed: object) -> bytes:
    return json.dumps(fields(number, **changed), ensure_ascii=False).encode()


def authorization(system: System) -> bytes:
    return basic(system.partner["user"], system.partner["password"])


def request(content: bytes, credentials: bytes, extra: bytes = b"") -> bytes:
    return (
        b"POST " + PATH + b" HTTP/1.1\r\nHost: a\r\nAuthorization: " + credentials + b"\r\n"
        b"Content-Type: application/json\r\n" + extra + b"Content-Length: %d\r\n\r\n" % len(content)
    ) + content


def code_of(answer: Answer) -> str:
    """The answer's `code`; every answer of the gateway, refusals included, is a JSON object."""
    return str(json.loads(answer.body)["code"])


class Client:
    """Sends 3.1 on one connection that it keeps, and opens it again where it was closed."""

    def __init__(self, address: tuple[str, int], credentials: bytes, source: str = "") -> None:
        self._address = address
        self._credentials = credentials
        self._source = source
        self._connection: Connection | None = None

    def send(self, content: bytes) -> Answer:
        answer = Answer()
        reused = self._connection is not None
        if self._connection is None:
            self._connection = Connection(self._address, self._source)
        if self._connection.send(request(content, self._credentials)):
            answer = self._connection.read()
        if answer.status == 0 or answer.fields.get("connection", "").lower() == "close":
            self.close()
        if answer.status == 0 and reused:
            return self.send(content)
        return answer

    def close(self) -> None:
        if self._connection is not None:
            self._connection.socket.close()
            self._connection = None
