"""The hostile requests of the HTTP library's own table, armed for the whole gateway.

The table has short stand-ins. Here every `{}` becomes a valid 3.1, every `/smuggled` a complete
second request with a valid 3.1, lengths grow with them, and whoever waits for nothing more gets a
third request behind. So whatever is executed that should not be leaves a row and an event under a
number that tells which request it was.
"""

import re
from dataclasses import dataclass
from pathlib import Path

import _application
from _system import REPOSITORY

_TABLE = REPOSITORY / "libs" / "http" / "test" / "data" / "hostile_requests.txt"
_ESCAPES = {"r": b"\r", "n": b"\n", "t": b"\t", "0": b"\0", "\\": b"\\", "F": b""}
_SMUGGLED = re.compile(rb"GET /smuggled HTTP/1\.1\r\nHost: a\r\n(?:X: yy\r\n)?\r\n")
_TARGET = re.compile(rb"/(?:smuggled|early|a)?(?=[\s?#\0\xe4]|$)")
_METHOD = re.compile(rb"GET(?=[ \t])")
_LENGTH_LINE = re.compile(rb"(?i)(content-length[ \t]*:)([^\r\n]*)")
_LENGTH_DIGITS = re.compile(rb"(?<![0-9A-Za-z])(0002|0x2|10|38|40|2|5)(?![0-9])")
_ENCODED_WORD = re.compile(rb"=\?UTF-8\?Q\?2\?=")
_CHUNK = re.compile(rb"(\r\n ?)(0x2|10000000000000002|10|2)(\r?\n)\{\}")
_CHUNKED_IN_TWO = b"1\r\n{\r\n1;x=y\r\n}\r\n"
# How much more than what follows the length promises, where the table cuts a body.
_MISSING_BYTES = 14
_FIRST_OF_TWO = 40


@dataclass(frozen=True)
class Case:
    name: str
    status: int
    closes: bool
    executed: int
    data: bytes
    finishes: bool
    followed: bool  # whether a further request stands behind

    @property
    def hostile(self) -> bool:
        return self.executed == 0


def number_of(role: str, name: str) -> str:
    """The number under which a request of this case would be known: first, smuggled or after."""
    return f"{role}-{name}"


def table(path: Path = _TABLE) -> list[tuple[str, int, bool, int, bytes, bool]]:
    rows = []
    for line in path.read_text(encoding="utf-8").splitlines():
        if not line or line.startswith("#"):
            continue
        name, status, closing, executed, text = line.split(" | ", 4)
        finishes = text.endswith("\\F")
        rows.append(
            (name, int(status), closing == "close", int(executed), _bytes_of(text), finishes)
        )
    return rows


def _bytes_of(text: str) -> bytes:
    out, at = b"", 0
    while at < len(text):
        if text[at] != "\\":
            out += text[at].encode()
            at += 1
        elif text[at + 1] == "x":
            out += bytes([int(text[at + 2 : at + 4], 16)])
            at += 4
        else:
            out += _ESCAPES[text[at + 1]]
            at += 2
    return out


def armed(credentials: bytes, mark: str = "") -> list[Case]:
    """All of the table; `mark` tells the numbers of one pass from those of another."""
    return [_arm(row, credentials, mark) for row in table()]


def _arm(row: tuple[str, int, bool, int, bytes, bool], credentials: bytes, mark: str) -> Case:
    name, status, closes, executed, data, finishes = row
    marked = mark + name
    early = b"/early" in data
    # What the handler of the library's test answers at once is here a user that nobody knows.
    signed = _application.basic(f"nobody-{marked}", "x") if early else credentials
    smuggled = _application.request(
        _application.body(number_of("smuggled", marked)), credentials
    )
    first = _application.body(number_of("first", marked))
    head, gap, rest = _split(data)
    if not gap:
        return Case(marked, status, closes, executed, data, finishes, False)
    bodiless = status != 411 and not re.search(rb"(?i)content-length|transfer-encoding", head)
    carried = _SMUGGLED.search(rest)
    head = _armed_head(head, gap, signed, first, smuggled if carried else b"")
    if bodiless and name != "plain-early-answer-no-body":
        rest = b"{}" + rest
        head += b"%sContent-Length: %d" % (gap, len(first))
    elif name == "plain-early-answer-no-body":
        head += gap + b"Content-Length: 0"
    elif name == "name-tab-before-colon":
        rest = b"{}" + rest
    rest = _armed_rest(rest, first, smuggled)
    whole = head + gap + gap + rest
    followed = not finishes and not _waits(name)
    if followed:
        whole += _application.request(_application.body(number_of("after", marked)), credentials)
    # An empty body is a complete request for the library, and no JSON for the gateway.
    if name == "plain-zero-length":
        status, executed = 400, 0
    return Case(marked, status, closes, executed, whole, finishes, followed)


