"""A slip that ends before its day does: revoked at the counter, or together with the credential."""

from sqlalchemy import select, update

from app.core import audit, clock
from app.core.db import db, transaction
from app.core.statements import won, write
from app.credentials.audit_tags import CredentialTag
from app.credentials.models import EndReason, Presentation, Slip


@transaction()
def revoke_slip(slip: Slip, *, by: str, reason: EndReason = EndReason.slip_revoked) -> bool:
    """False when it was used or revoked before. by: `staff:3`.

    It spends the code by the same conditional UPDATE as a scan, so that of a parallel scan and revocation exactly one wins.
    """
    second, now = int(slip.issued_at.timestamp()), clock.now()
    if not won(
        update(Presentation)
        .where(Presentation.handle == slip.handle, Presentation.last_used < second)
        .values(last_used=second, ends_at=now, end_reason=reason)
    ):
        return False
    write(update(Slip).where(Slip.id == slip.id).values(revoked_at=now, revoked_by=by))
    db.session.refresh(slip)
    audit.record(
        CredentialTag.slip_revoked,
        actor=by,
        subject=slip.subject,
        person_id=slip.credential.person_id,
        outcome=reason.value,
    )
    return True


@transaction()
def revoke_slips_of(credential_id: int, reason: EndReason, *, by: str) -> int:
    """Unfreezing the credential does not restore its slips: the paper may be lost with the phone. Returns how many."""
    open_ones = db.session.scalars(
        select(Slip).where(
            Slip.credential_id == credential_id,
            Slip.valid_on >= clock.today(),
            Slip.used_at.is_(None),
            Slip.revoked_at.is_(None),
        )
    ).all()
    return sum(revoke_slip(slip, by=by, reason=reason) for slip in open_ones)
