"""Every connection is an open file, and the system's soft limit, often 1024, is meant for programs with few of them."""

import resource

_MOST_CONNECTIONS = 4096  # fixed: of one worker
_OTHERS = 256  # the database's, the documents', the log's


def connections() -> int:
    """Raises the limit of open files for this process and its children. Returns how many clients one worker may have."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != resource.RLIM_INFINITY:
        wanted = _MOST_CONNECTIONS + _OTHERS
        soft = max(soft, wanted if hard == resource.RLIM_INFINITY else min(hard, wanted))
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        return max(min(_MOST_CONNECTIONS, soft - _OTHERS), 64)
    return _MOST_CONNECTIONS
