"""An OCI archive unpacked: its files as a container would see them, and its configuration."""

import json
import tarfile
from pathlib import Path
from typing import Any

ELF = b"\x7fELF"
# The archive is our own: its modes and owners are wanted. An older Python knows no filters.
_TRUSTED = {"filter": "fully_trusted"} if hasattr(tarfile, "fully_trusted_filter") else {}


class Image:
    """Unpacked under `folder`, with owners and modes where we are root."""

    def __init__(self, archive: Path, folder: Path) -> None:
        self.archive, self.root = archive, folder
        folder.mkdir(parents=True)
        with tarfile.open(archive) as outer:
            manifest = _blob(outer, _json(outer, "index.json")["manifests"][0]["digest"])
            self.configuration: dict[str, Any] = _blob(outer, manifest["config"]["digest"])
            for layer in manifest["layers"]:
                with tarfile.open(fileobj=outer.extractfile(_path(layer["digest"]))) as inner:
                    inner.extractall(folder, **_TRUSTED)

    @property
    def settings(self) -> dict[str, Any]:
        return self.configuration["config"]

    @property
    def archive_bytes(self) -> int:
        return self.archive.stat().st_size

    @property
    def unpacked_bytes(self) -> int:
        return sum(path.stat().st_size for path in self.files())

    def files(self) -> list[Path]:
        found = sorted(self.root.rglob("*"))
        return [path for path in found if path.is_file() and not path.is_symlink()]

    def text(self, name: str) -> str:
        return (self.root / name).read_text(encoding="utf-8")


def is_program(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(len(ELF)) == ELF


def _json(archive: tarfile.TarFile, name: str) -> Any:
    return json.load(archive.extractfile(name))


def _blob(archive: tarfile.TarFile, digest: str) -> Any:
    return _json(archive, _path(digest))


def _path(digest: str) -> str:
    return "blobs/" + digest.replace(":", "/")