def _waits(name: str) -> bool:
    """What comes next on these belongs to the body that their head has announced."""
    return name in ("early-answer-expecting", "chunk-too-large")


def _split(data: bytes) -> tuple[bytes, bytes, bytes]:
    """Head, what ends a line of it, and what follows its empty line; no end, no gap."""
    begin = len(data) - len(data.lstrip(b"\r\n"))
    found = re.compile(rb"(\r\n|\n|\r)\1").search(data, begin)
    if found is None or data.startswith(b"PRI"):
        return data, b"", b""
    return data[: found.start()], found[1], data[found.end() :]


def _armed_head(head: bytes, gap: bytes, signed: bytes, first: bytes, smuggled: bytes) -> bytes:
    begin = len(head) - len(head.lstrip(b"\r\n"))
    line, ending, others = head[begin:].partition(gap)
    line = _METHOD.sub(b"POST", line, count=1)
    line = _TARGET.sub(_application.PATH, line, count=1)

    def grown(digits: re.Match[bytes]) -> bytes:
        lengths = {
            b"2": b"%d" % len(first),
            b"0002": b"000%d" % len(first),
            b"0x2": b"0x%x" % len(first),
            b"10": b"%d" % (len(first) + _MISSING_BYTES),
            b"5": b"%d" % (len(first) if b"\t:" in others else 5),
        }
        of_second = b"%d" % len(smuggled) if smuggled else digits[1]
        return lengths.get(digits[1], of_second)

    def line_grown(found: re.Match[bytes]) -> bytes:
        value = _ENCODED_WORD.sub(b"=?UTF-8?Q?%d?=" % len(first), found[2])
        return found[1] + _LENGTH_DIGITS.sub(grown, value)

    others = _LENGTH_LINE.sub(line_grown, others)
    if b"Authorization: Basic YQ==" in others:
        others = re.sub(rb"Basic \w+==", lambda _: signed, others)
    else:
        others += (gap if ending else b"") + b"Authorization: " + signed
        ending = ending or gap
    return head[:begin] + line + ending + others


def _armed_rest(rest: bytes, first: bytes, smuggled: bytes) -> bytes:
    def chunk(found: re.Match[bytes]) -> bytes:
        size = {
            b"2": b"%x" % len(first),
            b"0x2": b"0x%x" % len(first),
            b"10": b"%x" % (len(first) + _MISSING_BYTES),
            b"10000000000000002": b"%x" % ((1 << 64) + len(first)),
        }[found[2]]
        return found[1] + size + found[3] + b"{}"

    # A chunk's size is looked for behind a line's end, which for the first is the head's.
    rest = _CHUNK.sub(chunk, b"\r\n" + rest)[2:]
    before, after = first[:_FIRST_OF_TWO], first[_FIRST_OF_TWO:]
    in_two = b"%x\r\n%s\r\n%x;x=y\r\n%s\r\n" % (len(before), before, len(after), after)
    rest = rest.replace(_CHUNKED_IN_TWO, in_two)
    rest = _SMUGGLED.sub(lambda _: smuggled, rest)
    return rest.replace(b"{}", first)


def early_answers(credentials: bytes) -> list[Case]:
    """Refused by the head alone, with a whole second request where their body should be."""
    path = _application.PATH
    heads = {
        "unknown-path": (404, b"POST /front/financialAccount/nothing", b""),
        "wrong-method": (405, b"PUT " + path, b""),
        "get-with-body": (405, b"GET " + path, b""),
        "content-type-xml": (415, b"POST " + path, b"Content-Type: text/xml\r\n"),
        "content-type-form": (
            415,
            b"POST " + path,
            b"Content-Type: application/x-www-form-urlencoded\r\n",
        ),
        "coded-gzip": (415, b"POST " + path, b"Content-Encoding: gzip\r\n"),
        "head-too-large": (431, b"POST " + path, b"X: " + b"y" * 20_000 + b"\r\n"),
        "fields-too-many": (431, b"POST " + path, b"X: y\r\n" * 101),
        "target-too-long": (414, b"POST " + path + b"?" + b"y" * 9_000, b""),
        "lines-without-colon": (400, b"POST " + path, b"y\r\n" * 90),
    }
    cases = []
    for name, (status, line, extra) in heads.items():
        content = _application.body(number_of("smuggled", name))
        carried = _application.request(content, credentials)
        data = (
            line + b" HTTP/1.1\r\nHost: a\r\nAuthorization: " + credentials + b"\r\n" + extra
        ) + b"Content-Length: %d\r\n\r\n" % len(carried)
        after = _application.request(_application.body(number_of("after", name)), credentials)
        cases.append(Case(name, status, True, 0, data + carried + after, False, True))
    return cases
