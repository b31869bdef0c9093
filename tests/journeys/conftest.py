from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.kit.demo import DemoServer


@pytest.fixture
def demo_server(database_url: str, tmp_path: Path) -> Iterator[DemoServer]:
    """A demo bureau of this journey's own, on SQLite and on PostgreSQL."""
    server = DemoServer(database_url, tmp_path)
    yield server
    server.stop()
