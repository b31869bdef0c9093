"""Names a process that takes jobs: host name, process id, and a random word, because host names and process ids are used again."""

import os
import secrets
import socket
from functools import lru_cache


def process_name() -> str:
    """At most 80 characters; a new name after a fork."""
    return _name_of(os.getpid())


@lru_cache(maxsize=1)
def _name_of(pid: int) -> str:
    return f"{socket.gethostname()}:{pid}:{secrets.token_hex(4)}"[-80:]
