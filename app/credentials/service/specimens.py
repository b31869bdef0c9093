"""Presentations of specimens. No phone shows them, so an integrator can start without one."""

from datetime import timedelta

from sqlalchemy import delete, select, update

from app.core import clock
from app.core.db import db, transaction
from app.core.statements import changed
from app.credentials.code_format import new_handle
from app.credentials.keyring import keyring
from app.credentials.models import Presentation, TypedCode
from app.credentials.policy import lies_ahead

_SAME_PHONE_AFTER = timedelta(seconds=1)  # fixed: codes of one phone within a second void each other: take another


@transaction()
def open_specimen_presentation(credential_id: int, handle: str) -> Presentation:
    """The presentation with this handle, made if it is missing and moved to the newest master; a new one instead if its last use
    lies ahead of the clock."""
    found = db.session.get(Presentation, handle, with_for_update=True)
    if found is None:
        return _make(credential_id, handle)
    if lies_ahead(found.last_used):
        return _make(credential_id, new_handle())
    found.master_id = keyring.newest.id
    return found


@transaction()
def show_specimen(credential_id: int, handle: str) -> Presentation:
    """The presentation that draws the next specimen code. After a second or more it is the same phone, so that a newer code voids
    the older one; sooner it is another phone, so that a load test gets codes that do not void each other."""
    now = clock.now()
    main = open_specimen_presentation(credential_id, handle)
    is_same_phone = main.seen_at <= now - _SAME_PHONE_AFTER and main.last_used < int(now.timestamp())
    db.session.execute(update(Presentation).where(Presentation.handle == handle).values(seen_at=now))
    return main if is_same_phone else _make(credential_id, new_handle())


@transaction()
def drop_old_specimens(credential_ids: list[int], keep: list[str], older_than: timedelta) -> int:
    """Deletes presentations made for load tests. Returns how many."""
    old = select(Presentation.handle).where(
        Presentation.credential_id.in_(credential_ids),
        Presentation.handle.not_in(keep),
        Presentation.device_id.is_(None),
        Presentation.created_at < clock.now() - older_than,
    )
    db.session.execute(delete(TypedCode).where(TypedCode.handle.in_(old)))
    return changed(delete(Presentation).where(Presentation.handle.in_(old)))


def _make(credential_id: int, handle: str) -> Presentation:
    now = clock.now()
    made = Presentation(
        handle=handle,
        credential_id=credential_id,
        device_id=None,
        master_id=keyring.newest.id,
        created_at=now,
        seen_at=now - _SAME_PHONE_AFTER,
    )
    db.session.add(made)
    db.session.flush()
    return made
