import pytest
from flask import Flask

from app.accounts.models import Account
from tests.kit.documents import take_papers
from tests.kit.people import make_activated_account


@pytest.fixture(autouse=True)
def taken(request: pytest.FixtureRequest) -> None:
    if "app" in request.fixturenames:
        take_papers(request.getfixturevalue("app"))


@pytest.fixture
def owner(app: Flask) -> Account:
    return make_activated_account()
