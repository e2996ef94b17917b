"""What no source of ours may hold: too much in one place, banned words, sleeps, notes to self."""

import ast
import dataclasses
import re
from typing import Callable, Iterator, Sequence

import cpp
from tree import Finding, Source

FUNCTION_LINES_MAX = 70
FILE_LINES_MAX = 500
TEST_FILE_LINES_MAX = 700
COLUMNS_MAX = 100

_CPP = (".cc", ".h")


@dataclasses.dataclass(frozen=True)
class Ban:
    """A word that no code may hold; `where` says which sources it is banned in."""

    name: str
    pattern: str
    why: str
    where: Callable[[Source], bool] = lambda source: True


def _is_test(source: Source) -> bool:
    return source.is_test


def _is_product(source: Source) -> bool:
    return not source.is_test


CPP_BANS = (
    Ban("system_clock::now", r"\bsystem_clock::now\b", "time is an argument or the Clock port"),
    Ban("rand", r"(?<![\w.>])s?rand\s*\(", "chance comes from libs/crypto"),
    Ban("getenv", r"\b(secure_)?getenv\b", "settings come from the configuration file"),
    Ban("std::regex", r"\bstd::w?regex\b", "it recurses over its input"),
    Ban("sleep_for", r"\bsleep_(for|until)\b", "a wait has a condition, a deadline and a stop"),
    Ban("sleep", r"\b(u|nano)?sleep\s*\(", "a wait has a condition, a deadline and a stop"),
    Ban("JsonStringToMessage", r"\bJsonStringToMessage\b", "it takes duplicate keys"),
    Ban("Poco::JSON", r"\bPoco::JSON\b", "it turns 2^64 into 0"),
    Ban("catch (...)", r"\bcatch\s*\(\s*\.\.\.\s*\)", "it swallows what nobody looked at"),
    Ban("assert", r"(?<![\w.:])assert\s*\(", "it is gone in what is shipped", _is_product),
)
PYTHON_BANS = (
    Ban("time.sleep", r"\btime\.sleep\b|\bfrom time import\b.*\bsleep\b",
        "a test waits for a condition with a deadline", _is_test),
    Ban("bare except", r"^\s*except\s*:", "it swallows what nobody looked at"),
)
# Written so that this file does not hold what it looks for.
_NOTE_WORDS = ("TO" + "DO", "FIX" + "ME", "XX" + "X", "HA" + "CK")
_MACHINE_FOLDERS = ("wo" + "rk", "ro" + "ot", "ho" + "me")
_NOTES = re.compile(r"\b(" + "|".join(_NOTE_WORDS) + r")\b")
_MACHINE_PATHS = re.compile(r"(?<![\w./-])/(" + "|".join(_MACHINE_FOLDERS) + r")/\w")


def check_sizes(source: Source) -> Iterator[Finding]:
    lines = source.text.split("\n")
    most = TEST_FILE_LINES_MAX if source.is_test else FILE_LINES_MAX
    if len(lines) - 1 > most:
        yield Finding(source.path, most, "file", f"{len(lines) - 1} lines, {most} are allowed")
    for number, line in enumerate(lines, start=1):
        if len(line) > COLUMNS_MAX:
            yield Finding(source.path, number, "line", f"{len(line)} columns")
    for function in _functions(source):
        if function.lines > FUNCTION_LINES_MAX:
            text = f"{function.name} has {function.lines} lines, {FUNCTION_LINES_MAX} are allowed"
            yield Finding(source.path, function.line, "function", text)


def _functions(source: Source) -> Sequence[cpp.Function]:
    if source.path.endswith(_CPP):
        return cpp.functions_of(source.text)
    if not source.path.endswith(".py"):
        return []
    return [
        cpp.Function(node.name, node.lineno, (node.end_lineno or node.lineno) - node.lineno + 1)
        for node in ast.walk(ast.parse(source.text))
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
    ]


def check_bans(source: Source) -> Iterator[Finding]:
    if source.path.endswith(_CPP):
        code, bans = cpp.code_of(source.text), CPP_BANS
    elif source.path.endswith(".py"):
        code, bans = _python_code(source.text), PYTHON_BANS
    else:
        return
    for ban in bans:
        if not ban.where(source):
            continue
        for match in re.finditer(ban.pattern, code, re.MULTILINE):
            line = code.count("\n", 0, match.start()) + 1
            yield Finding(source.path, line, ban.name, ban.why)


def _python_code(text: str) -> str:
    """The source with comments and texts blanked, so that naming a banned word is allowed."""
    pattern = r'"""(?:.|\n)*?"""|r?f?"(?:\\.|[^"\\\n])*"|#[^\n]*'
    return re.sub(pattern, lambda match: re.sub(r"[^\n]", " ", match.group(0)), text)


def check_notes(source: Source) -> Iterator[Finding]:
    """Work put off and paths of one machine, in any text file."""
    for number, line in enumerate(source.text.split("\n"), start=1):
        if _NOTES.search(line):
            yield Finding(source.path, number, "note", "do it or leave it out")
        if _MACHINE_PATHS.search(line):
            yield Finding(source.path, number, "machine path", line.strip())
