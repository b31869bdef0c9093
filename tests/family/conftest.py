import pytest
from flask import Flask

from app.accounts.models import Account
from app.accounts.service import load_notices
from app.regions.service import load_regions
from tests.family.people import make_holder_account


@pytest.fixture(autouse=True)
def bureau(app: Flask) -> None:
    """What `flask bureau init` loads: regions, hotlines and the legal texts."""
    load_regions()
    load_notices()


@pytest.fixture
def asking(bureau: None) -> Account:
    """王芳 of 1988, activated, who wants to add somebody."""
    return make_holder_account("13800000021", "19880101", "王芳", 2)
