"""What a domain archive asks of others: no clock, chance, environment, store, bus or network."""

import re
import subprocess

# One pattern for each thing refused, matched against the undefined symbols as nm -uC prints them.
FORBIDDEN = {
    "system clock": r"\bsystem_clock::now\b",
    "clock": r"\b(clock_gettime|gettimeofday|steady_clock::now)\b|^time$",
    "environment": r"\b(secure_)?getenv\b",
    "randomness": r"^s?rand(om)?$|\brandom_device\b|^getrandom$",
    "Kafka": r"^rd_kafka",
    "SQLite": r"^sqlite3_",
    "PostgreSQL": r"^PQ[a-z]",
    "Poco": r"\bPoco::",
    "gRPC": r"\bgrpc::|^grpc_",
    "Protobuf": r"\bgoogle::protobuf\b",
}


def undefined_of(archive: str) -> list[str]:
    done = subprocess.run(
        ["nm", "-uC", archive], capture_output=True, text=True, check=True, timeout=60
    )
    return [
        re.sub(r"@.*", "", line.split(maxsplit=1)[1]).strip()
        for line in done.stdout.splitlines()
        if re.match(r"\s+[Uvw] ", line)
    ]


def forbidden_in(symbols: list[str]) -> dict[str, list[str]]:
    """The symbols refused, by what they are."""
    found = {
        what: sorted(symbol for symbol in symbols if re.search(pattern, symbol))
        for what, pattern in FORBIDDEN.items()
    }
    return {what: hits for what, hits in found.items() if hits}
