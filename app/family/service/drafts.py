"""A request being filled in: notices, the holder's step-up, who the member is, which way. Kept thirty days, one per holder."""

import json
from collections.abc import Iterable
from datetime import timedelta

from flask_babel import gettext as _
from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError

from app.accounts.models import Account, LoginSession, Notice
from app.accounts.service import record_consent
from app.core import audit, clock
from app.core.crypto import vault
from app.core.db import db, transaction
from app.core.errors import DomainError
from app.core.settings import settings
from app.core.statements import won, write
from app.documents.service import keep_until
from app.family import queries
from app.family.audit_tags import FamilyTag
from app.family.models import DraftStep, FamilyLink, LinkRequest, LinkState, Relation, RequestState, Way
from app.family.policy import AgePolicy
from app.family.service.refusals import find_holder_refusal, find_refusal, not_found
from app.roster.identity import Cert, is_same_name
from app.roster.models import InsuredPerson
from app.roster.queries import find_person, get_person


@transaction()
def begin_request(account: Account) -> LinkRequest:
    """This holder's draft; two parallel first visits get the same one. Raises DomainError when this account may not add anybody."""
    refusal = find_holder_refusal(account)
    if refusal is not None:
        raise refusal
    draft = queries.find_draft(account.id)
    if draft is not None:
        return draft
    now = clock.now()
    drafts_of_holder = (LinkRequest.holder_account_id == account.id, LinkRequest.state == RequestState.draft)
    db.session.execute(delete(LinkRequest).where(*drafts_of_holder, LinkRequest.expires_at <= now))
    draft = LinkRequest(holder_account_id=account.id, created_at=now, expires_at=now + timedelta(days=settings.draft_days))
    try:
        with db.session.begin_nested():
            db.session.add(draft)
            db.session.flush()
    except IntegrityError:
        return db.session.scalars(select(LinkRequest).where(*drafts_of_holder)).one()
    _record(FamilyTag.request_begun, draft)
    return draft


@transaction()
def begin_renewal(account: Account, link: FamilyLink) -> LinkRequest:
    """The member came of age, or soon will: the same wizard, starting at the step-up, for the same person."""
    if link.state is not LinkState.active or link.of_age_on is None:
        raise DomainError("nothing_to_renew", _("这个绑定不用续期。"), _("请回到“家人”。"), status=409)
    draft = begin_request(account)
    draft.renews_link_id, draft.person_id, draft.relation = link.id, link.member_person_id, link.relation
    draft.step, draft.way, draft.typed_encrypted = DraftStep.step_up, None, b""
    db.session.flush()
    return draft


@transaction()
def agree_to_notices(request: LinkRequest, account: Account, notices: Iterable[Notice]) -> None:
    """The holder's own consents (S26, S32)."""
    record_consent(account.id, account.person_id or 0, notices)
    _move(request, DraftStep.notice, DraftStep.step_up)


@transaction()
def note_step_up(request: LinkRequest, session: LoginSession) -> None:
    """The holder has just proved in this session who they are (S33); this holds for a while and only in this session."""
    after = DraftStep.way if request.renews_link_id else DraftStep.member
    write(
        update(LinkRequest)
        .where(LinkRequest.id == request.id, LinkRequest.state == RequestState.draft)
        .values(stepped_up_at=clock.now(), stepped_up_session=session.id)
    )
    _move(request, DraftStep.step_up, after)
    _record(FamilyTag.stepped_up, request)


def is_stepped_up(request: LinkRequest, session: LoginSession) -> bool:
    """Whether the step-up was done in this very session, within settings.family_step_up_minutes."""
    return (
        request.stepped_up_session == session.id
        and request.stepped_up_at is not None
        and clock.now() - request.stepped_up_at < timedelta(minutes=settings.family_step_up_minutes)
    )


