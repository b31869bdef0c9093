"""The audit log as the auditor reads it: rows with the names of who acted, alarms, and who looked at whose documents."""

import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l
from sqlalchemy import Select, select

from app.accounts.models import AccountTag
from app.core import clock
from app.core.audit import AuditRow
from app.core.audit.named import Named
from app.core.audit.queries import Found, Wanted, search
from app.core.db import db
from app.core.display import masked_name
from app.core.limits import LimitsTag
from app.credentials.models import Credential
from app.credentials.policy import CredentialTag
from app.documents.models import DocumentTag
from app.hotline.models import HotlineTag
from app.institutions.models import Institution
from app.regions.models import Agency
from app.reviews.models import ReviewTag
from app.roster.models import InsuredPerson
from app.scanning.models import Scan
from app.scanning.policy import ScanTag
from app.staff.models import StaffMember, StaffTag

DEFAULT_DAYS = 7  # fixed: what a search shows before anything is chosen
LONGEST_DAYS = 366  # fixed: of one search: what is older is asked for by another
ALARM_DAYS = 7  # fixed: the page says so: the last seven days
ALARMS_COUNTED = 99
ALARM_TAGS: tuple[str, ...] = (
    StaffTag.locked,
    StaffTag.refused,
    HotlineTag.alarm,
    ScanTag.guesses_numbers,
    CredentialTag.tags_forged,
    LimitsTag.alone,
    AccountTag.sms_flood,
)
NOUNS: dict[str, LazyString] = {
    "account": _l("账号"),
    "agency": _l("单位"),
    "approval": _l("复核"),
    "audit": _l("日志"),
    "call": _l("来电"),
    "call_back": _l("回电"),
    "case": _l("审核"),
    "cli": _l("命令行"),
    "consent": _l("同意书"),
    "counter_code": _l("窗口核验码"),
    "counter_scan": _l("窗口扫码"),
    "credential": _l("医保码"),
    "denial": _l("不是我"),
    "device": _l("设备"),
    "documents": _l("材料"),
    "family_invitation": _l("确认链接"),
    "family_link": _l("家人绑定"),
    "family_request": _l("家人申请"),
    "figures": _l("数据"),
    "help": _l("帮助"),
    "holiday": _l("放假安排"),
    "holiday_year": _l("节假日"),
    "hotline": _l("电话"),
    "installation": _l("本系统"),
    "secret": _l("密钥"),
    "institution": _l("机构"),
    "letter": _l("承诺书"),
    "limits": _l("次数限制"),
    "lost_report": _l("挂失"),
    "mutual_aid": _l("家庭共济"),
    "notice": _l("法律文本"),
    "notice_draft": _l("法律文本的草稿"),
    "operator": _l("命令行"),
    "passkey": _l("通行密钥"),
    "person": _l("参保人"),
    "proof": _l("核验"),
    "region": _l("地区"),
    "relative": _l("家人"),
    "report": _l("报表"),
    "review": _l("审核"),
    "roster": _l("名册"),
    "roster_import": _l("名册导入"),
    "roster_upload": _l("名册文件"),
    "search": _l("查找"),
    "session": _l("登录"),
    "slip": _l("纸质码"),
    "staff": _l("工作人员"),
    "staff_passkey": _l("通行密钥"),
    "staff_session": _l("工作人员登录"),
    "system": _l("系统"),
    "unfreezing": _l("解除挂失"),
    "unknown": _l("不明"),
    "visit": _l("窗口办理"),
    "visitor": _l("没有登录的人"),
}
VIEW_TAGS: tuple[str, ...] = (DocumentTag.viewed, ReviewTag.letter_viewed)


@dataclass(frozen=True, slots=True)
class Member:
    """A member of staff as others name them: the citizen is told agency and roles, never the name."""

    username: str
    name: str
    agency: str
    roles_text: str


