"""Lays out the files of one image: what it takes of Debian, and what is ours."""

import dataclasses
import hashlib
import os
import shutil
import subprocess
from pathlib import Path

from images import debian, spdx
from images.fault import Fault

_REPOSITORY = Path(__file__).resolve().parents[3]
_DEADLINE_SECONDS = 60.0
_CERTIFICATES = "ca-certificates"
# Whose common-licenses the copyright files refer to.
_LICENCES = "base-files"
_LICENCE_FOLDER = Path("/usr/share/common-licenses")
_SHARE = Path("usr/share/guarantee-hub")
_USER = 65532
_TEXTS = {
    "etc/passwd": f"root:x:0:0:root:/:/sbin/nologin\nhub:x:{_USER}:{_USER}:hub:/:/sbin/nologin\n",
    "etc/group": f"root:x:0:\nhub:x:{_USER}:\n",
    "etc/nsswitch.conf": "passwd: files\ngroup: files\nhosts: files dns\n",
}
# Made whole in every image, so that a mount finds its place under a read-only root.
_PLACES = ("etc/guarantee-hub", "run", "tmp", "var")
_LINKS = {"lib": "usr/lib", "lib64": "usr/lib64"}
_OF_EVERYBODY, _OF_PROGRAMS = 0o644, 0o755


@dataclasses.dataclass(frozen=True)
class Release:
    """What is the same in all images of a build."""

    version: str
    revision: str
    epoch: int  # seconds since 1970, for every time that an image holds


def lay_out(program: Path, context: Path, release: Release) -> None:
    """Writes base/, program/ and data/ of one program under the build context."""
    folder = context / program.name
    libraries = debian.libraries_of(program)
    packages = debian.owners_of(libraries)
    packages += debian.describe([_CERTIFICATES, _LICENCES])
    packages.sort(key=lambda package: package.name)
    _base(folder / "base", libraries, packages)
    _own(folder / "program", program, packages, release)
    (folder / "data").mkdir()
    _settle(folder, release.epoch)


def _base(root: Path, libraries: list[Path], packages: list[debian.Package]) -> None:
    for place in _PLACES:
        (root / place).mkdir(parents=True)
    for name, target in _LINKS.items():
        (root / target).mkdir(parents=True)
        (root / name).symlink_to(target)
    for library in libraries:
        _copy(library, root / _under_usr(library), _OF_PROGRAMS)
    for name, text in _TEXTS.items():
        _write(root / name, text)
    _write(root / "etc/ssl/certs/ca-certificates.crt", _roots())
    for package in packages:
        _licence(root, package)
        _write(root / "var/lib/dpkg/status.d" / package.name, _paragraph(package))
    for licence in sorted(_LICENCE_FOLDER.iterdir()):
        _copy(licence, root / licence.relative_to("/"), _OF_EVERYBODY)


def _own(root: Path, program: Path, packages: list[debian.Package], release: Release) -> None:
    binary = root / "usr/bin" / program.name
    binary.parent.mkdir(parents=True)
    _run("strip", "--strip-all", "-o", str(binary), str(program))
    digest = hashlib.sha256(binary.read_bytes()).hexdigest()
    described = spdx.Program(program.name, release.version, release.revision, digest)
    _write(root / _SHARE / "sbom.spdx.json", spdx.document(described, packages, release.epoch))
    _copy(_REPOSITORY / "deploy/topics.yaml", root / _SHARE / "topics.yaml", _OF_EVERYBODY)
    _copy(_REPOSITORY / "LICENSE", root / "usr/share/doc/guarantee-hub/LICENSE", _OF_EVERYBODY)


def _under_usr(library: Path) -> Path:
    """Where a library lies in an image, whose /lib is a link as Debian's is."""
    relative = library.relative_to("/")
    return relative if relative.parts[0] == "usr" else Path("usr") / relative


def _roots() -> str:
    """The authorities of the package alone: what this machine trusts besides is its own affair."""
    found = [
        path for path in debian.files_of(_CERTIFICATES) if path.suffix == ".crt" and path.is_file()
    ]
    if not found:
        raise Fault(f"{_CERTIFICATES} has no certificates.")
    return "".join(path.read_text(encoding="ascii") for path in sorted(found))


def _licence(root: Path, package: debian.Package) -> None:
    source = package.copyright_file
    if not source.is_file():
        raise Fault(f"{package.name} has no {source}.")
    _copy(source, root / source.relative_to("/"), _OF_EVERYBODY)


def _paragraph(package: debian.Package) -> str:
    """Where scanners look for the packages of an image without dpkg."""
    return (
        f"Package: {package.name}\nStatus: install ok installed\n"
        f"Source: {package.source}\nVersion: {package.version}\n"
        f"Architecture: {package.architecture}\nMaintainer: {package.maintainer}\n"
    )


def _settle(folder: Path, epoch: int) -> None:
    """Modes and times that do not depend on who builds, and when."""
    for path in sorted(folder.rglob("*"), reverse=True):
        if path.is_dir() and not path.is_symlink():
            path.chmod(_OF_PROGRAMS)
        os.utime(path, (epoch, epoch), follow_symlinks=False)


def _copy(source: Path, target: Path, mode: int) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)
    target.chmod(mode)


def _write(target: Path, text: str) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(text, encoding="utf-8")
    target.chmod(_OF_EVERYBODY)


def _run(*command: str) -> None:
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=_DEADLINE_SECONDS, check=False
    )
    if done.returncode != 0:
        raise Fault(f"{command[0]}: {done.stderr.strip()}")
