"""Reads. Those a scan needs take the scan's own connection and are Core statements, compiled once."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, bindparam, func, or_, select

from app.accounts.models import Device
from app.core import clock
from app.core.db import db
from app.core.errors import NotFound
from app.core.prepared import Prepared
from app.credentials.models import Presentation
from app.credentials.service import ScanPlace
from app.credentials.uses import Use
from app.institutions.business_types import BUSINESS_TYPES
from app.institutions.models import MOST_WRONG_ANSWERS, ApiKey, Challenge, Institution, Scan, StoredAnswer, WrongTyped
from app.institutions.policy import PastScan
from app.institutions.reasons import BY_NAME

CHALLENGE_REQUIRED = BY_NAME["challenge_required"].code

_CALLER = (  # what a scan must know of who asks
    Institution.id,
    Institution.fixmedins_code,
    Institution.name,
    Institution.kind,
    Institution.region_code,
    Institution.business_types,
    Institution.is_enabled,
    Institution.is_sandbox,
    Institution.supports_challenge,
)
_KEY = Prepared(
    select(
        ApiKey.id.label("key_id"),
        ApiKey.secret_hash,
        ApiKey.revoked_at,
        ApiKey.ends_at,
        ApiKey.held_at,
        ApiKey.last_used_on,
        *_CALLER,
    )
    .join(Institution, Institution.id == ApiKey.institution_id)
    .where(ApiKey.id == bindparam("key_id"))
)
_AT_DESK = Prepared(
    select(
        *_CALLER,
    ).where(Institution.id == bindparam("institution_id"))
)
_ANSWER = Prepared(
    select(StoredAnswer.body_sha256, StoredAnswer.answer, StoredAnswer.created_at).where(
        StoredAnswer.institution_id == bindparam("institution_id"), StoredAnswer.out_biz_no == bindparam("out_biz_no")
    )
)


def find_place_of_scan(scan_id: int) -> ScanPlace | None:
    """The institution that scanned and the moment, or None when the scan is unknown."""
    query = select(Institution.name, Scan.created_at).join(Scan, Scan.institution_id == Institution.id).where(Scan.id == scan_id)
    row = db.session.execute(query).first()
    return ScanPlace(*row) if row else None


def list_uses(credential_id: int, *, shown_on_account: int | None, scan_id: int | None, limit: int) -> list[Use]:
    """Scans that used a code of this credential up, newest first: what its holder sees. See `credentials.uses`."""
    query = (
        select(Scan.id, Scan.created_at, Scan.business_type, Scan.shown_by, Scan.outcome, Institution.name)
        .join(Institution, Institution.id == Scan.institution_id)
        .where(Scan.credential_id == credential_id, Scan.outcome.in_((0, CHALLENGE_REQUIRED)))
        .order_by(Scan.created_at.desc(), Scan.id.desc())
        .limit(limit)
    )
    if scan_id is not None:
        query = query.where(Scan.id == scan_id)
    if shown_on_account is not None:
        query = (
            query.join(Presentation, Presentation.handle == Scan.handle)
            .join(Device, Device.id == Presentation.device_id)
            .where(Device.account_id == shown_on_account)
        )
    return [
        Use(
            scan_id=row.id,
            credential_id=credential_id,
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


def find_key(connection: Connection, key_id: int) -> Any:
    """The key with its institution, revoked ones too."""
    return _KEY.first(connection, {"key_id": key_id})


def find_desk(connection: Connection, institution_id: int) -> Any:
    """The institution alone, as a key's row has it: for its own desk page."""
    return _AT_DESK.first(connection, {"institution_id": institution_id})


def find_stored_answer(connection: Connection, institution_id: int, out_biz_no: str) -> Any:
    return _ANSWER.first(connection, {"institution_id": institution_id, "out_biz_no": out_biz_no})


def count_wrong_numbers(connection: Connection, institution_id: int, minute: int) -> int:
    """minute: since 1970."""
    return (
        connection.scalar(select(WrongTyped.count).where(WrongTyped.institution_id == institution_id, WrongTyped.minute == minute))
        or 0
    )


def _open_challenge(institution_id: int, since: int) -> tuple[ColumnElement[bool], ...]:
    """What makes a challenge of this institution one that may still be answered."""
    return (
        Challenge.institution_id == institution_id,
        Challenge.created_at > since,
        Challenge.used_at.is_(None),
        Challenge.wrong_answers < MOST_WRONG_ANSWERS,
    )


def find_open_challenge(connection: Connection, institution_id: int, handle: str, since: int) -> Row[*tuple[Any, ...]] | None:
    """The newest challenge of this institution to this handle that was made after `since` (Unix seconds) and is not over.

    Locks it, so that guesses at the same moment wait for one another and each is counted before the next is looked at.
    """
    return connection.execute(
        select(Challenge.id, Challenge.digits, Challenge.wrong_answers)
        .where(
            Challenge.handle == handle,
            *_open_challenge(institution_id, since),
        )
        .order_by(Challenge.id.desc())
        .limit(1)
        .with_for_update()
    ).first()


def find_latest_challenge(institution_id: int, credential_id: int, since: int) -> Row[*tuple[Any, ...]] | None:
    """handle and digits of the newest open challenge of this institution to this credential."""
    return db.session.execute(
        select(Challenge.handle, Challenge.digits)
        .where(
            Challenge.credential_id == credential_id,
            *_open_challenge(institution_id, since),
        )
        .order_by(Challenge.id.desc())
        .limit(1)
    ).first()


def count_challenges(connection: Connection, credential_id: int, since: int) -> int:
    """Of this credential at any institution. since: Unix seconds."""
    return (
        connection.scalar(
            select(func.count())
            .select_from(Challenge)
            .where(Challenge.credential_id == credential_id, Challenge.created_at > since)
        )
        or 0
    )


def list_past_scans(connection: Connection, credential_id: int, now: datetime) -> list[PastScan]:
    """Accepted scans of the last day, newest first, at most a hundred."""
    rows = connection.execute(
        select(Scan.created_at, Scan.institution_id, Institution.kind, Institution.region_code)
        .join(Institution, Institution.id == Scan.institution_id)
        .where(Scan.credential_id == credential_id, Scan.created_at > now - timedelta(days=1), Scan.outcome == 0)
        .order_by(Scan.created_at.desc())
        .limit(100)
    )
    return [PastScan(*row) for row in rows]


def was_used_at(connection: Connection, credential_id: int, institution_id: int) -> bool:
    """Whether a code of the credential was ever accepted at this institution."""
    here = (Scan.credential_id == credential_id, Scan.institution_id == institution_id, Scan.outcome == 0)
    return connection.execute(select(Scan.id).where(*here).limit(1)).first() is not None
