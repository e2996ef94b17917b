"""Sizes, banned words, notes and READMEs of the whole tree; each check sees a planted breach."""

import unittest

import rules
import tree

# A new exception has to be argued for here too.
_EXCEPTIONS_MAX = 23

_TEXTS = (".cc", ".h", ".py", ".proto", ".md", ".txt", ".cmake", ".yaml", ".json")
_CODE = (".cc", ".h", ".py")
# The interface document is the platform's, line lengths and all.
_FOREIGN = ("tests/data/interface-document.txt",)


def _source(path: str, text: str) -> tree.Source:
    return tree.Source(path, text)


class PlantedTest(unittest.TestCase):
    def _rules(self, check, path: str, text: str) -> list[str]:
        return [one.rule for one in check(_source(path, text))]

    def test_LongFunctionFileAndLine_AreFound(self) -> None:
        body = "  Step();\n" * 69
        self.assertEqual(
            self._rules(rules.check_sizes, "libs/a/b.cc", "void F() {\n" + body + "}\n"),
            ["function"],
        )
        body = "    step()\n" * 70
        self.assertEqual(
            self._rules(rules.check_sizes, "deploy/a.py", "def f():\n" + body), ["function"]
        )
        self.assertEqual(self._rules(rules.check_sizes, "libs/a/b.cc", "\n" * 501), ["file"])
        self.assertEqual(self._rules(rules.check_sizes, "libs/a/b.h", "x" * 101), ["line"])

    def test_WhatJustFits_IsNotFound(self) -> None:
        body = "  Step();\n" * 68
        fits = "void F() {\n" + body + "}\n"
        self.assertEqual(self._rules(rules.check_sizes, "libs/a/b.cc", fits), [])
        self.assertEqual(self._rules(rules.check_sizes, "libs/a/b.cc", "\n" * 500), [])
        self.assertEqual(self._rules(rules.check_sizes, "libs/a/test/b.cc", "\n" * 700), [])
        self.assertEqual(self._rules(rules.check_sizes, "libs/a/b.h", "数" * 100), [])

    def test_EveryBan_FindsItsWord(self) -> None:
        planted = {
            "system_clock::now": "auto now = std::chrono::system_clock::now();",
            "rand": "int a = std::rand ();",
            "getenv": 'const char* home = std::getenv("HOME");',
            "std::regex": 'std::regex number("[0-9]+");',
            "sleep_for": "std::this_thread::sleep_for(pause);",
            "sleep": "usleep(10);",
            "JsonStringToMessage": "util::JsonStringToMessage(text, &message);",
            "Poco::JSON": "Poco::JSON::Parser parser;",
            "catch (...)": "} catch ( ... ) {",
            "assert": "assert(a == b);",
        }
        self.assertEqual(set(planted), {ban.name for ban in rules.CPP_BANS})
        for name, text in planted.items():
            with self.subTest(name):
                found = self._rules(rules.check_bans, "services/order/a.cc", "// why\n" + text)
                self.assertEqual(found, [name])

    def test_PythonBans_FindTheirWord(self) -> None:
        sleeping = "import time\ntime.sleep(1)\n"
        self.assertEqual(self._rules(rules.check_bans, "tests/e2e/a.py", sleeping), ["time.sleep"])
        self.assertEqual(self._rules(rules.check_bans, "deploy/dev/a.py", sleeping), [])
        bare = "try:\n    f()\nexcept:\n    pass\n"
        self.assertEqual(self._rules(rules.check_bans, "deploy/dev/a.py", bare), ["bare except"])

    def test_WordsInTextsAndComments_AreFree(self) -> None:
        text = '// getenv( and catch (...)\nF("std::regex, rand() and assert(1)"); strand(a);\n'
        self.assertEqual(self._rules(rules.check_bans, "libs/a/b.cc", text), [])
        self.assertEqual(
            self._rules(rules.check_bans, "libs/a/b.cc", "static_assert(true); a.assert(b);"), []
        )

    def test_NotesAndMachinePaths_AreFound(self) -> None:
        note, path = "TO" + "DO: later", "/ro" + "ot/data"
        self.assertEqual(self._rules(rules.check_notes, "README.md", note), ["note"])
        self.assertEqual(self._rules(rules.check_notes, "a.json", f'"{path}"'), ["machine path"])
        harmless = "mkdtemp /tmp/name-XXXXXX; see gateway/wor" + "ker_pool.h"
        self.assertEqual(self._rules(rules.check_notes, "README.md", harmless), [])

    def test_Exceptions_GrantNoMoreAndNoLess(self) -> None:
        granted = tree.read_exceptions("# why\nrand | a.cc | 2 | because\n")
        one = tree.Finding("a.cc", 1, "rand", "")
        two, three = tree.Finding("a.cc", 2, "rand", ""), tree.Finding("a.cc", 3, "rand", "")
        self.assertEqual(tree.without_exceptions([one, two], "", granted), ([], []))
        left, _ = tree.without_exceptions([one, two, three], "", granted)
        self.assertEqual(len(left), 3)
        _, stale = tree.without_exceptions([one], "", granted)
        self.assertIn("1 found, 2 granted", stale[0])


class TreeTest(unittest.TestCase):
    def _check(self, check, suffixes, names) -> None:
        sources = [one for one in tree.sources(suffixes) if one.path not in _FOREIGN]
        self.assertGreater(len(sources), 100)
        findings = [finding for source in sources for finding in check(source)]
        granted = [one for one in tree.all_exceptions() if one.rule in names]
        left, stale = tree.without_exceptions(findings, "", granted)
        self.assertEqual(0, len(left), tree.report(left))
        self.assertFalse(stale, "\n".join(stale))

    def test_Sizes_AreKept(self) -> None:
        self._check(rules.check_sizes, _CODE, {"file", "line", "function"})

    def test_BannedWords_StandNowhere(self) -> None:
        names = {ban.name for ban in (*rules.CPP_BANS, *rules.PYTHON_BANS)}
        self._check(rules.check_bans, _CODE, names)

    def test_Notes_StandNowhere(self) -> None:
        self._check(rules.check_notes, _TEXTS, {"note", "machine path"})

    def test_Exceptions_AreFewAndArgued(self) -> None:
        granted = tree.all_exceptions()
        self.assertLessEqual(len(granted), _EXCEPTIONS_MAX)
        for one in granted:
            self.assertTrue(one.why and one.count > 0, one)
            self.assertTrue((tree.REPOSITORY / one.path).is_file(), one)

    def test_EveryLibraryAndService_HasAReadme(self) -> None:
        folders = [
            path
            for part in ("libs", "services")
            for path in sorted((tree.REPOSITORY / part).iterdir())
            if (path / "CMakeLists.txt").is_file()
        ]
        self.assertGreater(len(folders), 15)
        folders += [tree.REPOSITORY / part for part in ("deploy", "proto", "services")]
        without = [str(path) for path in folders if not (path / "README.md").is_file()]
        self.assertEqual(without, [])


if __name__ == "__main__":
    unittest.main()
