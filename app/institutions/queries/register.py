"""Reads of the register: institutions found by code, name, place and what they offer; their keys."""

import re
from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, select, text
from sqlalchemy.orm import joinedload

from app.core import clock
from app.core.audit.models import NOT_A_SCAN, AuditRow
from app.core.db import db
from app.core.errors import NotFound
from app.institutions.audit_tags import InstitutionTag
from app.institutions.models import ApiKey, Institution, InstitutionKind, InstitutionScene, KeyGrant

PAGE = 50
PUBLIC_PAGE = 20
_ACTS = (
    InstitutionTag.added,
    InstitutionTag.changed,
    InstitutionTag.enabled,
    InstitutionTag.disabled,
    InstitutionTag.key_granted,
    InstitutionTag.key_issued,
    InstitutionTag.key_ending,
    InstitutionTag.key_revoked,
    InstitutionTag.key_confirmed,
    InstitutionTag.operator_added,
    InstitutionTag.operator_reset,
    InstitutionTag.operator_disabled,
)
_LAST_CHARACTER = "\U0010ffff"


def regions_seen(regions: Collection[str]) -> frozenset[str]:
    """The regions whose institutions a member is responsible for: their own; with a pool (xx99) also the city's own code (xx00)."""
    return frozenset(regions) | {f"{code[:4]}00" for code in regions if code.endswith("99")}


def list_page(
    regions: Collection[str],
    *,
    beginning: str = "",
    kind: InstitutionKind | None = None,
    region: str = "",
    is_enabled: bool | None = None,
    after: str = "",
) -> list[Institution]:
    """One page in order of codes, and one row more if there is another page. beginning: of a code or of a name."""
    wanted = sorted(regions if not region else {region} & set(regions))
    query = select(Institution).where(Institution.region_code.in_(wanted)).order_by(Institution.fixmedins_code).limit(PAGE + 1)
    if beginning:
        query = query.where(begins_with(beginning))
    if kind is not None:
        query = query.where(Institution.kind == kind)
    if is_enabled is not None:
        query = query.where(Institution.is_enabled.is_(is_enabled))
    if after:
        query = query.where(Institution.fixmedins_code > after)
    return list(db.session.scalars(query))


def list_public_page(*, beginning: str = "", region: str = "", scenes: Sequence[str] = (), after: str = "") -> list[Institution]:
    """What citizens may look up, never a sandbox: one page, and one row more if there is another. scenes: any of these suffices."""
    query = select(Institution).where(Institution.is_sandbox.is_(False)).order_by(Institution.fixmedins_code).limit(PUBLIC_PAGE + 1)
    if beginning:
        query = query.where(begins_with(beginning))
    if region:
        query = query.where(Institution.region_code == region)
    if scenes:
        offers = select(InstitutionScene.institution_id).where(InstitutionScene.business_type.in_(scenes))
        query = query.where(Institution.id.in_(offers), Institution.is_enabled)
    if after:
        query = query.where(Institution.fixmedins_code > after)
    return list(db.session.scalars(query))


def begins_with(beginning: str) -> ColumnElement[bool]:
    """Compares the code if this looks like the beginning of one, else the name; both by their index."""
    is_code = re.fullmatch(r"[HPhp]\d+", beginning, re.ASCII) is not None
    column = Institution.fixmedins_code if is_code else Institution.name
    wanted = beginning.upper() if is_code else beginning
    if db.engine.dialect.name == "postgresql":
        return column.startswith(wanted, autoescape=True)
    return and_(column >= wanted, column < wanted + _LAST_CHARACTER)


def find_last_change() -> datetime | None:
    """When anything in the directory was last changed."""
    return db.session.scalar(select(func.max(Institution.updated_at)))


def get_seen(institution_id: int, regions: Collection[str]) -> Institution:
    """Raises NotFound for an institution of another region."""
    found = db.session.get(Institution, institution_id)
    if found is None or found.region_code not in regions_seen(regions):
        raise NotFound
    return found


def list_keys(institution_id: int) -> list[ApiKey]:
    """Newest first, ended ones too, at most thirty."""
    return list(
        db.session.scalars(select(ApiKey).where(ApiKey.institution_id == institution_id).order_by(ApiKey.id.desc()).limit(30))
    )


def is_live(key: ApiKey) -> bool:
    return key.revoked_at is None and (key.ends_at is None or key.ends_at > clock.now())


def get_grant(grant_id: int, staff_id: int) -> KeyGrant:
    """Only for the member who asked for the key; raises NotFound for others."""
    found = db.session.get(KeyGrant, grant_id)
    if found is None or found.asked_by != staff_id:
        raise NotFound
    return found


def list_open_grants(staff_id: int) -> list[KeyGrant]:
    """Approved keys this member has not taken yet, oldest first."""
    return list(
        db.session.scalars(
            select(KeyGrant)
            .where(KeyGrant.asked_by == staff_id, KeyGrant.claimed_at.is_(None), KeyGrant.expires_at > clock.now())
            .options(joinedload(KeyGrant.institution, innerjoin=True))
            .order_by(KeyGrant.id)
            .limit(20)
        )
    )


def list_acts(institution_id: int) -> list[AuditRow]:
    """What was done to this institution, newest first: only acts in the register, never scans."""
    return list(
        db.session.scalars(
            select(AuditRow)
            .where(
                AuditRow.tag.in_([tag.value for tag in _ACTS]),
                text(NOT_A_SCAN),
                AuditRow.subject == Institution.subject_of(institution_id),
            )
            .order_by(AuditRow.id.desc())
            .limit(30)
        )
    )


def list_notes_on_keys() -> list[str]:
    """For `flask doctor`: keys that have been kept off since a restore."""
    wanted = (
        select(Institution.fixmedins_code, func.count())
        .join(ApiKey, ApiKey.institution_id == Institution.id)
        .where(ApiKey.held_at.is_not(None), ApiKey.revoked_at.is_(None))
        .group_by(Institution.fixmedins_code)
        .order_by(Institution.fixmedins_code)
    )
    found = db.session.execute(wanted).all()
    if not found:
        return []
    some = ", ".join(code for code, _count in found[:5]) + (" …" if len(found) > 5 else "")
    count = sum(count for _code, count in found)
    return [
        f"{count} keys of institutions are kept off since the restore ({some}): ring them, then `flask institutions confirm-keys`."
    ]
