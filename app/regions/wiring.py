from flask import Flask

from app.regions import queries


def register(app: Flask) -> None:
    """Gives every template the numbers to call."""
    app.jinja_env.globals["hotlines_for"] = queries.hotlines_for
