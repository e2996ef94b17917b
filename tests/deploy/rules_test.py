"""Each of the twenty-seven rules, and each check of what is named, is seen to find its breach."""

import copy
import sys
import unittest
from pathlib import Path
from typing import Any, Callable

sys.path.insert(0, str(Path(__file__).resolve().parent))

import _rules  # noqa: E402
import _targets  # noqa: E402

_LABELS = {
    "app.kubernetes.io/name": "order",
    "app.kubernetes.io/component": "service",
    "app.kubernetes.io/part-of": "guarantee-hub",
}
_SELECTOR = {"matchLabels": {"app.kubernetes.io/name": "order"}}
_IMAGE = "registry.example/order:1.0.0@sha256:" + "a1" * 32
Resources = dict[str, Any]


def _resource(kind: str, **content: Any) -> Resources:
    return {"kind": kind, "metadata": {"name": "order", "namespace": "hub"}, **content}


def _container() -> Resources:
    return {
        "image": _IMAGE,
        "imagePullPolicy": "Always",
        "ports": [{"name": "rpc", "containerPort": 9090}],
        "securityContext": {
            "readOnlyRootFilesystem": True,
            "allowPrivilegeEscalation": False,
            "privileged": False,
            "capabilities": {"drop": ["ALL"]},
        },
        "resources": {
            kind: {"cpu": "1", "memory": "1Gi", "ephemeral-storage": "1Gi"}
            for kind in ("requests", "limits")
        },
        "livenessProbe": {"httpGet": {"path": "/livez"}},
        "readinessProbe": {"httpGet": {"path": "/readyz"}},
        "startupProbe": {"httpGet": {"path": "/livez"}},
        "lifecycle": {"preStop": {"sleep": {"seconds": 5}}},
        "env": [{"name": "PGSERVICEFILE", "value": "/run/secrets/pg_service.conf"}],
    }


def _pod() -> Resources:
    keys = ("kubernetes.io/hostname", "topology.kubernetes.io/zone")
    return {
        "serviceAccountName": "order",
        "automountServiceAccountToken": False,
        "priorityClassName": "order",
        "terminationGracePeriodSeconds": 30,
        "topologySpreadConstraints": [
            {"topologyKey": key, "labelSelector": _SELECTOR} for key in keys
        ],
        "securityContext": {
            "runAsNonRoot": True,
            "runAsUser": 65532,
            "runAsGroup": 65532,
            "seccompProfile": {"type": "RuntimeDefault"},
        },
        "containers": [_container()],
        "volumes": [{"name": "configuration", "configMap": {"name": "order"}}],
    }


