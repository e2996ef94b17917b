"""Just enough of C++ to tell code, comments and strings apart and to find function bodies."""

import dataclasses
import re

_TOKEN = re.compile(
    r"""
    (?P<line>//[^\n]*)
  | (?P<block>/\*.*?\*/)
  | (?P<raw>\bR"(?P<delimiter>[^()\\\s]{0,16})\((?P<body>.*?)\)(?P=delimiter)")
  | (?P<string>"(?:\\.|[^"\\\n])*")
  | (?P<number>\b\d[\w']*)
  | (?P<character>'(?:\\.|[^'\\\n])+')
    """,
    re.VERBOSE | re.DOTALL,
)
_SCOPE_HEAD = re.compile(r'\s*(?:inline\s+)?(?:namespace|class|struct|union|enum|extern\s*")')
_ACCESS = re.compile(r"\b(?:public|protected|private)\s*:(?!:)")
_ATTRIBUTE = re.compile(r"\[\[.*?\]\]", re.DOTALL)
_CONSTANT_HEAD = re.compile(r"\bk[A-Z]\w*\s*(?:\[[^\]]*\])*\s*$")
_INITIALISER_LIST = re.compile(r"\)[^(){};=]*[^:]:(?!:)")
_ASSIGNED = re.compile(r"(?<![=!<>])=(?!=)\s*$")
_LAMBDA = re.compile(r"(\w+)\s*=\s*\[")
_NAME = re.compile(r"(operator\s*(?:\(\)|[^\s(]+)|[~\w:]+)\s*\(")
_PREPROCESSOR = re.compile(r"^[ \t]*#(?:[^\n]*\\\n)*[^\n]*", re.MULTILINE)


@dataclasses.dataclass(frozen=True)
class Literal:
    line: int
    text: str


@dataclasses.dataclass(frozen=True)
class Function:
    name: str
    line: int  # of the first line of its head
    lines: int  # head and body


def _blank(text: str) -> str:
    return re.sub(r"[^\n]", " ", text)


def code_of(text: str) -> str:
    """The source with comments and the insides of strings blanked; every line keeps its place."""

    def replace(match: re.Match[str]) -> str:
        found = match.group(0)
        if match.lastgroup == "number":
            return found
        if match.group("line") or match.group("block"):
            return _blank(found)
        return found[0] + _blank(found[1:-1]) + found[-1]

    return _TOKEN.sub(replace, text)


def comments_of(text: str) -> list[Literal]:
    return [
        Literal(text.count("\n", 0, match.start()) + 1, match.group(0))
        for match in _TOKEN.finditer(text)
        if match.group("line") or match.group("block")
    ]


def literals_of(text: str) -> list[Literal]:
    """Every string literal's inside, but the names of included files."""
    found = []
    for match in _TOKEN.finditer(text):
        if not (match.group("string") or match.group("raw")):
            continue
        start = text.rfind("\n", 0, match.start()) + 1
        if text[start : match.start()].lstrip().startswith("#include"):
            continue
        inside = match.group("body") if match.group("raw") else match.group("string")[1:-1]
        found.append(Literal(text.count("\n", 0, match.start()) + 1, inside))
    return found


def includes_of(text: str) -> list[Literal]:
    """Files included with quotes."""
    return [
        Literal(text.count("\n", 0, match.start()) + 1, match.group(1))
        for match in re.finditer(r'^#include "([^"]+)"', text, re.MULTILINE)
    ]


def functions_of(text: str) -> list[Function]:
    """Function definitions with their length; a lambda belongs to the function around it."""
    code = _PREPROCESSOR.sub(lambda match: _blank(match.group(0)), code_of(text))
    found: list[Function] = []
    head_start, position = 0, 0
    while position < len(code):
        character = code[position]
        if character in ";}":
            head_start = position + 1
        elif character == "(":
            position = _closing(code, position, "(", ")")
        elif character == "{":
            head = code[head_start:position]
            what = _what_opens(head)
            if what == "initialiser":
                position = _closing(code, position, "{", "}")
            elif what == "function":
                end = _closing(code, position, "{", "}")
                found.append(_function(code, head_start, position, end))
                position, head_start = end, end + 1
            else:
                head_start = position + 1
        position += 1
    return found


def _what_opens(head: str) -> str:
    """What the brace after this head begins: function, initialiser, or scope."""
    head = _without_template(_ATTRIBUTE.sub("", _ACCESS.sub("", head)))
    if not head.strip() or _SCOPE_HEAD.match(head):
        return "scope"
    if "(" not in head or _ASSIGNED.search(head) or _CONSTANT_HEAD.search(head):
        return "initialiser"
    if _INITIALISER_LIST.search(head) and re.search(r"[\w>]\s*$", head):
        return "initialiser"  # of a member, before the constructor's body
    return "function"


def _without_template(head: str) -> str:
    """The head without a leading `template <...>`."""
    stripped = head.lstrip()
    if not stripped.startswith("template"):
        return head
    opening = stripped.find("<")
    return stripped[_closing(stripped, opening, "<", ">") + 1 :] if opening > 0 else head


def _function(code: str, head_start: int, opening: int, end: int) -> Function:
    head = _ACCESS.sub(lambda match: " " * len(match.group(0)), code[head_start:opening])
    first = head_start + len(head) - len(head.lstrip())
    match = _LAMBDA.search(head) or _NAME.search(head)
    line = code.count("\n", 0, first) + 1
    return Function(match.group(1) if match else "?", line, code.count("\n", first, end) + 1)


def _closing(code: str, opening: int, open_with: str, close_with: str) -> int:
    depth = 0
    for match in re.compile(f"[{re.escape(open_with)}{re.escape(close_with)}]").finditer(
        code, opening
    ):
        depth += 1 if match.group(0) == open_with else -1
        if depth == 0:
            return match.start()
    raise ValueError(f"line {code.count(chr(10), 0, opening) + 1}: {open_with} is never closed")
