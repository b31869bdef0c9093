"""Scans as the holders of the codes see them. What a scan itself reads is in `queries/scan.py`."""

from sqlalchemy import select

from app.accounts.models import Device
from app.core.db import db
from app.credentials.models import Presentation
from app.credentials.service import ScanPlace
from app.credentials.uses import Use, UsesWanted
from app.institutions.business_types import BUSINESS_TYPES
from app.institutions.models import Institution
from app.scanning.models import Scan
from app.scanning.reasons import BY_NAME

CHALLENGE_REQUIRED = BY_NAME["challenge_required"].code


def find_place_of_scan(scan_id: int) -> ScanPlace | None:
    """The institution that scanned and the moment, or None when the scan is unknown."""
    query = select(Institution.name, Scan.created_at).join(Scan, Scan.institution_id == Institution.id).where(Scan.id == scan_id)
    row = db.session.execute(query).first()
    return ScanPlace(*row) if row else None


def list_uses(wanted: UsesWanted) -> list[Use]:
    """Scans that used up a code of this credential, newest first, as its holder sees them. See `credentials.uses`."""
    query = (
        select(Scan.id, Scan.created_at, Scan.business_type, Scan.shown_by, Scan.outcome, Institution.name)
        .join(Institution, Institution.id == Scan.institution_id)
        .where(Scan.credential_id == wanted.credential_id, Scan.outcome.in_((0, CHALLENGE_REQUIRED)))
        .order_by(Scan.created_at.desc(), Scan.id.desc())
        .limit(wanted.limit)
    )
    if wanted.scan_id is not None:
        query = query.where(Scan.id == wanted.scan_id)
    if wanted.shown_on_account is not None:
        query = (
            query.join(Presentation, Presentation.handle == Scan.handle)
            .join(Device, Device.id == Presentation.device_id)
            .where(Device.account_id == wanted.shown_on_account)
        )
    return [
        Use(
            scan_id=row.id,
            credential_id=wanted.credential_id,
            at=row.created_at,
            place=row.name,
            business=BUSINESS_TYPES.get(row.business_type, ""),
            shown_by=row.shown_by,
            was_asked=row.outcome == CHALLENGE_REQUIRED,
        )
        for row in db.session.execute(query)
    ]
