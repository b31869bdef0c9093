"""The dry run: does everything an import does before merging, and reports what it would change."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import Select, func, select, update

from app.core.db import db, transaction
from app.core.settings import settings
from app.roster.models import InsuredPerson, InsuredStatus, RosterImport, RosterUpload
from app.roster.providers import Facts, RosterSource, facts_of
from app.roster.service.preview import Preview
from app.roster.service.reading import Reading, Refusal, Run, columns_of
from app.roster.service.staging import staging

SHOWN_PROBLEMS = 50
_KINDS = 100  # so many different reasons are counted apart; the rest are counted together


@dataclass
class Check:
    """What an import would do. reasons: (field, why, lines), most frequent first. known: how many persons the roster has now."""

    rows: int = 0
    created: int = 0
    changed: int = 0
    unchanged: int = 0
    refused: int = 0
    known: int = 0
    touched: int = 0  # active credentials of persons whose insurance would stop
    statuses: list[tuple[InsuredStatus, InsuredStatus, int]] = field(default_factory=list)
    reasons: list[tuple[str, str, int]] = field(default_factory=list)
    problems: list[Refusal] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    encoding: str = ""
    sheet: str = ""
    sample: list[tuple[str, str, str]] = field(default_factory=list)  # the first rows: name, number, region, masked


def check_roster(
    source: RosterSource,
    *,
    ignored_columns: tuple[str, ...] = (),
    regions: frozenset[str] | None = None,
    on_refusal: Callable[[Refusal], None] = lambda refusal: None,
    on_progress: Callable[[int], None] = lambda position: None,
    count_touched: Callable[[Select[Any]], int] = lambda ids: 0,
) -> Check:
    """Does the dry run; changes nothing. count_touched: counts the active credentials of selected persons. Raises SourceRefused."""
    found, reasons = Check(), Counter[tuple[str, str]]()

    def note(refusal: Refusal) -> None:
        key = (refusal.field, _("同一个证件在文件里不止一行。") if refusal.twin_of else refusal.why)
        reasons[key if key in reasons or len(reasons) < _KINDS else ("", _("其他"))] += 1
        if len(found.problems) < SHOWN_PROBLEMS:
            found.problems.append(refusal)
        on_refusal(refusal)

    def keep(seen: Preview) -> None:
        found.encoding, found.sheet, found.sample = seen.facts.encoding, seen.facts.sheet, list(seen.rows)

    reading = Reading(ignored_columns, regions, settings.roster_max_rows, note, on_progress, keep)
    columns = columns_of(source, ignored_columns)
    with staging() as stage:
        run = Run(stage, columns, reading)
        run.read(source)
        found.unchanged = stage.sort_out(run.fields)
        found.rows, found.refused = run.rows, run.refused_lines
        found.created, found.changed = stage.summary()
        if "status" in run.fields:
            found.statuses = stage.count_status_changes()
            found.touched = count_touched(stage.stopped_ids()) if found.statuses else 0
        found.known = db.session.scalar(select(func.count()).select_from(InsuredPerson)) or 0
        found.warnings = remarks_on(facts_of(source)) + _warnings(found)
    found.reasons = [(named, why, count) for (named, why), count in reasons.most_common()]
    return found


@transaction()
def note_checked(upload_id: int) -> None:
    """Notes that the dry run has read exactly this file, so that it may be applied."""
    db.session.execute(update(RosterUpload).where(RosterUpload.id == upload_id).values(checked_hash=RosterUpload.content_hash))


def remarks_on(facts: Facts) -> list[str]:
    """Sentences about what somebody who sees the workbook would not expect."""
    sentences = []
    if facts.unread_sheets:
        sentences.append(_("只读了第一张看得见的工作表，另外 %(count)s 张没有读。", count=facts.unread_sheets))
    if facts.hidden_rows:
        sentences.append(_("有 %(count)s 行在表格里是隐藏的（例如被筛选掉），也会一起导入。", count=f"{facts.hidden_rows:,}"))
    return sentences


def _warnings(found: Check) -> list[str]:
    sentences = []
    if found.known and found.changed * 100 > found.known * settings.roster_warn_percent:
        share = round(100 * found.changed / found.known)
        sentences.append(_("名册里 %(share)s%% 的人会有改动，比平常多。请看清楚是不是选错了文件。", share=share))
    newest = select(RosterImport.rows).where(RosterImport.merged_at.is_not(None)).order_by(RosterImport.id.desc()).limit(1)
    last = db.session.scalar(newest) or 0
    if last and found.rows * 100 < last * (100 - settings.roster_warn_shrunk_percent):
        sentences.append(
            _("这个文件只有 %(rows)s 行，上一次有 %(last)s 行。请看清楚文件是不是完整。", rows=f"{found.rows:,}", last=f"{last:,}")
        )
    if found.refused * 2 > found.rows:
        sentences.append(_("一半以上的行不能导入。请先看原因，改好文件再来。"))
    return sentences
