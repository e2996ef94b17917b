"""Which process is ours, and how it ends."""

import dataclasses
import os
import signal
import sys
import unittest

from support import StateCase

from launcher import process, waiting

FOREVER = [sys.executable, "-c", "import signal; signal.pause()"]
DEAF = [
    sys.executable,
    "-c",
    "import signal, sys; signal.signal(signal.SIGTERM, signal.SIG_IGN);"
    "print('deaf', flush=True); signal.pause()",
]


class ProcessTest(StateCase):
    def setUp(self) -> None:
        super().setUp()
        self.state.create()

    def start(self, command: list[str], name: str = "one") -> process.Process:
        return process.start(self.state, name, command, directory=self.scratch)

    def await_log(self, name: str, text: str) -> None:
        waiting.until(
            lambda: text in self.state.log(name).read_text(encoding="utf-8"),
            process.running(self.state)[name],
            self.state.log(name),
            30.0,
        )

    def test_a_started_process_is_found_again(self) -> None:
        started = self.start(FOREVER)
        self.assertEqual({"one": started}, process.running(self.state))

    def test_a_recycled_pid_is_not_ours_and_is_not_killed(self) -> None:
        stranger = self.start(FOREVER)
        for recycled in (
            dataclasses.replace(stranger, start_ticks=stranger.start_ticks - 1),
            dataclasses.replace(stranger, boot_id="another boot"),
            dataclasses.replace(stranger, arguments=["another", "program"]),
        ):
            with self.subTest(recycled):
                self.assertFalse(recycled.alive())
                self.assertEqual([], process.stop([recycled], signal.SIGKILL, 5.0))
                self.assertTrue(stranger.alive())

    def test_a_killed_child_that_nobody_waited_for_is_dead(self) -> None:
        started = self.start(FOREVER)
        os.kill(started.pid, signal.SIGKILL)
        self.assertEqual([], process.stop([started], signal.SIGTERM, 30.0))
        self.assertFalse(started.alive())

    def test_stop_asks_first_and_kills_at_the_deadline(self) -> None:
        polite, deaf = self.start(FOREVER, "polite"), self.start(DEAF, "deaf")
        self.await_log("deaf", "deaf")
        self.assertEqual(["deaf"], process.stop([polite, deaf], signal.SIGTERM, 0.5))
        self.assertFalse(polite.alive() or deaf.alive())

    def test_a_broken_record_is_left_aside(self) -> None:
        (self.state.processes / "one.json").write_text("{", encoding="utf-8")
        self.assertEqual({}, process.recorded(self.state))


if __name__ == "__main__":
    unittest.main()
