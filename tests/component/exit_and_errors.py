"""How processes start badly, end well, and come back: what a new user or an operator meets."""

import contextlib
import json
import os
import shutil
import socket
import sqlite3
import subprocess
import tempfile
import time
import unittest
from pathlib import Path

import _application
import _ledger
import _load
import _process
import _system
import _wire

_EXIT_DONE, _EXIT_FAILED, _EXIT_USAGE = 0, 1, 2
_EXIT_DEADLINE_SECONDS = 10.0
_REQUEST_DEADLINE_SECONDS = 5.0
_START_FAILS_WITHIN_SECONDS = 20.0
_CLIENTS = 8
_ACKNOWLEDGED_MIN = 200
_LOAD_DEADLINE_SECONDS = 60.0
_HALF_SENT = 20
_RECOVERED_WITHIN_SECONDS = 10.0
_DISK_MIB = 16
_ROOM_LEFT_BYTES = 1 << 20
_DISK_FULL_WITHIN_SECONDS = 60.0


def missing(acknowledged: list[str], orders: list[str]) -> list[str]:
    known = set(orders)
    return [name for name in acknowledged if f"O-{name}" not in known]


class BadStarts(unittest.TestCase):
    @classmethod
    def setUpClass(cls) -> None:
        cls.system = cls.enterClassContext(_system.running("--bank", "none"))
        cls.own = _process.settings_of(cls.system, "hub")
        cls.base = _system.free_port_base()
        cls.folder = Path(cls.enterClassContext(tempfile.TemporaryDirectory()))

    def _fails(
        self, binary: str, settings: _process.Settings, *through: str
    ) -> tuple[int, str]:
        with _process.Process(binary, self.system, settings, *through) as process:
            status = process.wait(_START_FAILS_WITHIN_SECONDS)
            said = process.log
        print(f"exit {status}: {said.strip()[:300]}")
        return status, said

    def _elsewhere(self, name: str) -> _process.Settings:
        return _process.elsewhere(self.own, self.base, self.folder / f"{name}.db")

    def test_every_mistake_in_the_settings_is_named_with_its_nearest_key(self) -> None:
        wrong = self._elsewhere("keys") | {
            "gateway.adress": "127.0.0.1:1",
            "gateway.request_timeout_ms": "soon",
        }
        status, said = self._fails("hub", wrong)
        self.assertEqual(status, _EXIT_USAGE)
        for named in ("gateway.adress", "did you mean gateway.address", "request_timeout_ms"):
            self.assertIn(named, said)
        self.assertNotIn("\n\n", said)

    def test_a_busy_port_is_named(self) -> None:
        for key in ("gateway.address", "admin.address", "rpc.address"):
            with self.subTest(key=key), socket.create_server((_system.LOOPBACK, 0)) as holder:
                address = f"{_system.LOOPBACK}:{holder.getsockname()[1]}"
                status, said = self._fails("hub", self._elsewhere("busy") | {key: address})
                self.assertEqual(status, _EXIT_FAILED)
                self.assertIn(address, said)

    def test_more_connections_than_open_files_are_refused_and_both_numbers_said(self) -> None:
        few = "prlimit", "--nofile=2048:2048"
        status, said = self._fails("hub", self._elsewhere("files"), *few)
        self.assertEqual(status, _EXIT_FAILED)
        for named in ("gateway.connections_max", "4352", "2048"):
            self.assertIn(named, said)

    def test_a_second_hub_on_the_same_file_is_refused_and_the_first_goes_on(self) -> None:
        dsn = self.own["store.dsn"]
        status, said = self._fails("hub", self._elsewhere("unused") | {"store.dsn": dsn})
        self.assertEqual(status, _EXIT_FAILED)
        self.assertIn(dsn.removeprefix("sqlite:"), said)
        client = _application.Client(
            self.system.gateway, _application.authorization(self.system)
        )
        answer = client.send(_application.body("the-first"))
        client.close()
        self.assertEqual((answer.status, _application.code_of(answer)), (200, "200"))

    def test_a_gateway_without_its_broker_says_so_and_acknowledges_nothing(self) -> None:
        with _process.Process("gateway", self.system, self._without_broker("gateway")) as gateway:
            _system.wait_for(
                lambda: gateway.admin("readyz") == 503, _START_FAILS_WITHIN_SECONDS, "not ready"
            )
            reasons = gateway.admin_text("readyz")
            began = time.monotonic()
            client = _application.Client(
                gateway.gateway, _application.authorization(self.system)
            )
            answer = client.send(_application.body("no-broker"))
            client.close()
            seconds = time.monotonic() - began
            self.assertTrue(gateway.alive(), gateway.log)
        print(f"no broker: {reasons} and status {answer.status} after {seconds:.1f} s")
        self.assertIn("bus", reasons)
        self.assertEqual((answer.status, _application.code_of(answer)), (503, "500"))
        self.assertIn("retry-after", answer.fields)
        self.assertLess(seconds, _REQUEST_DEADLINE_SECONDS + 1.0)

    def test_an_order_service_without_its_broker_ends_and_names_it(self) -> None:
        settings = self._without_broker("order")
        status, said = self._fails("order", settings)
        self.assertEqual(status, _EXIT_FAILED)
        self.assertIn("bus", said)
        self.assertIn(settings["bus.brokers"], said)

    def test_a_brokers_setting_that_is_none_is_named_and_its_value_is_not(self) -> None:
        file = self.folder / "security.conf"
        settings = self._without_broker("order") | {"bus.security_file": str(file)}
        for text, named in (
            ("# a comment\n\nsasl.pasword = hunter2\n", "sasl.pasword"),
            ("security.protocol = ssl\nhunter2\n", "bus.security_file: line 2"),
            ("sasl.password = hunter2\nsasl.password = hunter2\n", "bus.security_file: line 2"),
        ):
            with self.subTest(text=text):
                file.write_text(text, encoding="ascii")
                status, said = self._fails("order", settings)
                self.assertEqual(status, _EXIT_FAILED)
                self.assertIn(named, said)
                self.assertNotIn("hunter2", said)

    def _without_broker(self, service: str) -> _process.Settings:
        """Settings of a service's own process that looks for Kafka where nobody listens."""
        others = {"gateway", "dispatcher", "order", "claim", "credit", "invoice"} - {service}
        settings = {
            key: value
            for key, value in self._elsewhere(f"broker-{time.monotonic_ns()}").items()
            if key.partition(".")[0] not in others
        }
        if service == "gateway":
            settings["gateway.order_service"] = settings["rpc.address"]
        brokers = f"{_system.LOOPBACK}:{self.base + 9}"
        return settings | {"bus.kind": "kafka", "bus.brokers": brokers}

    def test_missing_files_are_named(self) -> None:
        for key in ("partners.file", "topics.file", "gateway.key_file", "order.rules_file"):
            with self.subTest(key=key):
                status, said = self._fails("hub", self._elsewhere("files") | {key: "nowhere.x"})
                self.assertEqual(status, _EXIT_FAILED)
                self.assertIn("nowhere.x", said)

    def test_a_database_in_a_folder_that_is_not_there_is_named(self) -> None:
        dsn = f"sqlite:{self.folder}/nowhere/hub.db"
        status, said = self._fails("hub", self._elsewhere("folder") | {"store.dsn": dsn})
        self.assertEqual(status, _EXIT_FAILED)
        self.assertIn("nowhere", said)


