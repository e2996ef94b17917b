"""What is looked at before anything is started, so that a failure is one sentence."""

import os
import socket
from pathlib import Path

from launcher import layout, programs
from launcher.fault import Fault
from launcher.settings import Settings

_FREE_BYTES_MIN = 1 << 30


def disk(*directories: Path) -> None:
    """At least 1 GiB must be free where the build and the data go."""
    for directory in directories:
        existing = next(path for path in (directory, *directory.parents) if path.exists())
        numbers = os.statvfs(existing)
        free = numbers.f_bavail * numbers.f_frsize
        if free < _FREE_BYTES_MIN:
            raise Fault(
                f"the disk under {existing} is nearly full: {free >> 20} MiB are free, "
                f"{_FREE_BYTES_MIN >> 20} MiB are needed."
            )


def ports(settings: Settings) -> None:
    """Every port of the system must be free."""
    for name, port in programs.listeners(settings):
        if not is_free(port):
            raise Fault(
                f"port {port}, which {name} needs, is in use; end what uses it or choose "
                "other ports with --port-base."
            )


def is_free(port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        # As a server would: connections of an earlier one that linger do not count.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((layout.LOOPBACK, port))
        except OSError:
            return False
    return True
