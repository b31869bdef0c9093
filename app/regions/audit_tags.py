"""The audit tags of this feature, and the sentences that describe them."""

from flask_babel import lazy_gettext as _l

from app.core.audit.tags import AuditTag, tag


class RegionTag(AuditTag, group="content", nouns={"agency": _l("单位"), "hotline": _l("电话"), "region": _l("地区")}):
    """What the audit log says of regions, offices and their numbers."""

    hotline_added = tag("hotline:added", _l("加了一个咨询电话"))
    hotline_checked = tag("hotline:checked", _l("核对了一个咨询电话"))
    hotline_changed = tag("hotline:changed", _l("改了一个咨询电话"))
    hotline_removed = tag("hotline:removed", _l("删了一个咨询电话"))
    region_added = tag("region:added", _l("加了一个参保地"))
    region_changed = tag("region:changed", _l("改了一个参保地"))
    region_retired = tag("region:retired", _l("停用了一个参保地"))
    region_restored = tag("region:restored", _l("恢复了一个参保地"))
    agency_added = tag("agency:added", _l("加了一个经办机构"))
    agency_changed = tag("agency:changed", _l("改了一个经办机构"))
    agency_retired = tag("agency:retired", _l("停用了一个经办机构"))
    agency_restored = tag("agency:restored", _l("恢复了一个经办机构"))
