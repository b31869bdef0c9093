"""Who an invitation's link is not for, and a link that was used, ended or ran out while somebody stood on its page."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from app.accounts.models import Account
from app.accounts.service import create_account
from app.core import clock
from app.core.db import db, transaction
from app.core.errors import DomainError
from app.family.models import Invitation, InvitationKind, LinkRequest, Relation, RequestState, Way
from app.family.queries import find_invitation, get_request
from app.family.service import (
    accept_invitation,
    find_invitation_refusal,
    invite,
    refuse_invitation,
    submit_papers,
    vouch,
    withdraw_request,
)
from app.roster.queries import get_person
from tests.family.people import make_holder_account, make_request
from tests.family.story import enrol, links, years_ago
from tests.kit.at_once import at_once, named

FATHER = "19401105"
NEW_PHONE = "13800000055"


def stranger() -> Account:
    """Signed in and nobody in the roster yet."""
    with transaction():
        return create_account(NEW_PHONE)


def opened(token: str) -> Invitation:
    invitation = find_invitation(token)
    assert invitation is not None
    return invitation


def for_member(asking: Account, member: Account) -> Invitation:
    request = make_request(asking, get_person(member.person_id or 0), Relation.father, Way.own_phone)
    return opened(invite(request, InvitationKind.member))


def for_voucher(asking: Account) -> Invitation:
    request = make_request(asking, enrol(FATHER), Relation.father, Way.vouching)
    submit_papers(request, [], needs_guardian=False)
    return opened(invite(request, InvitationKind.voucher))


def make_father() -> Account:
    return make_holder_account("13800000022", "19501105", "李大山", 1)


def test_a_new_number_is_not_the_member_who_has_an_account_already(asking: Account) -> None:
    invitation = for_member(asking, make_father())

    refusal = find_invitation_refusal(invitation, stranger())

    assert refusal is not None and (refusal.code, refusal.status) == ("invitation_not_yours", 403)


def too_young() -> Account:
    return make_holder_account("13800000023", years_ago(17, clock.today()), "李小宝", 1)


@pytest.mark.parametrize(("who", "code"), [(stranger, "voucher_unfit"), (too_young, "voucher_too_young")])
def test_only_a_grown_and_activated_relative_vouches(asking: Account, who: Callable[[], Account], code: str) -> None:
    invitation = for_voucher(asking)

    refusal = find_invitation_refusal(invitation, who())

    assert refusal is not None and (refusal.code, refusal.status) == (code, 403)
    assert refusal.next


def test_nobody_agrees_for_the_member_without_a_proof(asking: Account) -> None:
    invitation = for_member(asking, make_father())
    other = make_holder_account("13800000024", "19850101", "李强", 1)

    with pytest.raises(DomainError, match="invitation_not_yours"):
        accept_invitation(invitation, other, [])

    assert (links(), invitation.used_at) == ([], None)


@pytest.mark.parametrize("verb", [lambda one, who: accept_invitation(one, who, []), refuse_invitation], ids=["yes", "no"])
def test_an_answer_that_comes_after_thirty_days_changes_nothing(asking: Account, verb: Callable[..., object]) -> None:
    member = make_father()
    invitation = for_member(asking, member)
    clock.move(timedelta(days=30, seconds=1))

    with pytest.raises(DomainError, match="invitation_used") as caught:
        verb(invitation, member)

    assert (caught.value.status, links()) == (410, [])
    assert get_request(asking.id, invitation.request_id).state is RequestState.waiting_authorisation


def test_a_yes_and_a_no_at_the_same_moment_are_one_answer(app: Flask, asking: Account) -> None:
    member = make_father()
    invitation_id, member_id = for_member(asking, member).id, member.id

    def answer(verb: Callable[..., object]) -> str:
        verb(db.session.get_one(Invitation, invitation_id), db.session.get_one(Account, member_id))
        return "counted"

    acts = [lambda: answer(lambda one, who: accept_invitation(one, who, [])), lambda: answer(refuse_invitation)]

    assert sorted(named(at_once(app, acts))) == ["counted", "invitation_used"]
    state = db.session.scalars(select(LinkRequest.state)).one()
    assert (state, len(links())) in [(RequestState.approved, 1), (RequestState.rejected, 0)]


def test_once_vouched_for_no_other_link_is_made_and_none_vouches_again(asking: Account) -> None:
    invitation = for_voucher(asking)
    sister = make_holder_account("13800000024", "19850101", "李芳", 2)
    vouch(invitation, sister, Relation.father)

    with pytest.raises(DomainError, match="invitation_used") as caught:
        invite(invitation.request, InvitationKind.voucher)
    with pytest.raises(DomainError, match="invitation_used"):
        vouch(invitation, sister, Relation.father)

    assert caught.value.status == 410
    assert len(list(db.session.scalars(select(Invitation)))) == 1


def test_a_request_that_was_taken_back_gets_no_new_link(asking: Account) -> None:
    invitation = for_voucher(asking)
    withdraw_request(invitation.request)

    with pytest.raises(DomainError, match="invitation_used"):
        invite(invitation.request, InvitationKind.voucher)

    assert opened_state(invitation.request_id) is RequestState.withdrawn


def opened_state(request_id: int) -> RequestState:
    return db.session.scalars(select(LinkRequest.state).where(LinkRequest.id == request_id)).one()
