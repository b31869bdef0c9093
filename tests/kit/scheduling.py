"""Which tests go to the same process: those that share what takes seconds to make, a server or a walk."""

from xdist.scheduler import LoadGroupScheduling

FOLDERS_SHARING = ("tests/proxy/",)
SHARING = ("tests/journeys/", "tests/documents/test_s3.py", "tests/house/test_pages.py")
DATABASES = ("sqlite", "postgresql")


class SharedServers(LoadGroupScheduling):  # type: ignore[misc]
    """Those of a folder, or of a module; every other test is handed out alone. Tests on either database share nothing."""

    def _split_scope(self, nodeid: str) -> str:
        return scope_of(nodeid)


def scope_of(nodeid: str) -> str:
    """Tests of one scope go to the same process, one after another."""
    for folder in FOLDERS_SHARING:
        if nodeid.startswith(folder):
            return folder
    if not nodeid.startswith(SHARING):
        return nodeid
    module, _, test = nodeid.partition("::")
    return module + next((kind for kind in DATABASES if kind in test), "")
