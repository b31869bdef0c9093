"""What the hotline does for people without an account, and the second person's word on giving back."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select

from app.core.audit import AuditRow
from app.core.db import db
from app.core.errors import DomainError
from app.credentials.models import CredentialStatus
from app.credentials.queries import find_credential_of
from app.credentials.service import activate_credential, unfreeze_credential
from app.hotline import service
from app.hotline.models import CallerCheck, HotlineCall, UnfreezeRequest
from app.messages.queries import list_messages
from app.roster.models import InsuredPerson
from app.staff.models import Role, StaffMember
from app.staff.queries import get_staff
from tests.kit.at_once import at_once, named
from tests.kit.people import make_activated_account, make_person
from tests.kit.staff import make_staff

THREE = (CallerCheck.document_number, CallerCheck.birthday, CallerCheck.last_use)


@pytest.fixture
def agent(app: Flask) -> StaffMember:
    return make_staff("agent", [Role.agent])


@pytest.fixture
def colleague(app: Flask) -> StaffMember:
    return make_staff("colleague", [Role.agent])


@pytest.fixture
def person(app: Flask) -> InsuredPerson:
    """Somebody whose code is shown by a relative: it is active, and there is no account."""
    made = make_person()
    activate_credential(made.id, by="system")
    return made


def call_about(agent: StaffMember, person: InsuredPerson, *, is_verified: bool = True) -> HotlineCall:
    call = service.open_call(agent, service.search_name(agent, person.name, "0017"), person.id)
    if is_verified:
        service.verify_caller(agent, call, THREE)
    return call


def frozen_and_asked(agent: StaffMember, person: InsuredPerson) -> UnfreezeRequest:
    call = call_about(agent, person)
    service.freeze_for_caller(agent, call)
    return service.ask_unfreezing(agent, call)


def status_of(person: InsuredPerson) -> CredentialStatus:
    db.session.rollback()
    credential = find_credential_of(person.id)
    assert credential is not None
    return credential.status


def outcomes(tag: str) -> list[str]:
    db.session.rollback()
    return list(db.session.scalars(select(AuditRow.outcome).where(AuditRow.tag == tag).order_by(AuditRow.id)))


def test_the_code_of_somebody_without_an_account_is_frozen_and_a_second_time_nothing_is(
    agent: StaffMember, person: InsuredPerson
) -> None:
    call = call_about(agent, person, is_verified=False)

    answers = [service.freeze_for_caller(agent, call), service.freeze_for_caller(agent, call)]

    assert answers == [True, False] and status_of(person) is CredentialStatus.frozen
    assert outcomes("hotline:frozen") == ["ok", "nothing"]


def test_for_somebody_who_never_had_a_code_nothing_is_frozen(agent: StaffMember) -> None:
    call = call_about(agent, make_person(), is_verified=False)

    assert service.freeze_for_caller(agent, call) is False
    assert outcomes("hotline:frozen") == ["nothing"]


def test_without_an_account_there_is_no_inbox_and_no_device(agent: StaffMember, person: InsuredPerson) -> None:
    call = call_about(agent, person)
    acts: tuple[Callable[[], object], ...] = (
        lambda: service.message_caller(agent, call, "请带身份证到窗口。"),
        lambda: service.unbind_device(agent, call, 1),
    )

    for act in acts:
        with pytest.raises(DomainError, match="no_account") as refused:
            act()
        assert refused.value.status == 409
    assert outcomes("hotline:message_sent") == outcomes("hotline:device_unbound") == []


def test_a_message_has_three_hundred_characters_at_most(agent: StaffMember) -> None:
    account = make_activated_account()
    assert account.person_id is not None
    call = service.open_call(agent, service.search_name(agent, "李明", "0017"), account.person_id)

    with pytest.raises(DomainError, match="message_long") as refused:
        service.message_caller(agent, call, "字" * 301)
    service.message_caller(agent, call, " " + "字" * 300 + "\n")

    assert refused.value.field == "text"
    assert [len(letter.body) for letter in list_messages(account.id)] == [300]


def test_what_is_not_frozen_is_not_given_back(agent: StaffMember, colleague: StaffMember, person: InsuredPerson) -> None:
    call = call_about(agent, person)
    with pytest.raises(DomainError, match="not_frozen"):
        service.ask_unfreezing(agent, call)
    request = frozen_and_asked(agent, person)
    credential = find_credential_of(person.id)
    assert credential is not None
    unfreeze_credential(credential, "system")

    with pytest.raises(DomainError, match="not_frozen") as refused:
        service.confirm_unfreezing(colleague, request)

    db.session.refresh(request)
    assert refused.value.status == 409 and request.settled_at is None and outcomes("hotline:unfreezing_confirmed") == []


def test_one_call_asks_for_one_unfreezing(agent: StaffMember, person: InsuredPerson) -> None:
    request = frozen_and_asked(agent, person)
    call = db.session.get_one(HotlineCall, request.call_id)

    with pytest.raises(DomainError, match="asked_already") as refused:
        service.ask_unfreezing(agent, call)

    assert refused.value.status == 409 and outcomes("hotline:unfreezing_asked") == ["ok"]


def test_a_colleague_gives_back_the_code_of_somebody_without_an_account(
    agent: StaffMember, colleague: StaffMember, person: InsuredPerson
) -> None:
    request = frozen_and_asked(agent, person)

    service.confirm_unfreezing(colleague, request)

    assert status_of(person) is CredentialStatus.active and outcomes("hotline:unfreezing_confirmed") == ["ok"]


def test_a_colleague_refuses_and_the_code_stays_frozen(agent: StaffMember, colleague: StaffMember, person: InsuredPerson) -> None:
    request = frozen_and_asked(agent, person)
    with pytest.raises(DomainError, match="own_request") as own:
        service.refuse_unfreezing(agent, request)

    service.refuse_unfreezing(colleague, request)
    with pytest.raises(DomainError, match="settled_already"):
        service.confirm_unfreezing(colleague, request)

    db.session.refresh(request)
    assert own.value.status == 403 and (request.settled_by, request.was_confirmed) == (colleague.id, False)
    assert status_of(person) is CredentialStatus.frozen and outcomes("hotline:unfreezing_refused") == ["ok"]


def test_two_colleagues_who_answer_at_once_are_heard_once(
    app: Flask, agent: StaffMember, colleague: StaffMember, person: InsuredPerson
) -> None:
    request_id, other_id = frozen_and_asked(agent, person).id, make_staff("other", [Role.agent]).id
    colleague_id = colleague.id

    def answer(by: int, act: Callable[[StaffMember, UnfreezeRequest], None]) -> None:
        act(get_staff(by), db.session.get_one(UnfreezeRequest, request_id))

    answers = at_once(
        app,
        [lambda: answer(colleague_id, service.refuse_unfreezing), lambda: answer(other_id, service.refuse_unfreezing)],
    )

    assert sorted(named(answers), key=str) == [None, "settled_already"]
    assert outcomes("hotline:unfreezing_refused") == ["ok"]
