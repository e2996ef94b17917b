"""The manifests: well-formed, within the rules, nothing dangling, and as the programs are."""

import copy
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

_HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(_HERE))

import _tools  # noqa: E402

_tools.enter()

import jsonschema  # noqa: E402
import kubernetes_validate  # noqa: E402
import yaml  # noqa: E402

import _rules  # noqa: E402
import _targets  # noqa: E402

_REPOSITORY = _HERE.parents[1]
_KUBERNETES = _REPOSITORY / "deploy" / "kubernetes"
_BUILD = Path(os.environ.get("GUARANTEE_BUILD", _REPOSITORY / "build" / "ci"))
_VERSION = "1.34"
_SERVICES = ("gateway", "order", "credit", "claim", "invoice", "dispatcher")
_OVERLAYS = ("kind", "production")
_SCHEMAS = {
    "KafkaTopic": "kafkatopic_v1",
    "KafkaUser": "kafkauser_v1",
    "PodMonitor": "podmonitor_v1",
    "ScaledObject": "scaledobject_v1alpha1",
}
# No schema of it is at hand; it has six lines of our own.
_UNJUDGED = {"TriggerAuthentication"}
# What kube-score is not asked, and why.
_NOT_SCORED = {
    "deployment-has-host-podantiaffinity": "topologySpreadConstraints over machine and zone do it",
    "deployment-replicas": "the autoscaler's minReplicaCount says it; kube-score knows HPAs only",
}
_SECONDS = 120.0

_rendered: dict[str, str] = {}
_resources: dict[str, list] = {}
_folder: tempfile.TemporaryDirectory


def setUpModule() -> None:
    """Both overlays rendered, in a copy that names images as a release would."""
    global _folder
    _folder = tempfile.TemporaryDirectory(prefix="guarantee-manifests-")
    unittest.addModuleCleanup(_folder.cleanup)
    place = Path(_folder.name)
    for name in ("CMakeLists.txt", "deploy/topics.yaml"):
        (place / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(_REPOSITORY / name, place / name)
    shutil.copytree(_KUBERNETES, place / "deploy/kubernetes")
    names = (*_SERVICES, "guaranteectl")
    digests = {name: "sha256:" + hashlib.sha256(name.encode()).hexdigest() for name in names}
    (place / "digests.json").write_text(json.dumps(digests), encoding="ascii")
    release = place / "deploy/kubernetes/release"
    _said(str(release), "registry.example/bank", f"--digests={place / 'digests.json'}")
    for overlay in _OVERLAYS:
        folder = place / "deploy/kubernetes/overlays" / overlay
        _rendered[overlay] = _said(str(_tools.KUBECTL), "kustomize", str(folder))
        (place / f"{overlay}.yaml").write_text(_rendered[overlay], encoding="utf-8")
        _resources[overlay] = list(yaml.safe_load_all(_rendered[overlay]))


def _said(*command: str, status: int = 0) -> str:
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=_SECONDS, check=False, cwd=_folder.name
    )
    if done.returncode != status:
        raise AssertionError(f"{command[0]}: {done.returncode}\n{done.stdout}\n{done.stderr}")
    return done.stdout


def _schema(kind: str) -> dict:
    return json.loads((_HERE / f"schemas/{_SCHEMAS[kind]}.json").read_text(encoding="utf-8"))


def misshapen(resource: dict) -> list[str]:
    """What the strict schema of its kind has against a resource."""
    kind = resource["kind"]
    if kind in _SCHEMAS:
        judge = jsonschema.Draft202012Validator(_schema(kind))
        return [f"{error.json_path}: {error.message}" for error in judge.iter_errors(resource)]
    try:
        kubernetes_validate.validate(resource, _VERSION, strict=True)
    except kubernetes_validate.ValidationError as error:
        return [str(error.message)]
    return []


