"""The same judgements where the gateway is its own process: real Kafka, real PostgreSQL."""

import os
import shutil
import signal
import subprocess
import time
import unicodedata
import unittest
import urllib.parse

import _application
import _hostile
import _ledger
import _process
import _system
import hostile_requests
from _credulous import CredulousProxy

_PARTITIONS = 4
_BELIEVED = 20
_REQUEST_DEADLINE_SECONDS = 5.0
_RECOVERED_WITHIN_SECONDS = 30.0
_TEXTS = (
    "岳阳市农村商业银行",
    "𠮷野家 🏦",
    "Z̮̞̠͙͔ͅḀ̗̞͈̻̗Ḷ͙͎̯̹̞͓G̻O̭̗̮",
    "\u202eright to left\u202c",
    "'; DROP TABLE registered; --",
    "line\nfeed\tand tab",
    "e\u0301",
    "\ufeffmark",
    "${jndi:ldap://127.0.0.1/a}",
)
_PASSWORD = "8d0c59"
# What deploy/kubernetes/README.md tells an operator to do.
_TWO_USERS = (
    "create database apart",
    f"create role head login password '{_PASSWORD}'",
    f"create role hand login password '{_PASSWORD}'",
    "grant create on database apart to head",
)
_RIGHTS = (
    "alter default privileges for role head grant usage on schemas to hand",
    "alter default privileges for role head "
    "grant select, insert, update, delete on tables to hand",
    "alter default privileges for role head grant usage on sequences to hand",
)


