"""Which processes a system consists of, and the configuration file of each."""

import dataclasses
from pathlib import Path

from launcher import files, kafka, layout, postgres
from launcher.settings import SIMULATOR, Settings

_RULES_FILE = layout.DEVELOPMENT / "rules-auto.json"
_REQUEST_TIMEOUT_MS = 5000
_GATEWAY_KEY = "secrets/gateway.key"
_STORAGE_KEY = "secrets/storage.key"
_CREDIT_MINIMUM = "10000.00"
_CLAIM_CONTACT = ("示范理赔联系人", "0731-12345678")
_TRUE, _FALSE = "true", "false"

Values = dict[str, str | int | Path]


@dataclasses.dataclass(frozen=True)
class Program:
    """One of our own binaries as it is started. Programs of a higher tier stop earlier."""

    name: str
    tier: int
    subcommand: tuple[str, ...] = ()

    @property
    def service(self) -> str:
        return layout.service_of(self.name)

    def command(self, state: layout.StateDirectory, settings: Settings) -> list[str]:
        return [
            str(settings.binary(self.service)),
            *self.subcommand,
            "--config",
            str(state.configuration_of(self.name)),
        ]


# Below them, in tier 0, are the broker and the database.
_DOMAIN_TIER, _EDGE_TIER, _OUTSIDE_TIER = 1, 2, 3


def of(settings: Settings) -> list[Program]:
    """Every program of our own, in the order of starting."""
    programs = [Program("hub", _DOMAIN_TIER)] if settings.embedded else _services(settings)
    if settings.platform == SIMULATOR:
        programs.append(Program("platform-simulator", _OUTSIDE_TIER, ("serve",)))
    if settings.bank == SIMULATOR:
        programs.append(Program("bank-simulator", _OUTSIDE_TIER))
    return programs


def _services(settings: Settings) -> list[Program]:
    tiers = dict.fromkeys((*layout.SERVICES, "dispatcher"), _DOMAIN_TIER)
    tiers["gateway"] = _EDGE_TIER
    return [
        Program(service if number == 1 else f"{service}-{number}", tier)
        for service, tier in tiers.items()
        for number in range(1, settings.replicas.get(service, 1) + 1)
    ]


def targets(settings: Settings, story: bool) -> list[str]:
    """What the build has to make: each binary that is started, and the two that are called."""
    names = {program.service for program in of(settings)} | {"guaranteectl"}
    return sorted(names | {"platform-simulator"} if story else names)


def listeners(settings: Settings) -> list[tuple[str, int]]:
    """Every (name, port) of the system."""
    names = [program.name for program in of(settings)]
    if not settings.embedded:
        names = [kafka.NAME, postgres.NAME, *names]
    return [
        (name, port)
        for name in names
        for port in layout.ports_of(name, settings.port_base).values()
    ]


def platform_url(settings: Settings) -> str:
    """The base to which notices go."""
    if settings.platform != SIMULATOR:
        return settings.platform
    return layout.url(layout.ports_of("platform-simulator", settings.port_base)["main"], "front/")


def brokers(settings: Settings) -> str:
    return layout.address(layout.ports_of(kafka.NAME, settings.port_base)["main"])


def store_dsn(state: layout.StateDirectory, settings: Settings, password: str) -> str:
    if settings.embedded:
        return f"sqlite:{state.data / 'hub.db'}"
    return postgres.dsn(layout.ports_of(postgres.NAME, settings.port_base)["main"], password)


def rpc_addresses(settings: Settings) -> dict[str, list[str]]:
    """Where each service is called, all its replicas; the hub serves every one at one address."""

    def at(name: str) -> str:
        return layout.address(layout.ports_of(name, settings.port_base)["rpc"])

    if settings.embedded:
        return {service: [at("hub")] for service in (*layout.SERVICES, "dispatcher", "gateway")}
    found: dict[str, list[str]] = {}
    for program in _services(settings):
        found.setdefault(program.service, []).append(at(program.name))
    return found