class Stops(unittest.TestCase):
    def setUp(self) -> None:
        self.system = self.enterContext(_system.running())
        self.credentials = _application.authorization(self.system)
        settings = _process.settings_of(self.system, "hub")
        self.folder = Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.database = self.folder / "hub.db"
        self.settings = _process.elsewhere(settings, _system.free_port_base(), self.database)

    def _half_sent(self, address: tuple[str, int]) -> list[tuple[_wire.Connection, str, bytes]]:
        """Connections whose request has begun, each with the bytes that are still to come."""
        waiting = []
        for number in range(_HALF_SENT):
            name = f"half-{number}"
            data = _application.request(_application.body(name), self.credentials)
            connection = _wire.Connection(address)
            connection.send(data[:-100])
            waiting.append((connection, name, data[-100:]))
        return waiting

    def test_sigterm_under_load_ends_in_time_and_cuts_nothing(self) -> None:
        with _process.Process("hub", self.system, self.settings) as hub:
            hub.wait_ready()
            load = _load.Load(hub.gateway, self.credentials, "stop", _CLIENTS)
            waiting = self._half_sent(hub.gateway)
            with load:
                _system.wait_for(
                    lambda: load.acknowledged >= _ACKNOWLEDGED_MIN, _LOAD_DEADLINE_SECONDS, "load"
                )
                began = time.monotonic()
                hub.terminate()
                _system.wait_for(lambda: load.told.not_connected > 0, 5.0, "the listener closes")
                finished = [self._finish(*one) for one in waiting]
                status = hub.wait(_EXIT_DEADLINE_SECONDS)
                seconds = time.monotonic() - began
            rows, events = _ledger.of_file(self.database).orders()
        told = load.told
        print(
            f"ended {seconds:.1f} s after SIGTERM, {_HALF_SENT} under way were answered; "
            f"{len(told.acknowledged)} acknowledged, {len(told.unanswered_reused)} crossed on a "
            f"reused connection, {len(told.unanswered_new)} unanswered on a new one"
        )
        self.assertEqual(status, _EXIT_DONE)
        self.assertEqual((told.cut, told.refused, told.unanswered_new), ([], [], []))
        self.assertEqual([one for one in finished if one], [])
        names = told.acknowledged + [name for _, name, _ in waiting]
        self.assertEqual((missing(names, rows), missing(names, events)), ([], []))

    def _finish(self, connection: _wire.Connection, name: str, rest: bytes) -> str:
        """What is wrong with the answer to a request that was under way; nothing when all is."""
        with connection:
            connection.send(rest)
            answer = connection.read()
        whole = answer.status == 200 and answer.complete
        return "" if whole else f"{name}: {answer.status}"

    def test_kill_under_load_loses_nothing_that_was_acknowledged(self) -> None:
        load = _load.Load(self.system.gateway, self.credentials, "kill", _CLIENTS)
        with load:
            _system.wait_for(
                lambda: load.acknowledged >= _ACKNOWLEDGED_MIN, _LOAD_DEADLINE_SECONDS, "load"
            )
            self.system.kill("hub")
            load.join()
        acknowledged = load.told.acknowledged
        self.assertEqual(self._seen_when_lost(acknowledged[-1]), [acknowledged[-1]])
        print(f"{len(acknowledged)} acknowledged before the kill")
        self.system.start("hub")
        rows, events = _ledger.of_hub(self.system).orders()
        self.assertEqual((missing(acknowledged, rows), missing(acknowledged, events)), ([], []))
        self.assertEqual(len(rows), len(set(rows)))
        _system.wait_for(
            lambda: not missing(acknowledged, self._listed(acknowledged)), 60.0, "every order"
        )

    def _seen_when_lost(self, name: str) -> list[str]:
        """The planted loss, in a copy of what the killed process has left: one row is gone."""
        source = Path(self.system.endpoints["store"]["dsn"].removeprefix("sqlite:"))
        for suffix in ("", "-wal"):
            shutil.copyfile(f"{source}{suffix}", f"{self.database}{suffix}")
        with contextlib.closing(sqlite3.connect(self.database)) as copy, copy:
            copy.execute("delete from gateway_registered where unique_value = ?", (f"O-{name}",))
        rows, events = _ledger.of_file(self.database).orders()
        self.assertEqual(missing([name], events), [])
        return missing([name], rows)

    def _listed(self, acknowledged: list[str]) -> list[str]:
        done = self.system.guaranteectl(
            "order", "list", "--json", "--limit", str(len(acknowledged) + _CLIENTS)
        )
        self.assertEqual(done.returncode, 0, done.stderr)
        return [one["number"] for one in json.loads(done.stdout)]


