"""The protocol's names and paths stand in proto/ and nowhere else."""

import dataclasses
import re
from typing import Iterable, Iterator

import cpp
from tree import Finding, Source

_LETTERS_MIN = 6
# Names on the wire that are everyday words as well; these count only where they are written as a
# key of a JSON text.
_EVERYDAY = {"account", "address", "amount", "beneficiary", "mobile", "reason", "remark"}

_OPTION = re.compile(r'\b(wire|aliases|also_wire|wrapper|path|prefix):\s*"([^"]+)"')


@dataclasses.dataclass(frozen=True)
class Vocabulary:
    names: frozenset[str]
    paths: frozenset[str]


def vocabulary_of(protos: Iterable[Source]) -> Vocabulary:
    names, paths = set(), set()
    for proto in protos:
        for option, value in _OPTION.findall(proto.text):
            if len(value) >= _LETTERS_MIN:
                (paths if option in ("path", "prefix") else names).add(value)
    return Vocabulary(frozenset(names), frozenset(paths))


def check_wire_names(source: Source, vocabulary: Vocabulary) -> Iterator[Finding]:
    for literal in cpp.literals_of(source.text):
        words = set(re.findall(r"\w+", literal.text)) & vocabulary.names
        keys = set(re.findall(r'\\?"(\w+)\\?"\s*:', literal.text)) & vocabulary.names
        said = (words - _EVERYDAY) | keys
        said |= {path for path in vocabulary.paths if path in literal.text}
        for name in sorted(said):
            text = f'"{name}" is the contract\'s to say'
            yield Finding(source.path, literal.line, "wire name", text)
