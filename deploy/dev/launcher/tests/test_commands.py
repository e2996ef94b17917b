"""run, stop and start from outside, over stand-ins for the built programs."""

import os
import shutil
import signal
import socket
import stat
import subprocess
import unittest
from unittest import mock

from support import CommandCase

from launcher import checks, files, layout, process
from launcher.fault import Fault


class RunTest(CommandCase):
    def endpoints(self) -> dict:
        return files.read_json(self.state.endpoints)

    def succeed(self, done) -> None:
        self.assertEqual(0, done.returncode, done.stdout + done.stderr)

    def fail(self, done, sentence: str) -> None:  # type: ignore[override]
        self.assertEqual(1, done.returncode, done.stdout + done.stderr)
        self.assertIn(sentence, done.stderr)
        self.assertNotIn("Traceback", done.stderr)

    def test_detached_system_runs_until_it_is_stopped(self) -> None:
        self.succeed(self.run_hub("--detach"))
        shown = self.endpoints()
        self.assertEqual(0o600, stat.S_IMODE(self.state.endpoints.stat().st_mode))
        self.assertEqual(["hub", "platform-simulator"], [one["name"] for one in shown["processes"]])
        self.assertIsNone(shown["kafka"])
        self.assertEqual(
            {"kind": "sqlite", "dsn": f"sqlite:{self.state.data / 'hub.db'}", "pid": None},
            shown["store"],
        )
        self.assertEqual(shown["gateway"]["url"], f"http://127.0.0.1:{self.port_base}/front/")
        self.assertEqual(["demo", "second"], [one["id"] for one in shown["partners"]])
        running = process.running(self.state)
        self.assertEqual(
            {one["name"]: one["pid"] for one in shown["processes"]},
            {name: found.pid for name, found in running.items()},
        )
        self.succeed(self.call("stop"))
        self.assertFalse(any(found.alive() for found in running.values()))
        self.succeed(self.call("stop"))

    def test_a_second_run_continues_and_fresh_starts_empty(self) -> None:
        self.succeed(self.run_hub("--detach"))
        first = self.endpoints()["partner"]
        self.fail(self.run_hub("--detach"), "has a running system")
        self.fail(self.run_hub("--detach", "--fresh"), "has a running system")
        self.succeed(self.call("stop"))
        (self.state.data / "hub.db").write_text("data", encoding="ascii")
        own_file = self.state.root / "notes.txt"
        own_file.write_text("not ours", encoding="ascii")

        self.succeed(self.run_hub("--detach"))
        self.assertEqual(first, self.endpoints()["partner"])
        self.assertTrue((self.state.data / "hub.db").exists())
        self.succeed(self.call("stop"))

        self.succeed(self.run_hub("--detach", "--fresh"))
        self.assertNotEqual(first, self.endpoints()["partner"])
        self.assertFalse((self.state.data / "hub.db").exists())
        self.assertTrue(own_file.exists())

    def test_a_killed_process_is_started_again_by_start_only(self) -> None:
        self.succeed(self.run_hub("--detach"))
        before = self.endpoints()
        self.fail(self.call("start", "hub"), "running already")
        killed = process.running(self.state)["hub"]
        os.kill(killed.pid, signal.SIGKILL)
        process.stop([killed], signal.SIGKILL, 30.0)

        self.succeed(self.call("start", "hub"))

        after = self.endpoints()
        self.assertNotEqual(before["processes"][0]["pid"], after["processes"][0]["pid"])
        self.assertEqual(process.running(self.state)["hub"].pid, after["processes"][0]["pid"])
        before["processes"][0]["pid"] = after["processes"][0]["pid"]
        self.assertEqual(before, after)
        self.fail(self.call("start", "gateway"), "there are: hub, platform-simulator")

    def test_start_where_nothing_was_ever_run_fails(self) -> None:
        self.fail(self.call("start", "hub"), "nothing was ever started")
        self.succeed(self.call("stop"))

    def test_a_process_that_does_not_start_is_said_with_its_cause(self) -> None:
        self.fail(
            self.run_hub("--detach", STAND_IN_BROKEN="platform-simulator"),
            "the key 'admin.adress' is unknown",
        )
        self.assertEqual({}, process.running(self.state), "a failed start left something running")

    def test_a_busy_port_is_named_with_who_needs_it(self) -> None:
        with socket.create_server((layout.LOOPBACK, self.port_base + 1)):
            self.fail(
                self.run_hub("--detach"), f"port {self.port_base + 1}, which hub needs, is in use"
            )

    def test_other_data_are_not_continued(self) -> None:
        self.succeed(self.run_hub("--detach"))
        self.succeed(self.call("stop"))
        self.fail(
            self.call(
                "run",
                "--broker",
                "kafka",
                "--store",
                "postgres",
                "--port-base",
                str(self.port_base),
                "--detach",
            ),
            "has the data of --broker embedded",
        )

    def test_a_missing_program_is_named(self) -> None:
        (self.build / "bin" / "hub").unlink()
        self.fail(self.run_hub("--detach"), "bin/hub is not there")

    def test_the_verdict_of_the_story_is_that_of_the_run(self) -> None:
        done = self.run_hub()
        self.succeed(done)
        self.assertIn("09:00  everything was seen", done.stdout)
        self.assertIn("What to try next", done.stdout)
        self.assertEqual({}, process.running(self.state))
        self.assertEqual(1, self.run_hub(STAND_IN_VERDICT="1").returncode)
        self.assertEqual({}, process.running(self.state))

    def test_an_interrupted_story_leaves_nothing_running(self) -> None:
        command = [
            str(layout.DEVELOPMENT / "run"),
            "--state-dir",
            str(self.state.root),
            "--broker",
            "embedded",
            "--store",
            "sqlite",
            "--port-base",
            str(self.port_base),
        ]
        environment = {**os.environ, "GUARANTEE_BUILD": str(self.build), "STAND_IN_HANGS": "1"}
        with subprocess.Popen(
            command,
            env=environment,
            stdin=subprocess.DEVNULL,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        ) as story:
            for line in story.stdout:
                if "everything was seen" in line:
                    story.send_signal(signal.SIGTERM)
                    break
            output = story.stdout.read()
            self.assertEqual(130, story.wait(60), output)
        self.assertIn("everything is stopped", output)
        self.assertEqual({}, process.running(self.state))

    def test_wrong_usage_touches_nothing(self) -> None:
        self.assertEqual(2, self.run_hub("--replicas", "gateway=2").returncode)
        self.assertEqual(2, self.call("start").returncode)
        self.assertEqual(2, self.call("stop", "everything").returncode)
        self.assertFalse(self.state.root.exists())


class DiskTest(unittest.TestCase):
    def test_a_nearly_full_disk_is_one_sentence(self) -> None:
        numbers = mock.Mock(f_bavail=10, f_frsize=1 << 20)
        with mock.patch("os.statvfs", return_value=numbers):
            with self.assertRaisesRegex(Fault, "10 MiB are free, 1024 MiB are needed"):
                checks.disk(layout.REPOSITORY)

    def test_a_directory_that_is_not_there_yet_counts_where_it_will_be(self) -> None:
        free = shutil.disk_usage(layout.REPOSITORY).free
        self.assertGreater(free, 1 << 30, "this machine has no room for the tests")
        checks.disk(layout.REPOSITORY / "no" / "such" / "directory")


if __name__ == "__main__":
    unittest.main()
