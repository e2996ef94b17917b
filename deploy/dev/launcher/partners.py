"""The two partners of a development system, and every credential in it.

Made at the first start and kept: nothing here is shipped. `demo` has further accounts that must
be refused; `second` is there so that the same numbers can be used by two partners at once.
"""

import base64
import datetime
import secrets
import subprocess
from pathlib import Path
from typing import Any, Callable

from launcher import files, layout
from launcher.fault import Fault

_FIRST, _SECOND = "demo", "second"
FIELD_CIPHER_DEFAULT = "R1"
_CIPHER_WITH_PLATFORM_KEY = "W"
# Above what the rules approve, so that a rejection by the bank can be seen.
_AMOUNT_MAX = "100000000.00"
_DAYS_EXPIRED = 2
_INSTITUTION = "示范银行股份有限公司"
_DATABASE_PASSWORD = "postgres.password"
_KEY_BITS = "2048"
_OPENSSL_DEADLINE_SECONDS = 60.0
_KEY_BYTES = 32

HashPassword = Callable[[str], str]


def ensure(state: layout.StateDirectory, platform_url: str, hash_password: HashPassword) -> None:
    """Makes credentials and partners.json where there are none; sets the platform's address.

    `hash_password` gives the encoded hash that the gateway compares with.
    """
    _secret(state, "gateway.key", lambda: secrets.token_bytes(_KEY_BYTES))
    _secret(state, "storage.key", _storage_key)
    content = files.read_json(state.partners)
    if content is None:
        content = {"partners": [_partner(state, hash_password, name) for name in (_FIRST, _SECOND)]}
    for partner in content["partners"]:
        partner["platform"]["base_url"] = platform_url
        _ensure_wrap_key(state, partner)
    files.replace_json(state.partners, content)


def has_database_password(state: layout.StateDirectory) -> bool:
    return (state.secrets / _DATABASE_PASSWORD).exists()


def database_password(state: layout.StateDirectory) -> str:
    return _secret(state, _DATABASE_PASSWORD, _new_password).decode()


def _storage_key() -> bytes:
    return b"k1 " + base64.b64encode(secrets.token_bytes(_KEY_BYTES)) + b"\n"


def _new_password() -> bytes:
    return secrets.token_hex(20).encode()


def _secret(state: layout.StateDirectory, name: str, make: Callable[[], bytes]) -> bytes:
    """The content of a secret file, made the first time."""
    path = state.secrets / name
    if not path.exists():
        files.replace(path, make())
    return path.read_bytes()


def _account(
    state: layout.StateDirectory,
    hash_password: HashPassword,
    user: str,
    *,
    enabled: bool = True,
    interfaces: tuple[str, ...] = ("*",),
    expires: str | None = None,
) -> dict[str, Any]:
    password = _secret(state, f"{user}.password", _new_password).decode()
    _secret(state, f"{user}.hash", lambda: hash_password(password).encode())
    entitlements = [{"interfaces": list(interfaces), "expires": expires}] if interfaces else []
    return {
        "user": user,
        "password_hash_file": f"secrets/{user}.hash",
        "enabled": enabled,
        "entitlements": entitlements,
    }


def _partner(
    state: layout.StateDirectory, hash_password: HashPassword, name: str
) -> dict[str, Any]:
    accounts = [_account(state, hash_password, name)]
    if name == _FIRST:
        accounts += _refused_accounts(state, hash_password, name)
    platform_user = f"hub-{name}"
    _secret(state, f"{platform_user}.password", _new_password)
    return {
        "id": name,
        "environment": "development",
        "institution": {"kind": "bank", "name": _INSTITUTION, "insurer_code": ""},
        "accounts": accounts,
        "source_networks": ["127.0.0.0/8"],
        "field_cipher": FIELD_CIPHER_DEFAULT,
        "tolerance": {},
        "limits": {"amount_max": _AMOUNT_MAX},
        "products": {"credit_backed": False, "valid_days": 120},
        "redirect_host": None,
        "platform": {
            "base_url": "",
            "user": platform_user,
            "password_file": f"secrets/{platform_user}.password",
            "tls": {"roots": "", "client_certificate": "", "client_key": ""},
        },
    }


