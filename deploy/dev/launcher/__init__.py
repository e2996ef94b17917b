"""Starts, watches and stops a development system; the run contract is in deploy/README.md."""
