import flask_migrate
from flask import Flask


def test_migrations_equal_models(app: Flask) -> None:
    flask_migrate.check()


def test_all_but_the_ground_can_be_taken_back(app: Flask) -> None:
    flask_migrate.downgrade(revision="0001")

    flask_migrate.upgrade()


def test_the_machine_room_answers(app: Flask) -> None:
    for path in ("/healthz", "/readyz", "/metrics"):
        assert app.test_client().get(path).status_code == 200, path
