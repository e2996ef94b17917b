"""Whether everything that a manifest names is there: what is selected, ports, secrets, callers."""

from typing import Any, Iterator, Mapping, Sequence

from _rules import Resource, Workload, policies_of, selects, workloads

# Made by the operator of the cluster or by other operators; README.md says how.
_OUTSIDE = frozenset({"kafka-authority", "number-keys", "partners"})
# NAME-kind, of the workload itself; the owner of its schema is the migrations' affair.
_OUTSIDE_KINDS = ("postgres", "rpc")
_OWNER, _MIGRATIONS = "owner", "migrations"


def dangling(resources: Sequence[Resource]) -> list[str]:
    pods = workloads(resources)
    checks = (_selectors, _scaled, _volumes, _namespaces, _one_way)
    return [finding for check in checks for finding in check(resources, pods)]


def _of(resources: Sequence[Resource], *kinds: str) -> Iterator[Resource]:
    return (one for one in resources if one["kind"] in kinds)


def _title(one: Resource) -> str:
    return f"{one['kind']} {one['metadata']['name']}"


def _selectors(resources: Sequence[Resource], pods: Sequence[Workload]) -> Iterator[str]:
    for service in _of(resources, "Service"):
        selector = {"matchLabels": service["spec"]["selector"]}
        chosen = [pod for pod in pods if selects(selector, pod.labels)]
        if not chosen:
            yield f"{_title(service)} selects nothing"
        for port in service["spec"]["ports"]:
            if any(port["targetPort"] not in _ports(pod) for pod in chosen):
                yield f"{_title(service)} names no port {port['targetPort']}"
    for one in _of(resources, "PodDisruptionBudget", "PodMonitor"):
        if not any(selects(one["spec"]["selector"], pod.labels) for pod in pods):
            yield f"{_title(one)} selects nothing"
    for policy in _of(resources, "NetworkPolicy"):
        if not any(selects(policy["spec"]["podSelector"], pod.labels) for pod in pods):
            yield f"{_title(policy)} selects nothing"
    for monitor in _of(resources, "PodMonitor"):
        wanted = {endpoint["port"] for endpoint in monitor["spec"]["podMetricsEndpoints"]}
        if not any(wanted <= set(_ports(pod)) for pod in pods):
            yield f"{_title(monitor)} names ports that no pod has"


def _ports(pod: Workload) -> dict[str, int]:
    return {
        port["name"]: port["containerPort"]
        for container in pod.containers
        for port in container.get("ports", [])
    }


def _scaled(resources: Sequence[Resource], pods: Sequence[Workload]) -> Iterator[str]:
    topics = {one["metadata"]["name"]: one["spec"] for one in _of(resources, "KafkaTopic")}
    for scaled in _of(resources, "ScaledObject"):
        spec = scaled["spec"]
        target = next((pod for pod in pods if pod.name == spec["scaleTargetRef"]["name"]), None)
        if target is None:
            yield f"{_title(scaled)} scales nothing"
        elif "replicas" in target.resource["spec"]:
            yield f"{_title(scaled)} and its target both say how many"
        for trigger in spec["triggers"]:
            topic = trigger["metadata"].get("topic")
            if topic is None:
                continue
            if topic not in topics:
                yield f"{_title(scaled)} watches {topic}, which is no topic"
            elif spec["maxReplicaCount"] > topics[topic]["partitions"]:
                yield f"{_title(scaled)} makes more pods than {topic} has partitions"


def _volumes(resources: Sequence[Resource], pods: Sequence[Workload]) -> Iterator[str]:
    configurations = {one["metadata"]["name"] for one in _of(resources, "ConfigMap")}
    users = {one["metadata"]["name"] for one in _of(resources, "KafkaUser")}
    for pod in pods:
        for volume in pod.pod.get("volumes", []):
            named = volume.get("configMap", {}).get("name")
            if named and named not in configurations:
                yield f"{pod.name}: no ConfigMap {named}"
            for secret in _secrets(volume):
                known = secret in _OUTSIDE or secret in users
                user, _, kind = secret.rpartition("-")
                own = user == pod.name and kind in _OUTSIDE_KINDS
                if not known and not own and (pod.name, kind) != (_MIGRATIONS, _OWNER):
                    yield f"{pod.name}: nobody makes the secret {secret}"


def _secrets(volume: Mapping[str, Any]) -> list[str]:
    if "secret" in volume:
        return [volume["secret"]["secretName"]]
    sources = volume.get("projected", {}).get("sources", [])
    return [source["secret"]["name"] for source in sources if "secret" in source]


def _namespaces(resources: Sequence[Resource], _pods: Sequence[Workload]) -> Iterator[str]:
    made = {one["metadata"]["name"] for one in _of(resources, "Namespace")}
    for one in resources:
        if one["kind"] in ("Namespace", "PriorityClass"):
            continue
        if one["metadata"].get("namespace") not in made:
            yield f"{_title(one)} is in no namespace of ours"
    for space in _of(resources, "Namespace"):
        if space["metadata"]["labels"].get("pod-security.kubernetes.io/enforce") != "restricted":
            yield f"{_title(space)} does not ask for the restricted pod security"
    closed = [one for one in _of(resources, "NetworkPolicy") if not one["spec"]["podSelector"]]
    if not any({"ingress", "egress"}.isdisjoint(one["spec"]) for one in closed):
        yield "nothing denies what no policy allows"


def _one_way(resources: Sequence[Resource], pods: Sequence[Workload]) -> Iterator[str]:
    """Between two pods of ours: who may call must be let in, and who is let in must be able to."""
    del resources
    for caller in pods:
        for callee in pods:
            out = _allowed(caller, "Egress", "to", callee)
            into = _allowed(callee, "Ingress", "from", caller)
            for port in sorted(out - into):
                yield f"{caller.name} may call {callee.name}:{port}, which does not let it in"
            for port in sorted(into - out):
                yield f"{callee.name}:{port} lets {caller.name} in, which may not call"


def _allowed(pod: Workload, direction: str, side: str, peer: Workload) -> set[int]:
    ports: set[int] = set()
    for policy in policies_of(pod, direction):
        for rule in policy["spec"].get(direction.lower(), []):
            for place in rule.get(side, []):
                # A namespace beside it means pods of somebody else.
                if "podSelector" in place and "namespaceSelector" not in place:
                    if selects(place["podSelector"], peer.labels):
                        ports |= {port["port"] for port in rule["ports"]}
    return ports
