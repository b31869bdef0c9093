"""A key takes two members; it is made when it is taken, once; it rolls with an overlap and goes at once."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.core import clock
from app.core.db import db
from app.core.errors import DomainError, NotFound
from app.institutions.models import ApiKey, Institution, KeyGrant
from app.institutions.queries import get_institution, list_live_keys
from app.institutions.queries.register import get_grant, list_open_grants
from app.institutions.service import KEEP_OLD, add_institution, ask_key, claim_key, end_key, issue_key, revoke_key
from app.staff.models import Approval, Role, StaffMember
from app.staff.queries import find_staff
from app.staff.service import approve
from tests.kit.at_once import at_once
from tests.kit.staff import make_staff
from tests.scanning.desk import Desk, Telephone, change_settings

CODE = "P51060000001"


@pytest.fixture
def asker(app: Flask) -> StaffMember:
    make_staff("safety", [Role.secadmin])
    return make_staff("system", [Role.sysadmin])


@pytest.fixture
def pharmacy(app: Flask) -> Institution:
    return add_institution(CODE, "药店", region_code="510603", business_types=["02121"])


def _safety() -> StaffMember:
    found = find_staff("safety")
    assert found is not None
    return found


def _granted(pharmacy: Institution, asker: StaffMember, overlap_days: int = KEEP_OLD) -> KeyGrant:
    approval = ask_key(pharmacy, overlap_days=overlap_days, by=asker)
    approve(approval.id, _safety())
    return list_open_grants(asker.id)[-1]


def test_what_one_asks_and_another_approves_is_taken_once(app: Flask, pharmacy: Institution, asker: StaffMember) -> None:
    approval = ask_key(pharmacy, overlap_days=KEEP_OLD, by=asker)
    assert list_open_grants(asker.id) == []
    with pytest.raises(DomainError):
        approve(approval.id, asker)
    approve(approval.id, _safety())
    assert db.session.scalar(select(func.count()).select_from(ApiKey)) == 0, "nothing is made before it is taken"
    grant = list_open_grants(asker.id)[0]

    key, secret = claim_key(grant, by=asker)

    assert secret.startswith(f"pz_{key.id}_") and key.issued_by == asker.actor and key.approved_by == _safety().actor
    assert list_open_grants(asker.id) == []
    with pytest.raises(DomainError, match="grant_taken"):
        claim_key(grant, by=asker)
    with pytest.raises(NotFound):
        get_grant(grant.id, _safety().id)


def test_an_approved_key_nobody_takes_is_gone_after_a_week(app: Flask, pharmacy: Institution, asker: StaffMember) -> None:
    grant = _granted(pharmacy, asker)
    clock.move(timedelta(days=7, seconds=1))

    with pytest.raises(DomainError, match="grant_taken"):
        claim_key(grant, by=asker)

    assert list_open_grants(asker.id) == []


def test_of_many_who_approve_and_take_at_once_one_key_comes_out(app: Flask, pharmacy: Institution, asker: StaffMember) -> None:
    approval_id, asker_id, safety_id = ask_key(pharmacy, overlap_days=KEEP_OLD, by=asker).id, asker.id, _safety().id

    def approve_it() -> Approval:
        return approve(approval_id, db.session.get_one(StaffMember, safety_id))

    def take_it() -> str:
        return claim_key(get_grant(1, asker_id), by=db.session.get_one(StaffMember, asker_id))

    approved, taken = at_once(app, [approve_it] * 6), at_once(app, [take_it] * 6)

    assert [sum(not isinstance(answer, DomainError) for answer in answers) for answers in (approved, taken)] == [1, 1]
    assert db.session.scalar(select(func.count()).select_from(KeyGrant)) == 1
    assert len(list_live_keys(pharmacy.id)) == 1


def test_in_a_small_bureau_a_day_passes_instead(app: Flask, pharmacy: Institution) -> None:
    change_settings(app, separation="small")
    make_staff("auditor", [Role.auditadmin])
    both = make_staff("both", [Role.sysadmin, Role.secadmin])
    ask_key(pharmacy, overlap_days=KEEP_OLD, by=both)
    settle = next(task for task in app.extensions["background"] if "approval" in task.name)

    settle.run()
    assert list_open_grants(both.id) == []
    clock.move(timedelta(hours=24, seconds=1))
    settle.run()

    key, _secret = claim_key(list_open_grants(both.id)[0], by=both)
    assert key.approved_by == "system"


def test_the_old_key_goes_on_for_the_overlap_and_no_longer(
    app: Flask, pharmacy: Institution, asker: StaffMember, telephone: Telephone
) -> None:
    old = Desk(app, issue_key(CODE), CODE)
    new = Desk(app, claim_key(_granted(pharmacy, asker, 14), by=asker)[1], CODE)

    for desk in (old, new):
        clock.move(timedelta(seconds=5))
        assert desk.scan(telephone.draw(), businessType="02121").json["code"] == 0
    clock.move(timedelta(days=14))

    assert old.scan(telephone.draw(), businessType="02121").status_code == 401
    assert new.scan(telephone.draw(), businessType="02121").json["code"] == 0
    assert len(list_live_keys(pharmacy.id)) == 1, "there is room for the next one"


def test_an_end_is_brought_forward_and_never_put_off(app: Flask, pharmacy: Institution) -> None:
    issue_key(CODE)
    key_id = list_live_keys(pharmacy.id)[0].id
    end_key(CODE, key_id, clock.now() + timedelta(days=10), "staff:1")

    with pytest.raises(DomainError, match="key_end_later"):
        end_key(CODE, key_id, clock.now() + timedelta(days=20), "staff:1")
    with pytest.raises(DomainError, match="key_end_past"):
        end_key(CODE, key_id, clock.now(), "staff:1")
    end_key(CODE, key_id, clock.now() + timedelta(days=5), "staff:1")

    clock.move(timedelta(days=5))
    assert list_live_keys(pharmacy.id) == []


def test_an_end_that_was_set_before_stays_when_the_next_key_is_taken(app: Flask, pharmacy: Institution, asker: StaffMember) -> None:
    issue_key(CODE)
    old_id, ends_at = list_live_keys(pharmacy.id)[0].id, clock.now() + timedelta(days=3)
    end_key(CODE, old_id, ends_at, "staff:1")

    key, _secret = claim_key(_granted(pharmacy, asker, 14), by=asker)

    assert {each.id: each.ends_at for each in list_live_keys(pharmacy.id)} == {old_id: ends_at, key.id: None}
    clock.move(timedelta(days=3))
    assert [each.id for each in list_live_keys(pharmacy.id)] == [key.id]


def test_two_live_keys_are_enough_to_be_refused_a_third(app: Flask, pharmacy: Institution, asker: StaffMember) -> None:
    grant = _granted(pharmacy, asker)
    issue_key(CODE)
    issue_key(CODE)

    with pytest.raises(DomainError, match="two_keys"):
        claim_key(grant, by=asker)
    with pytest.raises(DomainError, match="two_keys"):
        ask_key(pharmacy, overlap_days=KEEP_OLD, by=asker)
    revoke_key(CODE, list_live_keys(pharmacy.id)[0].id)

    assert claim_key(grant, by=asker), "being refused did not use the grant up"


def test_a_key_says_on_which_day_it_was_last_used(app: Flask, desk: Desk, telephone: Telephone) -> None:
    def last_used() -> object:
        db.session.rollback()
        return list_live_keys(get_institution(desk.org).id)[0].last_used_on

    assert last_used() is None
    desk.scan("no code at all")
    assert last_used() == clock.today()
    clock.move(timedelta(days=2))
    desk.scan(telephone.draw())

    assert last_used() == clock.today()


def test_a_request_for_a_key_is_told_in_a_sentence(app: Flask, pharmacy: Institution, asker: StaffMember) -> None:
    approval = ask_key(pharmacy, overlap_days=14, by=asker)

    with pytest.raises(DomainError, match="already_asked"):
        ask_key(pharmacy, overlap_days=KEEP_OLD, by=asker)
    with pytest.raises(DomainError, match="overlap_unfit"):
        ask_key(pharmacy, overlap_days=500, by=asker)

    assert db.session.get_one(Approval, approval.id).region == "510603"
