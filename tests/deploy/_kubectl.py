#!/usr/bin/env python3
"""Stands in for kubectl: plays a cluster that has one template and runs one job of it.

In FAKE_CLUSTER: cronjob.json, what the template is; status, the exit status of the command. Noted
there: calls, a line each, and created.json. The pod has ended when it is asked about once more.
"""

import json
import os
import sys
from pathlib import Path

_FOLDER = Path(os.environ["FAKE_CLUSTER"])


def main(words: list[str]) -> int:
    with (_FOLDER / "calls").open("a", encoding="utf-8") as calls:
        calls.write(" ".join(words) + "\n")
    verb, what = words[1], words[2]
    if (verb, what) == ("get", "cronjob/guaranteectl"):
        print((_FOLDER / "cronjob.json").read_text(encoding="utf-8"))
    elif verb == "create":
        (_FOLDER / "created.json").write_text(sys.stdin.read(), encoding="utf-8")
    elif (verb, what) == ("get", "pods"):
        print(json.dumps({"items": _pods()}))
    elif verb == "logs":
        print("what the command said")
    elif verb != "delete":
        print(f"unknown: {verb}", file=sys.stderr)
        return 1
    return 0


def _pods() -> list[dict]:
    asked = (_FOLDER / "calls").read_text(encoding="utf-8").count(" get pods ")
    if asked == 1:
        return []
    ended = {"terminated": {"exitCode": int((_FOLDER / "status").read_text(encoding="ascii"))}}
    state = {"running": {}} if asked == 2 else ended
    return [{"metadata": {"name": "pod"}, "status": {"containerStatuses": [{"state": state}]}}]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
