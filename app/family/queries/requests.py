"""Reads of requests, invitations and booked calls."""

import json
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from app.core import clock
from app.core.crypto import vault
from app.core.db import db
from app.core.errors import NotFound
from app.family.models import (
    CallBack,
    CallBackState,
    DraftStep,
    Invitation,
    LinkRequest,
    RequestState,
    Voucher,
    Way,
)

REQUEST_PURPOSE = "family-request"
CALL_PURPOSE = "call-back"
OPEN_STATES = (RequestState.waiting_authorisation, RequestState.waiting_review, RequestState.returned)


def find_draft(holder_account_id: int) -> LinkRequest | None:
    """The request this holder is filling in; an expired one counts as none."""
    return db.session.scalar(
        select(LinkRequest).where(
            LinkRequest.holder_account_id == holder_account_id,
            LinkRequest.state == RequestState.draft,
            LinkRequest.expires_at > clock.now(),
        )
    )


def list_waiting_for_counter(person_id: int) -> list[LinkRequest]:
    """Relatives' requests that have reached the step of this person's counter code, oldest first."""
    return list(
        db.session.scalars(
            select(LinkRequest)
            .where(
                LinkRequest.person_id == person_id,
                LinkRequest.state == RequestState.draft,
                LinkRequest.step == DraftStep.finish,
                LinkRequest.way == Way.counter_code,
                LinkRequest.expires_at > clock.now(),
            )
            .order_by(LinkRequest.id)
        )
    )


def list_requests(holder_account_id: int) -> list[LinkRequest]:
    """All but drafts, newest first."""
    return list(
        db.session.scalars(
            select(LinkRequest)
            .where(LinkRequest.holder_account_id == holder_account_id, LinkRequest.state != RequestState.draft)
            .order_by(LinkRequest.id.desc())
            .limit(20)
        )
    )


def list_open_requests(holder_account_id: int) -> list[LinkRequest]:
    return [each for each in list_requests(holder_account_id) if each.state in OPEN_STATES]


def count_open_requests(holder_account_id: int, *, besides: int | None = None) -> int:
    """Requests under way, each of which takes a place. Renewals do not count: their link already has one."""
    wanted = (
        select(func.count())
        .select_from(LinkRequest)
        .where(
            LinkRequest.holder_account_id == holder_account_id,
            LinkRequest.state.in_(OPEN_STATES),
            LinkRequest.renews_link_id.is_(None),
            LinkRequest.id != (besides or 0),
        )
    )
    return db.session.scalar(wanted) or 0


def find_open_request(holder_account_id: int, person_id: int) -> LinkRequest | None:
    return db.session.scalar(
        select(LinkRequest).where(
            LinkRequest.holder_account_id == holder_account_id,
            LinkRequest.person_id == person_id,
            LinkRequest.state.in_(OPEN_STATES),
        )
    )


def get_request(holder_account_id: int, request_id: int) -> LinkRequest:
    """A request of this holder; raises NotFound for another holder's."""
    found = db.session.scalar(
        select(LinkRequest).where(LinkRequest.id == request_id, LinkRequest.holder_account_id == holder_account_id)
    )
    if found is None:
        raise NotFound
    return found


def find_request_of_subject(subject: str) -> LinkRequest | None:
    """subject: `family_request:12`, as documents and reviews name it."""
    key = LinkRequest.key_in(subject)
    return db.session.get(LinkRequest, key) if key is not None else None


def typed_in(request: LinkRequest) -> dict[str, str]:
    """What was typed about the member: relation, name, cert_type, cert_no, region."""
    if not request.typed_encrypted:
        return {}
    plain = vault.decrypt(REQUEST_PURPOSE, request.typed_encrypted, bound_to=request_binding(request.holder_account_id))
    return {str(key): str(value) for key, value in json.loads(plain).items()}


def request_binding(holder_account_id: int) -> bytes:
    return f"account:{holder_account_id}".encode()


def token_hash(token: str) -> bytes:
    return vault.keyed_hash("family-invitation", token)


def find_invitation(token: str) -> Invitation | None:
    """By the token in its address; also one that was used, ended or expired, so that the page can say so."""
    return db.session.scalar(
        select(Invitation)
        .options(joinedload(Invitation.request, innerjoin=True))
        .where(Invitation.token_hash == token_hash(token[:100]))
    )


def find_call_back(request_id: int) -> CallBack | None:
    """The call booked for this request."""
    return db.session.scalar(select(CallBack).where(CallBack.request_id == request_id, CallBack.state == CallBackState.booked))


def get_call_back(call_id: int) -> CallBack:
    call = db.session.get(CallBack, call_id)
    if call is None:
        raise NotFound
    return call


def list_call_backs(since: datetime, until: datetime, region: str = "") -> list[CallBack]:
    """Booked calls between two moments, the next first. region: a prefix of the admdvs."""
    return list(
        db.session.scalars(
            select(CallBack)
            .options(joinedload(CallBack.request, innerjoin=True))
            .where(
                CallBack.state == CallBackState.booked,
                CallBack.starts_at >= since,
                CallBack.starts_at < until,
                CallBack.region.startswith(region),
            )
            .order_by(CallBack.starts_at, CallBack.place)
        )
    )


def count_booked(starts: list[datetime]) -> dict[datetime, int]:
    counted = db.session.execute(
        select(CallBack.starts_at, func.count())
        .where(CallBack.starts_at.in_(starts), CallBack.state == CallBackState.booked)
        .group_by(CallBack.starts_at)
    )
    return {row[0]: row[1] for row in counted}


def phone_to_call(call: CallBack) -> str:
    return vault.decrypt(CALL_PURPOSE, call.phone_encrypted, bound_to=f"request:{call.request_id}".encode()).decode()


def find_voucher(request_id: int) -> Voucher | None:
    return db.session.get(Voucher, request_id)
