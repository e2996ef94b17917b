"""The container images: what is in them, that they come out the same, and that they run."""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

_HERE = Path(__file__).resolve().parent
_BESIDE = (_HERE, _HERE.parent / "component", _HERE.parents[1] / "deploy/images")
sys.path[:0] = [str(place) for place in _BESIDE]

import _container  # noqa: E402
import _system  # noqa: E402
from _archive import Image, is_program  # noqa: E402
from images import __main__ as build  # noqa: E402

_USER = 65532
_MEBIBYTE = 1 << 20
# What is stored and carried. Unpacked, Debian's libpq alone brings GnuTLS, LDAP and Kerberos.
_ARCHIVE_BYTES_MAX = 40 * _MEBIBYTE
_UNPACKED_BYTES_MAX = 56 * _MEBIBYTE
_AGAIN = ("gateway", "hub")
_LABELS = ("title", "description", "version", "revision", "licenses", "vendor")
_SBOM = "usr/share/guarantee-hub/sbom.spdx.json"
_INTERPRETERS = ("sh", "bash", "dash", "busybox", "python3", "perl", "apt", "dpkg")
_READY_SECONDS = 30.0

_folder: tempfile.TemporaryDirectory
_digests: dict[str, str] = {}
_images: dict[str, Image] = {}


def setUpModule() -> None:
    global _folder
    if os.geteuid() != 0 or shutil.which("buildah") is None:
        sentence = "images are built by root with buildah (install-packages images)"
        if _system.IN_CI:
            raise AssertionError(sentence)
        raise unittest.SkipTest(sentence)
    _folder = tempfile.TemporaryDirectory(prefix="guarantee-images-test-")
    unittest.addModuleCleanup(_folder.cleanup)
    place = Path(_folder.name)
    # The user of the images has to come through to its files.
    place.chmod(0o755)
    _digests.update(build.make(build.programs(), _system.BUILD, place / "archives"))
    for name in build.programs():
        _images[name] = Image(place / f"archives/{name}.tar", place / "roots" / name)


def strangers(root: Path, program: str) -> list[str]:
    """Executables that are neither the program nor a library, and what changes the user."""
    found = []
    for path in sorted(root.rglob("*")):
        name, mode = str(path.relative_to(root)), path.lstat().st_mode
        if path.is_symlink() or path.is_dir():
            continue
        if mode & 0o6000:
            found.append(f"{name} changes the user")
        shared = ".so" in path.name and is_program(path)
        if mode & 0o111 and not shared and name != f"usr/bin/{program}":
            found.append(f"{name} is executable")
        if path.name in _INTERPRETERS:
            found.append(f"{name} is an interpreter")
    return found


def undocumented(root: Path) -> list[str]:
    """Packages that the list, the licences and the SBOM do not agree about."""
    listed = {path.name for path in (root / "var/lib/dpkg/status.d").iterdir()}
    licensed = {path.parent.name for path in root.glob("usr/share/doc/*/copyright")}
    document = json.loads((root / _SBOM).read_text(encoding="utf-8"))
    described = {
        one["name"] for one in document["packages"] if one["primaryPackagePurpose"] == "LIBRARY"
    }
    return sorted((listed | licensed | described) - (listed & licensed & described))


