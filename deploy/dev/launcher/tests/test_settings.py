"""The command line as the run contract has it, and the ports that follow from it."""

import contextlib
import io
import itertools
import unittest

import support  # noqa: F401  (finds the launcher)

from launcher import layout, programs, settings
from launcher.fault import Fault, Usage

KAFKA = ("--broker", "kafka", "--store", "postgres")
EMBEDDED = ("--broker", "embedded", "--store", "sqlite")


def parse(*arguments: str) -> settings.RunOptions:
    with contextlib.redirect_stderr(io.StringIO()):
        return settings.parse_run(arguments)


class CommandLineTest(unittest.TestCase):
    def test_defaults(self) -> None:
        options = parse()
        self.assertEqual(settings.default_pair(), (options.settings.broker, options.settings.store))
        self.assertEqual(
            ("auto", "simulator", 18080),
            (options.settings.bank, options.settings.platform, options.settings.port_base),
        )
        self.assertEqual(layout.REPOSITORY / ".run", options.state.root)
        self.assertFalse(options.detach or options.fresh)

    def test_wrong_usage_has_exit_status_two(self) -> None:
        for arguments in (
            ("--no-such-option",),
            ("left", "over"),
            ("--bank", "both"),
            ("--det",),
            ("--port-base", "no number"),
        ):
            with self.subTest(arguments), self.assertRaises(SystemExit) as stopped:
                parse(*arguments)
            self.assertEqual(2, stopped.exception.code)

    def test_other_pairs_replicas_and_ports_are_wrong_usage(self) -> None:
        for arguments in (
            ("--broker", "kafka", "--store", "sqlite"),
            ("--broker", "embedded", "--store", "postgres"),
            (*EMBEDDED, "--replicas", "gateway=2"),
            (*KAFKA, "--replicas", "hub=2"),
            (*KAFKA, "--replicas", "gateway=0"),
            (*KAFKA, "--replicas", "gateway"),
            (*KAFKA, "--replicas", "gateway=2,gateway=3"),
            (*KAFKA, "--replicas", "gateway=9"),
            ("--port-base", "1023"),
            ("--port-base", "65500"),
            ("--platform", "example.org"),
            ("--platform", "ftp://example.org/"),
        ):
            with self.subTest(arguments), self.assertRaises(Usage) as wrong:
                parse(*arguments)
            self.assertEqual(2, wrong.exception.exit_status)

    def test_replicas_and_platform(self) -> None:
        chosen = parse(
            *KAFKA, "--replicas", "gateway=2,order=3", "--platform", "http://127.0.0.1:9/front"
        ).settings
        self.assertEqual({"gateway": 2, "order": 3}, chosen.replicas)
        self.assertEqual("http://127.0.0.1:9/front/", chosen.platform)
        names = [program.name for program in programs.of(chosen)]
        self.assertEqual(
            [
                "order",
                "order-2",
                "order-3",
                "claim",
                "credit",
                "invoice",
                "dispatcher",
                "gateway",
                "gateway-2",
            ],
            names,
        )


class PortsTest(unittest.TestCase):
    def test_first_processes_have_the_ports_of_the_contract(self) -> None:
        self.assertEqual(
            {"main": 18080, "admin": 18081, "rpc": 18086}, layout.ports_of("gateway", 18080)
        )
        self.assertEqual(
            {"main": 18080, "admin": 18081, "rpc": 18082}, layout.ports_of("hub", 18080)
        )
        self.assertEqual(
            {"main": 18090, "admin": 18091}, layout.ports_of("platform-simulator", 18080)
        )

    def test_no_port_is_given_twice_and_none_leaves_the_block(self) -> None:
        full = ",".join(f"{name}={layout.REPLICAS_MAX}" for name in layout.REPLICABLE)
        chosen = parse(*KAFKA, "--replicas", full, "--bank", "simulator").settings
        ports = sorted(port for _, port in programs.listeners(chosen))
        self.assertTrue(all(one != other for one, other in itertools.pairwise(ports)), ports)
        self.assertLess(ports[-1], chosen.port_base + layout.PORT_BLOCK)


class KeptSettingsTest(support.StateCase):
    def test_settings_come_back_as_they_were(self) -> None:
        chosen = parse(*KAFKA, "--replicas", "gateway=2").settings
        self.state.create()
        settings.save(self.state, chosen)
        self.assertEqual(chosen, settings.load(self.state))

    def test_data_of_another_version_are_refused(self) -> None:
        self.state.create()
        settings.save(self.state, parse(*KAFKA).settings)
        text = self.state.settings.read_text(encoding="utf-8")
        self.state.settings.write_text(
            text.replace('"data_version": 1', '"data_version": 2'), encoding="utf-8"
        )
        with self.assertRaisesRegex(Fault, "version 2"):
            settings.load(self.state)


if __name__ == "__main__":
    unittest.main()
