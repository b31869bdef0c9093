"""Reads of cases. What is counted is counted up to a bound, so that no page costs more when the queue is long."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Select, func, literal, or_, select, tuple_, union_all

from app.config.grammar import parse_spans
from app.core import clock
from app.core.crypto import vault
from app.core.db import db
from app.core.errors import NotFound
from app.core.settings import settings
from app.reviews.kinds import Fact, kind_of
from app.reviews.models import CaseState, Holiday, HolidayYear, ReviewCase, ReviewReason, ReviewStep, StepReason, StepVerb
from app.reviews.working_hours import WorkingHours

COUNTED = 200  # further back than this nobody is told a number
PAGE = 25
NOTICE_COMES_IN = 11  # the State Council says in November which days of the next year are off


@dataclass(frozen=True)
class Reason:
    """slot and page_id: which papers and which page; empty and None for the whole request."""

    reason: ReviewReason
    slot: str
    page_id: int | None

    @property
    def label(self) -> str:
        return self.reason.label


def find_case(subject: str) -> ReviewCase | None:
    return db.session.scalar(select(ReviewCase).where(ReviewCase.subject == subject))


def get_case_of(subject: str) -> ReviewCase:
    found = find_case(subject)
    if found is None:
        raise NotFound
    return found


def get_case(case_id: int) -> ReviewCase:
    found = db.session.get(ReviewCase, case_id)
    if found is None:
        raise NotFound
    return found


def place_in_queue(case: ReviewCase) -> int:
    """How many cases of the region are looked at before this one: 0 when it is next or already being read.

    COUNTED means that many or more.
    """
    if case.state is not CaseState.waiting:
        return 0
    ahead = (
        select(literal(1))
        .where(
            ReviewCase.region == case.region,
            ReviewCase.state == CaseState.waiting,
            tuple_(ReviewCase.due_at, ReviewCase.id) < tuple_(literal(case.due_at, ReviewCase.due_at.type), literal(case.id)),
        )
        .limit(COUNTED)
    )
    return _count(ahead)


def list_queue(regions: Collection[str], *, limit: int = PAGE) -> list[ReviewCase]:
    """What waits in these regions, the oldest promise first: the first few of each region, merged."""
    if not regions:
        return []
    firsts = [
        select(
            select(ReviewCase.id, ReviewCase.due_at)
            .where(ReviewCase.region == region, ReviewCase.state == CaseState.waiting)
            .order_by(ReviewCase.due_at, ReviewCase.id)
            .limit(limit)
            .subquery()
        )
        for region in sorted(regions)
    ]
    merged = union_all(*firsts).subquery()
    wanted = select(merged.c.id).order_by(merged.c.due_at, merged.c.id).limit(limit)
    ids = list(db.session.scalars(wanted))
    found = {case.id: case for case in db.session.scalars(select(ReviewCase).where(ReviewCase.id.in_(ids)))}
    return [found[case_id] for case_id in ids if case_id in found]


def count_waiting(regions: Collection[str], *, due_before: datetime | None = None) -> int:
    """Up to COUNTED."""
    waiting = select(literal(1)).where(ReviewCase.region.in_(sorted(regions)), ReviewCase.state == CaseState.waiting)
    if due_before is not None:
        waiting = waiting.where(ReviewCase.due_at < due_before)
    return _count(waiting.limit(COUNTED))


def list_claimed_by(staff_id: int) -> list[ReviewCase]:
    """What this member holds and has not decided, oldest promise first."""
    return list(
        db.session.scalars(
            select(ReviewCase)
            .where(
                ReviewCase.claimed_by == staff_id,
                ReviewCase.state == CaseState.claimed,
                ReviewCase.effective_at.is_(None),
                or_(ReviewCase.claimed_until.is_(None), ReviewCase.claimed_until > clock.now()),
            )
            .order_by(ReviewCase.due_at, ReviewCase.id)
            .limit(PAGE)
        )
    )


def list_undoable(staff_id: int) -> list[ReviewCase]:
    """What this member has decided within the last minute."""
    return list(
        db.session.scalars(
            select(ReviewCase)
            .where(ReviewCase.claimed_by == staff_id, ReviewCase.effective_at > clock.now())
            .order_by(ReviewCase.effective_at.desc())
            .limit(5)
        )
    )


def list_steps(case: ReviewCase) -> list[ReviewStep]:
    return list(db.session.scalars(select(ReviewStep).where(ReviewStep.case_id == case.id).order_by(ReviewStep.id)))


def find_last_decision(case: ReviewCase) -> ReviewStep | None:
    """The decision that holds or is about to: undone ones do not count."""
    return db.session.scalar(
        select(ReviewStep)
        .where(
            ReviewStep.case_id == case.id,
            ReviewStep.undone_at.is_(None),
            ReviewStep.verb.in_((StepVerb.approve, StepVerb.give_back, StepVerb.reject)),
        )
        .order_by(ReviewStep.id.desc())
        .limit(1)
    )


def list_reasons(case: ReviewCase) -> list[Reason]:
    """Of the decision that holds; empty while it can still be undone, and when nothing was wrong."""
    step = find_last_decision(case)
    return reasons_of(step) if step is not None and step.settled_at is not None else []


def reasons_of(step: ReviewStep) -> list[Reason]:
    rows = db.session.scalars(select(StepReason).where(StepReason.step_id == step.id).order_by(StepReason.id))
    return [Reason(row.reason, row.slot, row.page_id) for row in rows]


def note_of(step: ReviewStep | None) -> str:
    """What was written with a step, to the citizen or (an appeal) by the citizen; empty when nothing was."""
    if step is None or step.note_encrypted is None:
        return ""
    return vault.decrypt("review-note", step.note_encrypted, bound_to=f"case:{step.case_id}".encode()).decode()


def decision_note(case: ReviewCase) -> str:
    """What the reviewer wrote to the citizen with the decision that holds."""
    step = find_last_decision(case)
    return note_of(step) if step is not None and step.settled_at is not None else ""


def facts_beside(case: ReviewCase) -> list[Fact]:
    list_facts = kind_of(case.kind).list_facts
    return list(list_facts(case.subject)) if list_facts else []


def label_of(case: ReviewCase) -> str:
    return kind_of(case.kind).label


def slot_label(case: ReviewCase, slot: str) -> str:
    return kind_of(case.kind).slots.get(slot, slot)


def working_hours() -> WorkingHours:
    """Opening hours from the settings, days off from the table."""
    days = db.session.execute(select(Holiday.day, Holiday.is_worked)).all()
    return WorkingHours(
        parse_spans(settings.review_hours),
        closed=frozenset(day for day, worked in days if not worked),
        worked=frozenset(day for day, worked in days if worked),
    )


def list_holidays() -> list[Holiday]:
    return list(db.session.scalars(select(Holiday).order_by(Holiday.day)))


def list_holidays_of(year: int) -> list[Holiday]:
    first, last = date(year, 1, 1), date(year, 12, 31)
    return list(db.session.scalars(select(Holiday).where(Holiday.day.between(first, last)).order_by(Holiday.day)))


def find_holiday_year(year: int) -> HolidayYear | None:
    """Whether, by whom and when the year was compared with its notice."""
    return db.session.get(HolidayYear, year)


def find_missing_year() -> int | None:
    """This year, or from November on the next, while its days off have not been entered from the notice."""
    today = clock.today()
    years = [today.year, today.year + 1] if today.month >= NOTICE_COMES_IN else [today.year]
    return next((year for year in years if find_holiday_year(year) is None), None)


def _count(rows: Select[int]) -> int:
    return int(db.session.scalar(select(func.count()).select_from(rows.subquery())) or 0)
