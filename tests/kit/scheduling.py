"""Which tests go to the same process: those of one module that share what takes seconds to make, a server or a walk."""

from xdist.scheduler import LoadGroupScheduling

SHARING_A_DATABASE = ("tests/journeys/",)
SHARING = (
    "tests/proxy/",
    "tests/documents/test_s3.py",
    "tests/house/test_pages.py",
    "tests/core/test_database_away.py",
    "tests/core/test_encrypted_backups.py",
)
DATABASES = ("sqlite", "postgresql")


class SharedServers(LoadGroupScheduling):  # type: ignore[misc]
    """Every other test is handed out alone."""

    def _split_scope(self, nodeid: str) -> str:
        return scope_of(nodeid)


def scope_of(nodeid: str) -> str:
    """Tests of one scope go to the same process, one after another."""
    module, _, test = nodeid.partition("::")
    if nodeid.startswith(SHARING_A_DATABASE):
        return module + next((kind for kind in DATABASES if kind in test), "")
    return module if nodeid.startswith(SHARING) else nodeid
