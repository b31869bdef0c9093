"""The first lines of a limited child: its limits are in force before a library is loaded, let alone a file looked at.

Knows nothing of the app, so that it starts quickly: `python -I limited_start.py <seconds> <megabytes> <script> [argument ...]`.
"""

import os
import resource
import runpy
import sys

TOO_HARD = 75  # exit status: there was not memory enough
NICE = 5  # scans and pages come first


def main() -> None:
    seconds, megabytes, script = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    resource.setrlimit(resource.RLIMIT_AS, (megabytes << 20, megabytes << 20))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.nice(NICE)
    sys.argv = sys.argv[3:]
    try:
        runpy.run_path(script, run_name="__main__")
    except MemoryError:
        os._exit(TOO_HARD)


if __name__ == "__main__":
    main()
