"""The roster's work that takes longer than a request: dry run, import and undoing, as staff jobs of those who ask for them."""

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from flask_babel import gettext as _

from app.core.errors import DomainError
from app.core.settings import settings
from app.core.spreadsheet import open_csv
from app.credentials.queries import count_active_of
from app.roster import queries, service
from app.roster.models import RosterImport, RosterUpload
from app.roster.providers import RosterSource, SourceRefused
from app.roster.service import ImportMode, Refusal
from app.staff.models import StaffMember
from app.staff.queries import get_staff, names_of_actors, regions_of
from app.staff_jobs.models import StaffJob
from app.staff_jobs.queries import list_open, params_of
from app.staff_jobs.service import Outcome, Progress, scratch_file, start_staff_job

CHECK, APPLICATION, UNDOING = "roster_check", "roster_application", "roster_undoing"
_READ_SHARE = 0.9  # reading's share of the bar; the rest is comparing and merging, whose length is not known in advance


def start_check(member: StaffMember, upload: RosterUpload) -> StaffJob:
    return start_staff_job(member, CHECK, upload_id=upload.id)


def start_application(member: StaffMember, upload: RosterUpload, mode: ImportMode) -> StaffJob:
    """Raises DomainError `import_running`, and those of `require_applicable`."""
    service.require_applicable(upload)
    _refuse_second(APPLICATION, upload_id=upload.id)
    return start_staff_job(member, APPLICATION, upload_id=upload.id, mode=mode.value)


def start_undoing(member: StaffMember, import_id: int) -> StaffJob:
    """Raises DomainError `undo_impossible`, `import_running`."""
    service.require_undoable(import_id)
    _refuse_second(UNDOING, import_id=import_id)
    return start_staff_job(member, UNDOING, import_id=import_id)


def _refuse_second(kind: str, **same: int) -> None:
    """Refuses a second import or undoing while one runs, unless it is the same one asked for again."""
    for staff_job in [*list_open(APPLICATION), *list_open(UNDOING)]:
        if staff_job.kind != kind or not same.items() <= params_of(staff_job).items():
            raise DomainError(
                "import_running", _("另一次导入或撤销正在进行。"), _("名册没有任何改动。请等它做完再来。"), status=409
            )


def names_of(entries: Iterable[RosterImport]) -> dict[str, str]:
    """The names of those who imported or undid, keyed by their name in the audit log."""
    actors = {actor for entry in entries for actor in (entry.by, entry.undone_by)}
    return {"operator": _("命令行"), "system": _("系统")} | names_of_actors(actors)


def run_check(staff_job: StaffJob, progress: Progress) -> Outcome:
    """Does the dry run. A file that cannot be read at all is discarded; refused rows are listed in the Outcome's file."""
    upload, member, regions = _upload_of(staff_job)
    upload_id, ignored, title, by = upload.id, service.ignored_columns_of(upload), upload.title, member.actor
    try:
        with scratch_file() as path, service.reading_upload(upload) as source, open_csv(path, _columns()) as add:
            found = service.check_roster(
                source,
                ignored_columns=ignored,
                regions=regions,
                on_refusal=lambda refusal: add(_line(refusal)),
                on_progress=_bar(source, progress),
                count_touched=count_active_of,
            )
    except SourceRefused:
        service.discard_upload(upload_id, by=by)
        raise
    service.note_checked(upload_id)
    result: dict[str, Any] = asdict(found)
    result["statuses"] = [[old.value, new.value, count] for old, new, count in found.statuses]
    result["problems"] = [_line(problem) for problem in found.problems]
    result |= {"upload_id": upload_id, "title": title}
    if not found.refused:
        path.unlink()
        return Outcome(result)
    return Outcome(result, path, _("名册错误.csv"))


def run_application(staff_job: StaffJob, progress: Progress) -> Outcome:
    """Applies the file. A retry after the process died continues the import, or returns its result if it had ended."""
    report_id, mode = staff_job.id, ImportMode(params_of(staff_job)["mode"])
    done = queries.find_import_of(report_id)
    upload, member, regions = _upload_of(staff_job)
    upload_id, by, ignored = upload.id, member.actor, service.ignored_columns_of(upload)
    if done is not None and done.finished_at is not None:
        told = {"import_id": done.id, "applied": done.merged_at is not None, "upload_id": upload_id, **_counts(done)}
        if done.merged_at is not None:
            service.note_applied(upload_id, by=by)
        return Outcome(told)
    service.require_applicable(upload)
    with scratch_file() as path, service.reading_upload(upload) as source, open_csv(path, _columns()) as add:
        result = service.import_roster(
            source,
            mode,
            ignored_columns=ignored,
            regions=regions,
            max_rows=settings.roster_max_rows,
            on_refusal=lambda refusal: add(_line(refusal)),
            on_progress=_bar(source, progress),
            by=by,
            report_id=report_id,
        )
    if result.is_applied:
        service.note_applied(upload_id, by=by)
    told = {"import_id": result.import_id, "applied": result.is_applied, "upload_id": upload_id, **_counts(result)}
    if not result.refused:
        path.unlink()
        return Outcome(told)
    return Outcome(told, path, _("名册错误.csv"))


def run_undoing(staff_job: StaffJob, progress: Progress) -> Outcome:
    """Undoes an import. Persons who were changed meanwhile are left as they are and listed in the Outcome's file."""
    import_id, member = int(params_of(staff_job)["import_id"]), get_staff(staff_job.staff_id)
    by, regions = member.actor, regions_of(member.agency)
    shown: list[tuple[int, str]] = []
    with scratch_file() as path, open_csv(path, [_("参保人编号"), _("原因")]) as add:

        def note(person_id: int, why: str) -> None:
            add([person_id, why])
            if len(shown) < 50:
                shown.append((person_id, why))

        undone = service.undo_import(import_id, by=by, regions=regions, on_left=note, on_progress=progress)
    told = {**asdict(undone), "import_id": import_id, "shown": shown}
    if not undone.left:
        path.unlink()
        return Outcome(told)
    return Outcome(told, path, _("没有撤销的人.csv"))


def _upload_of(staff_job: StaffJob) -> tuple[RosterUpload, StaffMember, frozenset[str]]:
    member = get_staff(staff_job.staff_id)
    return queries.get_upload(int(params_of(staff_job)["upload_id"]), member.actor), member, regions_of(member.agency)


def _bar(source: RosterSource, progress: Progress) -> Any:
    """Reports the source's position as progress. The bar stops at `_READ_SHARE`, because the time for merging is unknown."""

    def say(position: int) -> None:
        progress(int(min(position, source.size or position) * _READ_SHARE), source.size or None)

    return say


def _columns() -> list[str]:
    return [_("行"), _("列"), _("原因")]


def _line(refusal: Refusal) -> list[Any]:
    return [refusal.line, refusal.field, refusal.why]


def _counts(found: Any) -> dict[str, int]:
    return {name: getattr(found, name) for name in ("rows", "created", "updated", "unchanged", "refused")}
