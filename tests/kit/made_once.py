"""What takes long to make and serves every later run: a folder of this user's, made whole by one process while others wait."""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path


def made_once(kind: str, version: str, make: Callable[[Path], None]) -> Path:
    """The folder that `make` was given and has made. version: says all that its content depends on.

    Raises RuntimeError when somebody else's folder is in the way.
    """
    folder = Path(tempfile.gettempdir()) / f"pz-once-{kind}-{os.getuid()}-{version}"
    folder.mkdir(mode=0o700, exist_ok=True)
    if folder.stat().st_uid != os.getuid() or folder.is_symlink():
        raise RuntimeError(f"{folder} is another user's: remove it.")
    with open(folder / "lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "whole").exists():
            shutil.rmtree(folder / "made", ignore_errors=True)  # an earlier try broke off
            make(folder / "made")
            (folder / "whole").touch()
    return folder / "made"
