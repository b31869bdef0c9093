"""What a link, a code that was stopped and a dispute about custody answer when somebody else was quicker."""

import pytest
from flask import Flask
from sqlalchemy import select

from app.accounts.models import Account
from app.core import clock
from app.core.audit import AuditRow
from app.core.db import db
from app.core.errors import DomainError
from app.credentials.models import CredentialStatus
from app.credentials.queries import find_credential_of
from app.credentials.service import end_credential, freeze_credential
from app.family.models import FamilyLink, LinkEnd, LinkRequest, LinkState, Relation, Way
from app.family.queries import is_disputed
from app.family.service import begin_request, end_link, flag_custody, freeze_member, lift_custody_flag, object_to_others, person_of
from app.roster.models import InsuredPerson
from tests.family.people import make_holder_account, make_link_between
from tests.family.story import enrol, links, titles, years_ago
from tests.kit.at_once import at_once

FATHER = "19501105"


@pytest.fixture
def other(asking: Account) -> Account:
    return make_holder_account("13800000022", "19850101", "李强", 1)


def count(tag: str) -> int:
    return len(list(db.session.scalars(select(AuditRow.id).where(AuditRow.tag == tag))))


def child_of_two(asking: Account, other: Account) -> tuple[InsuredPerson, FamilyLink]:
    """A child whom both may show, and the first one's link."""
    child = enrol(years_ago(8, clock.today()))
    link = make_link_between(asking, child, Relation.son, Way.documents)
    make_link_between(other, child, Relation.son, Way.documents)
    return child, link


def test_a_link_that_both_sides_end_at_the_same_moment_ends_once(app: Flask, asking: Account) -> None:
    link_id = make_link_between(asking, enrol(FATHER), Relation.father).id

    def end(reason: LinkEnd) -> bool:
        return end_link(db.session.get_one(FamilyLink, link_id), reason, by="account:1")

    answers = at_once(app, [lambda: end(LinkEnd.unbound_by_holder), lambda: end(LinkEnd.unbound_by_member)])

    assert sorted(answers) == [False, True]
    assert count("family_link:ended") == 1
    assert len([title for title in titles(asking) if "绑定已结束" in title]) == 1


def test_who_has_given_the_code_up_can_still_be_unbound(asking: Account) -> None:
    father = enrol(FATHER)
    link = make_link_between(asking, father, Relation.father)
    credential = find_credential_of(father.id)
    assert credential is not None
    end_credential(credential, "account:9")

    assert end_link(link, LinkEnd.unbound_by_holder, by=asking.actor)

    assert [each.state for each in links()] == [LinkState.ended]


def test_who_was_unbound_can_stop_the_code_no_more(asking: Account, other: Account) -> None:
    father = enrol(FATHER)
    link = make_link_between(asking, father, Relation.father)
    make_link_between(other, father, Relation.father)
    end_link(link, LinkEnd.unbound_by_member, by="account:9")

    assert not freeze_member(link, by=asking)

    credential = find_credential_of(father.id)
    assert credential is not None and credential.status is CredentialStatus.active
    assert count("family_link:member_frozen") == 0


def test_a_code_that_is_stopped_already_is_not_stopped_again_and_nobody_is_told_twice(asking: Account, other: Account) -> None:
    father = enrol(FATHER)
    link = make_link_between(asking, father, Relation.father)
    make_link_between(other, father, Relation.father)
    assert freeze_member(link, by=asking)

    assert not freeze_member(link, by=asking)

    assert [title for title in titles(other) if "已停用" in title] == ["李** 的医保码已停用"]
    assert count("family_link:member_frozen") == 1


def test_a_relative_whose_code_was_reported_lost_is_not_added(asking: Account) -> None:
    father = make_holder_account("13800000022", FATHER, "李大山", 1)
    credential = find_credential_of(father.person_id or 0)
    assert credential is not None
    freeze_credential(credential, father.actor)

    with pytest.raises(DomainError, match="member_frozen") as caught:
        make_link_between(asking, db.session.get_one(InsuredPerson, father.person_id), Relation.father)

    assert (caught.value.status, caught.value.region, links()) == (409, "510603", [])


def test_a_draft_that_names_nobody_yet_is_about_nobody(asking: Account) -> None:
    with pytest.raises(DomainError, match="request_gone") as caught:
        person_of(begin_request(asking))

    assert caught.value.status == 409
    assert len(list(db.session.scalars(select(LinkRequest)))) == 1


def test_a_dispute_is_settled_once(asking: Account, other: Account) -> None:
    child, _link = child_of_two(asking, other)
    flag_custody(child.id, by="staff:1")

    answers = [lift_custody_flag(child.id, by="staff:1") for _ in range(2)]

    assert (answers, is_disputed(child.id)) == ([True, False], False)
    assert count("custody:settled") == 1


def test_who_alone_shows_a_child_or_shows_a_grown_person_has_nothing_to_dispute(asking: Account, other: Account) -> None:
    father, child = enrol(FATHER), enrol(years_ago(8, clock.today()))
    alone = make_link_between(asking, child, Relation.son, Way.documents)
    shared = make_link_between(asking, father, Relation.father)
    make_link_between(other, father, Relation.father)

    for link in (alone, shared):
        with pytest.raises(DomainError, match="nothing_to_dispute") as caught:
            object_to_others(link, by=asking.actor)
        assert caught.value.status == 409

    assert not is_disputed(child.id) and not is_disputed(father.id)


def test_who_objects_again_tells_nobody_again(asking: Account, other: Account) -> None:
    child, link = child_of_two(asking, other)

    answers = [object_to_others(link, by=asking.actor) for _ in range(2)]

    assert (answers, is_disputed(child.id)) == ([True, False], True)
    assert len([title for title in titles(other) if "提出异议" in title]) == 1
