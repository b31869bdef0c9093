"""Reads of cases. Counts stop at a bound, so that a long queue does not make pages slower."""

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

COUNTED = 200  # a place further back is not told as a number
PAGE = 25
NOTICE_COMES_IN = 11  # in November the State Council announces the next year's days off


@dataclass(frozen=True)
class Reason:
    """slot, page_id: the papers and the page it is about; empty and None for the whole request."""

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
    """How many cases of the region come before this one: 0 if it is next or no longer waits. COUNTED means that many or more."""
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
    """Waiting cases of these regions, the earliest promise first. Reads the first few of each region and merges them."""
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
    """How many cases wait, counted up to COUNTED."""
    waiting = select(literal(1)).where(ReviewCase.region.in_(sorted(regions)), ReviewCase.state == CaseState.waiting)
    if due_before is not None:
        waiting = waiting.where(ReviewCase.due_at < due_before)
    return _count(waiting.limit(COUNTED))


def list_claimed_by(staff_id: int) -> list[ReviewCase]:
    """Cases this member holds and has not decided, the earliest promise first."""
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
    """Cases whose decision by this member can still be undone, the newest first."""
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
    """The last decision that was not undone, in effect or not yet."""
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
    """The reasons of the decision in effect; empty while it can still be undone, and if there were none."""
    step = find_last_decision(case)
    return reasons_of(step) if step is not None and step.settled_at is not None else []


def reasons_of(step: ReviewStep) -> list[Reason]:
    rows = db.session.scalars(select(StepReason).where(StepReason.step_id == step.id).order_by(StepReason.id))
    return [Reason(row.reason, row.slot, row.page_id) for row in rows]


def note_of(step: ReviewStep | None) -> str:
    """The note of a step, written to the citizen or, with an appeal, by the citizen; empty if there is none."""
    if step is None or step.note_encrypted is None:
        return ""
    return vault.decrypt("review-note", step.note_encrypted, bound_to=f"case:{step.case_id}".encode()).decode()


def decision_note(case: ReviewCase) -> str:
    """The reviewer's note to the citizen with the decision in effect."""
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
    """The office's working hours: opening hours from the settings, days off from the table."""
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
    """When and by whom the year was compared with its notice; None if nobody has done so."""
    return db.session.get(HolidayYear, year)


def find_missing_year() -> int | None:
    """The year whose days off have not been entered from the notice: this year, or from November on the next; None if neither."""
    today = clock.today()
    years = [today.year, today.year + 1] if today.month >= NOTICE_COMES_IN else [today.year]
    return next((year for year in years if find_holiday_year(year) is None), None)


def _count(rows: Select[int]) -> int:
    return int(db.session.scalar(select(func.count()).select_from(rows.subquery())) or 0)
