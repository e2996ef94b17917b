"""The choices of one system: from the command line, kept in <state>/settings.json for `start`."""

import argparse
import dataclasses
import urllib.parse
from pathlib import Path
from typing import Sequence

from launcher import files, layout
from launcher.fault import Fault, Usage

# Raised when a directory written by an older launcher cannot be continued any more.
DATA_VERSION = 1
STATE_DIRECTORY_DEFAULT = layout.REPOSITORY / ".run"
PAIRS = {("embedded", "sqlite"), ("kafka", "postgres")}
SIMULATOR = "simulator"


@dataclasses.dataclass(frozen=True)
class Settings:
    broker: str
    store: str
    bank: str
    platform: str
    replicas: dict[str, int]
    port_base: int
    build_directory: str

    def binary(self, name: str) -> Path:
        return Path(self.build_directory) / "bin" / name

    @property
    def embedded(self) -> bool:
        """One hub process with everything in it, instead of a process for each service."""
        return self.broker == "embedded"


@dataclasses.dataclass(frozen=True)
class RunOptions:
    settings: Settings
    state: layout.StateDirectory
    detach: bool
    fresh: bool


def default_pair() -> tuple[str, str]:
    """The hub where this checkout has it."""
    return ("embedded", "sqlite") if layout.HUB_SOURCE.exists() else ("kafka", "postgres")


def _parser(command: str, description: str) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog=f"deploy/dev/{command}", description=description, allow_abbrev=False
    )
    parser.add_argument(
        "--state-dir",
        metavar="DIR",
        default=str(STATE_DIRECTORY_DEFAULT),
        help="where its data, settings and logs are (default: .run)",
    )
    return parser


def _state(given: argparse.Namespace) -> layout.StateDirectory:
    return layout.StateDirectory(Path(given.state_dir).resolve())


def parse_run(arguments: Sequence[str]) -> RunOptions:
    """Raises SystemExit(2) or Usage for a command line outside the run contract."""
    broker, store = default_pair()
    parser = _parser(
        "run", "Installs what is missing, builds, starts everything and plays the story."
    )
    parser.add_argument("--broker", choices=("embedded", "kafka"), default=broker)
    parser.add_argument("--store", choices=("sqlite", "postgres"), default=store)
    parser.add_argument(
        "--bank",
        choices=("auto", SIMULATOR, "none"),
        default="auto",
        help="who decides: a rules file, the bank-simulator, or nobody",
    )
    parser.add_argument(
        "--platform", metavar="simulator|URL", default=SIMULATOR, help="where the notices go"
    )
    parser.add_argument(
        "--replicas",
        metavar="NAME=N,...",
        default="",
        help="how many of: " + ", ".join(layout.REPLICABLE),
    )
    parser.add_argument(
        "--port-base",
        metavar="N",
        type=int,
        default=layout.PORT_BASE_DEFAULT,
        help=f"first of {layout.PORT_BLOCK} ports (default: %(default)s)",
    )
    parser.add_argument("--detach", action="store_true", help="return once everything is ready")
    parser.add_argument("--fresh", action="store_true", help="start with no data")
    given = parser.parse_args(arguments)
    if (given.broker, given.store) not in PAIRS:
        raise Usage(
            f"--broker {given.broker} does not go with --store {given.store}; the pairs are "
            "embedded with sqlite, and kafka with postgres."
        )
    replicas = _replicas(given.replicas)
    if replicas and given.broker == "embedded":
        raise Usage("--replicas needs --broker kafka: the hub is one process.")
    settings = Settings(
        given.broker,
        given.store,
        given.bank,
        _platform(given.platform),
        replicas,
        _port_base(given.port_base),
        str(layout.build_directory()),
    )
    return RunOptions(settings, _state(given), given.detach, given.fresh)


def parse_stop(arguments: Sequence[str]) -> layout.StateDirectory:
    parser = _parser("stop", "Ends what deploy/dev/run started in a state directory.")
    return _state(parser.parse_args(arguments))


def parse_start(arguments: Sequence[str]) -> tuple[layout.StateDirectory, str]:
    parser = _parser("start", "Starts one process again that was killed, as it was before.")
    parser.add_argument("name", metavar="NAME", help="a name of endpoints.json, kafka or postgres")
    given = parser.parse_args(arguments)
    return _state(given), given.name


def _replicas(text: str) -> dict[str, int]:
    found: dict[str, int] = {}
    for item in filter(None, text.split(",")):
        name, _, count = item.partition("=")
        if name not in layout.REPLICABLE or name in found:
            raise Usage(
                f"--replicas {item}: expected each of {', '.join(layout.REPLICABLE)} at most once."
            )
        if not (count.isascii() and count.isdigit() and 1 <= int(count) <= layout.REPLICAS_MAX):
            raise Usage(f"--replicas {item}: the number must be 1 to {layout.REPLICAS_MAX}.")
        found[name] = int(count)
    return found


def _platform(text: str) -> str:
    if text == SIMULATOR:
        return text
    parts = urllib.parse.urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise Usage(f"--platform {text}: expected 'simulator' or a http or https URL.")
    return text if text.endswith("/") else text + "/"


def _port_base(port: int) -> int:
    if not layout.PORT_BASE_MIN <= port <= layout.PORT_BASE_MAX:
        raise Usage(f"--port-base must be {layout.PORT_BASE_MIN} to {layout.PORT_BASE_MAX}.")
    return port


def save(state: layout.StateDirectory, settings: Settings) -> None:
    content = {"data_version": DATA_VERSION, **dataclasses.asdict(settings)}
    files.replace_json(state.settings, content)


def load(state: layout.StateDirectory) -> Settings | None:
    """The settings of the directory's last run, or None where nothing was ever run in it."""
    content = files.read_json(state.settings)
    if content is None:
        return None
    version = content.pop("data_version", None)
    if version != DATA_VERSION:
        raise Fault(
            f"{state.root} has data of version {version}, this checkout writes version "
            f"{DATA_VERSION}; use --fresh or another --state-dir."
        )
    return Settings(**content)
