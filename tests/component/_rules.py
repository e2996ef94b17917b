"""What alert rules and dashboards name, and what a scrape has."""

import json
import re
from pathlib import Path
from typing import Iterator

import yaml

# Prometheus' own, of every target.
FROM_PROMETHEUS = {"up": {"job", "instance"}}

_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"')
_SELECTOR = re.compile(r"([a-zA-Z_:][\w:]*)\s*\{([^}]*)\}")
_NOT_METRICS = re.compile(
    r"\{[^}]*\}|\[[^\]]*\]"
    r"|\b(?:by|without|on|ignoring|group_left|group_right)\b\s*\([^)]*\)"
    r"|\b(?:and|or|unless|bool|offset)\b|\b\d[\w.]*"
)
_NAME = re.compile(r"[a-zA-Z_:][\w:]*(?!\w*\s*\()")
_GROUPING = re.compile(r"\b(?:by|without|on|ignoring)\b\s*\(([^)]*)\)")
_SAMPLE = re.compile(r"^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? ")
_LABEL = re.compile(r'(\w+)=~?"')

Labels = dict[str, set[str]]


def metrics_of(expression: str) -> set[str]:
    bare = _NOT_METRICS.sub(" ", _QUOTED.sub('""', expression))
    return {
        found.group(0)
        for found in _NAME.finditer(bare)
        if not bare[found.end() :].lstrip().startswith("(")
    }


def labels_of(expression: str) -> Labels:
    """By metric: the labels that its selectors match on, and those that the expression groups by
    when it names one metric only."""
    labels: Labels = {name: set() for name in metrics_of(expression)}
    for name, inside in _SELECTOR.findall(_QUOTED.sub('""', expression)):
        labels.setdefault(name, set()).update(re.findall(r"(\w+)\s*(?:=~|!~|!=|=)", inside))
    if len(labels) == 1:
        for grouped in _GROUPING.findall(expression):
            next(iter(labels.values())).update(re.findall(r"\w+", grouped))
    return labels


def samples_of(scrape: str) -> Labels:
    """By metric of a text exposition: the labels that its samples have."""
    found: Labels = {}
    for line in scrape.splitlines():
        sample = _SAMPLE.match(line)
        if sample and not line.startswith("#"):
            found.setdefault(sample.group(1), set()).update(_LABEL.findall(sample.group(2) or ""))
    return found


def unknown(expression: str, live: Labels) -> list[str]:
    """Metrics and labels of an expression that nothing exposes."""
    findings = []
    for name, labels in labels_of(expression).items():
        if name not in live:
            findings.append(f"no metric {name}")
        findings += [f"no label {one} of {name}" for one in sorted(labels - live.get(name, labels))]
    return findings


class Rules:
    """A rules file, its cases and its runbook."""

    def __init__(self, folder: Path) -> None:
        text = (folder / "rules.yaml").read_text(encoding="utf-8")
        self.alerts = [rule for group in yaml.safe_load(text)["groups"] for rule in group["rules"]]
        cases = (folder / "rules.test.yaml").read_text(encoding="utf-8")
        self.cases = yaml.safe_load(cases)["tests"]
        readme = (folder / "README.md").read_text(encoding="utf-8")
        self.sections = set(re.findall(r"^## (\w+)$", readme, re.MULTILINE))

    def gaps(self) -> list[str]:
        """What an alert lacks, and what belongs to none."""
        names = [rule["alert"] for rule in self.alerts]
        findings = [f"section {one} of no alert" for one in sorted(self.sections - set(names))]
        for rule in self.alerts:
            name = rule["alert"]
            if name not in self.sections:
                findings.append(f"{name} has no section in the runbook")
            if not rule["annotations"]["runbook"].endswith(f"README.md#{name.lower()}"):
                findings.append(f"{name} points to another section")
            for kind, firing in (("firing", True), ("silent", False)):
                if not any(self._is_case(case, rule, firing) for case in self.cases):
                    findings.append(f"{name} has no {kind} case")
        return findings

    @staticmethod
    def _is_case(case: dict, rule: dict, firing: bool) -> bool:
        """A silent case counts only if the rule's own metrics are there."""
        given: set[str] = set()
        for one in case["input_series"]:
            given |= set(samples_of(one["series"] + " "))
        judged = any(
            one["alertname"] == rule["alert"] and bool(one.get("exp_alerts")) == firing
            for one in case["alert_rule_test"]
        )
        return judged and metrics_of(rule["expr"]) <= given


def expressions_of(dashboard: Path) -> Iterator[tuple[str, str]]:
    """Panel and expression."""
    for panel in json.loads(dashboard.read_text(encoding="utf-8"))["panels"]:
        for target in panel["targets"]:
            yield panel["title"], target["expr"]
