import pytest
from flask import Flask

from app.staff.models import Role, StaffMember
from tests.staff_jobs.tried import add_member, take_when_told


@pytest.fixture
def member(app: Flask) -> StaffMember:
    return add_member("zhou", Role.sysadmin)


@pytest.fixture
def later(app: Flask) -> Flask:
    take_when_told(app)
    return app
