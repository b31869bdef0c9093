"""Four eyes: who asks never approves; one answer is heard; in a small bureau a day passes and a second person may refuse."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from app.core import clock
from app.core.audit import AuditRow
from app.core.db import db, transaction
from app.core.errors import DomainError, NotFound
from app.staff.models import Approval, ApprovalState, Role, StaffMember
from app.staff.queries import get_approval, get_staff, list_staff_messages, list_waiting_for, regions_of
from app.staff.rights import Right
from app.staff.service import (
    ApprovalKind,
    approve,
    ask_approval,
    change_roles,
    disable_staff,
    provide_approval_kinds,
    refuse,
    settle_approvals,
    withdraw,
)
from tests.kit.at_once import at_once
from tests.kit.staff import make_staff

done: list[int] = []


def note_done(approval: Approval) -> None:
    if approval.details.get("breaks"):
        raise DomainError("broken", "不行。")
    done.append(approval.id)


@pytest.fixture(autouse=True)
def nothing_done(app: Flask) -> Iterator[None]:
    provide_approval_kinds.listen(app, lambda: [ApprovalKind("test_act", note_done)])
    done.clear()
    yield


@pytest.fixture
def asker(app: Flask) -> StaffMember:
    return make_staff("asker", [Role.sysadmin])


@pytest.fixture
def second(app: Flask) -> StaffMember:
    return make_staff("second", [Role.secadmin])


@contextmanager
def small_bureau(app: Flask) -> Iterator[None]:
    object.__setattr__(app.config["SETTINGS"], "separation", "small")
    yield


def ask(by: StaffMember, subject: str = "thing:1", *, region: str = "", **detail: object) -> int:
    return ask_approval("test_act", subject, by=by, right=Right.approve_keys, region=region, **detail).id


def state_of(approval_id: int) -> ApprovalState:
    db.session.rollback()
    return get_approval(approval_id).state


def code_of(answer: object) -> str:
    assert isinstance(answer, DomainError)
    return answer.code


def tags() -> list[str]:
    db.session.rollback()
    return [tag for tag in db.session.scalars(select(AuditRow.tag).order_by(AuditRow.id)) if tag.startswith("approval:")]


def test_the_act_is_done_when_another_member_approves_and_not_before(asker: StaffMember, second: StaffMember) -> None:
    asked = ask(asker)
    before = list(done)

    approve(asked, second)

    assert before == [] and done == [asked] and state_of(asked) is ApprovalState.approved
    assert tags() == ["approval:asked", "approval:approved"]
    assert "已经复核通过" in list_staff_messages(asker.id)[0].title


def test_nobody_approves_or_refuses_their_own(app: Flask, second: StaffMember) -> None:
    asked = ask(second)

    for answer in (approve, refuse):
        with pytest.raises(DomainError, match="approval_own"):
            answer(asked, second)

    assert done == [] and list_waiting_for(second, []) == []
    withdraw(asked, second)
    assert state_of(asked) is ApprovalState.withdrawn


def test_without_the_right_an_approval_is_not_even_seen(asker: StaffMember) -> None:
    clerk = make_staff("clerk", [Role.counter])
    asked = ask(asker)

    for answer in (approve, refuse, withdraw):
        with pytest.raises(NotFound):
            answer(asked, clerk)


def test_another_regions_approval_is_not_found(asker: StaffMember) -> None:
    near, far = make_staff("near", [Role.secadmin], agency="jingyang"), make_staff("far", [Role.secadmin], agency="guanghan")
    region = next(iter(regions_of(near.agency)))
    asked = ask(asker, region=region)

    assert list_waiting_for(far, regions_of(far.agency)) == []
    with pytest.raises(NotFound):
        approve(asked, far)
    approve(asked, near)
    assert done == [asked]


def test_the_same_act_on_the_same_thing_waits_once(asker: StaffMember, second: StaffMember) -> None:
    asked = ask(asker)
    with pytest.raises(DomainError, match="already_asked"):
        ask(asker)

    refuse(asked, second)

    again = ask(asker)
    assert again != asked and state_of(asked) is ApprovalState.refused and done == []


def test_approving_twice_and_refusing_at_once_is_heard_once(app: Flask, asker: StaffMember, second: StaffMember) -> None:
    asked, by = ask(asker), second.id
    other = make_staff("other", [Role.secadmin]).id

    answers = at_once(
        app,
        [
            lambda: approve(asked, get_staff(by)).state,
            lambda: approve(asked, get_staff(other)).state,
            lambda: refuse(asked, get_staff(other)).state,
            lambda: withdraw(asked, get_staff(asker_id)).state,
        ]
        if (asker_id := asker.id)
        else [],
    )

    heard = [a for a in answers if not isinstance(a, DomainError)]
    assert len(heard) == 1 and {code_of(a) for a in answers if isinstance(a, DomainError)} == {"approval_settled"}
    assert done == ([asked] if heard == [ApprovalState.approved] else [])
    assert len(tags()) == 2


def test_an_act_that_cannot_be_done_takes_the_approval_back(asker: StaffMember, second: StaffMember) -> None:
    asked = ask(asker, breaks=True)

    with pytest.raises(DomainError, match="broken"):
        approve(asked, second)

    assert state_of(asked) is ApprovalState.open and tags() == ["approval:asked"]


def test_what_somebody_asked_ends_with_their_leaving_or_their_role(asker: StaffMember, second: StaffMember) -> None:
    other = make_staff("other", [Role.sysadmin])
    first, later = ask(asker), ask(other, "thing:2")

    disable_staff(asker, by="system")
    change_roles(other, [Role.counter], by="system")

    assert state_of(first) is ApprovalState.expired and state_of(later) is ApprovalState.expired
    with pytest.raises(DomainError, match="approval_settled"):
        approve(first, second)
    assert done == []


def test_who_lost_the_right_a_moment_ago_does_not_approve(app: Flask, asker: StaffMember, second: StaffMember) -> None:
    asked = ask(asker)
    make_staff("other", [Role.secadmin])
    change_roles(get_staff(second.id), [Role.counter], by="system")

    with pytest.raises(NotFound):
        approve(asked, second)

    assert state_of(asked) is ApprovalState.open


def test_what_nobody_answers_is_closed_after_a_fortnight(asker: StaffMember, second: StaffMember) -> None:
    asked = ask(asker)

    clock.move(timedelta(days=13, hours=23))
    settle_approvals()
    before = state_of(asked)
    clock.move(timedelta(hours=1, seconds=1))
    settle_approvals()

    assert before is ApprovalState.open and state_of(asked) is ApprovalState.expired and done == []


def test_in_a_small_bureau_it_takes_effect_a_day_later_by_itself(app: Flask, asker: StaffMember) -> None:
    auditor = make_staff("auditor", [Role.auditadmin])
    with small_bureau(app):
        asked = ask(asker)
        told = list_staff_messages(auditor.id)
        clock.move(timedelta(hours=23, minutes=59))
        settle_approvals()
        before = list(done)

        clock.move(timedelta(minutes=1))
        settle_approvals()
        settle_approvals()

    assert len(told) == 1 and "有一件事等您过目" in told[0].title
    assert before == [] and done == [asked] and state_of(asked) is ApprovalState.approved
    assert tags() == ["approval:asked", "approval:approved"]


def test_the_second_named_person_refuses_but_does_not_approve_without_the_right(app: Flask, asker: StaffMember) -> None:
    named = make_staff("named", [Role.reviewer])
    make_staff("auditor", [Role.auditadmin])
    with small_bureau(app), transaction():
        get_staff(asker.id).second_id = named.id
    with small_bureau(app):
        asked = ask(asker)

        with pytest.raises(DomainError, match="approval_right"):
            approve(asked, named)
        assert [a.id for a, _name in list_waiting_for(named, [])] == [asked]
        refuse(asked, named)
        clock.move(timedelta(hours=25))
        settle_approvals()

    assert done == [] and state_of(asked) is ApprovalState.refused


def test_a_small_bureau_without_a_second_person_asks_nothing(app: Flask, asker: StaffMember) -> None:
    with small_bureau(app), pytest.raises(DomainError, match="second_missing"):
        ask(asker)


def test_when_the_second_person_leaves_nothing_takes_effect_unseen(app: Flask, asker: StaffMember) -> None:
    auditor = make_staff("auditor", [Role.auditadmin])
    with small_bureau(app):
        asked = ask(asker)
        disable_staff(auditor, by="system")
        clock.move(timedelta(hours=25))
        settle_approvals()

    assert done == [] and state_of(asked) is ApprovalState.expired


def test_refusing_and_the_end_of_the_day_at_once_is_one_answer(app: Flask, asker: StaffMember) -> None:
    auditor = make_staff("auditor", [Role.auditadmin]).id
    with small_bureau(app):
        asked = ask(asker)
        clock.move(timedelta(hours=24))

        at_once(app, [settle_approvals, lambda: refuse(asked, get_staff(auditor)), settle_approvals])

    assert state_of(asked) is (ApprovalState.approved if done else ApprovalState.refused)
    assert len(done) <= 1 and len(tags()) == 2
