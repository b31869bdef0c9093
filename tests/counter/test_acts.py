"""What the counter gives to whom: letters of one visit, families of those who have activated, one scan of one form."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.core.audit import AuditRow
from app.core.db import db
from app.core.errors import DomainError
from app.counter import service
from app.counter.models import CounterScan, CounterVisit, LetterKind
from app.counter.service import visits
from app.family.models import FamilyLink, Relation
from app.institutions.business_types import COUNTER
from app.messages.models import Message
from app.roster.identity import parse_cert
from app.roster.models import InsuredPerson
from app.scanning.models import Scan
from app.staff.models import Role, StaffMember
from app.staff.queries import get_staff
from tests.kit.at_once import at_once
from tests.kit.people import make_person
from tests.kit.staff import make_staff
from tests.scanning.desk import Telephone, make_desk, make_telephone

CHILD = "510600201002280012"


@pytest.fixture
def clerk(app: Flask) -> StaffMember:
    return make_staff("clerk", [Role.counter])


@pytest.fixture
def visitor(app: Flask) -> InsuredPerson:
    """李明, who has no account."""
    return make_person()


@pytest.fixture
def telephone(app: Flask) -> Telephone:
    make_desk(app, "H51060000009", scenes=[COUNTER], region="510699")
    return make_telephone()


def visit_of(clerk: StaffMember, person: InsuredPerson) -> CounterVisit:
    return service.open_visit(clerk, person.id, papers_checked=True, way="document")


def count(model: type) -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def test_a_letter_for_somebody_without_an_account_writes_to_nobody(clerk: StaffMember, visitor: InsuredPerson) -> None:
    visit = visit_of(clerk, visitor)

    opened = service.open_letter(visit, service.give_letter(clerk, visit, LetterKind.activation))

    assert opened is not None and opened[0] is LetterKind.activation and len(opened[1]) == 8
    assert count(Message) == 0


def test_a_letter_is_opened_in_its_own_visit_and_what_is_no_letter_in_none(clerk: StaffMember, visitor: InsuredPerson) -> None:
    first, second = visit_of(clerk, visitor), visit_of(clerk, visitor)
    sealed = service.give_letter(clerk, first, LetterKind.family)

    assert service.open_letter(first, sealed) is not None
    for changed in (sealed[:-8] + "AAAAAAA=", "", "信"):
        assert service.open_letter(first, changed) is None
    assert service.open_letter(second, sealed) is None


def test_a_family_is_bound_only_to_somebody_who_has_activated(clerk: StaffMember, visitor: InsuredPerson) -> None:
    make_person(CHILD, "李小明")
    visit = visit_of(clerk, visitor)

    with pytest.raises(DomainError, match="holder_inactive") as refused:
        service.bind_family(clerk, visit, parse_cert("01", CHILD), Relation.daughter, both_here=True)

    assert refused.value.status == 409 and "激活" in refused.value.next
    assert count(FamilyLink) == 0


def scan_by(staff_id: int, code: str) -> Callable[[], int]:
    def scan() -> int:
        found = service.enter(get_staff(staff_id), code, "nonce-of-one-form")
        return found.id

    return scan


def test_a_form_that_is_sent_twice_at_once_is_one_scan(app: Flask, clerk: StaffMember, telephone: Telephone) -> None:
    code, staff_id = telephone.draw(), clerk.id
    db.session.rollback()

    answers = at_once(app, [scan_by(staff_id, code)] * 4)

    assert len(set(answers)) == 1 and count(CounterScan) == count(Scan) == 1
    kept = db.session.scalars(select(CounterScan)).one()
    assert (kept.reason, kept.person_id) == (0, telephone.holder.person.id)
    assert len(db.session.scalars(select(AuditRow.id).where(AuditRow.tag == "counter:scanned")).all()) == 1


def test_a_form_whose_twin_was_quicker_shows_the_twins_scan(
    clerk: StaffMember, telephone: Telephone, monkeypatch: pytest.MonkeyPatch
) -> None:
    code, staff_id = telephone.draw(), clerk.id
    first = scan_by(staff_id, code)()
    find = visits.queries.find_scan
    looks: list[str] = []

    def find_late(biz_no: str) -> CounterScan | None:
        looks.append(biz_no)
        return None if len(looks) == 1 else find(biz_no)

    monkeypatch.setattr(visits.queries, "find_scan", find_late)
    db.session.remove()

    assert scan_by(staff_id, code)() == first and len(looks) == 2 and count(CounterScan) == 1
