"""Who may use whom, and the comparison of the link graph and of the includes with it.

A dependency that is not in these tables is a breach; so is a line of them that nobody uses.
"""

import dataclasses
import re
from typing import Iterable, Mapping, Sequence

import cpp
from tree import Finding, Source

# Our own libraries: what each may link and include of the others.
LIBRARIES: Mapping[str, frozenset[str]] = {
    name: frozenset(uses.split())
    for name, uses in {
        "base": "",
        "contract": "base proto_headers",
        "crypto": "base",
        "http": "base",
        "machine": "base",
        "messaging": "base",
        "kafka": "base messaging",
        "sql": "base messaging",
        "rpc": "base messaging proto_headers",
        "partner": "base contract crypto",
        # Which files of the platform's are fetched and kept.
        "attachment": "base contract crypto http partner",
        "runtime": "base",
        "sealing": "base crypto",
        # A service's use cases: the desk and what is around it; knows ports only.
        "service": "base contract machine messaging proto_headers runtime",
        # A desk on the adapters.
        "host": "attachment base contract crypto messaging node partner proto_headers rpc runtime "
        "service sql",
        # What every process of ours sets up the same way: the one place where bus, store and
        # partners meet.
        "node": "base contract kafka messaging partner runtime sql",
        "testing": "base messaging sql",
    }.items()
}

# Foreign libraries: who may link them. What is not named here is not allowed anywhere.
VENDORS: Mapping[str, frozenset[str]] = {
    name: frozenset(users.split())
    for name, users in {
        "PkgConfig::RDKAFKA": "kafka",
        "SQLite::SQLite3": "sql",
        "PostgreSQL::PostgreSQL": "sql testing",
        "gRPC::grpc++": "rpc proto_services",
        "protobuf::libprotobuf": "proto_headers",
        "OpenSSL::SSL": "http",
        "OpenSSL::Crypto": "crypto http platform-simulator sealing",
        "PkgConfig::ARGON2": "crypto",
        "Boost::headers": "http",
        "Poco::Foundation": "runtime platform-simulator",
        "Poco::Net": "runtime platform-simulator",
        "Poco::NetSSL": "platform-simulator",
        "prometheus-cpp::core": "runtime host node gateway dispatcher bank-simulator "
        "platform-simulator",
        "yaml-cpp": "node",
        "PkgConfig::QPDF": "order",
        "PkgConfig::LIBZIP": "attachment",
        "nlohmann_json::nlohmann_json": "contract partner service order "
        "guaranteectl bank-simulator platform-simulator",
    }.items()
}

# Used wherever it is wanted: text formatting, the Result type, threads, and our own settings.
_ANYWHERE = {"fmt::fmt", "tl::expected", "Threads::Threads", "guarantee_flags", "proto_headers",
             "proto_objects", "proto_services"}
_TEST_VENDORS = {"GTest::gtest", "GTest::gmock", "GTest::gtest_main"}

# Only these may link another service's targets: the process that is all of them.
_WHOLE_SYSTEM = {"hub"}
# What the use cases of a service (<service>_app) may not see: a broker, SQL, HTTP, gRPC.
_ADAPTER_LIBRARIES = {"kafka", "sql", "http", "rpc", "node", "testing"}

_DOMAIN = "_domain"
_APP = "_app"
# Protobuf's generated headers, under their package.
_GENERATED = "guarantee/"


@dataclasses.dataclass(frozen=True)
class Target:
    """One target of the build as tests/arch/CMakeLists.txt notes it."""

    kind: str
    name: str
    folder: str
    links: tuple[str, ...]

    @property
    def is_test(self) -> bool:
        return self.name.endswith("_test") or self.folder.startswith("tests")

    @property
    def owner(self) -> str:
        """The library or service it belongs to; for anything else its own name."""
        parts = self.folder.split("/")
        return parts[1] if parts[0] in ("libs", "services") and len(parts) > 1 else self.name


def read_targets(text: str) -> list[Target]:
    found = []
    for line in text.splitlines():
        kind, name, folder, *links = line.split("|")
        links = [_plain(link) for link in links if link]
        found.append(Target(kind, name, folder, tuple(links)))
    return found


def _plain(link: str) -> str:
    """Without the generator expressions that CMake wraps around private dependencies."""
    match = re.fullmatch(r"\$<(?:LINK_ONLY|BUILD_INTERFACE|COMPILE_ONLY):(.*)>", link)
    return _plain(match.group(1)) if match else link


