"""The oldest Python that README promises, with the locked runtime requirements and nothing else: Debian 12's own 3.11.2.

`python -m tests.kit.oldest_python` prepares the environment, as `make tools` does; a test that finds none makes it. It is kept in
the temporary folder under the digest of what it is made of, so that only a change of the requirements takes the half minute.
"""

import hashlib
import os
import subprocess
from functools import partial
from pathlib import Path

from tests.kit.made_once import made_once

ROOT = Path(__file__).parents[2]
REQUIREMENTS = ROOT / "requirements.txt"
INTERPRETER = "/usr/bin/python3.11"
CHOICE = "OLDEST_PYTHON"  # where another machine keeps one
# The first patch release whose library offers more than 3.11.0's where this program could notice: `TarFile.extractall(filter=…)`.
PROVES_BELOW = (3, 11, 4)
_PIP = ("-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-compile", "--require-hashes")


def oldest_python() -> Path:
    """The interpreter of that environment. Raises RuntimeError in one sentence when this machine has no Python old enough."""
    interpreter = os.environ.get(CHOICE, INTERPRETER)
    _require_old(interpreter, _version_of(interpreter))
    made_of = f"{interpreter} {_version_of(interpreter)}\n".encode() + REQUIREMENTS.read_bytes()
    made = made_once("oldest-python", hashlib.sha256(made_of).hexdigest()[:16], partial(_make, interpreter))
    return made / "bin/python"


def _make(interpreter: str, venv: Path) -> None:
    for command in ([interpreter, "-m", "venv", str(venv)], [str(venv / "bin/python"), *_PIP, "-r", str(REQUIREMENTS)]):
        ended = subprocess.run(command, capture_output=True, text=True, timeout=600, check=False)
        if ended.returncode:
            raise RuntimeError(f"{' '.join(command)} failed:\n{ended.stdout[-2000:]}{ended.stderr[-2000:]}")


def _version_of(interpreter: str) -> tuple[int, ...]:
    """Empty when there is none."""
    script = "import sys; print(*sys.version_info[:3])"
    try:
        said = subprocess.run([interpreter, "-c", script], capture_output=True, text=True, timeout=60, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return ()
    return tuple(map(int, said.split()))


def _require_old(interpreter: str, version: tuple[int, ...]) -> None:
    """Not a test to be left out: a promise nobody has tried is how a restore came to die on Debian 12."""
    if (3, 11) <= version < PROVES_BELOW:
        return
    found = f"is {'.'.join(map(str, version))}" if version else "is not there"
    raise RuntimeError(
        f"{interpreter} {found}, and only a Python from 3.11.0 to 3.11.3 proves what README promises for 3.11: "
        f"run the tests on Debian 12 (apt-get install python3 python3-venv) or name such a one in {CHOICE}."
    )


if __name__ == "__main__":
    try:
        oldest_python()
    except RuntimeError as missing:
        print(missing)
