"""Files that are complete or absent, and never readable by others."""

import json
import os
from pathlib import Path
from typing import Any

PRIVATE = 0o600


def replace(path: Path, content: str | bytes, mode: int = PRIVATE) -> None:
    """Writes beside the file and renames, so that a reader sees the old or the new one whole."""
    data = content.encode() if isinstance(content, str) else content
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(draft, path)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise


def replace_json(path: Path, value: Any) -> None:
    replace(path, json.dumps(value, ensure_ascii=False, indent=2) + "\n")


def read_json(path: Path) -> Any:
    """The parsed file, or None where there is none."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None


def tail(path: Path, lines_max: int = 15, bytes_max: int = 64 * 1024) -> str:
    """The last lines of a log, indented for quoting; empty where there is no log."""
    try:
        with path.open("rb") as stream:
            size = stream.seek(0, os.SEEK_END)
            stream.seek(max(0, size - bytes_max))
            text = stream.read().decode("utf-8", "replace")
    except FileNotFoundError:
        return ""
    return "\n".join("    " + line for line in text.splitlines()[-lines_max:])
