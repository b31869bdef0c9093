"""What a process that takes jobs is called: by its machine, its number, and a word of its own, since both are used again."""

import os
import secrets
import socket
from functools import lru_cache


def process_name() -> str:
    """At most 80 characters; another one after a fork."""
    return _name_of(os.getpid())


@lru_cache(maxsize=1)
def _name_of(pid: int) -> str:
    return f"{socket.gethostname()}:{pid}:{secrets.token_hex(4)}"[-80:]
