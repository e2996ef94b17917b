"""What is sealed before the opening is nowhere in clear until 3.7, and the key of 3.7 never is: not
in a database, a topic, a log, a metric or an answer."""

import json
import unittest

import _application
import _leaks
import _platform
import _system

# The bidder and the project, of this test and of nothing else.
_SEALED = {"bidderName": "沅陵密封建设有限公司", "projectName": "沅陵县密封大桥工程"}
_PLAIN = {"tenderee": "沅陵县密封招标局", "tendersName": "密封第七标段"}
_ADMIN_PATHS = ("metrics", "readyz", "livez")


class Sealed:
    """The cases; a class below says on what they run."""

    options: tuple[str, ...] = ()

    @classmethod
    def setUpClass(cls) -> None:
        cls.system = cls.enterClassContext(_system.running(*cls.options, "--bank", "auto"))
        cls.platform = _platform.Platform(cls.system)

    def look(self, secrets: dict[str, bytes], answers: list[object]) -> list[str]:
        """Everything that the system has written or says about itself."""
        findings, looked_at = _leaks.look_through(self.system.state, secrets)
        self.assertGreater(looked_at, 100_000, "there is a database to look at")
        for process in self.system.endpoints["processes"]:
            for path in _ADMIN_PATHS:
                said = _system.text_of(process["admin"] + path).encode()
                findings += _leaks.look(said, secrets, f"{process['name']} /{path}")
        said = json.dumps(answers, ensure_ascii=False).encode()
        return findings + _leaks.look(said, secrets, "answers")

    def test_NothingSealedIsInClear_TheKeyNever(self) -> None:
        sealer = _platform.Sealer()
        ciphered = {name: sealer.seal(value) for name, value in _SEALED.items()}
        fields = _application.fields("S-1") | _PLAIN | ciphered
        answers: list[object] = [self.platform.post("financialAccount/doOrderApply", fields)]
        # A faulty one: what is wrong is named, not quoted.
        faulty = _application.fields("S-2") | _PLAIN | {"bzjEndTime": "tomorrow"}
        answers.append(self.platform.post("financialAccount/doOrderApply", faulty))
        letter = self.platform.await_receipt("3.2", "O-S-1")["guarantee_no"]
        wrong = _platform.Sealer()
        answers.append(self._open_bids())
        answers.append(self._restore(letter, "RS-1", wrong.key))
        self.assertEqual(500, answers[-1]["code"], answers[-1])
        secrets = {name: value.encode() for name, value in (_SEALED | _PLAIN).items()}
        self.assertEqual([], self.look(secrets | {"wrong key": wrong.secret.encode()}, answers))

        answers.append(self._restore(letter, "RS-2", sealer.key))
        self.assertEqual(200, answers[-1]["code"], answers[-1])
        self.platform.await_receipt("3.8", letter)
        self.assertEqual([], self.look({"key": sealer.secret.encode()}, answers))

    def test_APlantedLeakIsFound(self) -> None:
        value = "沅陵县失窃的名字".encode()
        for name, content in _leaks.planted(value).items():
            folder = self.system.state / "planted"
            folder.mkdir(exist_ok=True)
            path = folder / "leak.bin"
            path.write_bytes(b"before " + content + b" after")
            findings, _ = _leaks.look_through(folder, {"name": value})
            path.unlink()
            self.assertNotEqual([], findings, name)

    def _open_bids(self) -> dict:
        body = {"orderNo": "O-S-1", "openTime": _platform.moment(minutes=-1)}
        answer = self.platform.post("financialAccount/openTimeMaintenance", body)[1]
        self.assertEqual(200, answer["code"], answer)
        return answer

    def _restore(self, letter: str, number: str, key: str) -> dict:
        return self.platform.ask("restoreApply", number, guaranteeNo=letter, secretKey=key)


class OnHub(Sealed, unittest.TestCase):
    """Embedded log and SQLite: topics and tables are files of the state directory."""


class OnKafka(Sealed, unittest.TestCase):
    """The broker's segments and the server's tables likewise; nothing is compressed in them."""

    options = ("--broker", "kafka", "--store", "postgres")


if __name__ == "__main__":
    unittest.main()
