"""The list of what an image holds, as SPDX 2.3 in JSON."""

import dataclasses
import datetime
import hashlib
import json
import re
import urllib.parse
import uuid
from typing import Any, Sequence

from images.debian import Package

_NONE = "NOASSERTION"
_PROGRAM_ID = "SPDXRef-program"
# Only there to make the document's name a URI; nobody is asked for it.
_NAMESPACE = "https://spdx.org/spdxdocs/guarantee-hub"


@dataclasses.dataclass(frozen=True)
class Program:
    name: str
    version: str
    revision: str
    digest: str  # SHA-256 of the stripped binary


def document(program: Program, packages: Sequence[Package], epoch: int) -> str:
    """The same text for the same content."""
    content = {
        "spdxVersion": "SPDX-2.3",
        "dataLicense": "CC0-1.0",
        "SPDXID": "SPDXRef-DOCUMENT",
        "name": f"guarantee-hub-{program.name}",
        "documentNamespace": f"{_NAMESPACE}/{program.name}-{_identity(program, packages)}",
        "creationInfo": {
            "created": datetime.datetime.fromtimestamp(epoch, datetime.timezone.utc).strftime(
                "%Y-%m-%dT%H:%M:%SZ"
            ),
            "creators": ["Tool: guarantee-hub-images"],
        },
        "packages": [_own(program), *(_debian(package) for package in packages)],
        "relationships": _relationships(packages),
    }
    return json.dumps(content, indent=1, ensure_ascii=False) + "\n"


def _identity(program: Program, packages: Sequence[Package]) -> str:
    parts = [program.digest, *(f"{package.name}={package.version}" for package in packages)]
    digest = hashlib.sha256("\n".join(parts).encode()).hexdigest()
    return str(uuid.uuid5(uuid.NAMESPACE_URL, digest))


def _own(program: Program) -> dict[str, Any]:
    return {
        "SPDXID": _PROGRAM_ID,
        "name": program.name,
        "versionInfo": f"{program.version}+{program.revision}",
        "downloadLocation": _NONE,
        "filesAnalyzed": False,
        "licenseConcluded": "Apache-2.0",
        "licenseDeclared": "Apache-2.0",
        "copyrightText": _NONE,
        "primaryPackagePurpose": "APPLICATION",
        "checksums": [{"algorithm": "SHA256", "checksumValue": program.digest}],
    }


def _debian(package: Package) -> dict[str, Any]:
    # Debian's copyright files name licences in words of their own, so none is asserted here.
    return {
        "SPDXID": _id_of(package),
        "name": package.name,
        "versionInfo": package.version,
        "supplier": f"Organization: Debian ({package.maintainer})",
        "downloadLocation": _NONE,
        "filesAnalyzed": False,
        "licenseConcluded": _NONE,
        "licenseDeclared": _NONE,
        "licenseComments": f"{package.copyright_file} in the image",
        "copyrightText": _NONE,
        "primaryPackagePurpose": "LIBRARY",
        "sourceInfo": f"built from the Debian source package {package.source}",
        "externalRefs": [
            {
                "referenceCategory": "PACKAGE-MANAGER",
                "referenceType": "purl",
                "referenceLocator": _locator(package),
            }
        ],
    }


def _locator(package: Package) -> str:
    # As the specification of package URLs has it: only these stand in a name or a version.
    name, version = (
        urllib.parse.quote(text, safe=".-_~") for text in (package.name, package.version)
    )
    return f"pkg:deb/debian/{name}@{version}?arch={package.architecture}&distro=debian-12"


def _id_of(package: Package) -> str:
    return "SPDXRef-deb-" + re.sub(r"[^A-Za-z0-9.-]", "-", package.name)


def _relationships(packages: Sequence[Package]) -> list[dict[str, str]]:
    def between(left: str, kind: str, right: str) -> dict[str, str]:
        return {"spdxElementId": left, "relationshipType": kind, "relatedSpdxElement": right}

    return [
        between("SPDXRef-DOCUMENT", "DESCRIBES", _PROGRAM_ID),
        *(between(_PROGRAM_ID, "DEPENDS_ON", _id_of(package)) for package in packages),
    ]
