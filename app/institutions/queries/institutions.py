"""Reads of the register: institutions and their keys."""

from sqlalchemy import or_, select

from app.core import clock
from app.core.db import db
from app.core.errors import NotFound
from app.institutions.models import ApiKey, Institution


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
    """Keys neither revoked nor past their end, oldest first."""
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
