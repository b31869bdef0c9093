from dataclasses import replace

import pytest
from flask import Flask

from app.staff.models import Role, StaffMember
from tests.staff_jobs.tried import add_member


@pytest.fixture
def member(app: Flask) -> StaffMember:
    return add_member("zhou", Role.sysadmin)


@pytest.fixture
def later(app: Flask) -> Flask:
    """Jobs are taken when the test says so."""
    app.config["SETTINGS"] = replace(app.config["SETTINGS"], job_runner="own")
    return app
