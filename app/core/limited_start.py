"""The first lines of a limited child: its limits are set before any library is loaded, and so before any file is read.

A script may import small modules of the app by name, and only those are loaded: the package's `__init__`, which would load the
whole app, is skipped, so it starts quickly: `python -I limited_start.py <seconds> <megabytes> <script> [argument ...]`.
"""

import os
import resource
import runpy
import sys
from pathlib import Path
from types import ModuleType

TOO_HARD = 75  # exit status: there was not enough memory
NICE = 5  # scans and pages come first


def main() -> None:
    seconds, megabytes, script = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    resource.setrlimit(resource.RLIMIT_AS, (megabytes << 20, megabytes << 20))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.nice(NICE)
    sys.argv = sys.argv[3:]
    sys.modules["app"] = app = ModuleType("app")
    app.__path__ = [str(Path(__file__).parents[1])]
    try:
        runpy.run_path(script, run_name="__main__")
    except MemoryError:
        os._exit(TOO_HARD)


if __name__ == "__main__":
    main()
