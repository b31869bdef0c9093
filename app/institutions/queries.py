"""Reads. Those a scan needs take the scan's own connection and are Core statements, compiled once."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, bindparam, func, select

from app.core.db import db
from app.core.errors import NotFound
from app.core.prepared import Prepared
from app.institutions.models import MOST_WRONG_ANSWERS, ApiKey, Challenge, Institution, Scan, StoredAnswer, WrongTyped
from app.institutions.policy import PastScan

_KEY = Prepared(
    select(
        ApiKey.id.label("key_id"),
        ApiKey.secret_hash,
        ApiKey.revoked_at,
        Institution.id,
        Institution.fixmedins_code,
        Institution.kind,
        Institution.region_code,
        Institution.business_types,
        Institution.is_enabled,
        Institution.is_sandbox,
        Institution.supports_challenge,
    )
    .join(Institution, Institution.id == ApiKey.institution_id)
    .where(ApiKey.id == bindparam("key_id"))
)
_ANSWER = Prepared(
    select(StoredAnswer.body_sha256, StoredAnswer.answer).where(
        StoredAnswer.institution_id == bindparam("institution_id"), StoredAnswer.out_biz_no == bindparam("out_biz_no")
    )
)


def find_place_of_scan(scan_id: int) -> str:
    """The name of the institution that scanned; empty when the scan is unknown."""
    query = select(Institution.name).join(Scan, Scan.institution_id == Institution.id).where(Scan.id == scan_id)
    return db.session.scalar(query) or ""


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
    return list(
        db.session.scalars(
            select(ApiKey).where(ApiKey.institution_id == institution_id, ApiKey.revoked_at.is_(None)).order_by(ApiKey.id)
        )
    )


def find_key(connection: Connection, key_id: int) -> Any:
    """The key with its institution, revoked ones too."""
    return _KEY.first(connection, {"key_id": key_id})


def find_stored_answer(connection: Connection, institution_id: int, out_biz_no: str) -> Any:
    return _ANSWER.first(connection, {"institution_id": institution_id, "out_biz_no": out_biz_no})


def count_wrong_numbers(connection: Connection, institution_id: int, minute: int) -> int:
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
    """The newest challenge of this institution to this handle that was made after `since` (Unix seconds) and is not over."""
    return connection.execute(
        select(Challenge.id, Challenge.digits)
        .where(
            Challenge.handle == handle,
            *_open_challenge(institution_id, since),
        )
        .order_by(Challenge.id.desc())
        .limit(1)
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


def was_ever_used(connection: Connection, credential_id: int) -> bool:
    return (
        connection.execute(select(Scan.id).where(Scan.credential_id == credential_id, Scan.outcome == 0).limit(1)).first()
        is not None
    )
