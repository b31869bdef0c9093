"""A lower feature tells or asks, higher ones listen: each app its own, in order, and everybody can see who."""

import pytest
from flask import Flask

from app.core.hooks import Hook

on_tried: Hook[[int, str], str] = Hook("core.on_tried", "Something was tried, with these tests alone.")

pytestmark = pytest.mark.one_database


def test_listeners_are_called_in_the_order_in_which_they_came(app: Flask) -> None:
    on_tried.listen(app, lambda number, word: f"first {number}")
    on_tried.listen(app, lambda number, word: f"second {word}")

    assert on_tried(7, "seven") == ["first 7", "second seven"]


def test_each_app_has_its_own(app: Flask) -> None:
    on_tried.listen(app, lambda number, word: word)
    other = Flask("other")

    with other.app_context():
        assert on_tried(7, "seven") == []
    assert on_tried(7, "seven") == ["seven"]


def test_what_a_listener_raises_reaches_the_caller(app: Flask) -> None:
    on_tried.listen(app, lambda number, word: str(number / 0))

    with pytest.raises(ZeroDivisionError):
        on_tried(7, "seven")
