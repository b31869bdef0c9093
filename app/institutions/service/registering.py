"""Institutions are added, changed, disabled and enabled again."""

import re
from collections.abc import Sequence

from flask_babel import gettext as _
from sqlalchemy import delete

from app.core import audit, clock
from app.core.db import db, transaction
from app.core.errors import DomainError
from app.institutions.audit_tags import InstitutionTag
from app.institutions.business_types import BUSINESS_TYPES, COUNTER
from app.institutions.models import Institution, InstitutionKind, InstitutionScene
from app.institutions.queries import find_institution, get_institution

_CODE = re.compile(r"[HP]\d{11}", re.ASCII)  # 定点医药机构编号: H hospital, P pharmacy, 6 digits of region, 5 of sequence
_REGION = re.compile(r"\d{6}", re.ASCII)


@transaction()
def add_institution(
    code: str,
    name: str,
    *,
    region_code: str,
    business_types: Sequence[str],
    is_sandbox: bool = False,
    supports_challenge: bool = False,
    by: str = "system",
) -> Institution:
    """A bureau's counter is an institution whose only business type is 09901. Raises DomainError on a bad or known code."""
    _check(code, name, region_code, business_types, is_sandbox)
    if find_institution(code) is not None:
        raise DomainError(
            "institution_known", _("编号为 %(code)s 的机构已经登记过。", code=code), _("请核对机构编号。"), status=409
        )
    now = clock.now()
    institution = Institution(
        fixmedins_code=code,
        name=name.strip(),
        kind=_kind_of(code, business_types),
        region_code=region_code,
        business_types=",".join(dict.fromkeys(business_types)),
        created_at=now,
        updated_at=now,
        is_sandbox=is_sandbox,
        supports_challenge=supports_challenge,
    )
    db.session.add(institution)
    db.session.flush()
    _write_scenes(institution)
    audit.record(InstitutionTag.added, actor=by, subject=institution.subject, code=code, sandbox=is_sandbox)
    return institution


@transaction()
def change_institution(
    code: str, *, name: str, region_code: str, business_types: Sequence[str], supports_challenge: bool, by: str
) -> None:
    """In force from the next scan on. The code and whether it is a sandbox stay. Raises NotFound and the DomainErrors of adding."""
    institution = get_institution(code)
    _check(code, name, region_code, business_types, institution.is_sandbox)
    before = institution.business_types
    institution.name = name.strip()
    institution.region_code = region_code
    institution.business_types = ",".join(dict.fromkeys(business_types))
    institution.kind = _kind_of(code, business_types)
    institution.supports_challenge = supports_challenge
    institution.updated_at = clock.now()
    _write_scenes(institution)
    audit.record(
        InstitutionTag.changed,
        actor=by,
        subject=institution.subject,
        region=region_code,
        before=before,
        after=institution.business_types,
    )


@transaction()
def set_enabled(code: str, is_enabled: bool, by: str = "system") -> None:
    """In force from the next call on. Keys and operators are kept, and work again when the institution is enabled again."""
    institution = get_institution(code)
    institution.is_enabled = is_enabled
    institution.updated_at = clock.now()
    tag = InstitutionTag.enabled if is_enabled else InstitutionTag.disabled
    audit.record(tag, actor=by, subject=institution.subject)


def _kind_of(code: str, business_types: Sequence[str]) -> InstitutionKind:
    return InstitutionKind.bureau_counter if list(business_types) == [COUNTER] else InstitutionKind(code[0])


def _write_scenes(institution: Institution) -> None:
    db.session.execute(delete(InstitutionScene).where(InstitutionScene.institution_id == institution.id))
    db.session.add_all(InstitutionScene(business_type=scene, institution_id=institution.id) for scene in institution.scenes)


def _check(code: str, name: str, region_code: str, business_types: Sequence[str], is_sandbox: bool) -> None:
    if not _CODE.fullmatch(code):
        raise _unfit(_("机构编号要以 H 或 P 开头，后面十一位数字。"), "code")
    if not 1 <= len(name.strip()) <= 200:
        raise _unfit(_("机构名称要有 1 到 200 个字。"), "name")
    if not _REGION.fullmatch(region_code):
        raise _unfit(_("地区编号要有六位数字。"), "region")
    unknown = [scene for scene in business_types if scene not in BUSINESS_TYPES]
    if unknown or not business_types:
        raise _unfit(_("没有这个用码业务类型：%(unknown)s。", unknown=",".join(unknown) or "(空)"), "business_types")
    if COUNTER in business_types and len(set(business_types)) > 1 and not is_sandbox:
        raise _unfit(_("09901 是医保服务窗口自己的业务类型，不能与别的同时开通。"), "business_types")


def _unfit(what: str, field: str) -> DomainError:
    return DomainError("institution_unfit", what, _("请改正后再试。"), field=field)
