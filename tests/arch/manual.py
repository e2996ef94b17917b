"""READMEs say what is there: their links and the paths that they name exist."""

import re
from pathlib import Path
from typing import Iterator

from tree import Finding, Source

_LINK = re.compile(r"\[[^\]]*\]\(([^)#\s]+)(?:#[^)]*)?\)")
# A path from the top of the repository in a code span; placeholders are no paths.
_PATH = re.compile(r"`((?:deploy|libs|proto|services|tests)/[\w./-]*)`")


def check_manual(source: Source, repository: Path) -> Iterator[Finding]:
    folder = (repository / source.path).parent
    for number, line in enumerate(source.text.split("\n"), start=1):
        for link in _LINK.findall(line):
            if "://" not in link and not (folder / link).exists():
                yield Finding(source.path, number, "link", f"{link} is not there")
        for path in _PATH.findall(line):
            if not (repository / path).exists():
                yield Finding(source.path, number, "path", f"{path} is not there")
