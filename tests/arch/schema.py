"""The .proto files as text: comments, names and places.

contract_test lints the compiled descriptors; this reads the files themselves, so that one that the
build forgot is seen as well.
"""

import re
from typing import Iterator

from tree import Finding, Source

_DECLARATION = re.compile(
    r"^\s*(?:(?P<block>message|enum|service)\s+(?P<block_name>\w+)"
    r"|rpc\s+(?P<rpc>\w+)"
    r"|(?P<oneof>oneof)\s+\w+"
    r"|(?P<value>[A-Z][A-Z0-9_]*)\s*=\s*\d+"
    r"|(?:optional\s+|repeated\s+|map<[^>]*>\s*)?(?:[\w.]+\s+)?(?P<field>\w+)\s*=\s*\d+\s*[;\[])"
)
_PACKAGE = re.compile(r"^package\s+([\w.]+);", re.MULTILINE)
_SKIPPED = ("option", "reserved", "extensions", "import", "syntax", "package", "returns", "extend")


def check_proto(source: Source) -> Iterator[Finding]:
    yield from _check_package(source)
    previous = ""
    for number, line in enumerate(source.text.split("\n"), start=1):
        yield from _check_line(source, number, line, previous)
        previous = line


def _check_line(source: Source, number: int, line: str, previous: str) -> Iterator[Finding]:
    match = _DECLARATION.match(line)
    if not match or line.split()[0] in _SKIPPED or match.group("oneof"):
        return
    name = next(
        one for one in match.group("block_name", "rpc", "value", "field") if one is not None
    )
    if not previous.strip().startswith("//"):
        yield Finding(source.path, number, "comment", f"{name} has none")
    field = match.group("field")
    if field and not re.fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", field):
        yield Finding(source.path, number, "schema", f"{field} is not lower_snake_case")


def _check_package(source: Source) -> Iterator[Finding]:
    match = _PACKAGE.search(source.text)
    folder = "/".join(source.path.split("/")[1:-1])
    if not match or match.group(1).replace(".", "/") != folder:
        yield Finding(source.path, 1, "schema", f"the package is not that of {folder}")
    if not source.text.startswith("//"):
        yield Finding(source.path, 1, "comment", "the file does not say what it is for")
