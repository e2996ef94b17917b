"""Builds the container images from programs that are built already.

    deploy/images/build [--build DIRECTORY] [--output DIRECTORY] [--push REGISTRY] [PROGRAM ...]

Without names: every program of the Dockerfile. In the output directory (build/images) each has an
OCI archive, PROGRAM.tar, and its package list, PROGRAM.spdx.json; digests.json names the digest of
each. --push also sends them to a registry.
"""

import argparse
import json
import re
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Sequence

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from images import tree  # noqa: E402
from images.builder import Builder, release  # noqa: E402
from images.fault import Fault  # noqa: E402

_REPOSITORY = Path(__file__).resolve().parents[3]
_DOCKERFILE = Path(__file__).resolve().parents[1] / "Dockerfile"
_BASE = "common"


def programs() -> list[str]:
    """The targets of the Dockerfile but for the one that the others stand on."""
    stages = re.findall(r"^FROM \S+ AS (\S+)$", _DOCKERFILE.read_text(encoding="utf-8"), re.M)
    return [stage for stage in stages if stage != _BASE]


def make(
    names: Sequence[str], build: Path, output: Path, registry: str | None = None
) -> dict[str, str]:
    """Builds these images; returns the digest of each."""
    made = release()
    output.mkdir(parents=True, exist_ok=True)
    digests = {}
    with tempfile.TemporaryDirectory(prefix="guarantee-images-") as scratch:
        context, builder = Path(scratch) / "context", Builder(Path(scratch) / "store")
        for name in names:
            tree.lay_out(build / "bin" / name, context, made)
            image = builder.build(name, context, made)
            digests[name] = builder.archive(image, output / f"{name}.tar")
            if registry:
                digests[name] = builder.push(image, registry, Path(scratch))
            listing = context / name / "program/usr/share/guarantee-hub/sbom.spdx.json"
            shutil.copyfile(listing, output / f"{name}.spdx.json")
            print(f"{name}: {digests[name]}", flush=True)
    text = json.dumps(digests, indent=1, sort_keys=True) + "\n"
    (output / "digests.json").write_text(text, encoding="ascii")
    return digests


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="deploy/images/build",
        allow_abbrev=False,
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--build", type=Path, default=_REPOSITORY / "build/release")
    parser.add_argument("--output", type=Path, default=_REPOSITORY / "build/images")
    parser.add_argument("--push", metavar="REGISTRY")
    parser.add_argument("programs", nargs="*", metavar="PROGRAM")
    given = parser.parse_args(arguments)
    known = programs()
    for name in given.programs:
        if name not in known:
            parser.error(f"{name} is no image; there are {', '.join(known)}")
    try:
        make(given.programs or known, given.build, given.output, given.push)
    except Fault as fault:
        print(f"deploy/images/build: {fault}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
