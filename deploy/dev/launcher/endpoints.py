"""<state>/endpoints.json: what tests, scripts and guaranteectl may rely on."""

from typing import Any, Mapping

from launcher import files, kafka, layout, partners, postgres, programs
from launcher.process import Process
from launcher.settings import Settings


def write(
    state: layout.StateDirectory, settings: Settings, processes: Mapping[str, Process]
) -> None:
    """Replaces the file as a whole; `processes` are all that run, by name."""
    shown = partners.for_endpoints(state)
    first = {key: value for key, value in shown[0].items() if key != "platform"}
    files.replace_json(
        state.endpoints,
        {
            "gateway": _gateway(settings),
            "partner": first,
            "platform": shown[0]["platform"],
            "partners": shown,
            "accounts": partners.refused_accounts(state),
            "processes": _processes(settings, processes),
            "kafka": _kafka(settings, processes),
            "store": _store(state, settings, processes),
            "rpc": programs.rpc_addresses(settings),
            "guaranteectl": guaranteectl(state, settings),
        },
    )


def guaranteectl(state: layout.StateDirectory, settings: Settings) -> list[str]:
    return [str(settings.binary("guaranteectl")), "--endpoints", str(state.endpoints)]


def _gateway(settings: Settings) -> dict[str, Any]:
    serving = [
        program.name for program in programs.of(settings) if program.service in ("gateway", "hub")
    ]
    urls = [
        layout.url(layout.ports_of(name, settings.port_base)["main"], "front/") for name in serving
    ]
    return {"url": urls[0], "urls": urls}


def admin_url(name: str, settings: Settings) -> str:
    return layout.url(layout.ports_of(name, settings.port_base)["admin"])


def _pid(processes: Mapping[str, Process], name: str) -> int | None:
    process = processes.get(name)
    return process.pid if process else None


def _processes(settings: Settings, processes: Mapping[str, Process]) -> list[dict[str, Any]]:
    return [
        {
            "name": program.name,
            "pid": _pid(processes, program.name),
            "admin": admin_url(program.name, settings),
        }
        for program in programs.of(settings)
    ]


def _kafka(settings: Settings, processes: Mapping[str, Process]) -> dict[str, Any] | None:
    if settings.embedded:
        return None
    return {"brokers": programs.brokers(settings), "pid": _pid(processes, kafka.NAME)}


def _store(
    state: layout.StateDirectory, settings: Settings, processes: Mapping[str, Process]
) -> dict[str, Any]:
    password = "" if settings.embedded else partners.database_password(state)
    return {
        "kind": settings.store,
        "dsn": programs.store_dsn(state, settings, password),
        "pid": _pid(processes, postgres.NAME),
    }
