import pytest
from flask import Flask

from app.accounts.service import load_notices
from app.regions.service import load_regions
from tests.proofs.conftest import provider as provider


@pytest.fixture(autouse=True)
def bureau(app: Flask) -> None:
    """What `flask bureau init` loads: regions, hotlines and the legal texts."""
    load_regions()
    load_notices()
