"""Runs an unpacked image as a container would: its user, a read-only root, no new privileges."""

import subprocess
import tempfile
from pathlib import Path
from typing import Mapping, Sequence

from _archive import Image

SECONDS = 20.0
# Where the tools that enter it are; a container sees the same by default.
_ENVIRONMENT = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin"}
# Arguments: the root, the user, "--", mounts as target=source (source `scratch`: a tmpfs of the
# user's), "--", the command. A mount namespace of our own ends with the process, so nothing stays.
_ENTER = """
set -eu
root=$1 user=$2; shift 3
mount --bind "$root" "$root"
while [ "$1" != -- ]; do
  target=$root${1%%=*} source=${1#*=}; shift
  if [ "$source" = scratch ]; then
    mount -t tmpfs -o "size=64m,mode=0700,uid=${user%:*},gid=${user#*:}" tmpfs "$target"
  else
    mount --bind "$source" "$target"
    mount -o remount,bind,ro "$target"
  fi
done
shift
mount -o remount,bind,ro "$root"
exec setpriv --no-new-privs chroot --userspec="$user" "$root" "$@"
"""


def command(
    image: Image, arguments: Sequence[str] | None = None, mounts: Mapping[str, str] | None = None
) -> list[str]:
    """What the image's own entry point makes of these arguments (none: the image's own)."""
    words = image.settings.get("Cmd", []) if arguments is None else list(arguments)
    places = [f"{target}={source}" for target, source in (mounts or {}).items()]
    entering = ["unshare", "--mount", "sh", "-c", _ENTER, "enter", str(image.root)]
    user = image.settings["User"]
    return [*entering, user, "--", *places, "--", *image.settings["Entrypoint"], *words]


def run(
    image: Image, *arguments: str, mounts: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command(image, arguments, mounts),
        env=_ENVIRONMENT,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )


def folder_of(texts: Mapping[str, str]) -> tempfile.TemporaryDirectory:
    """A folder of files that everybody may read, to be mounted."""
    folder = tempfile.TemporaryDirectory(prefix="guarantee-mount-")
    Path(folder.name).chmod(0o755)
    for name, text in texts.items():
        path = Path(folder.name) / name
        path.write_text(text, encoding="utf-8")
        path.chmod(0o644)
    return folder
