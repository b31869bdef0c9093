"""The auditor's acts: searches of the log, which are audited, and exports and checks of the chain, which run in the background."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.core import audit, clock
from app.core.audit import AuditRow
from app.core.audit.audit_tags import LogTag
from app.core.audit.queries import AuditFilter, AuditPage, search, stream
from app.core.audit.verify import count_rows
from app.core.db import transaction
from app.core.spreadsheet import write_csv
from app.oversight.queries import Names, scans_of
from app.oversight.words import Group, outcome_of, sentence_of, tags_of
from app.roster.queries import find_person
from app.staff.models import StaffMember
from app.staff_jobs.models import StaffJob
from app.staff_jobs.queries import find_open, params_of
from app.staff_jobs.service import Outcome, Progress, scratch_file, start_staff_job

EXPORT, VERIFICATION = "audit_export", "audit_verification"
FINDINGS_SHOWN = 200
_BLOCK = 500
_HEADER = (
    _l("编号"),
    _l("时间"),
    _l("事情"),
    _l("代码"),
    _l("结果"),
    _l("谁"),
    _l("对象"),
    _l("参保人编号"),
    _l("地点"),
    _l("细节"),
)


def search_log(staff: StaffMember, wanted: AuditFilter, before: int | None = None) -> AuditPage:
    """Searches the log, newest first. A search with a filter besides time is audited; its further pages are not audited again."""
    asked = _asked(wanted)
    if asked and before is None:
        _note(LogTag.searched, staff, person_id=wanted.person_id, **asked)
    return search(wanted, before)


@transaction()
def look_up_person(staff: StaffMember, cert_type: str, number: str) -> int:
    """The id of the person with this identity document (number as parsed); 0 if there is none. Audited in both cases."""
    person = find_person(cert_type, number)
    audit.record(
        LogTag.searched,
        actor=staff.actor,
        person_id=person.id if person else None,
        outcome="ok" if person else "missed",
        way="document",
    )
    return person.id if person is not None else 0


def note_opened(staff: StaffMember, row: AuditRow) -> None:
    """Audits that an entry was opened in full."""
    _note(LogTag.opened, staff, subject=AuditRow.subject_of(row.id), person_id=row.person_id)


@transaction()
def export_log(staff: StaffMember, wanted: AuditFilter) -> StaffJob:
    """Starts a staff job that writes the rows found to a file. Raises the errors of `start_staff_job`."""
    asked = _asked(wanted)
    audit.record(LogTag.exported, actor=staff.actor, person_id=wanted.person_id, **asked)
    return start_staff_job(staff, EXPORT, since=wanted.since.isoformat(), until=wanted.until.isoformat(), **asked)


@transaction()
def verify_log(staff: StaffMember) -> StaffJob:
    """Starts a staff job that checks every row, seal and link of the chain, or returns the member's one that is not finished."""
    under_way = find_open(staff.id, VERIFICATION)
    if under_way is not None:
        return under_way
    audit.record(LogTag.verified, actor=staff.actor)
    return start_staff_job(staff, VERIFICATION)


def run_export(staff_job: StaffJob, progress: Progress) -> Outcome:
    """Writes the rows asked for to a CSV, in blocks."""
    wanted = wanted_of(params_of(staff_job))
    count = 0

    def rows() -> Iterator[tuple[Any, ...]]:
        nonlocal count
        block: list[AuditRow] = []
        for row in stream(wanted):
            block.append(row)
            if len(block) == _BLOCK:
                yield from _lines(block)
                count += len(block)
                block.clear()
                progress(count)
        yield from _lines(block)
        count += len(block)

    with scratch_file() as path:
        write_csv(path, [str(name) for name in _HEADER], rows())
        return Outcome({"rows": count}, file=path, file_title=f"{_('操作日志')}-{clock.today():%Y%m%d}.csv")


def run_verification(staff_job: StaffJob, progress: Progress) -> Outcome:
    """Checks the whole chain. Findings are a result, not a failure; only the first FINDINGS_SHOWN are listed."""
    total, done = count_rows(), 0

    def heard(rows: int) -> None:
        nonlocal done
        done += rows
        progress(done, max(total, done))

    found = audit.verify(heard)
    return Outcome(
        {
            "rows": found.rows,
            "seals": found.seals,
            "unsealed": found.unsealed,
            "findings": [[finding.kind, finding.where] for finding in found.findings[:FINDINGS_SHOWN]],
            "count": len(found.findings),
        }
    )


def wanted_of(asked: dict[str, Any]) -> AuditFilter:
    """The filter for the parameters of an export or address: since and until (ISO), group, actor, subject, outcome, person."""
    group = asked.get("group")
    person_id = asked.get("person")
    return AuditFilter(
        since=datetime.fromisoformat(asked["since"]),
        until=datetime.fromisoformat(asked["until"]),
        tags=tags_of(Group(group)) if group else (),
        actor=asked.get("actor", ""),
        subject=asked.get("subject", ""),
        outcome=asked.get("outcome", ""),
        person_id=person_id,
        scans=scans_of(person_id) if person_id is not None else None,
    )


def _asked(wanted: AuditFilter) -> dict[str, Any]:
    """The filter besides the range of time, in the form that is audited and that `wanted_of` reads; empty if there is none."""
    group = next((one.value for one in Group if wanted.tags and tags_of(one) == wanted.tags), "")
    asked: dict[str, Any] = {"group": group, "actor": wanted.actor, "subject": wanted.subject, "outcome": wanted.outcome}
    asked = {name: value for name, value in asked.items() if value}
    return asked | ({"person": wanted.person_id} if wanted.person_id is not None else {})


def _lines(block: list[AuditRow]) -> Iterator[tuple[Any, ...]]:
    names = Names(block)
    for row in block:
        yield (
            str(row.id),
            f"{clock.local(row.created_at):%Y-%m-%d %H:%M:%S}",
            sentence_of(row.tag),
            row.tag,
            outcome_of(row.outcome) or row.outcome,
            names.plain(row.actor),
            names.plain(row.subject),
            row.person_id or "",
            row.place,
            row.detail,
        )


@transaction()
def _note(tag: LogTag, staff: StaffMember, *, subject: str = "", person_id: int | None = None, **detail: Any) -> None:
    detail = {("of" if name == "subject" else "by" if name == "actor" else name): value for name, value in detail.items()}
    audit.record(tag, actor=staff.actor, subject=subject, person_id=person_id, **detail)
