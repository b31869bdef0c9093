import pytest
from flask import Flask

from tests.institutions.desk import Desk, Telephone, make_desk, make_telephone


@pytest.fixture
def desk(app: Flask) -> Desk:
    return make_desk(app)


@pytest.fixture
def telephone(app: Flask) -> Telephone:
    return make_telephone()
