"""A booked call from the bureau: for members who have no phone for a face check and no counter nearby."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from app.accounts.models import Account, ConsentPurpose
from app.accounts.queries import list_notices
from app.config.grammar import parse_spans
from app.core import audit, clock
from app.core.crypto import vault
from app.core.db import db, transaction
from app.core.display import moment
from app.core.errors import DomainError
from app.core.settings import settings
from app.core.statements import won, write
from app.family import queries
from app.family.audit_tags import FamilyTag
from app.family.models import CallBack, CallBackState, LinkRequest, RequestState
from app.family.service import notifications
from app.family.service.links import person_of
from app.family.service.requests import authorise, reject, reload, wait_for_authorisation
from app.reviews.queries import working_hours

EVERY = timedelta(minutes=30)  # fixed: calls are stored by half hours
OFFERED = 12  # fixed: as many as one list can show at a glance

CHECKLIST: dict[str, LazyString] = {
    "recorded": _l("已说明这次通话有录音，对方同意。"),
    "name": _l("对方说出了自己的姓名，和名册一致。"),
    "number": _l("对方说出了证件号码的后四位，和名册一致。"),
    "holder": _l("对方说出了申请人的姓名和两人的关系。"),
    "free": _l("对方是自愿的，旁边没有人替他回答。"),
    "understood": _l("对方知道家人能出示他的医保码，随时可以解绑。"),
    "agreed": _l("对方明确说了“同意”。"),
}


def list_free_hours() -> list[datetime]:
    """When the bureau can still call, from tomorrow on: the starts of half hours on working days."""
    hours, spans = working_hours(), parse_spans(settings.family_call_hours)
    first, starts = clock.today() + timedelta(days=1), []
    for number in range(settings.family_call_days_ahead * 2):
        day = first + timedelta(days=number)
        if hours.is_working_day(day):
            for opens, closes in spans:
                starts += _starts_of(datetime.combine(day, opens, clock.CHINA), datetime.combine(day, closes, clock.CHINA))
    booked = queries.count_booked(starts)
    free = [start for start in starts if booked.get(start, 0) < settings.family_calls_at_once]
    return free[:: max(1, len(free) // OFFERED)][:OFFERED]


def _starts_of(start: datetime, end: datetime) -> list[datetime]:
    found = []
    while start < end:
        found.append(start)
        start += EVERY
    return found


def book_call_back(request: LinkRequest, starts_at: datetime, phone: str) -> CallBack:
    """phone: as parse_mobile returns it. Raises DomainError `hour_taken` when others took the hour first."""
    if starts_at not in list_free_hours():
        raise _taken()
    with transaction():
        wait_for_authorisation(request)
        request = reload(request)
        person = person_of(request)
        _cancel(request)
        for place in range(1, settings.family_calls_at_once + 1):
            call = CallBack(
                request_id=request.id,
                starts_at=starts_at,
                place=place,
                region=person.insured_region,
                phone_encrypted=vault.encrypt(queries.CALL_PURPOSE, phone.encode(), bound_to=f"request:{request.id}".encode()),
                created_at=clock.now(),
            )
            try:
                with db.session.begin_nested():
                    db.session.add(call)
                    db.session.flush()
            except IntegrityError:
                continue
            audit.record(
                FamilyTag.call_booked,
                actor=Account.actor_of(request.holder_account_id),
                subject=call.subject,
                person_id=person.id,
            )
            notifications.tell_call_booked(request, moment(starts_at))
            return call
        raise _taken()


@transaction()
def complete_call_back(call: CallBack, answers: Iterable[str], *, by: str) -> LinkRequest:
    """The agent has called. answers: the questions of CHECKLIST answered with yes; a missing one means no. by: `staff:3`."""
    yes = [key for key in CHECKLIST if key in set(answers)]
    is_agreed = len(yes) == len(CHECKLIST)
    if not won(
        update(CallBack)
        .where(CallBack.id == call.id, CallBack.state == CallBackState.booked)
        .values(
            state=CallBackState.done if is_agreed else CallBackState.failed,
            checklist=",".join(yes),
            done_by=by,
            done_at=clock.now(),
        )
    ):
        raise _done()
    request = reload(call.request)
    audit.record(
        FamilyTag.call_done,
        actor=by,
        subject=call.subject,
        person_id=request.person_id,
        outcome="ok" if is_agreed else "refused",
    )
    if request.state is not RequestState.waiting_authorisation:
        return request
    if is_agreed:
        notices = list_notices(ConsentPurpose.family_authorisation, ConsentPurpose.family_share)
        return authorise(request, notices, account_id=request.holder_account_id, by=by, channel="phone")
    name = notifications.name_of(person_of(request))
    reject(
        request,
        "called_no",
        by=by,
        title=_("回电后没有添加 %(name)s", name=name),
        sentence=_("电话里没有能确认本人同意。您可以换一种方式重新申请，或带家人到医保窗口办理。"),
    )
    return request


@transaction()
def miss_call_back(call: CallBack, *, by: str) -> None:
    """Nobody answered: the request keeps waiting, and another hour can be booked. Raises DomainError `call_done`."""
    if not won(
        update(CallBack)
        .where(CallBack.id == call.id, CallBack.state == CallBackState.booked)
        .values(state=CallBackState.failed, done_by=by, done_at=clock.now())
    ):
        raise _done()
    request = reload(call.request)
    audit.record(FamilyTag.call_done, actor=by, subject=call.subject, person_id=request.person_id, outcome="no_answer")
    if request.state is RequestState.waiting_authorisation:
        notifications.tell_decided(
            request, _("医保局打过电话，没有人接"), _("申请还在。请打开“家人”，换一个时间再约，或换一种方式。")
        )


def _cancel(request: LinkRequest) -> None:
    write(
        update(CallBack)
        .where(CallBack.request_id == request.id, CallBack.state == CallBackState.booked)
        .values(state=CallBackState.cancelled)
    )


def _done() -> DomainError:
    return DomainError("call_done", _("这个电话已经有人打过了。"), _("请回到列表，打下一个。"), status=409)


def _taken() -> DomainError:
    return DomainError("hour_taken", _("这个时间刚刚约满了。"), _("请另选一个时间。"), status=409, field="hour")
