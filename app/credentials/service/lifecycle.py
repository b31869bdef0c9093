"""A credential is activated, frozen, unfrozen and ended. Every scan checks the status, so a freeze holds at once."""

from typing import Any

from flask_babel import gettext as _
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from app.core import audit, clock
from app.core.db import db, transaction
from app.core.errors import DomainError
from app.core.statements import won
from app.credentials.audit_tags import CredentialTag
from app.credentials.models import Credential, CredentialKind, CredentialStatus, EndReason
from app.credentials.service.presentations import end_presentations_of
from app.credentials.service.slip_ends import revoke_slips_of


@transaction()
def activate_credential(person_id: int, kind: CredentialKind = CredentialKind.own, by: str = "system") -> Credential:
    """Makes the one living credential of a person (S1, S68). Raises DomainError `already_active`, also for the slower of two."""
    credential = Credential(person_id=person_id, kind=kind, activated_at=clock.now())
    try:
        with db.session.begin_nested():
            db.session.add(credential)
            db.session.flush()
    except IntegrityError as error:
        if "uq_credential_living" not in str(error.orig) and "credential.person_id" not in str(error.orig):
            raise
        raise DomainError(
            "already_active",
            _("这个人的医保码已经激活了。"),
            _("用激活时的手机号登录就能出示。换了手机或手机号，请在登录页选手机丢失，或拨打医保热线。"),
            status=409,
        ) from None
    audit.record(CredentialTag.activated, actor=by, subject=credential.subject, person_id=person_id, kind=kind.value)
    return credential


@transaction()
def freeze_credential(credential: Credential, by: str) -> bool:
    """挂失. From now on none of its codes is accepted; its paper slips end for good. False when it was not active."""
    frozen = _change(credential, CredentialStatus.active, CredentialStatus.frozen, CredentialTag.frozen, by)
    if frozen:
        revoke_slips_of(credential.id, EndReason.reported_lost, by=by)
    return frozen


@transaction()
def unfreeze_credential(credential: Credential, by: str) -> bool:
    """恢复使用, after the activation checks were passed again (S80-S82). False when it was not frozen."""
    return _change(credential, CredentialStatus.frozen, CredentialStatus.active, CredentialTag.unfrozen, by)


@transaction()
def end_credential(credential: Credential, by: str) -> bool:
    """Ends it for good, with all its presentations. False when it had ended before."""
    ended = any(
        _change(credential, status, CredentialStatus.ended, CredentialTag.ended, by)
        for status in (CredentialStatus.active, CredentialStatus.frozen)
    )
    if ended:
        revoke_slips_of(credential.id, EndReason.credential_ended, by=by)
        end_presentations_of(credential.id, EndReason.credential_ended)
    return ended


def _change(credential: Credential, old: CredentialStatus, new: CredentialStatus, tag: CredentialTag, by: str) -> bool:
    """One conditional UPDATE: of two parallel requests only one acts and writes the audit row."""
    moments: dict[CredentialStatus, dict[str, Any]] = {
        CredentialStatus.active: {"frozen_at": None},
        CredentialStatus.frozen: {"frozen_at": clock.now()},
        CredentialStatus.ended: {"ended_at": clock.now()},
    }
    if not won(
        update(Credential).where(Credential.id == credential.id, Credential.status == old).values(status=new, **moments[new])
    ):
        return False
    db.session.refresh(credential)
    audit.record(tag, actor=by, subject=credential.subject, person_id=credential.person_id)
    return True
