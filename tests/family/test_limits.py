"""Five members a holder, eight holders a member, also when several come at once."""

import pytest
from flask import Flask

from app.core.db import db, transaction
from app.core.errors import DomainError
from app.family.models import LinkEnd, LinkRequest, LinkState, Relation, RequestState, Way
from app.family.queries import count_links, get_request, list_links
from app.family.service import approve, end_link, wait_for_authorisation, withdraw_request
from app.family.service.links import make_link
from tests.family.people import make_holder_account, make_link_between, make_request
from tests.family.story import enrol, links
from tests.kit.at_once import at_once, named
from tests.scanning.desk import change_settings


def test_of_two_sixth_members_at_once_none_gets_in_and_of_two_fifth_one(app: Flask) -> None:
    holder = make_holder_account("13800000021", "19880101", "王芳", 2)
    for n in range(4):
        make_link_between(holder, enrol(f"1950010{n + 1}", sequence=1), Relation.brother)
    people = [enrol(f"1951010{n + 1}") for n in range(3)]
    # Each waits as a request that was begun before the limit was reached; one draft at a time is a page's rule.
    asked = []
    for person in people:
        request = make_request(holder, person, Relation.brother, Way.own_phone)
        asked.append(request.id)
        with_state(request.id)

    holder_id = holder.id  # the threads must not ask the object of this session

    answers = named(at_once(app, [lambda i=i: bind(holder_id, i) for i in asked[:2]]))

    assert sorted(answers) == ["bound", "members_full"]
    assert named(at_once(app, [lambda: bind(holder_id, asked[2])])) == ["members_full"]
    assert count_links(holder.id) == 5
    assert sorted(link.slot for link in list_links(holder.id)) == [1, 2, 3, 4, 5]


def with_state(request_id: int) -> None:
    """Away from the one draft's place, as a request of another page would be."""
    with transaction():
        request = db.session.get_one(LinkRequest, request_id)
        request.state = RequestState.expired


def bind(holder_id: int, request_id: int) -> str:
    with transaction():
        request = get_request(holder_id, request_id)
        assert request.person is not None and request.relation is not None
        make_link(request, request.person, request.relation, Way.face, by=f"account:{holder_id}")
    return "bound"


def test_a_request_under_way_keeps_its_place_and_gives_it_back(app: Flask) -> None:
    change_settings(app, family_members_per_holder=2)
    holder = make_holder_account("13800000021", "19880101", "王芳", 2)
    make_link_between(holder, enrol("19500101"), Relation.brother)
    waiting = make_request(holder, enrol("19500102"), Relation.brother, Way.own_phone)
    wait_for_authorisation(waiting)
    third = make_request(holder, enrol("19500103"), Relation.brother)

    with pytest.raises(DomainError, match="members_full"):
        approve(third, by="account:1")
    withdraw_request(waiting)

    assert approve(third, by="account:1").state is LinkState.active


def test_unbinding_gives_the_place_and_its_colour_back(app: Flask) -> None:
    change_settings(app, family_members_per_holder=2)
    holder = make_holder_account("13800000021", "19880101", "王芳", 2)
    first = make_link_between(holder, enrol("19500101"), Relation.brother)
    make_link_between(holder, enrol("19500102"), Relation.brother)

    end_link(first, LinkEnd.unbound_by_holder, by="account:1")

    assert make_link_between(holder, enrol("19500103"), Relation.brother).slot == 1


def test_a_member_has_at_most_so_many_holders_in_parallel_too(app: Flask) -> None:
    change_settings(app, family_holders_per_member=2)
    father = enrol("19501105")
    holders = [make_holder_account(f"1380000003{n}", f"1980010{n + 1}", "李强", 1) for n in range(4)]
    asked = [(h.id, make_request(h, father, Relation.father).id) for h in holders]

    answers = named(at_once(app, [lambda h=h, i=i: bind(h, i) for h, i in asked]))

    assert sorted(answers) == ["bound", "bound", "holders_full", "holders_full"]
    assert len([link for link in links() if link.state is LinkState.active]) == 2
