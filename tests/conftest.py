"""Fixtures every test may use. A test that takes `app` runs on SQLite and on PostgreSQL, both real."""

import gc
import os
import tempfile
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from flask import Flask

from app.core import clock, outages
from app.core.db import db
from tests.kit.apps import Apps
from tests.kit.chromium import chromium, close_phones, live_server, seen_at_failure  # noqa: F401
from tests.kit.client import Browser
from tests.kit.databases import Databases
from tests.kit.demo import loaded
from tests.kit.scheduling import SharedServers
from tests.kit.server import tails_of_running

hypothesis.settings.register_profile("house", deadline=None)  # a busy machine is slow, and no rule is about time
hypothesis.settings.load_profile("house")

pytest_plugins = ["tests.kit.shuffling", "tests.kit.choosing"]


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> SharedServers:
    return SharedServers(config, log)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A test that has Chromium, or another engine, is a browser test: no file need say so."""
    for item in items:
        if {"chromium", "engine"} & set(getattr(item, "fixturenames", ())):
            item.add_marker("browser")


def pytest_collection_finish() -> None:
    """What was imported and collected stays to the end: looking through it again and again took a tenth of each process's time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, Any, Any]:
    """A failure tells what the servers wrote and what the pages showed."""
    report = yield
    if report.failed:
        told = {"pages": seen_at_failure(), "servers": tails_of_running()}
        report.sections += [(title, words) for title, words in told.items() if words]
    if report.when == "call":
        close_phones()
    return report


@pytest.fixture(scope="session")
def databases() -> Iterator[Databases]:
    os.environ.setdefault("XDG_RUNTIME_DIR", tempfile.mkdtemp(prefix="pz-run-"))
    with Databases(Path(tempfile.mkdtemp(prefix="pz-test-"))) as made:
        yield made


@pytest.fixture(scope="session", autouse=True)
def _one_demo_for_all_processes(tmp_path_factory: pytest.TempPathFactory) -> None:
    own = tmp_path_factory.getbasetemp()
    loaded.keep_in((own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / "demo")


@pytest.fixture
def database_kind(request: pytest.FixtureRequest) -> str:
    """sqlite or postgresql, as `tests.kit.choosing` says."""
    return str(request.param)


@pytest.fixture
def database_url(database_kind: str, databases: Databases) -> Iterator[str]:
    """A database of this test's own, migrated and empty."""
    with databases.fresh(database_kind) as url:
        yield url


@pytest.fixture(scope="session")
def apps(tmp_path_factory: pytest.TempPathFactory) -> Apps:
    return Apps(tmp_path_factory.mktemp("apps"))


@pytest.fixture
def app(apps: Apps, database_url: str, tmp_path: Path) -> Iterator[Flask]:
    """The app of this process and database, as new, with an instance folder of the test's own."""
    made = apps.on(database_url, tmp_path)
    outages.reset()
    clock.reset()
    clock.stop()
    with made.app_context():
        yield made
        db.session.remove()
        db.engine.dispose()
    clock.reset()


@pytest.fixture
def browser(app: Flask) -> Browser:
    return Browser(app)
