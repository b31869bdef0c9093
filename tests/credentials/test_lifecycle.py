import pytest
from flask import Flask
from sqlalchemy import select

from app.core.audit.models import AuditRow
from app.core.db import db
from app.core.errors import DomainError
from app.credentials import queries, service
from app.credentials.models import CredentialStatus, EndReason
from tests.credentials.holders import make_holder, make_person
from tests.kit.at_once import at_once, named


def _tags() -> list[str]:
    return list(db.session.scalars(select(AuditRow.tag)))


def test_a_person_has_one_living_credential(app: Flask) -> None:
    person = make_person()
    service.activate_credential(person.id)

    with pytest.raises(DomainError) as refused:
        service.activate_credential(person.id)

    assert refused.value.code == "already_active"
    assert refused.value.status == 409


def test_of_eight_activations_at_once_one_wins(app: Flask) -> None:
    person_id = make_person().id
    db.session.rollback()

    def activate() -> str:
        service.activate_credential(person_id)
        return "active"

    results = named(at_once(app, [activate] * 8))

    assert sorted(results) == ["active", *["already_active"] * 7]


def test_a_freeze_and_its_end_are_done_once(app: Flask) -> None:
    credential = make_holder().credential

    assert service.freeze_credential(credential, by="staff:1")
    assert not service.freeze_credential(credential, by="staff:1")
    assert credential.status is CredentialStatus.frozen
    assert credential.frozen_at is not None

    assert service.unfreeze_credential(credential, by="staff:1")
    assert not service.unfreeze_credential(credential, by="staff:1")
    assert credential.status is CredentialStatus.active
    assert credential.frozen_at is None
    assert _tags().count("credential:frozen") == _tags().count("credential:unfrozen") == 1


def test_an_ended_credential_ends_its_presentations_and_makes_room_for_a_new_one(app: Flask) -> None:
    holder = make_holder()
    shown = service.open_presentation(holder.credential, holder.device, holds=None, wants_key=False).presentation

    assert service.end_credential(holder.credential, by="staff:1")

    assert shown.end_reason is EndReason.credential_ended
    assert queries.find_credential_of(holder.person.id) is None
    assert service.activate_credential(holder.person.id).id != holder.credential.id
