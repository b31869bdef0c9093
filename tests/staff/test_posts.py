"""Who changes a member's roles, second person and own person; what nobody changes about themselves."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from app.core import clock
from app.core.audit import AuditRow
from app.core.db import db
from app.core.errors import DomainError
from app.staff.models import Approval, ApprovalState, Role, StaffMember
from app.staff.queries import get_approval, get_staff, list_staff_messages
from app.staff.service import (
    approve,
    ask_reset,
    assign_roles,
    change_roles,
    disable_staff,
    enable_staff,
    end_all_sessions,
    find_second,
    has_grant,
    link_person,
    name_second,
    refuse,
    reset_colleague,
    sentence_of,
    settle_approvals,
)
from tests.kit.people import make_person
from tests.kit.staff import make_staff


@pytest.fixture
def secadmin(app: Flask) -> StaffMember:
    return make_staff("anquan", [Role.secadmin])


@pytest.fixture
def small(app: Flask) -> Iterator[Flask]:
    """A bureau with few people, where a named colleague is told and a day passes."""
    app.config["SETTINGS"] = replace(app.config["SETTINGS"], separation="small")
    yield app


def tags_of(member: StaffMember) -> list[str]:
    db.session.rollback()
    return list(db.session.scalars(select(AuditRow.tag).where(AuditRow.subject == member.actor).order_by(AuditRow.id)))


def seconds_of(member: StaffMember) -> int | None:
    db.session.rollback()
    return get_staff(member.id).second_id


def ask_for_second(member: StaffMember, second: StaffMember) -> Approval:
    asked = name_second(member, second, by=member)
    assert asked is not None
    return asked


def test_a_colleague_names_a_members_second_at_once(secadmin: StaffMember) -> None:
    clerk, second = make_staff("clerk", [Role.sysadmin]), make_staff("second", [Role.reviewer])

    asked = name_second(clerk, second, by=secadmin)

    assert asked is None and seconds_of(clerk) == second.id
    found = find_second(get_staff(clerk.id))
    assert found is not None and found.id == second.id and tags_of(clerk)[-1] == "staff:second_changed"


def test_a_member_without_a_second_names_one_at_once_and_replaces_it_only_when_nobody_objects(
    small: Flask, secadmin: StaffMember
) -> None:
    first, friend = make_staff("first", [Role.reviewer]), make_staff("friend", [Role.agent])

    at_once = name_second(secadmin, first, by=secadmin)
    asked = ask_for_second(get_staff(secadmin.id), friend)
    told = list_staff_messages(first.id)[0]
    clock.move(timedelta(hours=23, minutes=59))
    settle_approvals()
    before = seconds_of(secadmin)
    clock.move(timedelta(minutes=1))
    settle_approvals()

    assert at_once is None and before == first.id and seconds_of(secadmin) == friend.id
    assert "员工anquan提出的事，以后由员工friend过目。" in told.body and sentence_of(asked) in told.body


def test_the_present_second_refuses_to_be_replaced(small: Flask, secadmin: StaffMember) -> None:
    first, friend = make_staff("first", [Role.reviewer]), make_staff("friend", [Role.agent])
    name_second(secadmin, first, by=secadmin)
    asked = ask_for_second(get_staff(secadmin.id), friend).id

    refuse(asked, get_staff(first.id))
    clock.move(timedelta(hours=25))
    settle_approvals()

    assert seconds_of(secadmin) == first.id


def test_a_new_second_who_has_left_meanwhile_is_not_named(small: Flask, secadmin: StaffMember) -> None:
    first, friend = make_staff("first", [Role.reviewer]), make_staff("friend", [Role.agent])
    name_second(secadmin, first, by=secadmin)
    asked = ask_for_second(get_staff(secadmin.id), friend).id
    disable_staff(get_staff(friend.id), by="system")

    clock.move(timedelta(hours=25))
    settle_approvals()

    assert seconds_of(secadmin) == first.id and get_approval(asked).state is ApprovalState.expired


def test_nobody_is_their_own_second_and_nobody_who_left_is_one(small: Flask, secadmin: StaffMember) -> None:
    clerk, gone = make_staff("clerk", [Role.sysadmin]), make_staff("gone", [Role.reviewer])
    disable_staff(gone, by="system")
    first = make_staff("first", [Role.reviewer])

    for second, code in ((clerk, "second_self"), (get_staff(gone.id), "second_gone")):
        with pytest.raises(DomainError, match=code):
            name_second(clerk, second, by=secadmin)
    with pytest.raises(DomainError, match="second_self"):
        name_second(secadmin, secadmin, by=secadmin)
    name_second(secadmin, first, by=secadmin)
    with pytest.raises(DomainError, match="second_self"):
        name_second(get_staff(secadmin.id), get_staff(secadmin.id), by=get_staff(secadmin.id))

    assert seconds_of(clerk) is None and seconds_of(secadmin) == first.id
    assert db.session.scalars(select(Approval.id)).all() == []


def test_nobody_resets_themselves(secadmin: StaffMember) -> None:
    for verb in (ask_reset, reset_colleague):
        with pytest.raises(DomainError, match="reset_own") as refused:
            verb(secadmin, by=secadmin)
        assert refused.value.status == 403

    assert "staff:reset" not in tags_of(secadmin)


def test_the_grant_of_a_reset_is_the_askers_alone_and_ends(secadmin: StaffMember) -> None:
    other, auditor = make_staff("other", [Role.secadmin]), make_staff("shenji", [Role.auditadmin])
    approve(ask_reset(auditor, by=secadmin).id, other)
    granted = get_staff(auditor.id)

    assert has_grant(granted, secadmin) and not has_grant(granted, other)
    with pytest.raises(DomainError, match="grant_missing"):
        reset_colleague(granted, by=get_staff(other.id))
    clock.move(timedelta(days=30))
    with pytest.raises(DomainError, match="grant_missing"):
        reset_colleague(get_staff(auditor.id), by=get_staff(secadmin.id))
    assert not has_grant(granted, secadmin) and "staff:reset" not in tags_of(auditor)


def test_more_roles_for_a_security_administrator_take_nothing_from_what_they_asked(secadmin: StaffMember) -> None:
    other = make_staff("other", [Role.sysadmin])
    asked = assign_roles(make_staff("clerk", [Role.agent]), [Role.sysadmin], by=secadmin)
    assert asked is not None

    change_roles(secadmin, [Role.secadmin, Role.reviewer], by=other.actor)

    assert get_staff(secadmin.id).roles == {Role.secadmin, Role.reviewer}
    assert get_approval(asked.id).state is ApprovalState.open


def test_who_is_enabled_already_is_not_enabled_again(secadmin: StaffMember) -> None:
    clerk = make_staff("clerk", [Role.agent])
    disable_staff(clerk, by=secadmin.actor)

    for _ in range(2):
        enable_staff(get_staff(clerk.id), by=secadmin.actor)

    assert get_staff(clerk.id).disabled_at is None
    assert tags_of(clerk).count("staff:enabled") == 1


def test_a_member_does_not_say_which_insured_person_they_are(secadmin: StaffMember) -> None:
    person = make_person()

    with pytest.raises(DomainError, match="person_own") as refused:
        link_person(secadmin, person.id, by=secadmin.actor)

    assert refused.value.status == 403 and get_staff(secadmin.id).person_id is None


def test_the_log_says_who_ended_a_members_sessions_and_whose_person_they_are(secadmin: StaffMember) -> None:
    clerk, person = make_staff("clerk", [Role.agent]), make_person()

    link_person(clerk, person.id, by=secadmin.actor)
    end_all_sessions(clerk, by=secadmin.actor)

    assert tags_of(clerk)[-2:] == ["staff:person_linked", "staff:sessions_ended"]
    row = db.session.scalars(select(AuditRow).where(AuditRow.tag == "staff:person_linked")).one()
    assert row.actor == secadmin.actor and row.person_id == person.id
