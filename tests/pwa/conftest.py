from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from app import create_app
from app.core import clock
from app.core.db import db
from app.regions.service import load_regions
from tests.kit.chromium import serve
from tests.kit.databases import Databases
from tests.kit.settings import make_settings


@pytest.fixture
def site(databases: Databases, tmp_path: Path) -> Iterator[tuple[Flask, str]]:
    """The app and its address. One database is enough: nothing here asks it more than hotlines."""
    with databases.fresh("sqlite") as url:
        app = create_app(make_settings(database_url=url, instance_path=tmp_path))
        clock.reset()
        with app.app_context():
            load_regions()
            with serve(app) as address:
                yield app, address
            db.session.remove()
            db.engine.dispose()
