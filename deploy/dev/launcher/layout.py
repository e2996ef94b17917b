"""Where things are in the repository, and which port belongs to whom."""

import dataclasses
import os
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[3]
DEVELOPMENT = REPOSITORY / "deploy" / "dev"
TOPICS_FILE = REPOSITORY / "deploy" / "topics.yaml"
LETTER_FILE = DEVELOPMENT / "demonstration-letter.pdf"
PLAIN_LETTER_FILE = DEVELOPMENT / "demonstration-plain-letter.pdf"
HUB_SOURCE = REPOSITORY / "services" / "hub" / "CMakeLists.txt"

LOOPBACK = "127.0.0.1"
PORT_BASE_DEFAULT = 18080
PORT_BASE_MIN = 1024
PORT_BLOCK = 130
PORT_BASE_MAX = 65535 - PORT_BLOCK
REPLICAS_MAX = 8
SERVICES = ("order", "claim", "credit", "invoice")
REPLICABLE = ("gateway", "order", "dispatcher", "claim", "credit", "invoice")

# Offsets from --port-base, fixed by the run contract.
_FIRST = {
    "gateway": {"main": 0, "admin": 1, "rpc": 6},
    "order": {"rpc": 2, "admin": 3},
    "dispatcher": {"rpc": 4, "admin": 5},
    "bank-simulator": {"admin": 7},
    "postgres": {"main": 8},
    "kafka": {"main": 9, "controller": 12},
    "platform-simulator": {"main": 10, "admin": 11},
    "claim": {"rpc": 13, "admin": 14},
    "credit": {"rpc": 15, "admin": 16},
    "invoice": {"rpc": 17, "admin": 18},
    "hub": {"main": 0, "admin": 1, "rpc": 2},
}
# Replicas: who shares a row of ports, what each takes of it, and where the rows begin.
_REPLICA_ROWS = (
    (("gateway", "order", "dispatcher"), ("main", "admin", "rpc"), 20),
    (("claim", "credit", "invoice"), ("admin", "rpc"), 83),
)


def service_of(name: str) -> str:
    """The service of a process: gateway-2 is a replica of gateway."""
    stem, _, number = name.rpartition("-")
    return stem if stem and number.isdigit() else name


def replica_of(name: str) -> int:
    """1 for the first process of a service, k for `service-k`."""
    _, _, number = name.rpartition("-")
    return int(number) if number.isdigit() else 1


def ports_of(name: str, port_base: int) -> dict[str, int]:
    """Every port a process listens on, by use (main, admin, rpc, controller)."""
    service, replica = service_of(name), replica_of(name)
    uses = _FIRST[service]
    if replica == 1:
        return {use: port_base + offset for use, offset in uses.items()}
    services, taken, offset = next(row for row in _REPLICA_ROWS if service in row[0])
    slot = (replica - 2) * len(services) + services.index(service)
    first = port_base + offset + slot * len(taken)
    return {use: first + taken.index(use) for use in uses}


def address(port: int) -> str:
    return f"{LOOPBACK}:{port}"


def url(port: int, path: str = "") -> str:
    return f"http://{LOOPBACK}:{port}/{path}"


def build_directory() -> Path:
    """GUARANTEE_BUILD names a finished build to start from; else the release preset's own."""
    given = os.environ.get("GUARANTEE_BUILD")
    return Path(given).resolve() if given else REPOSITORY / "build" / "release"


@dataclasses.dataclass(frozen=True)
class StateDirectory:
    """The files of one system. Everything the launcher writes is under `root`, but for the
    data of a PostgreSQL whose user may not enter it (see postgres.home_of)."""

    root: Path

    @property
    def settings(self) -> Path:
        return self.root / "settings.json"

    @property
    def endpoints(self) -> Path:
        return self.root / "endpoints.json"

    @property
    def config(self) -> Path:
        return self.root / "config"

    @property
    def secrets(self) -> Path:
        return self.config / "secrets"

    @property
    def partners(self) -> Path:
        return self.config / "partners.json"

    @property
    def processes(self) -> Path:
        return self.root / "processes"

    @property
    def data(self) -> Path:
        return self.root / "data"

    @property
    def log_directory(self) -> Path:
        return self.root / "log"

    @property
    def kafka(self) -> Path:
        return self.root / "kafka"

    @property
    def postgres(self) -> Path:
        return self.root / "postgres"

    def log(self, name: str) -> Path:
        return self.log_directory / f"{name}.log"

    def configuration_of(self, name: str) -> Path:
        return self.config / f"{name}.conf"

    def create(self) -> None:
        """Makes the directories; only secrets is closed to others, the rest holds 0600 files."""
        for directory in (self.root, self.config, self.processes, self.data, self.log_directory):
            directory.mkdir(mode=0o755, parents=True, exist_ok=True)
        self.secrets.mkdir(mode=0o700, exist_ok=True)
