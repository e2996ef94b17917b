#!/usr/bin/env python3
"""Acknowledged applications and whole flows a second, and the gateway's CPU a request.

    tests/bench/flows.py --build DIR [--broker kafka|embedded] [--rate N] [--seconds N]
                         [--connections N]

Starts a system of its own with `deploy/dev/run --detach`, lets `platform-simulator play --load`
apply, waits until the platform has accepted a notice for everything acknowledged, and stops it.
For comparison the same client calls the same HTTP server with a handler that only answers
(`null_server`). A run in which acknowledged and accepted differ fails.
"""

import argparse
import datetime
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path
from typing import Any, Iterator

_REPOSITORY = Path(__file__).resolve().parents[2]
_TICKS = os.sysconf("SC_CLK_TCK")
_SETTLE_SECONDS = 120.0
_NULL_ADDRESS = "127.0.0.1:40790"


def _cpu_seconds(pid: int, thread_prefix: str = "") -> float:
    """CPU of the process, or of its threads whose name begins so."""
    total = 0
    for task in Path(f"/proc/{pid}/task").iterdir():
        fields = (task / "stat").read_text().rpartition(")")
        if fields[0].partition("(")[2].startswith(thread_prefix):
            numbers = fields[2].split()
            total += int(numbers[11]) + int(numbers[12])
    return total / _TICKS


def _seconds(time_text: str) -> float:
    return datetime.datetime.fromisoformat(time_text).timestamp()


