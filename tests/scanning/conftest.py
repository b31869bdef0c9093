from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask

from tests.kit.server import Server
from tests.scanning.desk import Desk, Telephone, make_desk, make_telephone


@pytest.fixture
def desk(app: Flask) -> Desk:
    return make_desk(app)


@pytest.fixture
def telephone(app: Flask) -> Telephone:
    return make_telephone()


@pytest.fixture
def start_server(app: Flask, tmp_path: Path) -> Iterator[Callable[..., Server]]:
    """Starts servers on the test's database; they are gone afterwards."""
    started: list[Server] = []

    def start(**environ: str) -> Server:
        server = Server(str(app.config["SETTINGS"].database_url), tmp_path, **environ)
        started.append(server)
        return server

    yield start
    for server in started:
        server.stop()
