"""A person's status: changing it by hand with a reason, and telling other features of every change, by hand or by import."""

from collections.abc import Iterable
from itertools import islice

from flask_babel import gettext as _
from sqlalchemy import update

from app.core import audit, clock
from app.core.db import db, transaction
from app.core.errors import DomainError
from app.core.hooks import Hook
from app.core.statements import won
from app.roster.audit_tags import RosterTag
from app.roster.models import InsuredPerson, InsuredStatus, PersonStatusChange, StatusReason

TOLD_AT_ONCE = 1000

on_status_changed: Hook[[list[int], InsuredStatus], object] = Hook(
    "roster.on_status_changed", "Persons (at most a thousand ids) have this status now, in the transaction of the change."
)


def tell_status_changes(changes: Iterable[tuple[int, InsuredStatus]]) -> None:
    """Calls the listeners with the changes, inside the transaction in which they take effect."""
    left = iter(changes)
    while some := list(islice(left, TOLD_AT_ONCE)):
        for status in dict.fromkeys(status for _id, status in some):
            on_status_changed([person_id for person_id, new in some if new is status], status)


@transaction()
def change_status(
    person_id: int, status: InsuredStatus, reason: StatusReason, *, seen: InsuredStatus, by: str
) -> PersonStatusChange:
    """Changes a status at once, for codes too. seen: the status the member of staff saw on the page.

    Raises DomainError `status_same`, and `status_changed_meanwhile` if the status is no longer `seen`.
    """
    if status is seen:
        raise DomainError("status_same", _("这个人已经是这个状态，没有改动。"), field="status")
    now = clock.now()
    if not won(
        update(InsuredPerson)
        .where(InsuredPerson.id == person_id, InsuredPerson.status == seen)
        .values(status=status, updated_at=now)
    ):
        raise DomainError("status_changed_meanwhile", _("这个人的状态刚刚被改过。"), _("请看一下现在的状态，再决定。"), status=409)
    entry = PersonStatusChange(person_id=person_id, former=seen, status=status, reason=reason, by=by, changed_at=now)
    db.session.add(entry)
    db.session.flush()
    audit.record(
        RosterTag.status_changed,
        actor=by,
        subject=InsuredPerson.subject_of(person_id),
        person_id=person_id,
        former=seen.value,
        status=status.value,
        reason=reason.value,
    )
    tell_status_changes([(person_id, status)])
    return entry
