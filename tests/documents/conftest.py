from collections.abc import Iterator

import pytest
from flask import Flask

from app.accounts.models import Account
from tests.kit.documents import taking_papers
from tests.kit.people import make_activated_account


@pytest.fixture(autouse=True)
def taken() -> Iterator[None]:
    with taking_papers():
        yield


@pytest.fixture
def owner(app: Flask) -> Account:
    return make_activated_account()
