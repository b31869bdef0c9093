import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.kit.choosing import KINDS, chosen_kind
from tests.kit.databases import Databases
from tests.kit.demo import DemoServer
from tests.kit.thorough import is_thorough


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """The journeys of a module are walked on one database, by a hash of its name; on both by `make thorough`."""
    if "demo_server" in metafunc.fixturenames:
        kinds = KINDS if is_thorough() else [chosen_kind(metafunc.module.__name__)]
        metafunc.parametrize("demo_server", kinds, indirect=True, scope="module")


@pytest.fixture(scope="module")
def demo_server(request: pytest.FixtureRequest, databases: Databases) -> Iterator[DemoServer]:
    """A demo bureau; the journeys of a module share it, each as another citizen."""
    with databases.fresh(request.param) as url, tempfile.TemporaryDirectory(prefix="pz-journey-") as folder:
        server = DemoServer(url, Path(folder))
        yield server
        server.stop()