def check_links(targets: Sequence[Target]) -> list[Finding]:
    """Every link of the build that the tables do not allow."""
    by_name = {target.name: target for target in targets}
    found = []
    for target in targets:
        if target.folder.split("/")[0] not in ("libs", "services", "tests"):
            continue
        for link in target.links:
            reason = _refuse(target, link, by_name)
            if reason:
                path = f"{target.folder}/CMakeLists.txt"
                found.append(Finding(path, 1, "layering", f"{target.name} links {link}: {reason}"))
    return found


def _refuse(target: Target, link: str, by_name: Mapping[str, Target]) -> str:
    """Why this link is a breach; empty: it is none."""
    if link in _TEST_VENDORS:
        return "" if target.is_test or target.owner == "testing" else "only tests link gtest"
    if link == "testing" and not target.is_test:
        return "only tests link the doubles"
    if target.is_test:
        return _refuse_test(link, by_name)
    if target.name.endswith(_DOMAIN) and link not in ("base", "machine", "guarantee_flags"):
        return "a domain is values in, values out and links only base and machine"
    if link in by_name and link not in _ANYWHERE:
        return _refuse_own(target, by_name[link])
    if link in _ANYWHERE:
        return _refuse_generated(target, link)
    if link not in VENDORS:
        return "a library that no table knows"
    return "" if target.owner in VENDORS[link] else f"{link} is not for {target.owner}"


def _refuse_test(link: str, by_name: Mapping[str, Target]) -> str:
    known = link in by_name or link in _ANYWHERE or link in VENDORS
    return "" if known else "a library that no table knows"


def _refuse_generated(target: Target, link: str) -> str:
    if link == "proto_headers" and target.owner in LIBRARIES:
        return "" if link in LIBRARIES[target.owner] else f"{target.owner} does without Protobuf"
    return ""


def _refuse_own(target: Target, other: Target) -> str:
    if other.owner == target.owner:
        return "" if not target.name.endswith(_APP) or other.name.endswith(_DOMAIN) else (
            "a use case sees its own domain only"
        )
    if target.owner in LIBRARIES:
        allowed = other.name in LIBRARIES[target.owner]
        return "" if allowed else f"{target.owner} may not use {other.name}"
    if other.owner in LIBRARIES:
        forbidden = target.name.endswith(_APP) and other.owner in _ADAPTER_LIBRARIES
        return "a use case has ports, not adapters" if forbidden else ""
    return "" if target.owner in _WHOLE_SYSTEM else "services share nothing but proto and libs"


def unused_rules(targets: Sequence[Target]) -> list[str]:
    """Lines of the tables that no target needs: an allowance nobody uses is a hole."""
    used = {(target.owner, link) for target in targets for link in target.links}
    unused = [
        f"{library} may use {other}"
        for library, others in LIBRARIES.items()
        for other in sorted(others)
        if (library, other) not in used
    ]
    unused += [
        f"{user} may link {vendor}"
        for vendor, users in VENDORS.items()
        for user in sorted(users)
        if (user, vendor) not in used
    ]
    return unused


def check_includes(sources: Iterable[Source]) -> list[Finding]:
    """Includes that reach past the tables; a header found through somebody else's link counts."""
    found = []
    for source in sources:
        for include in cpp.includes_of(source.text):
            reason = _refuse_include(source, include.text)
            if reason:
                text = f'includes "{include.text}": {reason}'
                found.append(Finding(source.path, include.line, "layering", text))
    return found


def _refuse_include(source: Source, include: str) -> str:
    part, owner, *below = source.path.split("/")
    first = include.split("/")[0]
    if "/" not in include or source.is_test or part not in ("libs", "services"):
        return ""
    if include.startswith(_GENERATED):
        domain = part == "services" and below[0] == "domain"
        generated = part == "libs" and "proto_headers" not in _reachable(owner)
        return f"no Protobuf in {owner}" if domain or generated else ""
    if part == "libs":
        own = first == owner or first in _reachable(owner)
        return "" if own or first not in LIBRARIES else f"{owner} may not use {first}"
    own_domain = include.split("/")[:2] == [owner, "domain"]
    if below[0] == "domain" and not own_domain and first not in ("base", "machine"):
        return "a domain sees only base, machine and itself"
    if below[0] == "app" and first in _ADAPTER_LIBRARIES:
        return "a use case has ports, not adapters"
    foreign = first not in LIBRARIES and first != owner.replace("-", "_") and first != owner
    whole = owner in _WHOLE_SYSTEM
    return "services share nothing but proto and libs" if foreign and not whole else ""


def _reachable(library: str) -> frozenset[str]:
    """What a library may include: what it links, and what that hands on."""
    direct = LIBRARIES[library]
    return direct.union(*(_reachable(one) for one in direct if one in LIBRARIES))