class Shape(unittest.TestCase):
    def test_every_resource_has_the_shape_of_its_kind(self) -> None:
        for overlay, resources in _resources.items():
            for one in resources:
                if one["kind"] in _UNJUDGED:
                    continue
                with self.subTest(f"{overlay} {one['kind']} {one['metadata']['name']}"):
                    self.assertEqual(misshapen(one), [])

    def test_a_wrong_shape_is_found(self) -> None:
        for kind, place, value in (
            ("Deployment", "replicas", "two"),
            ("Deployment", "replica", 2),
            ("KafkaTopic", "partitions", 0),
            ("KafkaUser", "authentication", {"type": "kerberos"}),
            ("ScaledObject", "minReplicaCount", "two"),
            ("PodMonitor", "selector", []),
        ):
            with self.subTest(f"{kind}.{place}"):
                one = copy.deepcopy(next(r for r in _resources["production"] if r["kind"] == kind))
                one["spec"][place] = value
                self.assertNotEqual(misshapen(one), [])

    def test_the_kafka_resources_come_from_the_catalogue(self) -> None:
        _said(sys.executable, "deploy/kubernetes/generate", "--check")

    def test_a_topic_that_was_changed_by_hand_is_found(self) -> None:
        path = Path(_folder.name) / "deploy/kubernetes/components/kafka/topics.yaml"
        text = path.read_text(encoding="utf-8")
        path.write_text(text.replace("partitions: 12", "partitions: 6", 1), encoding="utf-8")
        try:
            said = _said(sys.executable, "deploy/kubernetes/generate", "--check", status=1)
        finally:
            path.write_text(text, encoding="utf-8")
        self.assertEqual(said.split(), ["deploy/kubernetes/components/kafka/topics.yaml"])


class Rules(unittest.TestCase):
    def test_every_workload_keeps_all_of_them(self) -> None:
        self.assertEqual([rule.number for rule in _rules.RULES], list(range(1, 28)))
        for overlay, resources in _resources.items():
            found = _rules.workloads(resources)
            self.assertLessEqual(set(_SERVICES), {one.name for one in found})
            for one in found:
                with self.subTest(f"{overlay} {one.name}"):
                    self.assertEqual(_rules.broken(one), [])

    def test_nothing_that_is_named_is_missing(self) -> None:
        for overlay, resources in _resources.items():
            with self.subTest(overlay):
                self.assertEqual(_targets.dangling(resources), [])

    def test_only_who_calls_the_platforms_may_leave_the_cluster(self) -> None:
        outside = {
            one.name
            for one in _rules.workloads(_resources["production"])
            for policy in _rules.policies_of(one, "Egress")
            for rule in policy["spec"].get("egress", [])
            if any("ipBlock" in place for place in rule.get("to", []))
        }
        # Notices, and the attachments of requests.
        self.assertEqual(outside, {"dispatcher", "order", "credit", "claim"})

    def test_the_committed_release_starts_nothing(self) -> None:
        """Its digests are zeros until a build is released; that they are is found, too."""
        text = _said(str(_tools.KUBECTL), "kustomize", str(_KUBERNETES / "overlays/production"))
        found = _rules.workloads(list(yaml.safe_load_all(text)))
        if "registry.invalid" in text:
            self.assertTrue(all("25 a digest" in _rules.broken(one)[0] for one in found))