def _history(file: Path) -> Iterator[dict[str, Any]]:
    with file.open(encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def _percentile(values: list[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(len(values) * share))] if values else 0.0


def _load(build: Path, endpoints: Path, history: Path, given: argparse.Namespace) -> float:
    began = time.monotonic()
    subprocess.run(
        [build / "bin/platform-simulator", "play", "--load", "--endpoints", endpoints,
         "--history", history, "--rate", str(given.rate), "--seconds", str(given.seconds),
         "--connections", str(given.connections)],
        check=False, stdout=subprocess.DEVNULL,
    )
    return time.monotonic() - began


def _acknowledged(history: Path) -> dict[tuple[str, str], float]:
    """When each order was first acknowledged, wall clock seconds."""
    found: dict[tuple[str, str], float] = {}
    for line in _history(history):
        if line["type"] == "ok":
            found.setdefault((line["partner"], line["order_no"]), _seconds(line["time"]))
    return found


def _receipts(base: str) -> dict[tuple[str, str], float]:
    """When each order's notice was first accepted, wall clock seconds."""
    found: dict[tuple[str, str], float] = {}
    since = 0
    while True:
        with urllib.request.urlopen(f"{base}receipts?since={since}", timeout=30) as answer:
            page = json.load(answer)
        if not page["receipts"]:
            return found
        since = page["next"]
        for receipt in page["receipts"]:
            key = receipt["partner"], receipt["order_no"]
            found.setdefault(key, _seconds(receipt["time"]))


def _latencies(history: Path) -> list[float]:
    began: dict[tuple[str, str], float] = {}
    taken: list[float] = []
    for line in _history(history):
        key = (line["partner"], line["order_no"])
        if line["type"] == "invoke" and line["attempt"] == 1:
            began[key] = _seconds(line["time"])
        elif line["type"] == "ok" and key in began:
            taken.append(_seconds(line["time"]) - began.pop(key))
    return taken


def _settled(base: str, expected: int) -> dict[tuple[str, str], float]:
    deadline = time.monotonic() + _SETTLE_SECONDS
    while True:
        receipts = _receipts(base)
        if len(receipts) >= expected or time.monotonic() > deadline:
            return receipts
        time.sleep(0.5)


def _null_cpu(build: Path, endpoints: dict[str, Any], scratch: Path,
              given: argparse.Namespace) -> float:
    """CPU seconds a request of the server alone."""
    with subprocess.Popen([build / "bin/null_server", _NULL_ADDRESS]) as server:
        url = f"http://{_NULL_ADDRESS}/front/"
        changed = {**endpoints, "gateway": {"url": url, "urls": [url]}}
        file = scratch / "null-endpoints.json"
        file.write_text(json.dumps(changed), encoding="utf-8")
        _load(build, file, scratch / "null-history.jsonl", given)
        spent = _cpu_seconds(server.pid)
        server.send_signal(signal.SIGTERM)
    answered = sum(1 for line in _history(scratch / "null-history.jsonl")
                   if line["type"] == "ok")
    return spent / max(1, answered)


def _measure(given: argparse.Namespace, scratch: Path) -> bool:
    state = scratch / "state"
    store = "postgres" if given.broker == "kafka" else "sqlite"
    environment = {**os.environ, "GUARANTEE_BUILD": str(given.build)}
    start = [_REPOSITORY / "deploy/dev/run", "--detach", "--fresh", "--state-dir", state,
             "--broker", given.broker, "--store", store, "--port-base", "40700"]
    subprocess.run(start, check=True, env=environment, stdout=subprocess.DEVNULL)
    try:
        endpoints = json.loads((state / "endpoints.json").read_text(encoding="utf-8"))
        name = "gateway" if given.broker == "kafka" else "hub"
        pid = next(one["pid"] for one in endpoints["processes"] if one["name"] == name)
        before, before_kafka = _cpu_seconds(pid), _cpu_seconds(pid, "rdk:")
        history = scratch / "history.jsonl"
        seconds = _load(given.build, state / "endpoints.json", history, given)
        acknowledged = _acknowledged(history)
        spent, spent_kafka = _cpu_seconds(pid) - before, _cpu_seconds(pid, "rdk:") - before_kafka
        receipts = _settled(endpoints["platform"]["url"].removesuffix("front/"),
                            len(acknowledged))
        count = max(1, len(acknowledged))
        flows = [receipts[key] - at for key, at in acknowledged.items() if key in receipts]
        null = _null_cpu(given.build, endpoints, scratch, given)
        waits = _latencies(history)
        print(f"acknowledged                 {len(acknowledged)}, {count / seconds:.0f} a second")
        print(f"answered after               p50 {_percentile(waits, 0.5) * 1000:.1f} ms, "
              f"p99 {_percentile(waits, 0.99) * 1000:.1f} ms")
        print(f"notices accepted             {len(receipts)}")
        print(f"acknowledged to notice       p50 {_percentile(flows, 0.5) * 1000:.0f} ms, "
              f"p99 {_percentile(flows, 0.99) * 1000:.0f} ms")
        print(f"{name} CPU a request".ljust(29) + f"{spent / count * 1e6:.0f} µs, of it threads "
              f"of the Kafka client {spent_kafka / count * 1e6:.0f} µs")
        print(f"null handler CPU a request   {null * 1e6:.0f} µs")
        return set(acknowledged) == set(receipts)
    finally:
        subprocess.run([_REPOSITORY / "deploy/dev/stop", "--state-dir", state], check=False,
                       stdout=subprocess.DEVNULL)


def main() -> int:
    """Exit status 0 when everything acknowledged was told to the platform, and nothing else."""
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", type=Path, required=True)
    parser.add_argument("--broker", choices=("kafka", "embedded"), default="kafka")
    parser.add_argument("--rate", type=int, default=1000)
    parser.add_argument("--seconds", type=int, default=20)
    parser.add_argument("--connections", type=int, default=32)
    given = parser.parse_args()
    given.build = given.build.resolve()
    with tempfile.TemporaryDirectory(prefix="guarantee-bench-") as scratch:
        same = _measure(given, Path(scratch))
    print("acknowledged and told are the same" if same else "acknowledged and told DIFFER")
    return 0 if same else 1


if __name__ == "__main__":
    sys.exit(main())
