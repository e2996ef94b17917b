"""Looks for values that must not lie about in clear, however they may be written down."""

import base64
import gzip
import zlib
from pathlib import Path
from typing import Iterator, Mapping

_FILE_BYTES_MAX = 256 << 20
# What is looked at of each possible stream: a message is no longer.
_STREAM_BYTES_MAX = 256 << 10
_OPENED_BYTES_MAX = 4 << 20
# How zlib and gzip streams begin, with the window bits that open them.
_STREAMS = ((b"\x1f\x8b\x08", 31), (b"\x78\x01", 15), (b"\x78\x9c", 15), (b"\x78\xda", 15))
_ALIGNMENTS = 3
# A broker's tables from offset to place: numbers only, and ten preallocated megabytes each.
_INDEX_SUFFIXES = (".index", ".timeindex")


def writings(value: bytes) -> dict[str, bytes]:
    """The value as it would stand in a file: plain, as JSON escapes it, in hexadecimal, or within
    something longer in base64, wherever in it the value begins."""
    found = {"plain": value, "hex": value.hex().encode(), "HEX": value.hex().upper().encode()}
    text = value.decode()
    escaped = "".join(f"\\u{ord(one):04x}" if ord(one) > 127 else one for one in text)
    if escaped != text:
        found["JSON"] = escaped.encode()
    for before in range(_ALIGNMENTS):
        encoded = base64.b64encode(b"\0" * before + value)
        # What depends on the neighbours is left out at both ends.
        middle = encoded[4 if before else 0 :][:-4]
        found[f"base64+{before}"] = middle
        found[f"base64url+{before}"] = middle.replace(b"+", b"-").replace(b"/", b"_")
    return found


def _opened(content: bytes) -> Iterator[bytes]:
    """Whatever can be decompressed somewhere in it."""
    for start, bits in _STREAMS:
        at = content.find(start)
        while at >= 0:
            opener = zlib.decompressobj(bits)
            try:
                yield opener.decompress(content[at : at + _STREAM_BYTES_MAX], _OPENED_BYTES_MAX)
            except zlib.error:
                pass  # these bytes only look like the beginning of a stream
            at = content.find(start, at + 1)


def look(content: bytes, secrets: Mapping[str, bytes], where: str) -> list[str]:
    """What was found, a line each; `secrets` by what people call them."""
    findings = []
    layers = [("", content), *(("compressed ", layer) for layer in _opened(content))]
    for layer, text in layers:
        for name, value in secrets.items():
            for writing, pattern in writings(value).items():
                if pattern in text:
                    findings.append(f"{where}: {name}, {layer}{writing}")
    return findings


def look_through(folder: Path, secrets: Mapping[str, bytes]) -> tuple[list[str], int]:
    """Findings in every file below, and how many bytes were looked at."""
    findings: list[str] = []
    looked_at = 0
    for path in sorted(folder.rglob("*")):
        if path.is_symlink() or not path.is_file() or path.suffix in _INDEX_SUFFIXES:
            continue
        size = path.stat().st_size
        if size > _FILE_BYTES_MAX:
            raise AssertionError(f"{path.name} has {size} bytes, more than can be looked at")
        content = path.read_bytes()
        looked_at += len(content)
        findings += look(content, secrets, str(path.relative_to(folder)))
    return findings, looked_at


def planted(value: bytes) -> dict[str, bytes]:
    """The ways in which a careless program might have kept it."""
    line = b'{"level":"info","message":"opened ' + value + b' for the operator"}\n'
    return {
        "a line of a log": line,
        "base64": b"body=" + base64.b64encode(line) + b";",
        "hex": b"\\x" + line.hex().encode(),
        "gzip": b"\0\0" + gzip.compress(line) + b"\0",
        "zlib": zlib.compress(line),
    }
