"""What the READMEs link and name exists, and the check sees what does not."""

import unittest

import manual
import tree


class PlantedTest(unittest.TestCase):
    def _check(self, text: str) -> list[str]:
        source = tree.Source("tests/arch/README.md", text)
        return [one.text for one in manual.check_manual(source, tree.REPOSITORY)]

    def test_LinkToNothing_IsFound(self) -> None:
        self.assertEqual(self._check("see [it](nowhere.md)"), ["nowhere.md is not there"])

    def test_PathOfNothing_IsFound(self) -> None:
        self.assertEqual(self._check("run `deploy/dev/fly`"), ["deploy/dev/fly is not there"])

    def test_WhatIsThere_IsNotFound(self) -> None:
        text = "[a](tree.py) [b](../../README.md#head) [c](https://x.y) `libs/base` `libs/<lib>`"
        self.assertEqual(self._check(text), [])


class TreeTest(unittest.TestCase):
    def test_Manuals_NameWhatIsThere(self) -> None:
        top = [
            tree.Source(path.name, path.read_text(encoding="utf-8"))
            for path in sorted(tree.REPOSITORY.glob("*.md"))
        ]
        sources = [*top, *tree.sources((".md",))]
        self.assertGreater(len(sources), 15)
        found = [one for each in sources for one in manual.check_manual(each, tree.REPOSITORY)]
        self.assertEqual(0, len(found), tree.report(found))


if __name__ == "__main__":
    unittest.main()
