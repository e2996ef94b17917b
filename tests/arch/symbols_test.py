"""The domains are pure down to their symbols, and the check of it sees a breach."""

import os
import unittest
from pathlib import Path

import symbols


class PlantedTest(unittest.TestCase):
    @unittest.skipUnless("ARCH_BREACH" in os.environ, "ctest hands over the archives")
    def test_Breach_IsSeenInEveryKind(self) -> None:
        found = symbols.forbidden_in(symbols.undefined_of(os.environ["ARCH_BREACH"]))
        self.assertEqual(set(found), set(symbols.FORBIDDEN), found)

    def test_HarmlessNames_AreNotTaken(self) -> None:
        harmless = ["operator delete(void*)", "guarantee::Refused(std::string)", "strand", "memcpy",
                    "guarantee::order::PQueue()", "std::runtime_error::~runtime_error()"]
        self.assertEqual(symbols.forbidden_in(harmless), {})


@unittest.skipUnless("ARCH_DOMAINS" in os.environ, "ctest hands over the archives")
class DomainTest(unittest.TestCase):
    def test_Domains_AskForNothingForbidden(self) -> None:
        archives = os.environ["ARCH_DOMAINS"].split(":")
        names = {Path(archive).name for archive in archives}
        self.assertEqual(names, {
            "libclaim_domain.a",
            "libcredit_domain.a",
            "libdispatcher_domain.a",
            "libinvoice_domain.a",
            "libletter_domain.a",
            "liborder_domain.a",
        })
        for archive in archives:
            with self.subTest(archive):
                asked = symbols.undefined_of(archive)
                self.assertTrue(asked, "an archive that asks for nothing was not read")
                self.assertEqual(symbols.forbidden_in(asked), {})


if __name__ == "__main__":
    unittest.main()
