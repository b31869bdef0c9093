"""Every connection is an open file, and the system's first limit, often 1024, is for programs with few of them."""

import resource

_MOST_CONNECTIONS = 4096  # fixed: of one worker
_OTHERS = 256  # the database's, the documents', the log's


def connections() -> int:
    """How many clients one worker may have. This process, and those it begins, may open as many files as they need from now on."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != resource.RLIM_INFINITY:
        wanted = _MOST_CONNECTIONS + _OTHERS
        soft = max(soft, wanted if hard == resource.RLIM_INFINITY else min(hard, wanted))
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        return max(min(_MOST_CONNECTIONS, soft - _OTHERS), 64)
    return _MOST_CONNECTIONS
