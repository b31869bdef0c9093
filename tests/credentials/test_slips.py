"""Who gets no slip, and when a slip is not printed any more."""

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from app.core.audit import AuditRow
from app.core.db import db, transaction
from app.core.errors import DomainError
from app.credentials.models import Presentation, Slip, TypedCode
from app.credentials.service import freeze_credential, issue_slip, show_slip, slips
from app.institutions.queries import get_institution
from tests.credentials.holders import Holder, make_holder
from tests.scanning.desk import ORG, make_desk

CLERK = "staff:1"


@pytest.fixture
def place(app: Flask) -> int:
    make_desk(app)
    return get_institution(ORG).id


@pytest.fixture
def holder(app: Flask) -> Holder:
    return make_holder()


def count(model: type) -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def count_shown() -> int:
    return len(db.session.scalars(select(AuditRow.id).where(AuditRow.tag == "slip:shown")).all())


def test_a_frozen_code_gets_no_slip(holder: Holder, place: int) -> None:
    freeze_credential(holder.credential, by=CLERK)

    with pytest.raises(DomainError, match="credential_frozen") as refused:
        issue_slip(holder.person, place, "01301", by=CLERK)

    assert (refused.value.status, refused.value.region) == (409, "510603")
    assert count(Slip) == count(Presentation) == 0


@pytest.mark.parametrize("lost", ["master", "number"])
def test_a_slip_that_cannot_be_drawn_any_more_is_replaced_and_not_printed(holder: Holder, place: int, lost: str) -> None:
    slip = issue_slip(holder.person, place, "01301", by=CLERK)
    show_slip(slip, by=CLERK)
    with transaction():
        if lost == "master":
            db.session.get_one(Presentation, slip.handle).master_id = "gone"
        else:
            db.session.delete(db.session.scalars(select(TypedCode)).one())

    with pytest.raises(DomainError, match="slip_put_away") as refused:
        show_slip(slip, by=CLERK)

    assert refused.value.status == 409 and "重新开一张" in refused.value.next
    assert count_shown() == 1


def test_a_handle_drawn_twice_is_not_called_a_slip_that_is_open(
    holder: Holder, place: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken = issue_slip(holder.person, place, "01301", by=CLERK).handle
    monkeypatch.setattr(slips, "new_handle", lambda: taken)
    db.session.remove()

    with pytest.raises(IntegrityError):
        issue_slip(make_holder(stem="51060019850307003").person, place, "01301", by=CLERK)

    assert count(Slip) == count(Presentation) == 1