def _good() -> dict[str, Resources]:
    """A small system that keeps every rule, its resources by kind."""
    template = {"metadata": {"labels": dict(_LABELS)}, "spec": _pod()}
    found = [
        _resource("Deployment", spec={"replicas": 2, "template": template}),
        _resource("ServiceAccount", automountServiceAccountToken=False),
        _resource("PriorityClass"),
        _resource("ConfigMap", data={"order.conf": "store.dsn = service=guarantee\n"}),
        _resource(
            "PodDisruptionBudget",
            spec={
                "selector": _SELECTOR,
                "maxUnavailable": 1,
                "unhealthyPodEvictionPolicy": "AlwaysAllow",
            },
        ),
        _resource(
            "NetworkPolicy", spec={"podSelector": _SELECTOR, "policyTypes": ["Ingress", "Egress"]}
        ),
        _resource(
            "Service",
            spec={"selector": _SELECTOR["matchLabels"], "ports": [{"targetPort": "rpc"}]},
        ),
        _resource("KafkaTopic", spec={"partitions": 12}),
    ]
    space = {"pod-security.kubernetes.io/enforce": "restricted"}
    found.append({"kind": "Namespace", "metadata": {"name": "hub", "labels": space}})
    everything = copy.deepcopy({one["kind"]: one for one in found})
    everything["denial"] = _resource(
        "NetworkPolicy", spec={"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}
    )
    return everything


def _at(place: str) -> Callable[[dict[str, Resources]], tuple[Any, Any]]:
    """Kind, dot, path: Deployment.spec.replicas; @ is the pod and # its container."""
    pod = "Deployment.spec.template.spec"
    path = place.replace("#", pod + ".containers.0").replace("@", pod).split(".")

    def find(system: dict[str, Resources]) -> tuple[Any, Any]:
        where: Any = system
        for step in path[:-1]:
            where = where[int(step) if isinstance(where, list) else step]
        return where, path[-1]

    return find


_GONE = object()
# Every rule with what breaks it and, but for the rules that hang together, nothing else.
_BREACHES: list[tuple[int, str, Any]] = [
    (1, "Deployment.spec.replicas", 1),
    (2, "PodDisruptionBudget.spec.maxUnavailable", 0),
    (2, "PodDisruptionBudget.spec.unhealthyPodEvictionPolicy", _GONE),
    (3, "@.topologySpreadConstraints", []),
    (4, "NetworkPolicy.spec.policyTypes", ["Egress"]),
    (5, "NetworkPolicy.spec.policyTypes", ["Ingress"]),
    (6, "ServiceAccount.metadata.name", "another"),
    (7, "@.automountServiceAccountToken", _GONE),
    (7, "ServiceAccount.automountServiceAccountToken", True),
    (8, "@.priorityClassName", "none"),
    (9, "@.terminationGracePeriodSeconds", _GONE),
    (10, "Deployment.spec.template.metadata.labels", _SELECTOR["matchLabels"]),
    (11, "@.securityContext.runAsNonRoot", False),
    (12, "@.securityContext.runAsUser", 1000),
    (12, "@.securityContext.runAsGroup", _GONE),
    (13, "#.securityContext.readOnlyRootFilesystem", _GONE),
    (14, "#.securityContext.allowPrivilegeEscalation", _GONE),
    (14, "#.securityContext.privileged", True),
    (15, "#.securityContext.capabilities", {"drop": ["ALL"], "add": ["NET_ADMIN"]}),
    (16, "@.securityContext.seccompProfile", {"type": "Unconfined"}),
    (17, "#.resources.requests.cpu", _GONE),
    (18, "#.resources.limits.memory", "2Gi"),
    (19, "#.resources.limits.ephemeral-storage", _GONE),
    (20, "#.livenessProbe", _GONE),
    (21, "#.readinessProbe", _GONE),
    (22, "#.startupProbe", _GONE),
    (23, "#.livenessProbe", {"httpGet": {"path": "/readyz"}}),
    (24, "#.image", "registry.example/order:latest@sha256:" + "a1" * 32),
    (25, "#.image", "registry.example/order:1.0.0@sha256:" + "0" * 64),
    (25, "#.imagePullPolicy", "IfNotPresent"),
    (26, "#.env", [{"name": "P", "valueFrom": {"secretKeyRef": {"name": "p"}}}]),
    (26, "ConfigMap.data", {"order.conf": "store.dsn = postgresql://user:word@host/\n"}),
    (27, "#.lifecycle", _GONE),
]
_DANGLING: list[tuple[str, str, Any]] = [
    ("Service order selects nothing", "Service.spec.selector", {"app": "none"}),
    ("Service order names no port", "Service.spec.ports", [{"targetPort": "http"}]),
    ("PodDisruptionBudget order selects nothing", "PodDisruptionBudget.spec.selector",
     {"matchLabels": {"app": "none"}}),
    ("NetworkPolicy order selects nothing", "NetworkPolicy.spec.podSelector",
     {"matchLabels": {"app": "none"}}),
    ("order: no ConfigMap none", "@.volumes", [{"configMap": {"name": "none"}}]),
    ("order: nobody makes the secret x", "@.volumes", [{"secret": {"secretName": "x"}}]),
    ("ConfigMap order is in no namespace", "ConfigMap.metadata.namespace", "default"),
    ("does not ask for the restricted", "Namespace.metadata.labels", {}),
    ("nothing denies", "denial.spec.ingress", [{}]),
    ("order may call order:9090", "NetworkPolicy.spec.egress",
     [{"to": [{"podSelector": _SELECTOR}], "ports": [{"port": 9090}]}]),
    ("lets order in, which may not call", "NetworkPolicy.spec.ingress",
     [{"from": [{"podSelector": _SELECTOR}], "ports": [{"port": 9090}]}]),
]


def _planted(place: str, value: Any) -> list[Resources]:
    system = _good()
    where, name = _at(place)(system)
    if value is _GONE:
        del where[name]
    else:
        where[name] = copy.deepcopy(value)
    return list(system.values())


class RulesTest(unittest.TestCase):
    def _broken(self, resources: list[Resources]) -> list[int]:
        (one,) = _rules.workloads(resources)
        return [int(text.split(": ")[1].split()[0]) for text in _rules.broken(one)]

    def test_a_good_system_breaks_none(self) -> None:
        self.assertEqual(self._broken(list(_good().values())), [])

    def test_every_rule_is_seen_broken(self) -> None:
        for number, place, value in _BREACHES:
            with self.subTest(f"{number} {place}"):
                self.assertEqual(self._broken(_planted(place, value)), [number])
        self.assertEqual({number for number, _, _ in _BREACHES}, set(range(1, 28)))

    def test_an_autoscaler_may_say_how_many(self) -> None:
        resources = _planted("Deployment.spec.replicas", _GONE)
        self.assertEqual(self._broken(resources), [1])
        spec = {"scaleTargetRef": {"name": "order"}, "minReplicaCount": 2}
        self.assertEqual(self._broken([*resources, _resource("ScaledObject", spec=spec)]), [])

    def test_of_a_job_less_is_asked(self) -> None:
        system = _good()
        job = copy.deepcopy(system["Deployment"])
        job["kind"] = "Job"
        container = job["spec"]["template"]["spec"]["containers"][0]
        for key in ("livenessProbe", "readinessProbe", "startupProbe", "lifecycle"):
            del container[key]
        others = [one for one in system.values() if one["kind"] != "Deployment"]
        self.assertEqual(self._broken([*others, job]), [])
        container["securityContext"]["privileged"] = True
        self.assertEqual(self._broken([*others, job]), [14])


class TargetsTest(unittest.TestCase):
    def test_in_a_good_system_nothing_is_missing(self) -> None:
        self.assertEqual(_targets.dangling(list(_good().values())), [])

    def test_everything_that_dangles_is_found(self) -> None:
        for sentence, place, value in _DANGLING:
            with self.subTest(sentence):
                found = _targets.dangling(_planted(place, value))
                self.assertTrue(any(sentence in one for one in found), found)

    def test_an_autoscaler_that_dangles_is_found(self) -> None:
        def scaled(**changed: Any) -> list[str]:
            trigger = {"metadata": {"topic": changed.pop("topic", "order")}}
            spec = {"scaleTargetRef": {"name": "order"}, "maxReplicaCount": 12, **changed}
            resource = _resource("ScaledObject", spec={**spec, "triggers": [trigger]})
            system = _planted("Deployment.spec.replicas", _GONE)
            return _targets.dangling([*system, resource])

        self.assertEqual(scaled(), [])
        self.assertEqual(len(scaled(topic="none")), 1)
        self.assertEqual(len(scaled(maxReplicaCount=13)), 1)
        self.assertEqual(len(scaled(scaleTargetRef={"name": "none"})), 1)


if __name__ == "__main__":
    unittest.main()