class KafkaAndPostgres(unittest.TestCase):
    @classmethod
    def setUpClass(cls) -> None:
        if shutil.which("psql") is None and not _system.IN_CI:
            raise unittest.SkipTest("psql is not installed")
        cls.system = cls.enterClassContext(
            _system.running("--broker", "kafka", "--store", "postgres", "--bank", "none")
        )
        cls.ledger = _ledger.of_processes(cls.system, _PARTITIONS)
        cls.credentials = _application.authorization(cls.system)

    def test_hostile_requests_execute_nothing(self) -> None:
        cases = _hostile.armed(self.credentials) + _hostile.early_answers(self.credentials)
        faults = hostile_requests.judge(self.system, cases, self.ledger)
        print(f"{len(cases)} raw requests against Kafka and PostgreSQL, {len(faults)} faults")
        self.assertEqual(faults, [])

    def test_the_schemas_owner_migrates_and_the_service_only_uses(self) -> None:
        """As a cluster has it: passwords in libpq's service file, two users, a job before."""
        server = urllib.parse.urlsplit(self.system.endpoints["store"]["dsn"])
        self._psql(server.geturl(), *_TWO_USERS)
        used = server._replace(path="/apart").geturl()
        self._psql(used, *_RIGHTS)
        settings = self._beside("credit")
        early = self._service(server, "hand")
        with _process.Process("credit", self.system, settings, *early) as credit:
            self.assertEqual(credit.wait(_RECOVERED_WITHIN_SECONDS), 1)
            self.assertIn("permission denied", credit.log)
        for _ in range(2):
            self._migrate("credit", settings, self._service(server, "head"))
        with _process.Process("credit", self.system, settings, *early) as credit:
            credit.wait_ready()
            credit.terminate()
            self.assertEqual(credit.wait(_RECOVERED_WITHIN_SECONDS), 0)
            self.assertNotIn(_PASSWORD, credit.log)

    def _beside(self, name: str) -> _process.Settings:
        base = _system.free_port_base()
        return _process.settings_of(self.system, name) | {
            "process.name": f"{name}-apart",
            "admin.address": f"{_system.LOOPBACK}:{base}",
            "rpc.address": f"{_system.LOOPBACK}:{base + 1}",
            "store.dsn": "service=guarantee",
        }

    def _service(self, server: urllib.parse.SplitResult, user: str) -> tuple[str, str]:
        """The words that run a program with a service file of this user."""
        file = self.system.state / f"{user}.conf"
        file.write_text(
            f"[guarantee]\nhost={server.hostname}\nport={server.port}\ndbname=apart\n"
            f"user={user}\npassword={_PASSWORD}\n",
            encoding="ascii",
        )
        return "env", f"PGSERVICEFILE={file}"

    def _migrate(self, name: str, settings: _process.Settings, through: tuple[str, ...]) -> None:
        """Broker and partners are not asked for."""
        file = self.system.state / "config" / "migration.conf"
        changed = settings | {"bus.brokers": "127.0.0.1:1", "partners.file": "nowhere.json"}
        lines = "".join(f"{key} = {value}\n" for key, value in changed.items())
        file.write_text(lines, encoding="utf-8")
        command = [*through, str(_system.binary(name)), "--config", str(file), "--migrate"]
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=_RECOVERED_WITHIN_SECONDS, check=False
        )
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("the schema is up to date", done.stderr)

    def _psql(self, dsn: str, *statements: str) -> None:
        words = [word for statement in statements for word in ("--command", statement)]
        done = subprocess.run(
            ["psql", "--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", dsn, *words],
            capture_output=True, text=True, timeout=_RECOVERED_WITHIN_SECONDS, check=False,
        )
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_a_credulous_server_in_front_is_found_out(self) -> None:
        cases = [one for one in _hostile.armed(self.credentials, "believed-") if one.hostile]
        with CredulousProxy(self.system.gateway) as proxy:
            for case in cases[:_BELIEVED]:
                hostile_requests.Observed(proxy.address, case)
        rows, events = self.ledger.orders()
        for where, orders in (("register", rows), ("topic", events)):
            faults = hostile_requests.faults_of_executions(cases, orders, where)
            self.assertTrue([one for one in faults if f"smuggled in the {where}" in one])

    def test_texts_reach_the_topic_byte_for_byte(self) -> None:
        client = _application.Client(self.system.gateway, self.credentials)
        for at, text in enumerate(_TEXTS):
            answer = client.send(_application.body(f"text-{at}", khBank=text, orderNo=f"订单{at}é"))
            self.assertEqual(_application.code_of(answer), "200", text)
        client.close()
        found = {
            event[_ledger.BUSINESS_NO].decode(): (
                event[_ledger.KH_BANK],
                event[_ledger.ORDER_NO],
            )
            for event in self.ledger.events()
        }
        for at, text in enumerate(_TEXTS):
            expected = (text.encode(), f"订单{at}é".encode())
            self.assertEqual(found.get(f"B-text-{at}"), expected, text)
        self.assertNotEqual(unicodedata.normalize("NFC", _TEXTS[6]), _TEXTS[6])

    def test_a_broker_or_database_away_is_503_in_time_and_heals(self) -> None:
        for name in ("kafka", "postgres"):
            with self.subTest(away=name):
                self._away(name)

    def _away(self, name: str) -> None:
        """Stopped where it stands: its port still takes connections, and nothing comes back."""
        content = _application.body(f"away-{name}")
        pids = _family(self.system.pid_of(name))
        for pid in pids:
            os.kill(pid, signal.SIGSTOP)
        try:
            began = time.monotonic()
            client = _application.Client(self.system.gateway, self.credentials)
            self.addCleanup(client.close)
            answer = client.send(content)
            seconds = time.monotonic() - began
        finally:
            for pid in pids:
                os.kill(pid, signal.SIGCONT)
        print(f"{name} away: status {answer.status} after {seconds:.1f} s")
        self.assertEqual((answer.status, _application.code_of(answer)), (503, "500"))
        self.assertIn("retry-after", answer.fields)
        self.assertLess(seconds, _REQUEST_DEADLINE_SECONDS + 1.0)
        self._healed(client, name, content)

    def _healed(self, client: _application.Client, name: str, content: bytes) -> None:
        """The very request that was refused for the time being is taken, and leaves one order."""

        def taken() -> bool:
            answer = client.send(content)
            return answer.status == 200 and _application.code_of(answer) == "200"

        seconds = _system.wait_for(taken, _RECOVERED_WITHIN_SECONDS, f"service with {name} back")
        print(f"{name} back: served {seconds:.1f} s after")
        rows, events = self.ledger.orders()
        self.assertEqual(rows.count(f"O-away-{name}"), 1)
        self.assertGreaterEqual(events.count(f"O-away-{name}"), 1)


def _family(pid: int) -> list[int]:
    """A process and its children: PostgreSQL serves each connection by one of its own."""
    children = []
    for entry in os.listdir("/proc"):
        if not entry.isdigit():
            continue
        try:
            with open(f"/proc/{entry}/stat", encoding="ascii", errors="replace") as file:
                parent = int(file.read().rpartition(")")[2].split()[1])
        except (OSError, IndexError, ValueError):
            continue
        if parent == pid:
            children.append(int(entry))
    return [pid, *children]


if __name__ == "__main__":
    unittest.main()
