"""Credentials: made once, kept private, shown where they belong."""

import stat
import unittest
from pathlib import Path

from support import StateCase

from launcher import files, partners

PLATFORM = "http://127.0.0.1:1/front/"


class PartnersTest(StateCase):
    def setUp(self) -> None:
        super().setUp()
        self.state.create()
        self.hashed: list[str] = []

    def hash_password(self, password: str) -> str:
        self.hashed.append(password)
        return f"hash of {password}"

    def ensure(self, platform: str = PLATFORM) -> None:
        partners.ensure(self.state, platform, self.hash_password)

    def test_two_partners_with_users_of_their_own(self) -> None:
        self.ensure()
        shown = partners.for_endpoints(self.state)
        self.assertEqual(["demo", "second"], [partner["id"] for partner in shown])
        content = files.read_json(self.state.partners)["partners"]
        users = [account["user"] for partner in content for account in partner["accounts"]]
        self.assertEqual(len(users), len(set(users)))
        self.assertEqual(len(self.hashed), len(set(self.hashed)), "two accounts share a password")
        self.assertIn(shown[0]["password"], self.hashed)

    def test_a_second_start_keeps_everything_but_the_platforms_address(self) -> None:
        self.ensure()
        first, hashed = partners.for_endpoints(self.state), len(self.hashed)
        self.ensure("http://127.0.0.1:2/front/")
        second = partners.for_endpoints(self.state)
        self.assertEqual(hashed, len(self.hashed))
        for before, after in zip(first, second):
            self.assertEqual("http://127.0.0.1:2/front/", after["platform"].pop("url"))
            self.assertEqual(PLATFORM, before["platform"].pop("url"))
            self.assertEqual(before, after)

    def test_every_secret_is_a_file_for_its_owner_only(self) -> None:
        self.ensure()
        self.assertEqual(0o700, stat.S_IMODE(self.state.secrets.stat().st_mode))
        secret_files = [*self.state.secrets.iterdir(), self.state.partners]
        self.assertGreater(len(secret_files), 10)
        for path in secret_files:
            self.assertEqual(0o600, stat.S_IMODE(path.stat().st_mode), path)

    def test_partners_file_holds_no_password_and_only_files_that_exist(self) -> None:
        self.ensure()
        text = self.state.partners.read_text(encoding="utf-8")
        for password in self.hashed:
            self.assertNotIn(password, text)
        for partner in files.read_json(self.state.partners)["partners"]:
            for name in [
                partner["platform"]["password_file"],
                *(account["password_hash_file"] for account in partner["accounts"]),
            ]:
                self.assertTrue((self.state.config / name).is_file(), name)

    def test_refused_accounts_are_shown_by_their_reason(self) -> None:
        self.ensure()
        refused = partners.refused_accounts(self.state)
        self.assertEqual({"disabled", "unentitled", "expired"}, set(refused))
        self.assertRegex(refused["expired"]["expires"], r"^\d{4}-\d\d-\d\d$")
        accounts = files.read_json(self.state.partners)["partners"][0]["accounts"]
        self.assertEqual([True, False, True, True], [account["enabled"] for account in accounts])

    def test_the_wrapped_cipher_brings_a_key_pair(self) -> None:
        self.ensure()
        self.assertNotIn("wrap_private_key", partners.for_endpoints(self.state)[0])
        content = files.read_json(self.state.partners)
        content["partners"][0]["field_cipher"] = "W"
        files.replace_json(self.state.partners, content)
        self.ensure()
        private = Path(partners.for_endpoints(self.state)[0]["wrap_private_key"])
        self.assertIn("PRIVATE KEY", private.read_text(encoding="ascii"))
        self.assertEqual("W", partners.for_endpoints(self.state)[0]["field_cipher"])
        cipher = files.read_json(self.state.partners)["partners"][0]["field_cipher"]
        public = self.state.config / cipher["unwrap_key_file"]
        self.assertIn("PUBLIC KEY", public.read_text(encoding="ascii"))


if __name__ == "__main__":
    unittest.main()
