"""Twenty-seven rules for every workload, and that what the manifests point at is there."""

import dataclasses
import re
from typing import Any, Callable, Iterator, Mapping, Sequence

Resource = Mapping[str, Any]

UID_MIN = 10_000
_PLANNED = ("Deployment", "StatefulSet")
_ENDING = ("Job", "CronJob")
_LABELS = tuple(f"app.kubernetes.io/{word}" for word in ("name", "component", "part-of"))
_DIGEST = re.compile(r"^[^@]+:(?P<tag>[^:@/]+)@sha256:(?P<digest>[0-9a-f]{64})$")
# Words that a value of an environment or of a ConfigMap has no business to hold.
_SECRETS = re.compile(
    r"password\s*=|passwd|:[^/\s@]+@|BEGIN [A-Z ]*PRIVATE KEY|secret\s*=|token\s*=", re.IGNORECASE
)


@dataclasses.dataclass(frozen=True)
class Workload:
    """A pod as planned, and everything around it."""

    resource: Resource
    around: Sequence[Resource]

    @property
    def kind(self) -> str:
        return self.resource["kind"]

    @property
    def name(self) -> str:
        return self.resource["metadata"]["name"]

    @property
    def template(self) -> Resource:
        spec = self.resource["spec"]
        return (spec["jobTemplate"]["spec"] if self.kind == "CronJob" else spec)["template"]

    @property
    def pod(self) -> Mapping[str, Any]:
        return self.template["spec"]

    @property
    def labels(self) -> Mapping[str, str]:
        return self.template["metadata"].get("labels", {})

    @property
    def containers(self) -> list[Mapping[str, Any]]:
        return [*self.pod.get("initContainers", []), *self.pod["containers"]]

    def of_kind(self, kind: str) -> Iterator[Resource]:
        return (one for one in self.around if one["kind"] == kind)

    def every(self, holds: Callable[[Mapping[str, Any]], bool]) -> bool:
        return all(holds(container) for container in self.containers)

    def security(self, container: Mapping[str, Any], key: str) -> Any:
        """The container's own word, else the pod's."""
        own = container.get("securityContext", {})
        return own.get(key, self.pod.get("securityContext", {}).get(key))


def workloads(resources: Sequence[Resource]) -> list[Workload]:
    return [Workload(one, resources) for one in resources if one["kind"] in (*_PLANNED, *_ENDING)]


def selects(selector: Mapping[str, Any], labels: Mapping[str, str]) -> bool:
    """Only matchLabels are in use; anything else is no match, so that it is looked into."""
    if set(selector) - {"matchLabels"}:
        return False
    return all(labels.get(key) == value for key, value in selector.get("matchLabels", {}).items())


def _is_planned(one: Workload) -> bool:
    return one.kind in _PLANNED


def _two_replicas(one: Workload) -> bool:
    if "replicas" in one.resource["spec"]:
        return one.resource["spec"]["replicas"] >= 2
    return any(
        scaled["spec"]["scaleTargetRef"]["name"] == one.name
        and scaled["spec"].get("minReplicaCount", 0) >= 2
        for scaled in one.of_kind("ScaledObject")
    )


def _budget(one: Workload) -> bool:
    return any(
        selects(budget["spec"]["selector"], one.labels)
        and budget["spec"].get("maxUnavailable", 0) not in (0, "0%")
        and budget["spec"].get("unhealthyPodEvictionPolicy") == "AlwaysAllow"
        for budget in one.of_kind("PodDisruptionBudget")
    )


def _spread(one: Workload) -> bool:
    keys = {
        constraint["topologyKey"]
        for constraint in one.pod.get("topologySpreadConstraints", [])
        if selects(constraint["labelSelector"], one.labels)
    }
    return {"kubernetes.io/hostname", "topology.kubernetes.io/zone"} <= keys


def policies_of(one: Workload, direction: str) -> list[Resource]:
    """The policies of a workload itself: not those that select every pod there is."""
    return [
        policy
        for policy in one.of_kind("NetworkPolicy")
        if policy["spec"]["podSelector"]
        and selects(policy["spec"]["podSelector"], one.labels)
        and direction in policy["spec"]["policyTypes"]
    ]


def _ingress(one: Workload) -> bool:
    return bool(policies_of(one, "Ingress"))


def _egress(one: Workload) -> bool:
    return bool(policies_of(one, "Egress"))


def _own_account(one: Workload) -> bool:
    account = one.pod.get("serviceAccountName", "default")
    made = {other["metadata"]["name"] for other in one.of_kind("ServiceAccount")}
    others = [
        other.pod.get("serviceAccountName")
        for other in workloads(one.around)
        if other.resource is not one.resource
    ]
    return account != "default" and account in made and account not in others


def _no_token(one: Workload) -> bool:
    accounts = [
        account
        for account in one.of_kind("ServiceAccount")
        if account["metadata"]["name"] == one.pod.get("serviceAccountName")
    ]
    places = [one.pod, *accounts]
    return all(place.get("automountServiceAccountToken") is False for place in places)


def _priority(one: Workload) -> bool:
    made = {other["metadata"]["name"] for other in one.of_kind("PriorityClass")}
    return one.pod.get("priorityClassName") in made


def _grace(one: Workload) -> bool:
    return one.pod.get("terminationGracePeriodSeconds", 0) > 0


def _labelled(one: Workload) -> bool:
    return all(one.labels.get(label) for label in _LABELS)


def _not_root(one: Workload) -> bool:
    return one.every(lambda container: one.security(container, "runAsNonRoot") is True)


