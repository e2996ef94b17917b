"""What a system says of itself in numbers: promtool has nothing to say about its scrapes, every
alert and panel asks for what is there, and every alert has been seen firing and silent."""

import json
import re
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

import _platform
import _rules
import _system

_ALERTS = _system.REPOSITORY / "deploy" / "alerts"
_DASHBOARDS = sorted((_ALERTS / "dashboards").glob("*.json"))
_PROMTOOL_DEADLINE_SECONDS = 60.0
_WITHIN_SECONDS = 30.0
# Bounded by the catalogue, the partners' file and words of the source; each more is a decision.
_LABELS = {
    *("group", "topic", "partition", "state", "outcome", "result", "interface", "kind", "partner"),
    *("version", "revision", "proto_revision", "process", "le"),
}


def _promtool(*arguments: str, typed: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["promtool", *arguments],
        input=typed,
        capture_output=True,
        text=True,
        timeout=_PROMTOOL_DEADLINE_SECONDS,
        check=False,
    )


class RulesAlone(unittest.TestCase):
    """Without a system."""

    def test_PromtoolTakesTheRulesAndTheirCases(self) -> None:
        for arguments in (("check", "rules", "rules.yaml"), ("test", "rules", "rules.test.yaml")):
            done = _promtool(*arguments[:2], str(_ALERTS / arguments[2]))
            self.assertEqual(0, done.returncode, done.stdout + done.stderr)

    def test_EveryAlertHasBothCasesAndASection(self) -> None:
        rules = _rules.Rules(_ALERTS)
        self.assertGreater(len(rules.alerts), 10)
        self.assertEqual([], rules.gaps())

    def test_AnAlertWithoutASilentCaseIsFound(self) -> None:
        rules = _rules.Rules(_ALERTS)
        silent = [case for case in rules.cases if "GuaranteeDeadLetter is silent" in case["name"]]
        self.assertEqual(1, len(silent))
        rules.cases.remove(silent[0])
        self.assertEqual(["GuaranteeDeadLetter has no silent case"], rules.gaps())

    def test_AWrongExpectationIsFound(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            for name in ("rules.yaml", "rules.test.yaml"):
                shutil.copy(_ALERTS / name, folder)
            rules = Path(folder) / "rules.yaml"
            text = rules.read_text(encoding="utf-8")
            planted = (("seconds) > 600", "seconds) > 6000"), ("for: 10m", "for: 1m"))
            for threshold, other in planted:
                rules.write_text(text.replace(threshold, other), encoding="utf-8")
                done = _promtool("test", "rules", str(Path(folder) / "rules.test.yaml"))
                self.assertNotEqual(0, done.returncode, f"{threshold} became {other}")

    def test_TheReaderOfExpressionsFindsWhatIsMisspelt(self) -> None:
        live = _rules.samples_of('a_total{x="1"} 3\nb_bucket{le="1"} 2\n# HELP c no\nd 1 \n')
        self.assertEqual({"a_total": {"x"}, "b_bucket": {"le"}, "d": set()}, live)
        rate = 'sum by (x) (rate(a_total{x=~"c{1}"}[5m])) > 0.1'
        self.assertEqual([], _rules.unknown(rate, live))
        self.assertEqual([], _rules.unknown("time() - (d > 0) / d and d or d", live))
        self.assertEqual(["no metric c"], _rules.unknown("max(c) > 1", live))
        self.assertEqual(["no label y of a_total"], _rules.unknown('a_total{y="1"}', live))
        self.assertEqual(["no label y of d"], _rules.unknown("max by (y) (d)", live))
        quantile = "histogram_quantile(0.99, sum by (le) (rate(b_bucket[5m])))"
        self.assertEqual([], _rules.unknown(quantile, live))
        self.assertEqual({"b_bucket"}, _rules.metrics_of(quantile))


class Scrape:
    """The cases; a class below says on what they run."""

    options: tuple[str, ...] = ()

    @classmethod
    def setUpClass(cls) -> None:
        cls.system = cls.enterClassContext(_system.running(*cls.options, "--bank", "auto"))
        platform = _platform.Platform(cls.system)
        platform.order("M-1")
        platform.await_receipt("3.2", "O-M-1")
        cls.ours = {
            one["name"]: one["admin"]
            for one in cls.system.endpoints["processes"]
            if "simulator" not in one["name"]
        }

    def scrapes(self) -> dict[str, str]:
        return {name: _system.text_of(admin + "metrics") for name, admin in self.ours.items()}

    def live(self) -> _rules.Labels:
        found: _rules.Labels = {**_rules.FROM_PROMETHEUS}
        for text in self.scrapes().values():
            for name, labels in _rules.samples_of(text).items():
                found[name] = found.get(name, set()) | labels
        return found

    def value(self, name: str, **labels: str) -> float:
        """The sum of the samples that have these labels, over all processes."""
        total = 0.0
        for text in self.scrapes().values():
            for line in text.splitlines():
                has = all(f'{label}="{wanted}"' in line for label, wanted in labels.items())
                if re.match(rf"{name}[{{ ]", line) and has:
                    total += float(line.rsplit(" ", 1)[1])
        return total

    def test_PromtoolHasNothingToSay(self) -> None:
        for name, text in self.scrapes().items():
            self.assertIn("guarantee_build_info{", text, name)
            done = _promtool("check", "metrics", typed=text)
            self.assertEqual((0, ""), (done.returncode, done.stdout + done.stderr), name)

    def test_PromtoolFindsABadName(self) -> None:
        text = "# HELP bad_total a counter\n# TYPE bad_total gauge\nbad_total 1\n"
        self.assertNotEqual(0, _promtool("check", "metrics", typed=text).returncode)

    def test_LabelsAreOfTheBoundedOnes(self) -> None:
        for text in self.scrapes().values():
            for name, labels in _rules.samples_of(text).items():
                self.assertLessEqual(labels, _LABELS, name)
            self.assertNotIn("O-M-1", text)

    def test_EveryAlertAsksForWhatIsThere(self) -> None:
        live = self.live()
        findings = [
            f"{rule['alert']}: {one}"
            for rule in _rules.Rules(_ALERTS).alerts
            for one in _rules.unknown(rule["expr"], live)
        ]
        self.assertEqual([], findings)

    def test_EveryPanelAsksForWhatIsThere(self) -> None:
        self.assertEqual(2, len(_DASHBOARDS))
        live = self.live()
        findings = [
            f"{dashboard.name}, {panel}: {one}"
            for dashboard in _DASHBOARDS
            for panel, expression in _rules.expressions_of(dashboard)
            for one in _rules.unknown(expression, live)
        ]
        self.assertEqual([], findings)

    def test_TheNumbersAreThoseOfTheOrder(self) -> None:
        accepted = {"interface": "3.1", "outcome": "accepted"}
        self.assertEqual(1, self.value("guarantee_gateway_requests_total", **accepted))
        counted = {"interface": "3.1"}
        self.assertEqual(
            1, self.value("guarantee_gateway_request_duration_seconds_count", **counted)
        )
        _system.wait_for(
            lambda: self.value("guarantee_notice_attempts_total", outcome="accepted") >= 1,
            _WITHIN_SECONDS,
            "the attempt's result is counted",
        )
        for name in ("guarantee_consumer_lag_messages", "guarantee_outbox_unpublished_records"):
            _system.wait_for(lambda: self.value(name) == 0, _WITHIN_SECONDS, f"{name} is 0")
        self.assertGreater(self.value("guarantee_outbox_published_records_total", group="order"), 0)
        self.assertEqual(0, self.value("guarantee_dead_letters_total"))
        self.assertEqual(0, self.value("guarantee_dispatcher_lanes", state="parked"))

    def test_AStateForEachPartitionThatIsHeld(self) -> None:
        positions = self.value("guarantee_consumer_state")
        self.assertGreater(positions, 0)
        self.assertEqual(positions, self.value("guarantee_consumer_state", state="ok"))
        for group in ("order", "claim", "credit", "invoice", "dispatcher"):
            held = self.value("guarantee_consumer_assigned_partitions", group=group)
            self.assertGreater(held, 0, group)
            self.assertEqual(1, self.value("guarantee_consumer_lag_known", group=group), group)

    def test_EachProcessHasStartedAndLives(self) -> None:
        for name, admin in self.ours.items():
            for path in ("startupz", "livez", "readyz"):
                self.assertEqual(200, _system.status_of(admin + path), f"{name} {path}")
                body = json.loads(_system.text_of(admin + path))
                self.assertEqual({"ok": True, "reasons": []}, body, f"{name} {path}")


class OnHub(Scrape, unittest.TestCase):
    options = ("--broker", "embedded", "--store", "sqlite")


class OnKafkaAndPostgres(Scrape, unittest.TestCase):
    options = ("--broker", "kafka", "--store", "postgres")


if __name__ == "__main__":
    unittest.main()