class FullDisk(unittest.TestCase):
    def setUp(self) -> None:
        if os.geteuid() != 0:
            self.skipTest("a small disk can be mounted by root only")
        self.system = self.enterContext(_system.running("--bank", "none"))
        self.credentials = _application.authorization(self.system)
        self.disk = Path(self.enterContext(tempfile.TemporaryDirectory()))
        size = f"size={_DISK_MIB}m"
        command = ["mount", "-t", "tmpfs", "-o", size, "tmpfs", str(self.disk)]
        if subprocess.run(command, capture_output=True, check=False).returncode != 0:
            self.skipTest("a small disk cannot be mounted here")
        self.addCleanup(subprocess.run, ["umount", str(self.disk)], check=True)

    def test_it_is_said_by_503_and_passes_when_there_is_room_again(self) -> None:
        settings = _process.settings_of(self.system, "hub")
        database = self.disk / "hub.db"
        own = _process.elsewhere(settings, _system.free_port_base(), database)
        with _process.Process("hub", self.system, own) as hub:
            hub.wait_ready()
            client = _application.Client(hub.gateway, self.credentials)
            acknowledged: list[str] = []
            refused = self._until_refused(client, acknowledged)
            self.assertEqual(refused.status, 503)
            self.assertEqual(_application.code_of(refused), "500")
            self.assertIn("retry-after", refused.fields)
            self.assertTrue(hub.alive(), hub.log[-2000:])
            (self.disk / "filler").unlink()
            seconds = _system.wait_for(
                lambda: self._taken(client, "again"), _RECOVERED_WITHIN_SECONDS, "service again"
            )
            print(f"{len(acknowledged)} taken, then a full disk; taken again {seconds:.1f} s after")
            rows, events = _ledger.of_file(database).orders()
            self.assertEqual(missing([*acknowledged, "again"], rows), [])
            self.assertEqual(missing([*acknowledged, "again"], events), [])
            self.assertEqual(hub.admin("livez"), 200)
            _system.wait_for(lambda: hub.admin("readyz") == 200, 10.0, "readiness again")
            client.close()

    def _until_refused(
        self, client: _application.Client, acknowledged: list[str]
    ) -> _wire.Answer:
        """Fills the disk but for a little, then by applications."""
        self.assertTrue(self._taken(client, "before"))
        numbers = os.statvfs(self.disk)
        room = numbers.f_bavail * numbers.f_frsize
        (self.disk / "filler").write_bytes(b"\0" * (room - _ROOM_LEFT_BYTES))
        found: list[_wire.Answer] = []

        def full() -> bool:
            name = f"disk-{len(acknowledged)}"
            answer = client.send(_application.body(name))
            found.append(answer)
            if answer.status == 200 and _application.code_of(answer) == "200":
                acknowledged.append(name)
            return answer.status != 200

        _system.wait_for(full, _DISK_FULL_WITHIN_SECONDS, "a full disk")
        return found[-1]

    def _taken(self, client: _application.Client, name: str) -> bool:
        answer = client.send(_application.body(name))
        return answer.status == 200 and _application.code_of(answer) == "200"


if __name__ == "__main__":
    unittest.main()
