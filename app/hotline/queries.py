"""Reads of calls, searches and open unfreezings."""

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import func, select

from app.core import clock
from app.core.audit.queries import AuditFilter, search
from app.core.db import db
from app.core.errors import NotFound
from app.core.settings import settings
from app.hotline.audit_tags import HotlineTag
from app.hotline.models import HotlineCall, HotlineSearch, UnfreezeRequest
from app.roster.models import InsuredPerson
from app.scanning.models import HelpEvent


def get_call(staff_id: int, call_id: int) -> HotlineCall:
    """A member's own call, for settings.hotline_call_minutes; later the caller must be verified again."""
    call = db.session.get(HotlineCall, call_id)
    if call is None or call.staff_id != staff_id or call.opened_at <= _calls_opened_after():
        raise NotFound
    return call


def get_search(staff_id: int, search_id: int) -> HotlineSearch:
    search = db.session.get(HotlineSearch, search_id)
    if search is None or search.staff_id != staff_id or search.searched_at <= _calls_opened_after():
        raise NotFound
    return search


def _calls_opened_after() -> datetime:
    return clock.now() - timedelta(minutes=settings.hotline_call_minutes)


def list_persons(ids: Collection[int]) -> list[InsuredPerson]:
    return list(db.session.scalars(select(InsuredPerson).where(InsuredPerson.id.in_(ids)).order_by(InsuredPerson.id)))


def find_help_event(code: str) -> HelpEvent | None:
    return db.session.get(HelpEvent, code)


def count_misses(staff_id: int) -> int:
    """The number of searches in the last hour that found nobody."""
    since = clock.now() - timedelta(hours=1)
    missed = select(func.count()).where(
        HotlineSearch.staff_id == staff_id, HotlineSearch.searched_at > since, HotlineSearch.person_ids == ""
    )
    return int(db.session.scalar(missed) or 0)


def is_over_limit(staff_id: int) -> bool:
    return count_misses(staff_id) >= settings.hotline_misses_per_hour


def has_alarmed_lately(actor: str) -> bool:
    """Whether this member's searches were stopped within the last hour."""
    until = clock.now()
    wanted = AuditFilter(since=until - timedelta(hours=1), until=until, actor=actor, tags=(HotlineTag.alarm,))
    return bool(search(wanted, limit=1).rows)


def list_unfreezings(regions: Collection[str]) -> list[UnfreezeRequest]:
    """Unfreezings of these regions that wait for a second person, oldest first."""
    return list(
        db.session.scalars(
            select(UnfreezeRequest)
            .where(
                UnfreezeRequest.region.in_(sorted(regions)),
                UnfreezeRequest.settled_at.is_(None),
                UnfreezeRequest.asked_at > clock.now() - timedelta(hours=settings.hotline_unfreeze_hours),
            )
            .order_by(UnfreezeRequest.id)
            .limit(50)
        )
    )


def get_unfreezing(request_id: int, regions: Collection[str]) -> UnfreezeRequest:
    found = db.session.get(UnfreezeRequest, request_id)
    if found is None or found.region not in regions:
        raise NotFound
    return found


def get_call_of(request: UnfreezeRequest) -> HotlineCall:
    return db.session.get_one(HotlineCall, request.call_id)


def find_unfreezing_of(call: HotlineCall) -> UnfreezeRequest | None:
    return db.session.scalar(select(UnfreezeRequest).where(UnfreezeRequest.call_id == call.id))
