"""The rules for names, codes, numbers and slugs of regions and offices."""

import re

from flask_babel import gettext as _

from app.core.errors import DomainError
from app.regions.models import Region, RegionLevel
from app.regions.phone_number import NoPhoneNumber, parse_phone

_CODE = re.compile(r"(?:1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[1-3])\d{4}", re.ASCII)  # provinces of GB/T 2260
_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*", re.ASCII)
_PARENTS = {
    RegionLevel.province: (None,),
    RegionLevel.city: (RegionLevel.province,),
    RegionLevel.county: (RegionLevel.city, RegionLevel.province),
    RegionLevel.pool: (RegionLevel.city, RegionLevel.province),
}


def checked_name(text: str, longest: int, field: str = "name") -> str:
    """The name with blanks tidied. Raises DomainError `name_missing` or `too_long`."""
    name = " ".join(text.split())
    if not name:
        raise DomainError("name_missing", _("请写名称。"), field=field)
    if len(name) > longest:
        raise DomainError("too_long", _("最多 %(count)d 个字，请写短一些。", count=longest), field=field)
    return name


def checked_phone(text: str) -> str:
    """The number as `parse_phone` returns it. Raises DomainError `no_phone`."""
    try:
        return parse_phone(text)
    except NoPhoneNumber:
        raise DomainError("no_phone", _("这不是能拨打的号码，请写成 0838-2208900 这样。"), field="phone") from None


def check_code(code: str, level: RegionLevel, parent: Region | None) -> None:
    """Raises DomainError `no_code`, `no_pool_code` or `wrong_parent`."""
    if not _CODE.fullmatch(code):
        raise DomainError("no_code", _("请写六位数字的区划代码。"), field="code")
    if (level is RegionLevel.pool) != code.endswith("99"):
        raise DomainError("no_pool_code", _("统筹区的代码以 99 结尾，别的不以 99 结尾。"), field="code")
    above = parent.level if parent else None
    if above not in _PARENTS[level] or (parent and (parent.code[:2] != code[:2] or parent.code == code)):
        raise DomainError("wrong_parent", _("上级不对：区县和统筹区属于市或省，市属于省，省没有上级。"), field="parent")


def check_slug(slug: str) -> None:
    """Raises DomainError `no_slug`."""
    if len(slug) > 40 or not _SLUG.fullmatch(slug):
        raise DomainError("no_slug", _("简称只用小写字母、数字和连字符，例如 jingyang。"), field="slug")
