"""What would take too long each time has a short form in the gate; `make thorough` runs all of it in its long one."""

import os


def is_thorough() -> bool:
    return os.environ.get("THOROUGH") == "1"