def _high_ids(one: Workload) -> bool:
    return one.every(
        lambda container: all(
            (one.security(container, key) or 0) >= UID_MIN for key in ("runAsUser", "runAsGroup")
        )
    )


def _own_word(one: Workload, key: str, value: Any) -> bool:
    return one.every(lambda container: container.get("securityContext", {}).get(key) is value)


def _read_only(one: Workload) -> bool:
    return _own_word(one, "readOnlyRootFilesystem", True)


def _no_escalation(one: Workload) -> bool:
    return _own_word(one, "allowPrivilegeEscalation", False) and _own_word(one, "privileged", False)


def _no_capabilities(one: Workload) -> bool:
    return one.every(
        lambda container: container.get("securityContext", {}).get("capabilities")
        == {"drop": ["ALL"]}
    )


def _seccomp(one: Workload) -> bool:
    return one.every(
        lambda container: one.security(container, "seccompProfile") == {"type": "RuntimeDefault"}
    )


def _resources(container: Mapping[str, Any], kind: str) -> Mapping[str, str]:
    return container.get("resources", {}).get(kind, {})


def _requests(one: Workload) -> bool:
    return one.every(lambda container: {"cpu", "memory"} <= set(_resources(container, "requests")))


def _memory_limit(one: Workload) -> bool:
    return one.every(
        lambda container: _resources(container, "limits").get("memory", "none")
        == _resources(container, "requests").get("memory")
    )


def _ephemeral(one: Workload) -> bool:
    return one.every(
        lambda container: all(
            "ephemeral-storage" in _resources(container, kind) for kind in ("requests", "limits")
        )
    )


def _probe(kind: str) -> Callable[[Workload], bool]:
    return lambda one: all(kind in container for container in one.pod["containers"])


def _probes_differ(one: Workload) -> bool:
    return all(
        container.get("livenessProbe", {}).get("httpGet")
        != container.get("readinessProbe", {}).get("httpGet")
        for container in one.pod["containers"]
    )


def _tag(one: Workload) -> bool:
    found = [_DIGEST.match(container["image"]) for container in one.containers]
    return all(match and match["tag"] != "latest" for match in found)


def _digest(one: Workload) -> bool:
    found = [_DIGEST.match(container["image"]) for container in one.containers]
    pulled = one.every(lambda container: container.get("imagePullPolicy") == "Always")
    return pulled and all(match and set(match["digest"]) != {"0"} for match in found)


def _no_secret(one: Workload) -> bool:
    volumes = one.pod.get("volumes", [])
    named = {volume["configMap"]["name"] for volume in volumes if "configMap" in volume}
    texts = [
        text
        for configuration in one.of_kind("ConfigMap")
        if configuration["metadata"]["name"] in named
        for text in configuration.get("data", {}).values()
    ]
    for container in one.containers:
        if "envFrom" in container:
            return False
        for variable in container.get("env", []):
            if "secretKeyRef" in variable.get("valueFrom", {}):
                return False
            texts.append(str(variable.get("value", "")))
    return not any(_SECRETS.search(text) for text in texts)


def _pause(one: Workload) -> bool:
    return all(
        "sleep" in container.get("lifecycle", {}).get("preStop", {})
        for container in one.pod["containers"]
    )


@dataclasses.dataclass(frozen=True)
class Rule:
    number: int
    what: str
    holds: Callable[[Workload], bool]
    # A job ends by itself: nobody balances, watches or drains it.
    of_jobs: bool = True


RULES: Sequence[Rule] = (
    Rule(1, "two replicas or more, or scaled between such", _two_replicas, of_jobs=False),
    Rule(2, "a disruption budget that lets a node be drained", _budget, of_jobs=False),
    Rule(3, "spread over machines and zones", _spread, of_jobs=False),
    Rule(4, "a network policy for what comes in", _ingress),
    Rule(5, "a network policy for what goes out", _egress),
    Rule(6, "a service account of its own", _own_account),
    Rule(7, "no token of the cluster in the pod", _no_token),
    Rule(8, "a priority class that is there", _priority),
    Rule(9, "an explicit grace period", _grace),
    Rule(10, "the recommended labels", _labelled),
    Rule(11, "not root", _not_root),
    Rule(12, "user and group from 10000 on", _high_ids),
    Rule(13, "a root file system that is only read", _read_only),
    Rule(14, "no privilege and no way to it", _no_escalation),
    Rule(15, "no capability", _no_capabilities),
    Rule(16, "the runtime's seccomp profile", _seccomp),
    Rule(17, "cpu and memory requested", _requests),
    Rule(18, "a memory limit, equal to the request", _memory_limit),
    Rule(19, "ephemeral storage requested and limited", _ephemeral),
    Rule(20, "a liveness probe", _probe("livenessProbe"), of_jobs=False),
    Rule(21, "a readiness probe", _probe("readinessProbe"), of_jobs=False),
    Rule(22, "a startup probe", _probe("startupProbe"), of_jobs=False),
    Rule(23, "alive and ready are different questions", _probes_differ, of_jobs=False),
    Rule(24, "a fixed tag", _tag),
    Rule(25, "a digest, pulled always", _digest),
    Rule(26, "no secret in environment or ConfigMap", _no_secret),
    Rule(27, "a pause before the end", _pause, of_jobs=False),
)


def broken(one: Workload) -> list[str]:
    """The rules that a workload does not keep, by number."""
    return [
        f"{one.kind} {one.name}: {rule.number} {rule.what}"
        for rule in RULES
        if (rule.of_jobs or _is_planned(one)) and not rule.holds(one)
    ]
