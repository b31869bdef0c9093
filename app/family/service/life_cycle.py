"""What the passing of time does to links and requests: coming of age, a death or move in the roster, requests that expire."""

from datetime import timedelta

from flask_babel import gettext as _
from sqlalchemy import select, update

from app.accounts.models import Account
from app.core import clock, jobs
from app.core.db import db, transaction
from app.core.settings import settings
from app.core.statements import won, write
from app.documents.service import keep_until
from app.family import queries
from app.family.audit_tags import FamilyTag
from app.family.models import CallBack, CallBackState, FamilyLink, LinkEnd, LinkRequest, LinkState, RequestState
from app.family.service import notifications
from app.family.service.links import end_link, person_of
from app.family.service.requests import end_invitations, record_request, reload
from app.roster.models import InsuredPerson, InsuredStatus

FOLLOW_ROSTER = "family.follow_roster"
REMINDERS = (60, 30, 7, 0)  # days before the birthday; 0 is the day itself
ENDINGS = {InsuredStatus.died: LinkEnd.member_died, InsuredStatus.moved: LinkEnd.member_moved}


def tend() -> None:
    """The periodic task; it handles each link and request in a transaction of its own."""
    remind_of_age()
    end_unrenewed()
    follow_roster()
    expire_requests()


def remind_of_age() -> int:
    """Messages 60, 30 and 7 days before the member comes of age, and on the day; each once, only the latest if some were missed."""
    told = 0
    for link in queries.list_links_coming_of_age(clock.today() + timedelta(days=REMINDERS[0])):
        if link.of_age_on is None:
            continue
        left = (link.of_age_on - clock.today()).days
        due = min((days for days in REMINDERS if left <= days), default=None)
        if due is not None and _note_reminded(link, due):
            told += 1
    return told


@transaction()
def _note_reminded(link: FamilyLink, due: int) -> bool:
    """One conditional UPDATE, so that two parallel processes send one message."""
    if not won(
        update(FamilyLink)
        .where(
            FamilyLink.id == link.id,
            FamilyLink.state == LinkState.active,
            FamilyLink.reminded_days.is_(None) | (FamilyLink.reminded_days > due),
        )
        .values(reminded_days=due)
    ):
        return False
    link = db.session.get_one(FamilyLink, link.id, populate_existing=True)
    left = (link.of_age_on - clock.today()).days if link.of_age_on else 0
    if left > 0:
        notifications.tell_coming_of_age(link, left)
    else:
        notifications.tell_of_age(link)
    return True


def end_unrenewed() -> int:
    """Ends the links that the member has not renewed within the days of grace."""
    over = clock.today() - timedelta(days=settings.family_renewal_grace_days + 1)
    return sum(end_link(link, LinkEnd.not_renewed, by="system") for link in queries.list_links_coming_of_age(over))


def follow_roster() -> int:
    """A death or a move in the roster ends the link; a suspension does not."""
    links = db.session.execute(
        select(FamilyLink.id, InsuredPerson.status)
        .join(InsuredPerson, InsuredPerson.id == FamilyLink.member_person_id)
        .where(FamilyLink.state == LinkState.active, InsuredPerson.status.in_(ENDINGS))
    ).all()
    orphans = db.session.scalars(
        select(FamilyLink.id)
        .join(Account, Account.id == FamilyLink.holder_account_id)
        .join(InsuredPerson, InsuredPerson.id == Account.person_id)
        .where(FamilyLink.state == LinkState.active, InsuredPerson.status == InsuredStatus.died)
    ).all()
    endings = {link_id: ENDINGS[status] for link_id, status in links} | dict.fromkeys(orphans, LinkEnd.holder_died)
    return sum(_end(link_id, reason) for link_id, reason in endings.items())


def note_status(_person_ids: list[int], status: InsuredStatus) -> None:
    """The roster says that somebody died or moved: their links are checked as soon as that is committed, not at the next hour."""
    if status in ENDINGS:
        jobs.enqueue_once(FOLLOW_ROSTER)


@transaction()
def _end(link_id: int, reason: LinkEnd) -> bool:
    return end_link(db.session.get_one(FamilyLink, link_id), reason, by="system")


def expire_requests() -> int:
    """Ends drafts and requests that nobody answered for thirty days, and deletes their papers."""
    over = db.session.scalars(
        select(LinkRequest.id).where(
            LinkRequest.state.in_((RequestState.draft, RequestState.waiting_authorisation)),
            LinkRequest.expires_at <= clock.now(),
        )
    ).all()
    for request_id in over:
        _expire(request_id)
    return len(over)


@transaction()
def _expire(request_id: int) -> None:
    request = reload(db.session.get_one(LinkRequest, request_id))
    if request.state not in (RequestState.draft, RequestState.waiting_authorisation) or request.expires_at > clock.now():
        return
    was_draft = request.state is RequestState.draft
    request.state, request.decided_at, request.typed_encrypted = RequestState.expired, clock.now(), b""
    db.session.flush()
    end_invitations(request)
    write(
        update(CallBack)
        .where(CallBack.request_id == request.id, CallBack.state == CallBackState.booked)
        .values(state=CallBackState.cancelled)
    )
    keep_until(request.subject, clock.now())
    record_request(FamilyTag.expired, request, "system")
    if not was_draft:
        name = notifications.name_of(person_of(request))
        notifications.tell_decided(
            request,
            _("添加 %(name)s 的申请已过期", name=name),
            _("%(days)d 天内没有得到同意，申请已关闭。需要的话，请重新添加。", days=settings.family_invitation_days),
        )