def _refused_accounts(
    state: layout.StateDirectory, hash_password: HashPassword, name: str
) -> list[dict[str, Any]]:
    past = datetime.date.today() - datetime.timedelta(days=_DAYS_EXPIRED)
    return [
        _account(state, hash_password, f"{name}-disabled", enabled=False),
        _account(state, hash_password, f"{name}-unentitled", interfaces=()),
        _account(state, hash_password, f"{name}-expired", expires=past.isoformat()),
    ]


def _wrap_key(state: layout.StateDirectory, partner: dict[str, Any]) -> Path:
    return state.secrets / f"{partner['id']}-wrap.pem"


def _scheme(partner: dict[str, Any]) -> str:
    """The cipher's name; in partners.json it stands alone or in an object with its settings."""
    cipher = partner["field_cipher"]
    return cipher if isinstance(cipher, str) else cipher["scheme"]


def _needs_wrap_key(partner: dict[str, Any]) -> bool:
    return _scheme(partner) == _CIPHER_WITH_PLATFORM_KEY


def _ensure_wrap_key(state: layout.StateDirectory, partner: dict[str, Any]) -> None:
    """The platform's key pair of the wrapped cipher; we unwrap with its public half."""
    if not _needs_wrap_key(partner):
        return
    private = _wrap_key(state, partner)
    public = private.with_suffix(".pub.pem")
    if not private.exists():
        files.replace(
            private,
            _openssl("genpkey", "-algorithm", "RSA", "-pkeyopt", f"rsa_keygen_bits:{_KEY_BITS}"),
        )
    if not public.exists():
        files.replace(public, _openssl("pkey", "-in", str(private), "-pubout"))
    if isinstance(partner["field_cipher"], str):
        partner["field_cipher"] = {"scheme": partner["field_cipher"]}
    partner["field_cipher"].setdefault("unwrap_key_file", f"secrets/{public.name}")


def _openssl(*arguments: str) -> bytes:
    try:
        done = subprocess.run(
            ["openssl", *arguments],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=True,
            timeout=_OPENSSL_DEADLINE_SECONDS,
        )
    except subprocess.SubprocessError as failed:
        raise Fault(f"openssl {arguments[0]} failed: {failed}") from failed
    return done.stdout


def _password_of(state: layout.StateDirectory, user: str) -> str:
    return (state.secrets / f"{user}.password").read_text(encoding="ascii")


def for_endpoints(state: layout.StateDirectory) -> list[dict[str, Any]]:
    """Both partners as endpoints.json shows them, passwords in clear."""
    shown = []
    for partner in files.read_json(state.partners)["partners"]:
        user, platform = partner["accounts"][0]["user"], partner["platform"]
        entry = {
            "id": partner["id"],
            "user": user,
            "password": _password_of(state, user),
            "field_cipher": _scheme(partner),
            "platform": {
                "url": platform["base_url"],
                "user": platform["user"],
                "password": _password_of(state, platform["user"]),
            },
        }
        if _needs_wrap_key(partner):
            entry["wrap_private_key"] = str(_wrap_key(state, partner))
        shown.append(entry)
    return shown


def refused_accounts(state: layout.StateDirectory) -> dict[str, dict[str, str]]:
    """The sign-ins of the first partner that must fail, by reason."""
    shown = {}
    partner = files.read_json(state.partners)["partners"][0]
    for account in partner["accounts"][1:]:
        user = account["user"]
        reason = user.removeprefix(f"{partner['id']}-")
        shown[reason] = {"user": user, "password": _password_of(state, user)}
        if reason == "expired":
            shown[reason]["expires"] = account["entitlements"][0]["expires"]
    return shown
