"""Calls buildah: images out of a context, kept in a store of our own."""

import json
import os
import re
import subprocess
from pathlib import Path
from typing import Any

from images.fault import Fault
from images.tree import Release

_DOCKERFILE = Path(__file__).resolve().parents[1] / "Dockerfile"
_REPOSITORY = Path(__file__).resolve().parents[3]
_DEADLINE_SECONDS = 300.0
_PREFIX = "guarantee-hub"
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")


def release(version_file: Path = _REPOSITORY / "CMakeLists.txt") -> Release:
    """Version of the project, revision and time of the last commit; SOURCE_DATE_EPOCH wins."""
    found = re.search(r"project\(\S+ VERSION (\S+)", version_file.read_text(encoding="utf-8"))
    if not found:
        raise Fault(f"{version_file} names no version.")
    revision, seconds = _git("log", "-1", "--format=%h %ct").split()
    return Release(found[1], revision, int(os.environ.get("SOURCE_DATE_EPOCH", seconds)))


class Builder:
    """Nothing is shared with other users of buildah on this machine."""

    def __init__(self, store: Path) -> None:
        self._command = [
            "buildah",
            f"--root={store / 'storage'}",
            f"--runroot={store / 'run'}",
            "--storage-driver=vfs",
        ]

    def build(self, program: str, context: Path, made: Release) -> str:
        """Returns the image's name in the store."""
        name = f"{_PREFIX}/{program}:{made.version}"
        self.run(
            "build",
            "--isolation=chroot",
            "--no-cache",
            f"--timestamp={made.epoch}",
            f"--build-arg=VERSION={made.version}",
            f"--build-arg=REVISION={made.revision}",
            f"--target={program}",
            f"--file={_DOCKERFILE}",
            f"--tag={name}",
            str(context),
        )
        return name

    def archive(self, image: str, archive: Path) -> str:
        """Writes an OCI archive; returns the digest by which a registry would name the image."""
        return self._push(image, f"oci-archive:{archive}:{image}", archive)

    def push(self, image: str, registry: str, scratch: Path) -> str:
        return self._push(image, f"docker://{registry}/{image}", scratch / "pushed")

    def configuration(self, image: str) -> dict[str, Any]:
        """User, entry point, labels and so on, by the names of the OCI specification."""
        return json.loads(self.run("inspect", "--type=image", image))["OCIv1"]["config"]

    def run(self, *words: str) -> str:
        try:
            done = subprocess.run(
                [*self._command, *words],
                capture_output=True,
                text=True,
                timeout=_DEADLINE_SECONDS,
                check=False,
            )
        except FileNotFoundError as missing:
            raise Fault("buildah is not installed.") from missing
        if done.returncode != 0:
            raise Fault(f"buildah {words[0]}: {done.stderr.strip()[-1000:]}")
        return done.stdout

    def _push(self, image: str, destination: str, beside: Path) -> str:
        digest_file = beside.with_name(beside.name + ".digest")
        self.run("push", f"--digestfile={digest_file}", image, destination)
        digest = digest_file.read_text(encoding="ascii").strip()
        digest_file.unlink()
        if not _DIGEST.fullmatch(digest):
            raise Fault(f"buildah push named no digest of {image}.")
        return digest


def _git(*words: str) -> str:
    done = subprocess.run(
        ["git", *words], cwd=_REPOSITORY, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise Fault(f"git: {done.stderr.strip()}")
    return done.stdout