@transaction()
def save_typed(request: LinkRequest, typed: dict[str, str]) -> None:
    """Keeps what was typed, encrypted, so that nothing is lost."""
    plain = json.dumps(typed, ensure_ascii=False).encode()
    encrypted = vault.encrypt(queries.REQUEST_PURPOSE, plain, bound_to=queries.request_binding(request.holder_account_id))
    if not won(
        update(LinkRequest)
        .where(
            LinkRequest.id == request.id,
            LinkRequest.state == RequestState.draft,
            LinkRequest.step.in_((DraftStep.member, DraftStep.way, DraftStep.finish)),
        )
        .values(typed_encrypted=encrypted, step=DraftStep.member, person_id=None, relation=None, way=None)
    ):
        raise draft_gone()


def identify_member(
    account: Account, request: LinkRequest, relation: Relation, name: str, cert: Cert, region: str
) -> InsuredPerson | DomainError:
    """Finds the person whom name and number match and takes the draft a step further; or says why not, which is audited.

    name: cleaned. region: the 参保地 chosen; it is looked at only once name and number match.
    """
    with transaction():
        person = find_person(cert.cert_type, cert.number)
        if person is None or person.is_specimen or not is_same_name(person.name, name):
            return _refuse(account, not_found(region), None)
        refusal = find_refusal(account, request, relation, person, region)
        if refusal is not None:
            return _refuse(account, refusal, person)
        if not won(
            update(LinkRequest)
            .where(LinkRequest.id == request.id, LinkRequest.state == RequestState.draft, LinkRequest.step == DraftStep.member)
            .values(person_id=person.id, relation=relation, step=DraftStep.way, way=None)
        ):
            raise draft_gone()
        _record(FamilyTag.member_found, request, person_id=person.id)
        return person


@transaction()
def choose_way(request: LinkRequest, way: Way) -> None:
    """Raises DomainError `way_not_open` for a way that the member's age does not allow."""
    person = get_person(request.person_id or 0)
    if way not in ways_of(request, person):
        raise DomainError(
            "way_not_open", _("这位家人的年龄不能用这种方式。"), _("请从列出的方式里选一种。"), region=person.insured_region
        )
    if not won(
        update(LinkRequest)
        .where(
            LinkRequest.id == request.id,
            LinkRequest.state == RequestState.draft,
            LinkRequest.step.in_((DraftStep.way, DraftStep.finish)),
        )
        .values(way=way, step=DraftStep.finish)
    ):
        raise draft_gone()


def ways_of(request: LinkRequest, person: InsuredPerson) -> tuple[Way, ...]:
    """A renewal needs the member's own consent, even shortly before the birthday."""
    today = clock.today()
    policy = AgePolicy.of(settings)
    ways = policy.ways(
        person.birthday, max(today, policy.of_age_on(person.birthday, today) or today) if request.renews_link_id else today
    )
    return tuple(way for way in ways if way is not Way.documents) if request.renews_link_id else ways


@transaction()
def discard_draft(account: Account) -> None:
    """重新开始: what was typed is forgotten at once, and the papers are due for deletion."""
    draft = queries.find_draft(account.id)
    if draft is None:
        return
    draft.state, draft.decided_at, draft.typed_encrypted = RequestState.withdrawn, clock.now(), b""
    db.session.flush()
    keep_until(draft.subject, clock.now())
    _record(FamilyTag.withdrawn, draft)


def draft_gone() -> DomainError:
    return DomainError(
        "draft_gone", _("这个申请已经提交过，或者重新开始了。"), _("请回到“家人”看进度；没有的话，请重新添加。"), status=409
    )


def _move(request: LinkRequest, old: DraftStep, new: DraftStep) -> None:
    """Moves the draft forward only, so that a form sent again changes nothing."""
    write(
        update(LinkRequest)
        .where(LinkRequest.id == request.id, LinkRequest.state == RequestState.draft, LinkRequest.step == old)
        .values(step=new)
    )


@transaction()
def _refuse(account: Account, refusal: DomainError, person: InsuredPerson | None) -> DomainError:
    audit.record(FamilyTag.refused, actor=account.actor, person_id=person.id if person else None, outcome=refusal.code)
    return refusal


def _record(tag: FamilyTag, request: LinkRequest, *, person_id: int | None = None) -> None:
    audit.record(tag, actor=Account.actor_of(request.holder_account_id), subject=request.subject, person_id=person_id)
