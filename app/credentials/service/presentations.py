"""One device x one credential, named by a random handle whose key is handed out once."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, or_, select, update

from app.accounts.models import Account, Device
from app.core import audit, clock
from app.core.db import db, transaction
from app.core.errors import DomainError
from app.core.settings import settings
from app.core.statements import changed
from app.credentials import queries
from app.credentials.audit_tags import CredentialTag
from app.credentials.code_format import new_handle
from app.credentials.keyring import key_of, keyring
from app.credentials.models import Credential, CredentialStatus, EndReason, Presentation
from app.credentials.policy import lies_ahead

SEEN_EVERY = timedelta(hours=1)  # fixed: how long a presentation has been silent is counted in days


@dataclass(frozen=True)
class Opened:
    """key: 32 bytes for the device to keep, or None when the device already has it or does not draw codes itself."""

    presentation: Presentation
    key: bytes | None


@transaction()
def open_presentation(
    credential: Credential, device: Device, *, holds: str | None, wants_key: bool, shown_by: str = "self"
) -> Opened:
    """What this device shows from now on. Call it at a renewal of trust: an unlock, an activation.

    holds: the handles whose keys the device says it has, comma separated. wants_key: its script draws codes itself. A device that
    says it lacks the key gets a new handle and key, and the old presentation ends; so does one whose last use lies ahead of the
    clock. One older than a day is renewed, and the old one stays valid for another day (contract 4).
    Raises DomainError `credential_frozen` or `credential_inactive`.
    """
    _require_active(credential)
    # When one device unlocks twice in parallel, the second waits here and finds the first one's presentation.
    db.session.execute(select(Device.id).where(Device.id == device.id).with_for_update())
    current = queries.find_presentation(device.id, credential.id)
    if current is None:
        return _make(credential, device, shown_by, gives_key=wants_key)
    if lies_ahead(current.last_used):
        end_if_ahead(current.handle, current.last_used)
        return _make(credential, device, shown_by, gives_key=wants_key)
    has_lost_key = wants_key and current.key_given_at is not None and current.handle not in (holds or "").split(",")
    if has_lost_key or _is_due_for_renewal(current):
        made = _make(credential, device, shown_by, gives_key=wants_key)
        overlap = timedelta() if has_lost_key else timedelta(days=1)
        _end([Presentation.handle == current.handle], EndReason.replaced, clock.now() + overlap, actor=device.actor)
        return made
    hear_from_device(current.handle, current.uses_since_seen, current.seen_at)
    if not wants_key or current.key_given_at is not None:
        return Opened(current, None)
    current.key_given_at = clock.now()
    db.session.flush()
    return Opened(current, _key_of(current))


@transaction()
def end_presentations(device_id: int, reason: EndReason) -> int:
    """Ends everything this device shows, including presentations in their last day. Returns how many."""
    return _end([Presentation.device_id == device_id], reason, clock.now(), actor=Device.actor_of(device_id))


@transaction()
def end_presentations_of_account(account_id: int, reason: EndReason, *, credential_id: int | None = None) -> int:
    """Ends everything any device of the account shows, the family's codes too: each next unlock then makes new handles and keys.

    credential_id: only presentations of this credential.
    """
    devices = select(Device.id).where(Device.account_id == account_id)
    which: list[ColumnElement[bool]] = [Presentation.device_id.in_(devices)]
    if credential_id is not None:
        which.append(Presentation.credential_id == credential_id)
    return _end(which, reason, clock.now(), actor=Account.actor_of(account_id))


@transaction()
def end_presentations_of(credential_id: int, reason: EndReason) -> int:
    """Ends the presentations of this credential on every device."""
    return _end([Presentation.credential_id == credential_id], reason, clock.now(), actor=Credential.actor_of(credential_id))


def hear_from_device(handle: str, uses_since_seen: int, seen_at: datetime) -> None:
    """The device was in contact: its offline limits start again. Writes only if something changes, so that most polls only read."""
    if uses_since_seen == 0 and clock.now() - seen_at < SEEN_EVERY:
        return
    with transaction():
        db.session.execute(update(Presentation).where(Presentation.handle == handle).values(seen_at=clock.now(), uses_since_seen=0))


def end_if_ahead(handle: str | None, last_used: int) -> bool:
    """Called at every contact of a device. Ends this handle, and returns True, if its last code was used while the server's clock
    was ahead: until that moment comes, all its codes would count as used or early. The next unlock makes another handle and key.

    `last_used` stays as it is, so that a code used then is still refused when its moment comes.
    """
    if handle is None or not lies_ahead(last_used):
        return False
    with transaction():
        _end([Presentation.handle == handle], EndReason.clock_jumped, clock.now(), actor="system")
    return True


def _require_active(credential: Credential) -> None:
    if credential.status is CredentialStatus.frozen:
        raise DomainError(
            "credential_frozen",
            _("这张医保码已挂失，不能出示。"),
            _("要恢复使用，请重新核验身份。如不是您本人挂失，请拨打医保热线。"),
            status=409,
            region=credential.person.insured_region,
        )
    if credential.status is CredentialStatus.ended:
        raise DomainError("credential_inactive", _("这张医保码已经停用。"), _("请重新激活医保码。"), status=409)


def _is_due_for_renewal(current: Presentation) -> bool:
    """Handles are renewed so that no camera can follow a person by theirs, and so that a retired master makes no more codes."""
    is_old = clock.now() - current.created_at > timedelta(days=settings.handle_days)
    return is_old or current.master_id != keyring.newest.id


def _make(credential: Credential, device: Device, shown_by: str, *, gives_key: bool) -> Opened:
    now = clock.now()
    made = Presentation(
        handle=new_handle(),
        credential_id=credential.id,
        device_id=device.id,
        master_id=keyring.newest.id,
        created_at=now,
        seen_at=now,
        shown_by=shown_by,
        key_given_at=now if gives_key else None,
    )
    db.session.add(made)
    db.session.flush()
    audit.record(
        CredentialTag.presentation_made,
        actor=device.actor,
        subject=credential.subject,
        person_id=credential.person_id,
        key_given=gives_key,
    )
    return Opened(made, _key_of(made) if gives_key else None)


def _key_of(presentation: Presentation) -> bytes:
    return key_of(keyring.newest, presentation.handle)


def _end(which: list[ColumnElement[bool]], reason: EndReason, moment: datetime, *, actor: str) -> int:
    ended = changed(
        update(Presentation)
        .where(*which, or_(Presentation.ends_at.is_(None), Presentation.ends_at > moment))
        .values(ends_at=moment, end_reason=reason),
        in_session=True,
    )
    if ended:
        audit.record(CredentialTag.presentation_ended, actor=actor, subject=actor, outcome=reason.value, count=ended)
    return int(ended)
