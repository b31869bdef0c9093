"""Institutions come into the system, get keys, lose them."""

import re
import secrets
import string
from collections.abc import Sequence

from flask_babel import gettext as _
from sqlalchemy import update

from app.core import audit, clock
from app.core.crypto import vault
from app.core.db import db, transaction
from app.core.errors import DomainError
from app.institutions.business_types import BUSINESS_TYPES, COUNTER
from app.institutions.models import ApiKey, Institution, InstitutionKind
from app.institutions.policy import InstitutionTag
from app.institutions.queries import find_institution, get_institution, list_live_keys

MAX_LIVE_KEYS = 2
SECRET_CHARS = 43
_ALPHABET = string.ascii_letters + string.digits
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
    is_counter = list(business_types) == [COUNTER]
    institution = Institution(
        fixmedins_code=code,
        name=name.strip(),
        kind=InstitutionKind.bureau_counter if is_counter else InstitutionKind(code[0]),
        region_code=region_code,
        business_types=",".join(dict.fromkeys(business_types)),
        created_at=clock.now(),
        is_sandbox=is_sandbox,
        supports_challenge=supports_challenge,
    )
    db.session.add(institution)
    db.session.flush()
    audit.record(InstitutionTag.added, actor=by, subject=f"institution:{institution.id}", code=code, sandbox=is_sandbox)
    return institution


@transaction()
def issue_key(code: str, by: str = "system") -> str:
    """A new key in full: it is shown once and kept only as a hash. Raises DomainError `two_keys` when two are live already."""
    institution = get_institution(code)
    # Two operators at once: the second waits here and counts the first one's key.
    db.session.execute(update(Institution).where(Institution.id == institution.id).values(name=Institution.name))
    if len(list_live_keys(institution.id)) >= MAX_LIVE_KEYS:
        raise DomainError("two_keys", _("这家机构已有两个密钥在用。"), _("请先停用其中一个，再发新的。"), status=409)
    secret = "".join(secrets.choice(_ALPHABET) for _i in range(SECRET_CHARS))
    key = ApiKey(institution_id=institution.id, secret_hash=b"", created_at=clock.now())
    db.session.add(key)
    db.session.flush()
    key.secret_hash = hash_secret(key.id, secret)
    audit.record(InstitutionTag.key_issued, actor=by, subject=f"institution:{institution.id}", key=key.id)
    return f"pz_{key.id}_{secret}"


@transaction()
def revoke_key(code: str, key_id: int, by: str = "system") -> None:
    """The key is refused from the next request on. Raises DomainError `key_unknown` when it is not a live one of theirs."""
    institution = get_institution(code)
    if key_id not in [key.id for key in list_live_keys(institution.id)]:
        raise DomainError("key_unknown", _("这家机构没有这个在用的密钥。"), _("请核对密钥编号。"), status=404)
    db.session.execute(update(ApiKey).where(ApiKey.id == key_id).values(revoked_at=clock.now()))
    audit.record(InstitutionTag.key_revoked, actor=by, subject=f"institution:{institution.id}", key=key_id)


@transaction()
def revoke_keys(code: str, by: str = "system") -> int:
    """Revokes all of them; returns how many that were."""
    keys = list_live_keys(get_institution(code).id)
    for key in keys:
        revoke_key(code, key.id, by)
    return len(keys)


@transaction()
def set_enabled(code: str, is_enabled: bool, by: str = "system") -> None:
    institution = get_institution(code)
    institution.is_enabled = is_enabled
    tag = InstitutionTag.enabled if is_enabled else InstitutionTag.disabled
    audit.record(tag, actor=by, subject=f"institution:{institution.id}")


def hash_secret(key_id: int, secret: str) -> bytes:
    """Peppered HMAC: the secret is long and random, so a slow hash would only slow the scan."""
    return vault.keyed_hash("api-key", f"{key_id}:{secret}")


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
