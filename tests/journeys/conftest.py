import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.kit.databases import Databases
from tests.kit.demo import DemoServer


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def demo_server(request: pytest.FixtureRequest, databases: Databases) -> Iterator[DemoServer]:
    """A demo bureau on SQLite and on PostgreSQL; the journeys of a module share it, each as another citizen."""
    with databases.fresh(request.param) as url, tempfile.TemporaryDirectory(prefix="pz-journey-") as folder:
        server = DemoServer(url, Path(folder))
        yield server
        server.stop()
