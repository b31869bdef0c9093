import flask_migrate
from flask import Flask


def test_migrations_equal_models(app: Flask) -> None:
    flask_migrate.check()


def test_the_schema_can_be_taken_back(app: Flask) -> None:
    flask_migrate.downgrade(revision="base")

    flask_migrate.upgrade()


def test_the_machine_room_answers(app: Flask) -> None:
    for path in ("/healthz", "/readyz", "/metrics"):
        assert app.test_client().get(path).status_code == 200, path
