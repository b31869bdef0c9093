import pytest
from flask import Flask

from app.help.service import load_help_texts
from app.regions.service import load_regions
from tests.kit.client import Browser
from tests.kit.settings import make_settings

from app import create_app  # isort: skip


@pytest.fixture
def reader(app: Flask) -> Browser:
    """Someone not signed in, where regions and help texts have been loaded."""
    load_regions()
    load_help_texts()
    return Browser(app)


@pytest.fixture(scope="module")
def app_of_one_database(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """For what needs the routes alone: no test of it touches the database."""
    folder = tmp_path_factory.mktemp("routes")
    return create_app(make_settings(database_url=f"sqlite:///{folder / 'none.sqlite3'}", instance_path=folder))
