"""A block in use is passed over."""

import contextlib
import socket
import sys
import unittest
from pathlib import Path
from unittest import mock

sys.path.append(str(Path(__file__).resolve().parent))

import free_ports  # noqa: E402


class FreePorts(unittest.TestCase):
    def test_a_block_with_one_listener_is_passed_over(self) -> None:
        first = free_ports.free_port_base()
        with socket.create_server(("127.0.0.1", first + 7)):
            self.assertNotEqual(free_ports.free_port_base(), first)

    def test_two_processes_begin_at_different_blocks(self) -> None:
        begun = set()
        for pid in (1000, 1001):
            with mock.patch("os.getpid", return_value=pid):
                begun.add(free_ports.free_port_base())
        self.assertEqual(len(begun), 2)

    def test_no_block_at_all_is_an_error(self) -> None:
        with contextlib.ExitStack() as patched:
            patched.enter_context(mock.patch("launcher.checks.is_free", return_value=False))
            self.assertRaises(free_ports.NoneFree, free_ports.free_port_base)


if __name__ == "__main__":
    unittest.main()