class Names:
    """Who is meant by `staff:3`, `institution:5` and person 12, read once for all rows of a page."""

    def __init__(self, rows: Iterable[AuditRow]) -> None:
        rows = list(rows)
        mentioned = [text for row in rows for text in (row.actor, row.subject)]
        self.staff = _members(_numbers(mentioned, StaffMember))
        self.institutions = _institutions(_numbers(mentioned, Institution))
        self.persons = _persons({row.person_id for row in rows if row.person_id is not None})

    def plain(self, mentioned: str) -> str:
        """`staff:3` -> 王丽（wang.li，旌阳区医保局）; `family_request:12` -> 家人申请 12."""
        kind, _colon, number = mentioned.partition(":")
        if member := self.staff.get(StaffMember.key_in(mentioned) or 0):
            return f"{member.name}（{member.username}，{member.agency}）"
        if name := self.institutions.get(Institution.key_in(mentioned) or 0):
            return name
        label = NOUNS.get(kind)
        return f"{label} {number}".strip() if label is not None else mentioned


def scans_of(person_id: int) -> Any:
    """The ids of this person's scans between two ids, for `Wanted.scans`: a scan's audit row has the same id.

    Read from the scan log, by credential and moment; the moments are not asked for here, the audit rows say them.
    """

    def select_ids(low: int, high: int) -> Select[Any]:
        owned = select(Credential.id).where(Credential.person_id == person_id)
        return (
            select(Scan.id)
            .where(Scan.credential_id.in_(owned), Scan.id >= low, Scan.id < high)
            .order_by(Scan.created_at.desc(), Scan.id.desc())
        )

    return select_ids


def list_alarms(before: int | None = None, *, now: datetime | None = None) -> Found:
    """Of the last seven days: locked staff, refused rights, guesses at people and at numbers, codes that did not fit."""
    until = now or clock.now()
    return search(Wanted(since=until - timedelta(days=ALARM_DAYS), until=until, tags=ALARM_TAGS), before)


def count_alarms() -> int:
    """Of the last day, up to ALARMS_COUNTED."""
    until = clock.now()
    wanted = Wanted(since=until - timedelta(days=1), until=until, tags=ALARM_TAGS)
    return min(ALARMS_COUNTED, len(search(wanted, limit=ALARMS_COUNTED).rows))


def find_actor(typed: str) -> str:
    """`staff:3` for a user name, `institution:5` for its number in the directory; what is written like an actor stays.

    Empty when nobody is meant.
    """
    wanted = typed.strip()
    if ":" in wanted or wanted in {"system", "visitor", "unknown", "operator"}:
        return wanted[:64]
    member = db.session.scalar(select(StaffMember.id).where(StaffMember.username == wanted.casefold()))
    if member is not None:
        return StaffMember.actor_of(member)
    institution = db.session.scalar(select(Institution.id).where(Institution.fixmedins_code == wanted.upper()))
    return Institution.actor_of(institution) if institution is not None else ""


def typed_actor(actor: str) -> str:
    """`staff:3` as it is typed: the user name."""
    key = StaffMember.key_in(actor)
    return (db.session.scalar(select(StaffMember.username).where(StaffMember.id == key)) if key is not None else None) or actor


def name_of(person_id: int | None) -> str:
    """Masked; empty for nobody."""
    name = db.session.scalar(select(InsuredPerson.name).where(InsuredPerson.id == person_id)) if person_id is not None else None
    return masked_name(name) if name else ""


def detail_of(row: AuditRow) -> dict[str, Any]:
    return dict(json.loads(row.detail)) if row.detail else {}


def _numbers(mentioned: Iterable[str], model: type[Named]) -> set[int]:
    return {key for text in mentioned if (key := model.key_in(text)) is not None}


def _members(ids: Collection[int]) -> dict[int, Member]:
    if not ids:
        return {}
    query = (
        select(StaffMember.id, StaffMember.username, StaffMember.name, Agency.name, StaffMember.roles_text)
        .join(Agency, Agency.id == StaffMember.agency_id)
        .where(StaffMember.id.in_(sorted(ids)))
    )
    return {row[0]: Member(*row[1:]) for row in db.session.execute(query)}


def _institutions(ids: Collection[int]) -> dict[int, str]:
    if not ids:
        return {}
    query = select(Institution.id, Institution.name).where(Institution.id.in_(sorted(ids)))
    return {row[0]: row[1] for row in db.session.execute(query)}


def _persons(ids: Collection[int]) -> dict[int, str]:
    if not ids:
        return {}
    query = select(InsuredPerson.id, InsuredPerson.name).where(InsuredPerson.id.in_(sorted(ids)))
    return {row[0]: row[1] for row in db.session.execute(query)}
