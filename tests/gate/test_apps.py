"""The one app of a test process is as new in every test: each of these finds nothing of what the other one did to it."""

from dataclasses import replace

import pytest
from flask import Flask, request

from app.core import background, jobs, limits
from app.core.db import db
from app.regions.models import Region
from app.regions.service import load_regions
from tests.kit.databases import Databases


def spoil(app: Flask) -> None:
    app.config["SETTINGS"] = replace(app.config["SETTINGS"], bureau_name="别的局", pin_guesses=99)
    app.config["PROPAGATE_EXCEPTIONS"] = False
    app.extensions["is_set_up"] = True
    app.jinja_env.globals["icp_number"] = None
    background.tasks(app)[0].due = 1e12
    background.register(app, "of this test", 1, lambda: None)
    jobs.register(app, "of this test", lambda: None)
    limits.retry_after(limits.Bucket(0.0001, 1), "everybody")
    load_regions()


def look(app: Flask) -> None:
    settings = app.config["SETTINGS"]
    assert (settings.bureau_name, settings.pin_guesses) == ("", 5)
    assert app.config["PROPAGATE_EXCEPTIONS"] is None
    assert "is_set_up" not in app.extensions
    assert app.jinja_env.globals["icp_number"] is not None
    assert all(task.due == 0 and task.name != "of this test" for task in background.tasks(app))
    assert "of this test" not in app.extensions["job_functions"]
    assert limits.retry_after(limits.Bucket(0.0001, 1), "everybody") == 0
    assert db.session.query(Region).count() == 0


@pytest.mark.parametrize("turn", [1, 2])
def test_nothing_of_another_test_is_left(app: Flask, turn: int) -> None:
    look(app)
    spoil(app)


def test_the_files_of_an_instance_are_a_tests_own(app: Flask, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = app.config["SETTINGS"].instance_path

    assert folder.is_relative_to(tmp_path_factory.getbasetemp())
    assert str(folder) == app.instance_path and folder.as_uri() in app.config["SETTINGS"].documents_url
    assert list(folder.iterdir()) == []


def test_a_route_of_a_test_would_stay_and_is_refused(app: Flask) -> None:
    with pytest.raises(AssertionError, match="setup method"):
        app.add_url_rule("/of-this-test", view_func=lambda: request.path)


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_database_is_used_again_and_never_by_two(databases: Databases, kind: str) -> None:
    with databases.fresh(kind) as first, databases.fresh(kind) as second:
        assert first != second
    with databases.fresh(kind) as again:
        assert again in {first, second}
