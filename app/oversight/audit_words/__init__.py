"""What the audit log says, in plain words: a sentence for every tag of every feature, and the group it is looked for in. Pure."""

from collections.abc import Mapping
from enum import Enum
from typing import Any

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from app.oversight.audit_words import citizens, staff

Table = Mapping[Any, LazyString]  # by tag


class Group(Enum):
    """Kinds of acts the auditor chooses between."""

    scans = "scans"
    codes = "codes"
    accounts = "accounts"
    family = "family"
    papers = "papers"
    reviews = "reviews"
    hotline = "hotline"
    counter = "counter"
    roster = "roster"
    institutions = "institutions"
    content = "content"
    staff = "staff"
    audit = "audit"

    @property
    def label(self) -> str:
        return str(_LABELS[self])


_LABELS = {
    Group.scans: _l("扫码"),
    Group.codes: _l("激活、挂失和展码"),
    Group.accounts: _l("登录、设备和同意"),
    Group.family: _l("家人和共济"),
    Group.papers: _l("材料和承诺书"),
    Group.reviews: _l("审核"),
    Group.hotline: _l("热线"),
    Group.counter: _l("窗口"),
    Group.roster: _l("参保名册"),
    Group.institutions: _l("机构和密钥"),
    Group.content: _l("内容和电话"),
    Group.staff: _l("工作人员"),
    Group.audit: _l("审计和导出"),
}

TABLES: dict[Group, tuple[Table, ...]] = {
    Group.scans: (citizens.SCANS,),
    Group.codes: (citizens.CREDENTIALS, citizens.ACTIVATION, citizens.PROOFS),
    Group.accounts: (citizens.ACCOUNTS, citizens.PASSKEYS),
    Group.family: (citizens.FAMILY, citizens.MUTUAL_AID),
    Group.papers: (citizens.DOCUMENTS, citizens.LETTERS),
    Group.reviews: (staff.REVIEWS,),
    Group.hotline: (staff.HOTLINE,),
    Group.counter: (staff.COUNTER,),
    Group.roster: (staff.ROSTER,),
    Group.institutions: (staff.INSTITUTIONS,),
    Group.content: (staff.CONTENT,),
    Group.staff: (staff.STAFF,),
    Group.audit: (staff.AUDIT,),
}
SENTENCES: dict[str, LazyString] = {
    tag.value: sentence for tables in TABLES.values() for table in tables for tag, sentence in table.items()
}


def sentence_of(tag: str) -> str:
    """What happened; a tag of another version of this software as it stands."""
    found = SENTENCES.get(tag)
    return str(found) if found is not None else tag


def tags_of(group: Group) -> tuple[str, ...]:
    return tuple(tag.value for table in TABLES[group] for tag in table)


_OUTCOMES = {
    "refused": _l("被拒绝"),
    "missed": _l("没有查到"),
    "failed": _l("没有成功"),
    "approve": _l("通过"),
    "return": _l("退回补正"),
    "reject": _l("不予通过"),
    "approved": _l("通过"),
    "returned": _l("退回补正"),
    "rejected": _l("不予通过"),
    "first_approval": _l("第一人通过"),
    "no_answer": _l("没有人接"),
    "nothing": _l("没有可以挂失的"),
    "repeated": _l("重复的请求，答复相同"),
    "started": _l("开始"),
    "removed": _l("删除"),
    "forged_tags": _l("多次出示核对不上的码"),
}


def outcome_of(value: str) -> str:
    """Empty for `ok`: it needs no word. Reasons and other codes stand as they are: `code_used`."""
    if value == "ok":
        return ""
    known = _OUTCOMES.get(value)
    return str(known) if known is not None else value
