"""The audit log in plain words. Each feature keeps its sentences beside its tags; this module finds and groups them. Pure."""

from enum import Enum

from flask_babel import lazy_gettext as _l

from app.core.audit.tags import find_outcome, find_tag, list_tags


class Group(Enum):
    """The groups of acts an auditor can choose."""

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


def sentence_of(tag: str) -> str:
    """The sentence for a tag; a tag of another version of this software is returned as it is."""
    found = find_tag(tag)
    return str(found.words.sentence) if found is not None else tag


def tags_of(group: Group) -> tuple[str, ...]:
    return tuple(tag.value for tag in list_tags() if tag.group == group.value)


def alarm_tags() -> tuple[str, ...]:
    return tuple(tag.value for tag in list_tags() if tag.words.is_alarm)


def own_tags() -> tuple[str, ...]:
    """The tags a citizen reads about themselves: those that have a sentence for the citizen.

    If one event leaves several rows (a freeze by telephone is a call, a report and a frozen code), only one of them has such a
    sentence.
    """
    return tuple(tag.value for tag in list_tags() if tag.words.own is not None)


def own_sentence_of(tag: str) -> str:
    """The sentence for the citizen. Raises KeyError for a tag that citizens do not read."""
    found = find_tag(tag)
    if found is None or found.words.own is None:
        raise KeyError(tag)
    return str(found.words.own)


def outcome_of(value: str) -> str:
    """The word for an outcome; empty for `ok`. Reasons and other codes, such as `code_used`, are returned as they are."""
    if value == "ok":
        return ""
    known = find_outcome(value)
    return str(known) if known is not None else value
