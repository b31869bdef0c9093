from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from app.core import clock
from app.core.db import db, transaction
from app.core.errors import DomainError, NotFound
from app.roster.identity import Cert
from app.roster.models import InsuredStatus, PersonStatusChange, StatusReason
from app.roster.queries import cert_no_of, find_person, get_person
from app.roster.service import change_status, on_status_changed, save_person
from tests.kit.roster import save


def test_a_saved_person_is_found_by_document_and_read_back_whole(app: Flask) -> None:
    saved = save("51060019580101007x", "刘𬭚")

    found = find_person("01", "51060019580101007X")

    assert found is saved
    assert (found.name, found.gender, found.birthday, found.nationality) == ("刘𬭚", "1", date(1958, 1, 1), "01")
    assert cert_no_of(found) == "51060019580101007X"
    assert get_person(saved.id) is found


def test_the_number_is_nowhere_in_clear(app: Flask) -> None:
    person = save()

    assert b"510600199003070017" not in person.cert_no_encrypted + person.cert_no_hash
    assert b"19900307" not in person.cert_no_encrypted


def test_saving_again_changes_the_row_and_keeps_its_id(app: Flask) -> None:
    first = save().id
    clock.move(timedelta(days=1))

    again = save(status=InsuredStatus.suspended)

    assert again.id == first
    assert not again.may_use_insurance
    assert again.updated_at > again.created_at


def test_saving_the_same_writes_nothing(app: Flask) -> None:
    before = save()
    sealed, changed = before.cert_no_encrypted, before.updated_at
    clock.move(timedelta(days=1))

    after = save()

    assert (after.cert_no_encrypted, after.updated_at) == (sealed, changed)


def test_the_same_digits_under_another_type_are_another_person(app: Flask) -> None:
    save("12345678", cert_type="06")

    assert find_person("08", "12345678") is None


def test_a_residence_permit_is_found_where_the_roster_calls_it_an_identity_card(app: Flask) -> None:
    person = save("810000199408230021", "陈大文")

    assert find_person("17", "810000199408230021") is person


def test_a_foreigner_is_kept_with_country_and_birthday(app: Flask) -> None:
    person = save("X1234567", "John Smith", "08", nationality="GBR", gender="1", birthday=date(1980, 5, 6))

    assert (person.nationality, person.gender, person.birthday) == ("GBR", "1", date(1980, 5, 6))
    assert save("CAN110103112233", "Anne Lee", "07").nationality == "CAN"


def test_a_sealed_number_moved_to_another_row_is_noticed(app: Flask) -> None:
    one, other = save(), save("510600199003070025", "李四")

    with transaction():
        one.cert_no_encrypted = other.cert_no_encrypted

    with pytest.raises(ValueError, match="does not belong"):
        cert_no_of(one)


def test_nobody_is_found_by_a_number_that_is_not_in_the_roster(app: Flask) -> None:
    assert find_person("01", "510600199003070017") is None
    with pytest.raises(NotFound):
        get_person(4711)


def test_a_cert_needs_no_birthday_to_be_saved(app: Flask) -> None:
    person = save_person(cert=Cert("90", "A1234567"), name="李四", insured_region="510699", insutype="390")

    assert (person.birthday, person.gender) == (None, "9")


def test_a_status_is_changed_by_hand_only_to_another_one(app: Flask) -> None:
    person = save()

    with pytest.raises(DomainError, match="status_same") as refused:
        change_status(person.id, InsuredStatus.normal, StatusReason.papers, seen=InsuredStatus.normal, by="staff:1")

    assert refused.value.field == "status"
    assert db.session.scalars(select(PersonStatusChange.id)).all() == []


def test_a_change_of_status_is_told_in_the_transaction_that_makes_it(app: Flask) -> None:
    person_id = save().id
    told: list[tuple[list[int], InsuredStatus]] = []

    def refuse(ids: list[int], status: InsuredStatus) -> None:
        told.append((ids, status))
        raise DomainError("not_now", "不行。")

    on_status_changed.listen(app, refuse)

    with pytest.raises(DomainError, match="not_now"):
        change_status(person_id, InsuredStatus.died, StatusReason.papers, seen=InsuredStatus.normal, by="staff:1")

    assert told == [([person_id], InsuredStatus.died)] and get_person(person_id).status is InsuredStatus.normal
    assert db.session.scalars(select(PersonStatusChange.id)).all() == []
