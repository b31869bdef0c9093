"""A request that leaves the draft: what is looked at once more at that moment, and what a second act finds."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask

from app.accounts.models import Account, ConsentPurpose, Notice
from app.accounts.queries import has_consent, list_consents, list_notices
from app.core import clock
from app.core.errors import DomainError
from app.credentials.queries import find_credential_of
from app.credentials.service import freeze_credential
from app.family.models import FamilyLink, InvitationKind, LinkEnd, LinkRequest, Relation, RequestState, Way
from app.family.queries import get_request
from app.family.service import (
    appeal,
    approve,
    authorise,
    begin_renewal,
    choose_way,
    end_link,
    invite,
    note_step_up,
    submit_papers,
    wait_for_authorisation,
    withdraw_request,
)
from app.proofs.models import ProofPurpose, ProofState
from app.proofs.service import issue_counter_code, spend_counter_code
from app.reviews.models import ReviewReason
from app.reviews.queries import find_case
from tests.credentials.holders import Holder, make_holder
from tests.family.people import make_holder_account, make_link_between, make_request
from tests.family.story import enrol, links, years_ago
from tests.family.test_reviewing import decide
from tests.scanning.desk import change_settings

FATHER = "19501105"


def own_notices() -> list[Notice]:
    return list_notices(ConsentPurpose.family_authorisation, ConsentPurpose.family_share)


def say_yes(request: LinkRequest) -> LinkRequest:
    return authorise(request, own_notices(), account_id=request.holder_account_id, by="account:1")


def of_fifteen(asking: Account) -> FamilyLink:
    born = years_ago(15, clock.today())
    return make_link_between(asking, enrol(born), Relation.son, Way.documents)


def test_a_request_that_was_taken_back_is_not_agreed_to_any_more(asking: Account) -> None:
    father = enrol(FATHER)
    asked = make_request(asking, father, Relation.father, Way.own_phone)
    wait_for_authorisation(asked)
    withdraw_request(asked)

    with pytest.raises(DomainError, match="draft_gone"):
        say_yes(asked)

    assert (links(), has_consent(father.id, ConsentPurpose.family_authorisation)) == ([], False)


def test_the_proof_of_another_relative_adds_nobody_and_is_not_used_up(app: Flask) -> None:
    holder: Holder = make_holder()
    father, uncle = enrol(FATHER), enrol("19551105", "李二山")
    code = issue_counter_code(uncle, "staff:1")
    proof = spend_counter_code(holder.session, uncle, ProofPurpose.family_member, code).proof
    assert proof is not None
    asked = make_request(holder.account, father, Relation.father, Way.counter_code)

    with pytest.raises(DomainError, match="draft_gone"):
        authorise(asked, own_notices(), account_id=holder.account.id, by=holder.account.actor, proof=proof)

    assert (links(), list_consents(holder.account.id), proof.state) == ([], [], ProofState.passed)


def test_where_the_bureau_looks_at_grown_people_too_a_yes_goes_to_a_reviewer(app: Flask, asking: Account) -> None:
    change_settings(app, family_adult_review=True)
    asked = make_request(asking, enrol(FATHER), Relation.father, Way.face)

    say_yes(asked)

    assert get_request(asking.id, asked.id).state is RequestState.waiting_review
    assert links() == []
    decide(asked.subject, "approve")
    assert [(link.relation, link.way) for link in links()] == [(Relation.father, Way.face)]


def test_papers_are_handed_in_once(asking: Account) -> None:
    asked = make_request(asking, enrol(years_ago(8, clock.today())), Relation.son, Way.documents)
    notices = list_notices(ConsentPurpose.family_documents)
    submit_papers(asked, notices, needs_guardian=False)

    with pytest.raises(DomainError, match="draft_gone"):
        submit_papers(asked, notices, needs_guardian=False)

    assert len(list_consents(asking.id)) == 1
    assert get_request(asking.id, asked.id).state is RequestState.waiting_review


def test_a_request_makes_one_link(asking: Account) -> None:
    asked = make_request(asking, enrol(FATHER), Relation.father)
    approve(asked, by="account:1")
    end_link(links()[0], LinkEnd.unbound_by_holder, by="account:1")

    with pytest.raises(DomainError, match="draft_gone"):
        approve(asked, by="account:1")

    assert len(links()) == 1


def another_added_meanwhile(app: Flask, asking: Account) -> None:
    change_settings(app, family_members_per_holder=1)
    make_link_between(asking, enrol("19520101"), Relation.brother)


def added_meanwhile(_app: Flask, asking: Account) -> None:
    make_link_between(asking, enrol(FATHER), Relation.father)


def frozen_meanwhile(_app: Flask, _asking: Account) -> None:
    other, father = make_holder_account("13800000022", "19850101", "李强", 1), enrol(FATHER)
    make_link_between(other, father, Relation.father)
    credential = find_credential_of(father.id)
    assert credential is not None
    freeze_credential(credential, "staff:1")


@pytest.mark.parametrize(
    ("act", "code"),
    [(another_added_meanwhile, "members_full"), (added_meanwhile, "already_bound"), (frozen_meanwhile, "member_frozen")],
)
def test_what_came_about_while_the_draft_lay_is_said_when_it_is_handed_in(
    app: Flask, asking: Account, act: Callable[[Flask, Account], None], code: str
) -> None:
    act(app, asking)
    asked = make_request(asking, enrol(FATHER), Relation.father, Way.own_phone)

    with pytest.raises(DomainError, match=code) as caught:
        wait_for_authorisation(asked)

    asked = get_request(asking.id, asked.id)
    assert (caught.value.status, asked.state, asked.submitted_at) == (409, RequestState.draft, None)


def test_of_an_appeal_and_a_second_request_for_the_same_child_only_one_is_under_way(asking: Account) -> None:
    child = enrol(years_ago(8, clock.today()))
    first = make_request(asking, child, Relation.son, Way.documents)
    submit_papers(first, [], needs_guardian=False)
    decide(first.subject, "reject", ("", None, ReviewReason.relation_unproven))
    second = make_request(asking, child, Relation.son, Way.documents)
    appeal(get_request(asking.id, first.id), "请再看看。")

    with pytest.raises(DomainError, match="draft_gone") as caught:
        submit_papers(second, [], needs_guardian=False)

    assert caught.value.status == 409
    assert find_case(second.subject) is None
    states = [get_request(asking.id, each).state for each in (first.id, second.id)]
    assert states == [RequestState.waiting_review, RequestState.draft]


def renewing(holder: Holder, link: FamilyLink) -> LinkRequest:
    """The member has the link to agree on their own phone."""
    draft = begin_renewal(holder.account, link)
    note_step_up(draft, holder.session)
    choose_way(draft, Way.own_phone)
    invite(draft, InvitationKind.member)
    return draft


def test_a_renewal_needs_no_free_place_because_its_link_has_one(app: Flask) -> None:
    change_settings(app, family_members_per_holder=1)
    holder = make_holder()
    link = of_fifteen(holder.account)

    asked = renewing(holder, link)
    say_yes(asked)

    assert [(each.id, each.way, each.of_age_on) for each in links()] == [(link.id, Way.own_phone, None)]


def test_a_link_that_ended_while_its_renewal_waited_stays_ended(app: Flask) -> None:
    holder = make_holder()
    link = of_fifteen(holder.account)
    asked = renewing(holder, link)
    clock.move(timedelta(hours=1))
    end_link(link, LinkEnd.unbound_by_member, by="account:2")

    with pytest.raises(DomainError, match="link_ended"):
        say_yes(asked)

    assert [(each.end_reason, each.way) for each in links()] == [(LinkEnd.unbound_by_member, Way.documents)]
    assert get_request(holder.account.id, asked.id).state is RequestState.waiting_authorisation
    assert [each.notice.purpose for each in list_consents(holder.account.id) if each.withdrawn_at is None] == []