class Contents(unittest.TestCase):
    def test_every_program_that_is_deployed_has_an_image(self) -> None:
        services = {"gateway", "order", "credit", "claim", "invoice", "dispatcher", "hub"}
        tools = {"guaranteectl", "platform-simulator", "bank-simulator"}
        self.assertEqual(set(_images), services | tools)

    def test_there_is_no_shell_and_nothing_changes_the_user(self) -> None:
        for name, image in _images.items():
            with self.subTest(name):
                self.assertEqual(strangers(image.root, name), [])

    def test_a_shell_would_be_found(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            for name in ("usr/bin/order", "bin/sh", "usr/bin/su"):
                planted = Path(folder) / name
                planted.parent.mkdir(parents=True, exist_ok=True)
                planted.write_bytes(b"")
                planted.chmod(0o4755 if name.endswith("su") else 0o755)
            self.assertEqual(len(strangers(Path(folder), "order")), 4)

    def test_the_configuration_is_what_a_cluster_asks_for(self) -> None:
        for name, image in _images.items():
            with self.subTest(name):
                self.assertEqual(image.settings["User"], f"{_USER}:{_USER}")
                self.assertEqual(image.settings["Entrypoint"], [f"/usr/bin/{name}"])
                self.assertEqual(image.settings["StopSignal"], "SIGTERM")
                for label in _LABELS:
                    self.assertTrue(image.settings["Labels"][f"org.opencontainers.image.{label}"])

    def test_every_package_is_listed_with_its_licence(self) -> None:
        for name, image in _images.items():
            with self.subTest(name):
                self.assertEqual(undocumented(image.root), [])
                self.assertIn("Apache License", image.text("usr/share/doc/guarantee-hub/LICENSE"))

    def test_a_package_without_its_licence_would_be_found(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            copy = Path(folder) / "root"
            shutil.copytree(_images["order"].root, copy, symlinks=True)
            (copy / "usr/share/doc/librdkafka1/copyright").unlink()
            self.assertEqual(undocumented(copy), ["librdkafka1"])

    def test_the_list_is_spdx(self) -> None:
        document = json.loads(_images["order"].text(_SBOM))
        self.assertEqual(document["spdxVersion"], "SPDX-2.3")
        names = [one["SPDXID"] for one in document["packages"]]
        self.assertEqual(len(names), len(set(names)))
        for relation in document["relationships"]:
            self.assertIn(relation["relatedSpdxElement"], names)
        self.assertIn("libssl3", [one["name"] for one in document["packages"]])

    def test_sizes(self) -> None:
        for name, image in _images.items():
            with self.subTest(name):
                print(
                    f"{name}: {image.archive_bytes / _MEBIBYTE:.1f} MiB,"
                    f" unpacked {image.unpacked_bytes / _MEBIBYTE:.1f} MiB"
                )
                self.assertLess(image.archive_bytes, _ARCHIVE_BYTES_MAX)
                self.assertLess(image.unpacked_bytes, _UNPACKED_BYTES_MAX)

    def test_built_again_it_is_the_same_image(self) -> None:
        names = build.programs() if _system.FULL else _AGAIN
        again = build.make(names, _system.BUILD, Path(_folder.name) / "again")
        self.assertEqual(again, {name: _digests[name] for name in names})


class Running(unittest.TestCase):
    def test_without_a_configuration_it_says_what_is_missing(self) -> None:
        for name, image in _images.items():
            if image.settings.get("Cmd"):
                with self.subTest(name):
                    done = _container.run(image, *image.settings["Cmd"])
                    self.assertEqual(done.returncode, 2, done.stderr)
                    self.assertIn(f"/etc/guarantee-hub/{name}.conf", done.stderr)
                    self.assertEqual(done.stderr.count("\n"), 1, done.stderr)

    def test_a_bad_configuration_is_refused_in_one_sentence(self) -> None:
        with _container.folder_of({"order.conf": "admin.adress = 127.0.0.1:1\n"}) as folder:
            image = _images["order"]
            mounts = {"/etc/guarantee-hub": folder}
            done = _container.run(image, *image.settings["Cmd"], mounts=mounts)
        self.assertEqual(done.returncode, 2, done.stderr)
        self.assertIn("admin.adress: unknown key", done.stderr)
        self.assertIn("did you mean admin.address?", done.stderr)

    def test_the_command_lines_explain_themselves(self) -> None:
        for name in ("guaranteectl", "platform-simulator"):
            with self.subTest(name):
                done = _container.run(_images[name], "--help")
                self.assertIn("usage", (done.stdout + done.stderr).lower())

    def test_the_root_cannot_be_written(self) -> None:
        planted = {"hub.conf": "nothing\n"}
        image = _images["hub"]
        with _container.folder_of(planted) as folder:
            mounts = {"/etc/guarantee-hub": folder, "/var/lib/guarantee-hub": "scratch"}
            words = _container.command(image, ["--config", "/etc/guarantee-hub/hub.conf"], mounts)
            # In the program's place one of this machine, which the image does not have.
            probe = Path(folder) / "probe"
            shutil.copyfile("/bin/touch", probe)
            probe.chmod(0o755)
            at = words.index("/usr/bin/hub")
            for path, status in (("/var/lib/guarantee-hub/x", 0), ("/tmp/x", 1), ("/x", 1)):
                done = subprocess.run(
                    [*words[:at], "/etc/guarantee-hub/probe", path],
                    capture_output=True,
                    text=True,
                    timeout=_container.SECONDS,
                    check=False,
                )
                self.assertEqual(done.returncode, status, (path, done.stderr))

    def test_a_hub_becomes_ready_and_ends_cleanly(self) -> None:
        image = _images["hub"]
        with _system.running("--bank", "none") as system:
            port_base = system.port_base
            configuration = self._settings(system)
        mounts = {"/etc/guarantee-hub": configuration, "/var/lib/guarantee-hub": "scratch"}
        log = Path(_folder.name) / "hub.log"
        with log.open("wb") as said:
            hub = subprocess.Popen(
                _container.command(image, None, mounts), stdin=subprocess.DEVNULL, stderr=said
            )
        try:
            url = f"http://{_system.LOOPBACK}:{port_base + 1}/readyz"
            _system.wait_for(
                lambda: hub.poll() is not None or _system.status_of(url) == 200,
                _READY_SECONDS,
                "readiness of the hub's image",
            )
            self.assertIsNone(hub.poll(), log.read_text(encoding="utf-8"))
            status = Path(f"/proc/{hub.pid}/status").read_text(encoding="ascii")
            self.assertIn(f"Uid:\t{_USER}\t{_USER}\t{_USER}\t{_USER}", status)
            hub.send_signal(signal.SIGTERM)
            self.assertEqual(hub.wait(_container.SECONDS), 0)
        finally:
            hub.kill()
            hub.wait()

    def _settings(self, system: _system.System) -> str:
        """The configuration of a system that the launcher made, with the paths of the image."""
        folder = Path(_folder.name) / "configuration"
        shutil.copytree(system.state / "config", folder)
        text = (folder / "hub.conf").read_text(encoding="utf-8")
        moved = {
            "store.dsn": "sqlite:/var/lib/guarantee-hub/hub.db",
            "topics.file": "/usr/share/guarantee-hub/topics.yaml",
        }
        pairs = (line.split(" = ", 1) for line in text.splitlines() if line)
        lines = [f"{key} = {moved.get(key, value)}\n" for key, value in pairs]
        (folder / "hub.conf").write_text("".join(lines), encoding="utf-8")
        for path in (folder, *folder.rglob("*")):
            os.chown(path, _USER, _USER)
        return str(folder)


if __name__ == "__main__":
    unittest.main()