class OperatorsCommand(unittest.TestCase):
    """deploy/kubernetes/guaranteectl against a kubectl that plays a cluster."""

    def setUp(self) -> None:
        self.cluster = Path(self.enterContext(tempfile.TemporaryDirectory()))
        (self.cluster / "bin").mkdir()
        (self.cluster / "bin/kubectl").symlink_to(_HERE / "_kubectl.py")
        (self.template,) = [one for one in _resources["production"] if one["kind"] == "CronJob"]
        text = json.dumps(self.template)
        (self.cluster / "cronjob.json").write_text(text, encoding="utf-8")

    def _call(self, *words: str, status: int = 0) -> subprocess.CompletedProcess[str]:
        (self.cluster / "status").write_text(str(status), encoding="ascii")
        path = f"{self.cluster / 'bin'}:{os.environ['PATH']}"
        return subprocess.run(
            [str(_KUBERNETES / "guaranteectl"), *words],
            env={**os.environ, "PATH": path, "FAKE_CLUSTER": str(self.cluster)},
            capture_output=True, text=True, timeout=_SECONDS, check=False,
        )

    def _calls(self) -> list[str]:
        lines = (self.cluster / "calls").read_text(encoding="utf-8").splitlines()
        return [line.split()[1] for line in lines]

    def test_output_and_status_are_the_commands(self) -> None:
        for status in (0, 1):
            done = self._call("order", "show", "N-1", status=status)
            self.assertEqual((done.returncode, done.stdout), (status, "what the command said\n"))
            self.assertEqual(self._calls()[-1], "delete")
            (self.cluster / "calls").unlink()

    def test_its_job_keeps_the_rules_of_the_template(self) -> None:
        self._call("lag")
        created = json.loads((self.cluster / "created.json").read_text(encoding="utf-8"))
        self.assertEqual(misshapen(created), [])
        others = [one for one in _resources["production"] if one["kind"] != "CronJob"]
        found = _rules.workloads([*others, created])[-1]
        self.assertEqual(_rules.broken(found), [])
        arguments = found.containers[0]["args"]
        self.assertEqual(arguments[-1], "lag")
        called = {word.removeprefix("--").split("-rpc=")[0] for word in arguments[1:-1]}
        self.assertEqual(called, set(_SERVICES))

    def test_print_makes_nothing(self) -> None:
        self.assertEqual(json.loads(self._call("--print", "lag").stdout)["kind"], "Job")
        self.assertEqual(self._calls(), ["get"])

    def test_a_cluster_that_is_away_is_said(self) -> None:
        (self.cluster / "cronjob.json").unlink()
        self.assertEqual(self._call("lag").returncode, 3)


class Judges(unittest.TestCase):
    def test_kube_score_has_nothing_critical_and_no_warning(self) -> None:
        for overlay in _OVERLAYS:
            with self.subTest(overlay):
                self.assertEqual(self._scored(overlay), [])

    def test_kube_score_would_say_so(self) -> None:
        self.assertTrue(self._scored("production", "readOnlyRootFilesystem: true"))

    def test_checkov_fails_nothing(self) -> None:
        for overlay in _OVERLAYS:
            with self.subTest(overlay):
                self.assertEqual(self._checked(overlay), [])

    def test_checkov_would_say_so(self) -> None:
        self.assertIn("CKV_K8S_22", self._checked("production", "readOnlyRootFilesystem: true"))

    def test_hadolint_has_nothing_against_the_dockerfile(self) -> None:
        dockerfile = _REPOSITORY / "deploy/images/Dockerfile"
        self.assertEqual(_said(_tools.program("hadolint"), str(dockerfile)), "")
        with tempfile.NamedTemporaryFile("w", suffix=".Dockerfile") as planted:
            planted.write("FROM debian:latest\nRUN apt-get install curl\n")
            planted.flush()
            self.assertIn("DL3007", _said(_tools.program("hadolint"), planted.name, status=1))

    def _file(self, overlay: str, without: str) -> str:
        path = Path(_folder.name) / f"{overlay}-judged.yaml"
        path.write_text(_rendered[overlay].replace(without, "") if without else _rendered[overlay])
        return str(path)

    def _scored(self, overlay: str, without: str = "") -> list[str]:
        ignored = [f"--ignore-test={name}" for name in _NOT_SCORED]
        done = subprocess.run(
            [str(_tools.KUBE_SCORE), "score", "--output-format=ci",
             f"--kubernetes-version=v{_VERSION}", *ignored, self._file(overlay, without)],
            capture_output=True, text=True, timeout=_SECONDS, check=False,
        )
        lines = done.stdout.splitlines()
        self.assertTrue(any(line.startswith("[OK]") for line in lines), done.stderr)
        return [line for line in lines if line.startswith(("[CRITICAL]", "[WARNING]"))]

    def _checked(self, overlay: str, without: str = "") -> list[str]:
        done = subprocess.run(
            [sys.executable, "-m", "checkov.main", "--framework=kubernetes", "--output=json",
             "--quiet", "--skip-download", f"--file={self._file(overlay, without)}"],
            capture_output=True, text=True, timeout=_SECONDS, check=False,
        )
        report = json.loads(done.stdout)
        self.assertEqual(report["summary"]["parsing_errors"], 0)
        self.assertGreater(report["summary"]["resource_count"], 50)
        # Nothing is skipped, so there is no list of reasons.
        self.assertEqual(report["summary"]["skipped"], 0)
        return [one["check_id"] for one in report["results"]["failed_checks"]]


