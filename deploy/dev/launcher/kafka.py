"""A real single-node Apache Kafka (KRaft) out of jars from Maven Central.

No Java tool runs at a start, a JVM costs a second each: the storage directory is prepared by
writing the one file that `StorageTool format` would leave, and readiness is asked over the wire.
"""

import base64
import hashlib
import os
import shutil
import signal
import socket
import string
import struct
import subprocess
import uuid
from pathlib import Path

from launcher import files, layout, process, waiting
from launcher.fault import Fault

NAME = "kafka"
START_DEADLINE_SECONDS = 60.0
STOP_DEADLINE_SECONDS = 30.0
_RESOLVE_DEADLINE_SECONDS = 600.0
_TEMPLATES = layout.DEVELOPMENT / "kafka"
_JARS = _TEMPLATES / "libs"
_HEAP = "-Xmx512m"


class JarsUnavailable(Fault):
    """Maven Central could not be reached and the jars are not here yet."""


def resolve_jars() -> None:
    """Brings the jars that pom.xml names into kafka/libs, once for each content of pom.xml."""
    pom = (_TEMPLATES / "pom.xml").read_bytes()
    digest = hashlib.sha256(pom).hexdigest()
    mark = _JARS / ".resolved"
    if mark.is_file() and mark.read_text(encoding="ascii") == digest:
        return
    # Beside the folder and then renamed: a broker of another state directory may be starting.
    draft = _JARS.with_name(f"{_JARS.name}.{os.getpid()}")
    try:
        _copy_jars(draft)
        (draft / mark.name).write_text(digest, encoding="ascii")
        shutil.rmtree(_JARS, ignore_errors=True)
        draft.rename(_JARS)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _copy_jars(directory: Path) -> None:
    command = [
        "mvn",
        "-q",
        "-B",
        "-f",
        str(_TEMPLATES / "pom.xml"),
        "dependency:copy-dependencies",
        "-DincludeScope=runtime",
        f"-DoutputDirectory={directory}",
    ]
    try:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            check=False,
            timeout=_RESOLVE_DEADLINE_SECONDS,
        )
    except FileNotFoundError as absent:
        raise JarsUnavailable(
            "Maven (mvn), which brings Kafka's jars, is not installed."
        ) from absent
    except subprocess.TimeoutExpired as late:
        raise JarsUnavailable(
            "Maven Central cannot be reached: no answer in "
            f"{_RESOLVE_DEADLINE_SECONDS:.0f} seconds."
        ) from late
    if done.returncode != 0 or not any(directory.glob("kafka_2.13-*.jar")):
        raise JarsUnavailable(
            f"Maven Central cannot be reached for Kafka's jars: {_cause(done.stdout)}"
        )


def _cause(output: str) -> str:
    errors = [line for line in output.splitlines() if line.startswith("[ERROR]")]
    return (errors[0].removeprefix("[ERROR]").strip()[:300] if errors else "mvn failed") + "."


def _random_id() -> str:
    """An id in Kafka's own spelling: 16 random bytes in URL-safe base64 without padding."""
    return base64.urlsafe_b64encode(uuid.uuid4().bytes).rstrip(b"=").decode("ascii")


def _prepare(home: Path, ports: dict[str, int]) -> None:
    """Writes the broker's settings, and formats its storage where there is none yet."""
    data = home / "data"
    data.mkdir(parents=True, exist_ok=True)
    template = string.Template((_TEMPLATES / "server.properties").read_text(encoding="utf-8"))
    settings = template.substitute(port=ports["main"], controller_port=ports["controller"])
    files.replace(home / "server.properties", settings)
    shutil.copyfile(_TEMPLATES / "log4j.properties", home / "log4j.properties")
    if not (data / "meta.properties").exists():
        meta = f"version=1\ncluster.id={_random_id()}\nnode.id=1\ndirectory.id={_random_id()}\n"
        files.replace(data / "meta.properties", meta)


def start(state: layout.StateDirectory, port_base: int) -> process.Process:
    """Starts the broker and returns once it takes part in the cluster.

    After a SIGKILL the same data are found again: the broker's lock on them ends with the
    process, and what it had acknowledged is in the operating system's hands.
    """
    ports = layout.ports_of(NAME, port_base)
    _prepare(state.kafka, ports)
    command = [
        "java",
        _HEAP,
        "-XX:+UseSerialGC",
        "-XX:+ExitOnOutOfMemoryError",
        "-Djava.awt.headless=true",
        "-Dlog4j.configuration=file:log4j.properties",
        "-cp",
        f"{_JARS}/*",
        "kafka.Kafka",
        str(state.kafka / "server.properties"),
    ]
    broker = process.start(state, NAME, command, directory=state.kafka)
    waiting.until(lambda: serves(ports["main"]), broker, state.log(NAME), START_DEADLINE_SECONDS)
    return broker


def stop(broker: process.Process) -> list[str]:
    return process.stop([broker], signal.SIGTERM, STOP_DEADLINE_SECONDS)


def serves(port: int) -> bool:
    """Whether the broker lists itself: an open port alone comes earlier."""
    try:
        with socket.create_connection((layout.LOOPBACK, port), timeout=2.0) as connection:
            return _broker_count(connection) > 0
    except (OSError, struct.error):
        return False


def _broker_count(connection: socket.socket) -> int:
    """The number of brokers in the answer to a Metadata request (version 1, about no topic)."""
    client = b"launcher"
    body = struct.pack(">hhih", 3, 1, 1, len(client)) + client + struct.pack(">i", 0)
    connection.sendall(struct.pack(">i", len(body)) + body)
    with connection.makefile("rb") as stream:
        _size, _correlation, brokers = struct.unpack(">iii", stream.read(12))
    return brokers
