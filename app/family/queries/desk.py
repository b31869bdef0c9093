"""What the hotline follows up: booked calls and disputes about custody, in given regions, in bounded lists."""

from collections.abc import Collection
from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from app.core import clock
from app.core.db import db
from app.core.errors import NotFound
from app.family.models import CallBack, CallBackState, CustodyFlag
from app.roster.models import InsuredPerson

SHOWN = 100
DAYS_AHEAD = 14  # fixed: nothing can be booked further ahead
DISPUTES_PAGE = 50


def list_booked_calls(regions: Collection[str]) -> list[CallBack]:
    """In order of their hour, overdue calls first. The bookable hours are limited, so there is no second page."""
    now = clock.now()
    return list(
        db.session.scalars(
            select(CallBack)
            .options(joinedload(CallBack.request, innerjoin=True))
            .where(
                CallBack.state == CallBackState.booked,
                CallBack.starts_at > now - timedelta(days=30),
                CallBack.starts_at < now + timedelta(days=DAYS_AHEAD),
                CallBack.region.in_(sorted(regions)),
            )
            .order_by(CallBack.starts_at, CallBack.place)
            .limit(SHOWN)
        )
    )


def count_due_calls(regions: Collection[str]) -> int:
    """Calls whose hour has come and that nobody has made yet, counted up to SHOWN."""
    now = clock.now()
    due = (
        select(CallBack.id)
        .where(
            CallBack.state == CallBackState.booked,
            CallBack.starts_at > now - timedelta(days=30),
            CallBack.starts_at < now + timedelta(minutes=30),
            CallBack.region.in_(sorted(regions)),
        )
        .limit(SHOWN)
    )
    return int(db.session.scalar(select(func.count()).select_from(due.subquery())) or 0)


def get_call_back_in(regions: Collection[str], call_id: int) -> CallBack:
    """Raises NotFound for a call of another region."""
    call = db.session.get(CallBack, call_id)
    if call is None or call.region not in regions:
        raise NotFound
    return call


def list_open_disputes(regions: Collection[str], before: int | None = None) -> list[tuple[CustodyFlag, InsuredPerson]]:
    """With the child, the newest first; one more than a page when there are further ones."""
    # The few flags are read first and the persons after them: in a single statement SQLite, which has no statistics of an empty
    # table, would start with all persons.
    of_region = select(InsuredPerson.id).where(
        InsuredPerson.id == CustodyFlag.person_id, InsuredPerson.insured_region.in_(sorted(regions))
    )
    query = (
        select(CustodyFlag)
        .where(CustodyFlag.lifted_at.is_(None), of_region.correlate(CustodyFlag).exists())
        .order_by(CustodyFlag.id.desc())
        .limit(DISPUTES_PAGE + 1)
    )
    if before is not None:
        query = query.where(CustodyFlag.id < before)
    flags = list(db.session.scalars(query))
    children = select(InsuredPerson).where(InsuredPerson.id.in_([flag.person_id for flag in flags]))
    persons = {person.id: person for person in db.session.scalars(children)}
    return [(flag, persons[flag.person_id]) for flag in flags]


def get_dispute(regions: Collection[str], flag_id: int) -> tuple[CustodyFlag, InsuredPerson]:
    """A dispute, settled or not. Raises NotFound for a child of another region."""
    flag = db.session.get(CustodyFlag, flag_id)
    person = db.session.get(InsuredPerson, flag.person_id) if flag is not None else None
    if flag is None or person is None or person.insured_region not in regions:
        raise NotFound
    return flag, person