class Programs(unittest.TestCase):
    def test_every_configuration_is_one_that_its_program_takes(self) -> None:
        """All keys are known and well-formed; the first thing missed is what a secret holds."""
        for overlay in _OVERLAYS:
            for name in _SERVICES:
                with self.subTest(f"{overlay} {name}"):
                    done = self._start(overlay, name, "")
                    self.assertEqual(done.returncode, 1, done.stderr)
                    self.assertIn("partners.file", done.stderr)

    def test_every_program_migrates_as_its_container_says(self) -> None:
        found = _rules.workloads(_resources["production"])
        (job,) = [one for one in found if one.kind == "Job"]
        self.assertEqual({one["name"] for one in job.containers}, set(_SERVICES))
        for container in job.containers:
            with self.subTest(container["name"]):
                option, _, *rest = container["args"]
                self.assertEqual((option, rest), ("--config", ["--migrate"]))
                done = self._start("production", container["name"], "", *rest)
                # It has come as far as the database, which is not there.
                self.assertEqual(done.returncode, 1, done.stderr)
                self.assertIn('"component":"migrate"', done.stderr)

    def test_a_key_that_no_program_knows_is_found(self) -> None:
        done = self._start("production", "order", "order.colour = red\n")
        self.assertEqual(done.returncode, 2, done.stderr)
        self.assertIn("order.colour: unknown key", done.stderr)

    def test_a_trial_differs_from_production_in_few_words(self) -> None:
        for name in _SERVICES:
            with self.subTest(name):
                base, trial = (set(self._text(one, name).splitlines()) for one in _OVERLAYS[::-1])
                self.assertEqual(base - trial, {"process.environment = production"})
                for line in trial - base - {"process.environment = development"}:
                    self.assertRegex(line, r"rules_file = |_demonstration = true$")

    def test_a_trial_decides_by_the_rules_of_a_development_system(self) -> None:
        for path in (_KUBERNETES / "overlays/kind/rules").iterdir():
            with self.subTest(path.name):
                original = _REPOSITORY / "deploy/dev" / path.name
                self.assertEqual(path.read_bytes(), original.read_bytes())

    def _text(self, overlay: str, name: str) -> str:
        """As the program's ConfigMap has it."""
        found = [one for one in _resources[overlay] if one["kind"] == "ConfigMap"]
        (text,) = [one["data"][f"{name}.conf"] for one in found if f"{name}.conf" in one["data"]]
        return text

    def _start(
        self, overlay: str, name: str, more: str, *options: str
    ) -> subprocess.CompletedProcess[str]:
        text = self._text(overlay, name)
        path = Path(_folder.name) / f"{name}.conf"
        path.write_text(text + more, encoding="utf-8")
        return subprocess.run(
            [str(_BUILD / "bin" / name), "--config", str(path), *options],
            capture_output=True, text=True, timeout=_SECONDS, check=False,
        )


if __name__ == "__main__":
    unittest.main()
