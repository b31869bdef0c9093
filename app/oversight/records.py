"""操作记录: what was done with a person's code, papers and data, for that person. It names a clerk's agency and role only."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from flask_babel import gettext as _

from app.accounts.models import Account
from app.core import clock
from app.core.audit import AuditRow
from app.core.audit.queries import SCANNED, AuditFilter, search
from app.core.settings import settings
from app.credentials.service import Showable
from app.credentials.uses import read_uses
from app.family.audit_tags import FamilyTag
from app.family.models import FamilyLink
from app.institutions.models import Institution
from app.oversight.queries import Names, detail_of, scans_of
from app.oversight.words import outcome_of, own_sentence_of, own_tags
from app.staff.models import Role, StaffMember
from app.staff.role_names import role_names

_SHOWN = 50
_TOGETHER = timedelta(minutes=10)  # fixed: entries of the same kind so close together are one line
_TOLD = {"refused", "no_answer", "lost"}  # outcomes that say something to the person


@dataclass(frozen=True, slots=True)
class Entry:
    """`who` did `what`. times: how often in a row. scan_id: a use that can be denied. note: the outcome, if it matters."""

    at: datetime
    who: str
    what: str
    note: str = ""
    times: int = 1
    scan_id: int | None = None


@dataclass(frozen=True, slots=True)
class Records:
    """Entries of a month, newest first. older: the `before` of the month's next page."""

    entries: list[Entry]
    older: int | None


def find_month(text: str | None) -> date:
    """The first day of a month such as `2026-11`; of this month if it is invalid, in the future or too far back."""
    here = clock.today().replace(day=1)
    try:
        found = date.fromisoformat(f"{text}-01") if text else here
    except ValueError:
        return here
    return found if _first_month(here) <= found <= here else here


def month_before(month: date) -> date | None:
    earlier = (month - timedelta(days=1)).replace(day=1)
    return earlier if earlier >= _first_month(clock.today().replace(day=1)) else None


def month_after(month: date) -> date | None:
    later = (month + timedelta(days=32)).replace(day=1)
    return later if later <= clock.today() else None


def list_own(account: Account, person_id: int, month: date, before: int | None = None) -> Records:
    since, until = _span(month)
    wanted = AuditFilter(since=since, until=until, tags=own_tags(), person_id=person_id, scans=scans_of(person_id))
    found = search(wanted, before, limit=_SHOWN)
    names = Names(found.rows)
    return Records(_together([_entry(row, names, account) for row in found.rows]), found.older)


def list_of_relative(account: Account, shown: Showable, month: date) -> Records:
    """Records of a relative whose code this account shows: only uses on its own devices, and only its own link."""
    since, until = _span(month)
    uses = [
        Entry(use.at, use.place, _("扫了这张医保码"), _("要求核对数字") if use.was_asked else "", scan_id=use.scan_id)
        for use in read_uses(shown.credential_id, shown_on_account=account.id, limit=_SHOWN)
        if since <= use.at <= until
    ]
    link = AuditFilter(
        since=since, until=until, person_id=shown.person_id, subject=FamilyLink.subject_of(shown.link_id or 0), tags=_LINK_TAGS
    )
    rows = search(link, limit=_SHOWN).rows
    names = Names(rows)
    entries = uses + [_entry(row, names, account, own=False) for row in rows]
    return Records(sorted(entries, key=lambda entry: entry.at, reverse=True), None)


_LINK_TAGS: tuple[str, ...] = (FamilyTag.link_made, FamilyTag.link_renewed, FamilyTag.link_ended)


def _entry(row: AuditRow, names: Names, account: Account, *, own: bool = True) -> Entry:
    is_scan = row.tag == SCANNED
    note = outcome_of(row.outcome) if row.outcome in _TOLD else ""
    return Entry(
        at=row.created_at,
        who=_who(row.actor, names, account),
        what=own_sentence_of(row.tag) if own else _link_sentence(row.tag),
        note=_scan_note(row) if is_scan else note,
        scan_id=row.id if is_scan and row.outcome == "ok" else None,
    )


def _link_sentence(tag: str) -> str:
    return str(
        {
            FamilyTag.link_made.value: _("添加了绑定，可以出示这张医保码"),
            FamilyTag.link_renewed.value: _("续期了绑定，可以继续出示这张医保码"),
            FamilyTag.link_ended.value: _("解除了绑定，不再能出示这张医保码"),
        }[tag]
    )


def _scan_note(row: AuditRow) -> str:
    if row.outcome == "challenge_required":
        return str(_("要求核对数字"))
    if row.outcome not in {"ok", "repeated"}:
        return str(_("没有通过"))
    return str(_("由家人出示") if "relation" in detail_of(row) else "")


def _who(actor: str, names: Names, account: Account) -> str:
    kind, _colon, number = actor.partition(":")
    if kind == "account":
        return str(_("您") if number == str(account.id) else _("您的家人"))
    if kind == "device":
        return str(_("您的设备"))
    if member := names.staff.get(StaffMember.key_in(actor) or 0):
        posts = role_names(frozenset(Role(name) for name in member.roles_text.split(",") if name))
        return str(_("%(agency)s的%(posts)s", agency=member.agency, posts=posts))
    if name := names.institutions.get(Institution.key_in(actor) or 0):
        return name
    if kind in {"staff", "cli", "operator"}:
        return str(_("医保局工作人员"))
    return str(_("没有登录的人") if kind == "visitor" else _("系统"))


def _together(entries: list[Entry]) -> list[Entry]:
    """Joins equal entries in a row: five pages viewed one after the other become one line."""
    lines: list[Entry] = []
    for entry in entries:
        last = lines[-1] if lines else None
        is_same = last is not None and (entry.who, entry.what, entry.note) == (last.who, last.what, last.note)
        if last is not None and is_same and entry.scan_id is None and last.at - entry.at <= _TOGETHER:
            lines[-1] = replace(last, times=last.times + 1)
        else:
            lines.append(entry)
    return lines


def _span(month: date) -> tuple[datetime, datetime]:
    since = clock.midnight(month)
    until = clock.midnight((month + timedelta(days=32)).replace(day=1)) - timedelta(microseconds=1)
    return since, until


def _first_month(here: date) -> date:
    years, months = divmod(here.year * 12 + here.month - 1 - settings.records_months, 12)
    return date(years, months + 1, 1)
