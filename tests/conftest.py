"""Fixtures every test may use. A test that takes `app` runs on SQLite and on PostgreSQL, both real."""

import os
import tempfile
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from jinja2 import FileSystemBytecodeCache

from app.core import clock, outages
from app.core.db import db
from tests.kit import quick
from tests.kit.chromium import chromium, close_phones, live_server, seen_at_failure  # noqa: F401
from tests.kit.client import Browser
from tests.kit.databases import Databases
from tests.kit.scheduling import SharedServers
from tests.kit.server import tails_of_running
from tests.kit.settings import make_settings

from app import create_app  # isort: skip


quick.install()
# Each test has an app of its own; compiling its templates again would take longer than the test.
COMPILED_TEMPLATES = FileSystemBytecodeCache(tempfile.mkdtemp(prefix="pz-templates-"))


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> SharedServers:
    return SharedServers(config, log)


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


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, databases: Databases) -> Iterator[str]:
    """A database of this test's own, migrated and empty."""
    with databases.fresh(request.param) as url:
        yield url


@pytest.fixture
def app(database_url: str, tmp_path: Path) -> Iterator[Flask]:
    made = create_app(make_settings(database_url=database_url, instance_path=tmp_path))
    made.jinja_env.bytecode_cache = COMPILED_TEMPLATES
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
