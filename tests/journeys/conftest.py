import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.kit.databases import Databases
from tests.kit.demo import DemoServer

HERE = Path(__file__).parent


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The journeys of a module go to one test process, those on either database apart: each server is started once."""
    for item in items:
        if HERE in item.path.parents:
            params = item.callspec.params if isinstance(item, pytest.Function) and hasattr(item, "callspec") else {}
            item.add_marker(pytest.mark.xdist_group(f"{item.path.stem}-{params.get('demo_server', '')}"))


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def demo_server(request: pytest.FixtureRequest, databases: Databases) -> Iterator[DemoServer]:
    """A demo bureau on SQLite and on PostgreSQL; the journeys of a module share it, each as another citizen."""
    with databases.fresh(request.param) as url, tempfile.TemporaryDirectory(prefix="pz-journey-") as folder:
        server = DemoServer(url, Path(folder))
        yield server
        server.stop()
