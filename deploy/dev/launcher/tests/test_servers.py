"""The real Kafka and the real PostgreSQL: up, killed, up again with their data, down."""

import os
import signal
import subprocess
import unittest

import librdkafka
from support import CommandCase, StateCase

from launcher import files, kafka, layout, postgres, process


def need_jars(case: unittest.TestCase) -> None:
    """Maven Central may be away on a train, not in CI."""
    try:
        kafka.resolve_jars()
    except kafka.JarsUnavailable as away:
        if os.environ.get("CI") == "true":
            raise
        case.skipTest(str(away))


class KafkaTest(StateCase):
    def test_killed_broker_comes_back_with_its_records(self) -> None:
        need_jars(self)
        self.state.create()
        brokers = layout.address(layout.ports_of(kafka.NAME, self.port_base)["main"])
        broker = kafka.start(self.state, self.port_base)
        written = [f"record {number}".encode() for number in range(100)]
        producer = librdkafka.Client(brokers)
        producer.create_topic("kept")
        producer.produce("kept", written)
        producer.close()

        process.stop([broker], signal.SIGKILL, kafka.STOP_DEADLINE_SECONDS)
        self.assertFalse(kafka.serves(layout.ports_of(kafka.NAME, self.port_base)["main"]))
        again = kafka.start(self.state, self.port_base)

        consumer = librdkafka.Client(brokers, consumer=True)
        self.assertEqual(written, consumer.consume("kept", len(written)))
        consumer.close()
        self.assertEqual([], kafka.stop(again), "the broker had to be killed")
        self.assertFalse(again.alive())


class PostgresTest(StateCase):
    def query(self, text: str) -> str:
        port = layout.ports_of(postgres.NAME, self.port_base)["main"]
        done = subprocess.run(
            ["psql", "-XAtq", postgres.dsn(port, "secret"), "-c", text],
            capture_output=True,
            text=True,
            check=True,
            timeout=30,
        )
        return done.stdout.strip()

    def test_killed_server_comes_back_with_its_rows(self) -> None:
        self.state.create()
        self.addCleanup(postgres.remove, self.state)
        server = postgres.start(self.state, self.port_base, "secret")
        self.query(
            "create table kept (number int); insert into kept select generate_series(1, 100)"
        )

        process.stop([server], signal.SIGKILL, postgres.STOP_DEADLINE_SECONDS)
        again = postgres.start(self.state, self.port_base, "secret")

        self.assertEqual("100", self.query("select count(*) from kept"))
        self.assertEqual([], postgres.stop(again), "the server had to be killed")

    def test_pid_file_that_names_somebody_else_does_not_stop_it(self) -> None:
        self.state.create()
        self.addCleanup(postgres.remove, self.state)
        server = postgres.start(self.state, self.port_base, "secret")
        process.stop([server], signal.SIGKILL, postgres.STOP_DEADLINE_SECONDS)
        pid_file = postgres.home_of(self.state) / "data" / "postmaster.pid"
        lines = pid_file.read_text(encoding="ascii").splitlines()
        pid_file.write_text("\n".join([str(os.getpid()), *lines[1:]]) + "\n", encoding="ascii")

        again = postgres.start(self.state, self.port_base, "secret")

        self.assertEqual([], postgres.stop(again))

    @unittest.skipUnless(os.geteuid() == 0, "only root hands the server to another user")
    def test_state_directory_closed_to_the_servers_user_keeps_data_elsewhere(self) -> None:
        self.state.create()
        self.scratch.chmod(0o700)
        self.addCleanup(postgres.remove, self.state)

        self.assertNotEqual(self.state.postgres, postgres.home_of(self.state))
        server = postgres.start(self.state, self.port_base, "secret")

        self.assertEqual([], postgres.stop(server))


class ProcessesTest(CommandCase):
    def test_each_service_is_a_process_over_servers_that_start_brings_back(self) -> None:
        need_jars(self)
        self.addCleanup(postgres.remove, self.state)
        done = self.call(
            "run",
            "--broker",
            "kafka",
            "--store",
            "postgres",
            "--replicas",
            "gateway=2",
            "--bank",
            "simulator",
            "--port-base",
            str(self.port_base),
            "--detach",
        )
        self.assertEqual(0, done.returncode, done.stdout + done.stderr)
        shown = files.read_json(self.state.endpoints)
        self.assertEqual(
            [
                *("order", "claim", "credit", "invoice", "dispatcher", "gateway", "gateway-2"),
                *("platform-simulator", "bank-simulator"),
            ],
            [one["name"] for one in shown["processes"]],
        )
        self.assertEqual(2, len(shown["gateway"]["urls"]))
        for name in ("kafka", "postgres"):
            killed = process.running(self.state)[name]
            process.stop([killed], signal.SIGKILL, 30.0)
            done = self.call("start", name)
            self.assertEqual(0, done.returncode, done.stdout + done.stderr)
        again = files.read_json(self.state.endpoints)
        self.assertNotEqual(shown["kafka"]["pid"], again["kafka"]["pid"])
        self.assertNotEqual(shown["store"]["pid"], again["store"]["pid"])
        self.assertEqual(0, self.call("stop").returncode)
        self.assertEqual({}, process.running(self.state))


if __name__ == "__main__":
    unittest.main()