def write_configurations(state: layout.StateDirectory, settings: Settings, password: str) -> None:
    for program in of(settings):
        values = _values(state, settings, program, password)
        lines = [f"{key} = {value}\n" for key, value in values.items()]
        files.replace(state.configuration_of(program.name), "".join(lines))


def _values(
    state: layout.StateDirectory, settings: Settings, program: Program, password: str
) -> Values:
    ports = layout.ports_of(program.name, settings.port_base)
    common: Values = {
        "process.name": program.name,
        "process.environment": "development",
        "admin.address": layout.address(ports["admin"]),
    }
    if program.service == "platform-simulator":
        return common | _platform_simulator(state, ports)
    if program.service == "bank-simulator":
        return common | _bus(settings) | _bank_simulator(settings)
    common |= _bus(settings) | {
        "store.kind": settings.store,
        "store.dsn": store_dsn(state, settings, password),
        "rpc.address": layout.address(ports["rpc"]),
        "partners.file": "partners.json",
        "topics.file": layout.TOPICS_FILE,
    }
    own = {
        "gateway": _gateway,
        "order": _order,
        "claim": _claim,
        "credit": _credit,
        "invoice": _invoice,
        "dispatcher": _dispatcher,
    }
    for service in own if program.service == "hub" else (program.service,):
        common |= own[service](settings, ports)
    return common


def _bus(settings: Settings) -> Values:
    if settings.embedded:
        return {"bus.kind": "embedded"}
    return {"bus.kind": "kafka", "bus.brokers": brokers(settings)}


def _gateway(settings: Settings, ports: dict[str, int]) -> Values:
    first = layout.ports_of("hub" if settings.embedded else "gateway", settings.port_base)
    values: Values = {
        "gateway.address": layout.address(ports["main"]),
        "gateway.redirect_base": layout.url(first["main"], "page/"),
        "gateway.key_file": _GATEWAY_KEY,
        "gateway.storage_key_file": _STORAGE_KEY,
        "gateway.request_timeout_ms": _REQUEST_TIMEOUT_MS,
    }
    if not settings.embedded:
        addresses = rpc_addresses(settings)
        for service in layout.SERVICES:
            values[f"gateway.{service}_service"] = ",".join(addresses[service])
    return values


def _rules(settings: Settings) -> Path | str:
    return _RULES_FILE if settings.bank == "auto" else ""


def _demonstration(settings: Settings) -> str:
    return _TRUE if settings.bank == "auto" else _FALSE


def _order(settings: Settings, _ports: dict[str, int]) -> Values:
    return {
        "order.rules_file": _rules(settings),
        "order.letters_demonstration": _demonstration(settings),
        "order.key_file": _GATEWAY_KEY,
        "order.storage_key_file": _STORAGE_KEY,
    }


def _claim(settings: Settings, _ports: dict[str, int]) -> Values:
    name, phone = _CLAIM_CONTACT
    return {
        "claim.rules_file": _rules(settings),
        "claim.contact_name": name,
        "claim.contact_phone": phone,
    }


def _credit(settings: Settings, _ports: dict[str, int]) -> Values:
    return {"credit.rules_file": _rules(settings), "credit.minimum_amount": _CREDIT_MINIMUM}


def _invoice(settings: Settings, _ports: dict[str, int]) -> Values:
    return {
        "invoice.rules_file": _rules(settings),
        "invoice.numbers_demonstration": _demonstration(settings),
    }


def _dispatcher(settings: Settings, _ports: dict[str, int]) -> Values:
    return {"dispatcher.order_rpc": ",".join(rpc_addresses(settings)["order"])}


def _platform_simulator(state: layout.StateDirectory, ports: dict[str, int]) -> Values:
    return {
        "platform.address": layout.address(ports["main"]),
        "platform.receipts_file": state.data / "platform-receipts.jsonl",
        "partners.file": "partners.json",
    }


def _bank_simulator(settings: Settings) -> Values:
    values: Values = {
        "bank.letter_file": layout.LETTER_FILE,
        "bank.plain_letter_file": layout.PLAIN_LETTER_FILE,
    }
    if settings.embedded:
        values["bank.hub_rpc"] = rpc_addresses(settings)["order"][0]
    return values
