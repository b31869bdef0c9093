"""Reads of the register, and of scans as their holders see them. What a scan itself reads stands in `scan_queries`."""

from sqlalchemy import or_, select

from app.accounts.models import Device
from app.core import clock
from app.core.db import db
from app.core.errors import NotFound
from app.credentials.models import Presentation
from app.credentials.service import ScanPlace
from app.credentials.uses import Use, UsesWanted
from app.institutions.business_types import BUSINESS_TYPES
from app.institutions.models import ApiKey, Institution, Scan
from app.institutions.reasons import BY_NAME

CHALLENGE_REQUIRED = BY_NAME["challenge_required"].code


def find_place_of_scan(scan_id: int) -> ScanPlace | None:
    """The institution that scanned and the moment, or None when the scan is unknown."""
    query = select(Institution.name, Scan.created_at).join(Scan, Scan.institution_id == Institution.id).where(Scan.id == scan_id)
    row = db.session.execute(query).first()
    return ScanPlace(*row) if row else None


def list_uses(wanted: UsesWanted) -> list[Use]:
    """Scans that used a code of this credential up, newest first: what its holder sees. See `credentials.uses`."""
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


def find_institution(fixmedins_code: str) -> Institution | None:
    return db.session.scalar(select(Institution).where(Institution.fixmedins_code == fixmedins_code))


def get_institution(fixmedins_code: str) -> Institution:
    institution = find_institution(fixmedins_code)
    if institution is None:
        raise NotFound(f"没有编号为 {fixmedins_code} 的机构。")
    return institution


def list_institutions() -> list[Institution]:
    return list(db.session.scalars(select(Institution).order_by(Institution.fixmedins_code)))


def list_live_keys(institution_id: int) -> list[ApiKey]:
    """Neither revoked nor past their end, oldest first."""
    return list(
        db.session.scalars(
            select(ApiKey)
            .where(
                ApiKey.institution_id == institution_id,
                ApiKey.revoked_at.is_(None),
                or_(ApiKey.ends_at.is_(None), ApiKey.ends_at > clock.now()),
            )
            .order_by(ApiKey.id)
        )
    )
