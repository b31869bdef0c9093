"""A request leaves the draft state: it waits for an authorisation or a reviewer, or becomes a link at once."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from app.accounts.models import Account, Notice
from app.accounts.service import record_consent
from app.core import audit, clock
from app.core.db import db, transaction
from app.core.display import moment
from app.core.errors import DomainError
from app.core.settings import settings
from app.core.statements import write
from app.documents.service import keep_until
from app.family import queries
from app.family.audit_tags import FamilyTag
from app.family.models import DraftStep, FamilyLink, Invitation, LinkRequest, RequestState, Way
from app.family.policy import AgePolicy
from app.family.service import notifications
from app.family.service.drafts import draft_gone
from app.family.service.limits import find_full, lock_pair
from app.family.service.links import find_bound, find_frozen, make_link, person_of, renew_link
from app.proofs.models import IdentityProof
from app.proofs.service import spend_proof
from app.reviews.service import open_case, withdraw_case

KIND = "family"  # the kind of its review cases
WAITING = (RequestState.waiting_authorisation, RequestState.waiting_review, RequestState.returned)


@transaction()
def wait_for_authorisation(request: LinkRequest) -> None:
    """The holder has done their part; somebody else must act within thirty days. Calling it again changes nothing.

    Raises DomainError `members_full` or `draft_gone`.
    """
    request = reload(request)
    if request.state is RequestState.waiting_authorisation:
        return
    _submit(request, RequestState.waiting_authorisation)


@transaction()
def authorise(
    request: LinkRequest,
    notices: Iterable[Notice],
    *,
    account_id: int,
    by: str,
    proof: IdentityProof | None = None,
    channel: str = "web",
) -> LinkRequest:
    """The member's own yes (S40, S42): writes consents, spends the proof, makes the link; or passes it to a reviewer if so set.

    account_id: whose ledger gets the consents: the member's own account, or the holder's if the member agreed on that phone.
    """
    request = reload(request)
    person = person_of(request)
    is_draft = request.state is RequestState.draft and request.step is DraftStep.finish
    if request.way is None or not (is_draft or request.state is RequestState.waiting_authorisation):
        raise draft_gone()
    if proof is not None:
        if proof.person_id != person.id:
            raise draft_gone()
        spend_proof(proof)
    record_consent(account_id, person.id, notices, channel=channel)
    if AgePolicy.of(settings).needs_review(request.way):
        _submit(request, RequestState.waiting_review)
        send_to_review(request)
    else:
        approve(request, by=by)
    return reload(request)


@transaction()
def submit_papers(request: LinkRequest, notices: Iterable[Notice], *, needs_guardian: bool) -> None:
    """Documents go to review (S30, S41); below 14 the guardian's separate consent is recorded as such."""
    request = reload(request)
    if request.state is not RequestState.draft or request.step is not DraftStep.finish:
        raise draft_gone()
    person = person_of(request)
    record_consent(
        request.holder_account_id,
        person.id,
        notices,
        given_by="guardian" if needs_guardian or request.way is Way.documents else "self",
    )
    if request.way is Way.vouching:
        _submit(request, RequestState.waiting_authorisation)
        keep_until(request.subject, None)
        return
    _submit(request, RequestState.waiting_review)
    send_to_review(request)


@transaction()
def send_to_review(request: LinkRequest) -> None:
    person = person_of(request)
    keep_until(request.subject, None)
    case = open_case(request.subject, KIND, person.insured_region, needs_second=queries.is_disputed(person.id))
    notifications.tell_submitted(request, moment(case.due_at))


@transaction()
def approve(request: LinkRequest, *, by: str) -> FamilyLink:
    """Makes the link of a request. Raises DomainError, and changes nothing, when it cannot be made (any more)."""
    request = reload(request)
    person = person_of(request)
    if request.relation is None or request.way is None or request.state not in (RequestState.draft, *WAITING):
        raise draft_gone()
    if request.renews_link_id is not None:
        link = db.session.get_one(FamilyLink, request.renews_link_id)
        renew_link(link, request.way, by=by)
    else:
        link = make_link(request, person, request.relation, request.way, by=by)
    now = clock.now()
    request.state, request.decided_at, request.link_id = RequestState.approved, now, link.id
    request.submitted_at = request.submitted_at or now
    request.typed_encrypted = b""
    db.session.flush()
    end_invitations(request)
    record_request(FamilyTag.approved, request, by)
    return link


@transaction()
def reject(request: LinkRequest, refusal: str, *, by: str, title: str, sentence: str) -> None:
    """refusal: why, as a code: `declined`, `called_no`, `review`, or a DomainError's. The words go to the holder."""
    request = reload(request)
    request.state, request.decided_at, request.refusal = RequestState.rejected, clock.now(), refusal[:40]
    request.typed_encrypted = b""
    db.session.flush()
    end_invitations(request)
    record_request(FamilyTag.rejected, request, by, outcome=refusal)
    notifications.tell_decided(request, title, sentence)


@transaction()
def withdraw_request(request: LinkRequest) -> None:
    """撤回: the holder withdraws it, before it is decided."""
    request = reload(request)
    if request.state not in WAITING:
        raise DomainError("decided", _("这个申请已经有结果了。"), _("请看结果。"), status=409)
    was_reviewed = request.state in (RequestState.waiting_review, RequestState.returned)
    request.state, request.decided_at, request.typed_encrypted = RequestState.withdrawn, clock.now(), b""
    db.session.flush()
    end_invitations(request)
    if was_reviewed:
        withdraw_case(request.subject)
    keep_until(request.subject, clock.now())
    record_request(FamilyTag.withdrawn, request, Account.actor_of(request.holder_account_id))


@transaction()
def end_invitations(request: LinkRequest) -> None:
    write(
        update(Invitation)
        .where(Invitation.request_id == request.id, Invitation.used_at.is_(None), Invitation.ended_at.is_(None))
        .values(ended_at=clock.now())
    )


def _submit(request: LinkRequest, state: RequestState) -> None:
    """From here on the request takes a place; counted under a lock, so that parallel requests cannot add one member too many."""
    person = person_of(request)
    lock_pair(request.holder_account_id, person.id)
    if request.renews_link_id is None:
        refusal = find_full(request.holder_account_id, besides=request.id) or find_bound(request.holder_account_id, person)
        if refusal := refusal or find_frozen(person):
            raise refusal
    now = clock.now()
    request.state, request.submitted_at = state, request.submitted_at or now
    request.expires_at = now + timedelta(days=settings.family_invitation_days)
    try:
        with db.session.begin_nested():
            db.session.flush()
    except IntegrityError:
        raise draft_gone() from None
    record_request(FamilyTag.submitted, request, Account.actor_of(request.holder_account_id), state=state.value)


def reload(request: LinkRequest) -> LinkRequest:
    """The request as it is inside this transaction; waits for a parallel request's lock."""
    return db.session.get_one(LinkRequest, request.id, populate_existing=True, with_for_update=True)


def record_request(tag: FamilyTag, request: LinkRequest, by: str, outcome: str = "ok", **detail: Any) -> None:
    audit.record(
        tag,
        actor=by,
        subject=request.subject,
        person_id=request.person_id,
        outcome=outcome,
        way=request.way.value if request.way else "",
        **detail,
    )
