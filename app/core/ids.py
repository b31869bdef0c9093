"""Time-ordered 63-bit ids for the big tables: 41 bits of milliseconds since 2024, 10 of process id, 12 of a counter.

An id is known before its row is written, so the row's MAC can cover it, and new ids go to the end of the index. The table's key is
(id, created_at), so that months can become partitions.
"""

import os
import secrets
import threading
import time

EPOCH_MS = 1_704_067_200_000  # 2024-01-01
IDS_A_MINUTE = 60_000 << 22  # an id begins with its milliseconds
_lock = threading.Lock()
_last_ms = 0
_counter = secrets.randbelow(1024)


def new_id() -> int:
    global _last_ms, _counter
    with _lock:
        ms = max(int(time.time() * 1000), _last_ms)
        _counter = (_counter + 1) & 0xFFF
        if _counter == 0:
            ms += 1
        _last_ms = ms
        return (ms - EPOCH_MS) << 22 | (os.getpid() & 0x3FF) << 12 | _counter


def first_id_at(unix_seconds: float) -> int:
    """The smallest id a row of that moment could have. Ids follow the machine's clock, not the rules' clock."""
    return max(0, int(unix_seconds * 1000) - EPOCH_MS) << 22
