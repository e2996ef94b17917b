"""The passages that tests/guards/run takes away are still there: it is not part of tests/run, so
nobody would notice one that has moved."""

import importlib.machinery
import importlib.util
import sys
import unittest
from types import ModuleType

import tree


def _guards() -> ModuleType:
    path = tree.REPOSITORY / "tests" / "guards" / "run"
    loader = importlib.machinery.SourceFileLoader("guards_run", str(path))
    spec = importlib.util.spec_from_loader(loader.name, loader)
    module = importlib.util.module_from_spec(spec)
    # Its dataclasses look their module up.
    sys.modules[loader.name] = module
    writes, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    try:
        loader.exec_module(module)
    finally:
        sys.dont_write_bytecode = writes
    return module


def _astray(guards) -> list[str]:
    """The guards whose passage is not in its file exactly once."""
    texts = {one.file: (tree.REPOSITORY / one.file).read_text(encoding="utf-8") for one in guards}
    return [one.name for one in guards if texts[one.file].count(one.passage) != 1]


class GuardsTest(unittest.TestCase):
    def setUp(self) -> None:
        self.module = _guards()

    def test_Passages_AreThere(self) -> None:
        self.assertGreater(len(self.module._GUARDS), 10)
        self.assertEqual(_astray(self.module._GUARDS), [])

    def test_PassageThatMoved_IsFound(self) -> None:
        file = "libs/messaging/src/relay.cc"
        gone = self.module.Guard("gone", "", file, "what nobody wrote", "", "", "")
        twice = self.module.Guard("twice", "", file, "round", "", "", "")
        self.assertEqual(_astray([gone, twice]), ["gone", "twice"])


if __name__ == "__main__":
    unittest.main()
