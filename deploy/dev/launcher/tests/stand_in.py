#!/usr/bin/env python3
"""Stands in for every binary in the launcher's own tests, under the name it is linked to.

A service answers on its admin address until it gets SIGTERM; what the launcher calls directly
notes the call in calls.txt beside the link. In the environment, STAND_IN_BROKEN names a service
that ends at once as one with a wrong configuration would, STAND_IN_VERDICT is the exit status of
the story and STAND_IN_HANGS keeps it from ending.
"""

import http.server
import os
import signal
import sys
from pathlib import Path

NAME = Path(sys.argv[0]).name


def configuration(path: str) -> dict[str, str]:
    lines = Path(path).read_text(encoding="utf-8").splitlines()
    return dict(line.split(" = ", 1) for line in lines)


class Admin(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200 if self.path == "/readyz" else 404)
        self.end_headers()

    def log_message(self, *_arguments) -> None:
        pass


def serve(address: str) -> None:
    host, port = address.split(":")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    print(f"{NAME} serves {address}", flush=True)
    http.server.ThreadingHTTPServer((host, int(port)), Admin).serve_forever()


def note_call() -> None:
    with Path(sys.argv[0]).with_name("calls.txt").open("a", encoding="utf-8") as calls:
        calls.write(" ".join([NAME, *sys.argv[1:]]) + "\n")


def main() -> int:
    if os.environ.get("STAND_IN_BROKEN") == NAME:
        print(f"{NAME}: the key 'admin.adress' is unknown", file=sys.stderr)
        return 1
    if "--config" in sys.argv:
        serve(configuration(sys.argv[sys.argv.index("--config") + 1])["admin.address"])
        return 0
    note_call()
    if sys.argv[1:3] == ["partner", "hash-password"]:
        print("$argon2id$v=19$m=65536,t=2,p=1$" + str(len(sys.stdin.read())))
    if sys.argv[1:2] == ["play"]:
        print("09:00  everything was seen", flush=True)
        if "STAND_IN_HANGS" in os.environ:
            signal.pause()
        return int(os.environ.get("STAND_IN_VERDICT", "0"))
    return 0


sys.exit(main())
