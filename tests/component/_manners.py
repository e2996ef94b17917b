"""The ways in which a platform meets a notice, and what each has to mean for it."""

import asyncio
import dataclasses
import json
import socket
import struct
from typing import Awaitable, Callable

# What a manner means: the notice is through; it has to come again; it is parked for an operator;
# or both are right, for nobody can know what the sender saw.
ACCEPTED, AGAIN, PARKED, EITHER = "accepted", "again", "parked", "either"

_ACCEPTING = json.dumps({"code": 200, "msg": "操作成功"}, ensure_ascii=False).encode()
_SLOW_SECONDS, _SLOW_PIECES = 2.0, 8
_ANSWER_BYTES_MAX = 1 << 20
_RESET = struct.pack("ii", 1, 0)

# Whether the connection can take another request.
Answering = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[bool]]


@dataclasses.dataclass(frozen=True)
class Manner:
    """`whole`: a complete answer was written when `answer` returns."""

    name: str
    effect: str
    whole: bool
    answer: Answering


def _framed(status: int, body: bytes, *fields: str) -> bytes:
    lines = [f"HTTP/1.1 {status} Answer", "Content-Type: application/json", *fields]
    lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def _reset(writer: asyncio.StreamWriter) -> None:
    """Closes with a reset instead of an orderly end."""
    ours = writer.get_extra_info("socket")
    ours.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
    writer.transport.abort()


def _said(content: bytes, keep: bool = True) -> Answering:
    async def answer(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        writer.write(content)
        await writer.drain()
        return keep

    return answer


def _cut(content: bytes) -> Answering:
    """Says so much, then resets."""

    async def answer(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        writer.write(content)
        await writer.drain()
        _reset(writer)
        return False

    return answer


def _held(content: bytes) -> Answering:
    """Says so much and nothing more; the other side has to lose patience."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        if content:
            writer.write(content)
            await writer.drain()
        await reader.read(1)
        return False

    return answer


async def _slowly(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
    content = _framed(200, _ACCEPTING)
    size = -(-len(content) // _SLOW_PIECES)
    for at in range(0, len(content), size):
        await asyncio.sleep(_SLOW_SECONDS / _SLOW_PIECES)
        writer.write(content[at : at + size])
        await writer.drain()
    return True


async def _endless(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
    """Chunks of white space before a good answer that never comes; ends when nobody reads on."""
    writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    while True:
        writer.write(b"10000\r\n" + b" " * 0x10000 + b"\r\n")
        await writer.drain()


def _refusal(message: str) -> bytes:
    return json.dumps({"code": 500, "msg": message}, ensure_ascii=False).encode()


def _whole(name: str, effect: str, status: int, body: bytes, *fields: str) -> Manner:
    return Manner(name, effect, True, _said(_framed(status, body, *fields)))


_HALF = _framed(200, _ACCEPTING)[: -len(_ACCEPTING) // 2]
ACCEPT = _whole("accept", ACCEPTED, 200, _ACCEPTING)
REFUSE = _whole("refuse", PARKED, 200, _refusal("业务流水号不存在"))
SILENT = Manner("silent", AGAIN, False, _held(b""))
SLOW = Manner("slow", ACCEPTED, True, _slowly)

# They take the sender's whole patience.
PATIENCE = (SILENT, Manner("half an answer, then silence", AGAIN, False, _held(_HALF)))

# Accepted, in other spellings.
ACCEPTING = (
    _whole("code as a text", ACCEPTED, 200, b'{"code":"200","msg":""}'),
    _whole("state instead of code", ACCEPTED, 200, b'{"state":"200"}'),
    _whole("201", ACCEPTED, 201, _ACCEPTING),
    Manner(
        "accepts and closes",
        ACCEPTED,
        True,
        _said(_framed(200, _ACCEPTING, "Connection: close"), keep=False),
    ),
)

FAULTS = (
    # A success in the body of a failure is none.
    _whole("500", AGAIN, 500, _ACCEPTING),
    _whole("502 in HTML", AGAIN, 502, b"<html>Bad Gateway</html>"),
    _whole("503 with Retry-After", AGAIN, 503, _refusal("忙"), "Retry-After: 1"),
    *(
        _whole(str(status), AGAIN, status, _ACCEPTING, "Location: /trap/elsewhere")
        for status in (301, 302, 303, 307, 308)
    ),
    _whole("404", AGAIN, 404, b"not here"),
    _whole("408", AGAIN, 408, b""),
    _whole("429", AGAIN, 429, b"", "Retry-After: 1"),
    Manner("reset before the answer", AGAIN, False, _cut(b"")),
    Manner("reset in the head", AGAIN, False, _cut(_framed(200, _ACCEPTING)[:20])),
    Manner("reset in the body", AGAIN, False, _cut(_HALF)),
    Manner("200, then reset", EITHER, True, _cut(_framed(200, _ACCEPTING))),
    Manner("closed in the body", AGAIN, False, _said(_HALF, keep=False)),
    Manner(
        "chunks without an end",
        AGAIN,
        False,
        _said(
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n" % len(_ACCEPTING)
            + _ACCEPTING
            + b"\r\n",
            keep=False,
        ),
    ),
    _whole("huge", AGAIN, 200, b" " * (_ANSWER_BYTES_MAX + 1) + _ACCEPTING),
    Manner("endless", AGAIN, False, _endless),
    _whole("no JSON", AGAIN, 200, b"OK"),
    _whole("empty", AGAIN, 200, b""),
    _whole("cut JSON", AGAIN, 200, _ACCEPTING[:-1]),
    _whole("an array", AGAIN, 200, b"[" + _ACCEPTING + b"]"),
    _whole("a second document", AGAIN, 200, _ACCEPTING * 2),
    _whole("no code", AGAIN, 200, b'{"msg":"ok"}'),
    _whole("code null", AGAIN, 200, b'{"code":null}'),
    _whole("no UTF-8", AGAIN, 200, b'{"code":200,"msg":"\xff\xfe"}'),
    Manner("no HTTP", AGAIN, False, _said(b"220 ready\r\n\r\n", keep=False)),
)

# Rulings 2.2: our own sign-in or entitlement is wrong; the whole partner or interface waits.
CONFIGURATION = tuple(
    _whole(message, AGAIN, status, _refusal(message))
    for status, message in (
        (401, "登录失败，用户名为空！"),
        (200, "登录失败，用户名不存在！"),
        (200, "登录失败，用户未启用！"),
        (200, "身份验证失败！请联系服务商！"),
        (200, "登录失败，无法校验用户！"),
        (403, "系统无法接受数据！ 注意：银行接口未授权！"),
        (200, "系统无法接受数据！ 注意：银行接口授权时间2024-08-01 (已到期)"),
    )
)
