"""A request being filled in: one per holder, forgotten when it is begun anew, and no longer changed once it was handed in."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select

from app.accounts.models import Account
from app.core import clock
from app.core.audit import AuditRow
from app.core.db import db
from app.core.errors import DomainError
from app.documents.models import DocumentPage
from app.family import queries
from app.family.models import DraftStep, LinkRequest, Relation, RequestState, Way
from app.family.service import (
    begin_renewal,
    begin_request,
    choose_way,
    discard_draft,
    identify_member,
    save_typed,
    wait_for_authorisation,
)
from app.roster.identity import parse_cert
from tests.family.people import make_link_between, make_request
from tests.family.story import begin, boxes, enrol, holder, newest_request, number, say_whom, send_page
from tests.kit.at_once import at_once

FATHER = "19501105"
TYPED = {"name": "李大山", "cert_no": number(FATHER)}


def tags(subject: str) -> list[str]:
    return list(db.session.scalars(select(AuditRow.tag).where(AuditRow.subject == subject).order_by(AuditRow.id)))


def name_father(account: Account, request: LinkRequest) -> object:
    return identify_member(account, request, Relation.father, "李大山", parse_cert("01", number(FATHER)), "510603")


def test_first_visits_at_the_same_moment_get_the_same_draft(app: Flask, asking: Account) -> None:
    asking_id = asking.id

    found = at_once(app, [lambda: begin_request(db.session.get_one(Account, asking_id)).id] * 4)

    assert len(set(found)) == 1
    assert [each.id for each in db.session.scalars(select(LinkRequest))] == found[:1]
    assert tags(f"family_request:{found[0]}") == ["family_request:begun"]


def test_a_visit_that_saw_no_draft_yet_gets_the_one_begun_meanwhile(asking: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    first = begin_request(asking).id
    with monkeypatch.context() as earlier:
        earlier.setattr(queries, "find_draft", lambda _account_id: None)

        again = begin_request(asking).id

    assert again == first
    assert tags(f"family_request:{first}") == ["family_request:begun"]


def test_beginning_anew_forgets_what_was_typed_and_lets_the_papers_go(app: Flask) -> None:
    born = f"{clock.today().year - 8}0105"
    enrol(born)
    browser = holder(app)
    begin(browser)
    say_whom(browser, born, "son")
    browser.post("/family/new/papers", boxes(browser.get("/family/new/papers")))
    old_id, subject = newest_request().id, newest_request().subject
    send_page(browser, subject, "birth_certificate")

    page = browser.post("/family/new/discarding")

    assert page.response.request.path == "/family/new" and boxes(page)
    old = db.session.get_one(LinkRequest, old_id)
    assert (old.state, queries.typed_in(old), old.typed_encrypted) == (RequestState.withdrawn, {}, b"")
    assert [paper.delete_after for paper in db.session.scalars(select(DocumentPage))] == [clock.now()]
    assert tags(subject)[-1] == "family_request:withdrawn"
    assert (newest_request().id != old_id, newest_request().step) == (True, DraftStep.notice)


def test_where_nothing_was_begun_there_is_nothing_to_discard(asking: Account) -> None:
    discard_draft(asking)

    assert list(db.session.scalars(select(LinkRequest))) == []
    assert "family_request:withdrawn" not in list(db.session.scalars(select(AuditRow.tag)))


def test_only_a_link_that_a_birthday_ends_is_renewed(asking: Account) -> None:
    link = make_link_between(asking, enrol(FATHER), Relation.father)

    with pytest.raises(DomainError, match="nothing_to_renew") as caught:
        begin_renewal(asking, link)

    assert caught.value.status == 409
    assert queries.find_draft(asking.id) is None


@pytest.mark.parametrize(
    "act",
    [lambda request: save_typed(request, TYPED), lambda request: choose_way(request, Way.face)],
    ids=["who the member is", "the way"],
)
def test_what_was_handed_in_is_not_changed_from_another_tab(asking: Account, act: Callable[[LinkRequest], None]) -> None:
    request = make_request(asking, enrol(FATHER), Relation.father, Way.own_phone)
    wait_for_authorisation(request)

    with pytest.raises(DomainError, match="draft_gone") as caught:
        act(request)

    db.session.refresh(request)
    assert caught.value.status == 409
    assert (request.state, request.way, request.typed_encrypted) == (RequestState.waiting_authorisation, Way.own_phone, b"")


def test_nobody_is_entered_into_a_draft_that_was_discarded_meanwhile(asking: Account) -> None:
    enrol(FATHER, "李大山")
    request = begin_request(asking)
    discard_draft(asking)

    with pytest.raises(DomainError, match="draft_gone"):
        name_father(asking, request)

    db.session.refresh(request)
    assert (request.person_id, request.relation) == (None, None)
    assert "family_request:member_found" not in tags(request.subject)


def test_a_way_that_the_age_does_not_allow_is_refused(asking: Account) -> None:
    child = enrol(f"{clock.today().year - 8}0105")
    request = make_request(asking, child, Relation.son, Way.documents)

    with pytest.raises(DomainError, match="way_not_open") as caught:
        choose_way(request, Way.face)

    db.session.refresh(request)
    assert (caught.value.region, request.way) == ("510603", Way.documents)
