"""Requests that take effect after a delay, in which everybody concerned is told and every device of the account may object.

A device to be trusted and a PIN to be reset differ in their words, tags and delays, and in what follows when nobody objects; that
is in `rebinding` and `pin_reset`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeVar

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, update

from app.accounts.models import Account, Device, LoginSession
from app.accounts.queries import phone_of
from app.accounts.service import IdentityEventKind, announce
from app.activation.audit_tags import ActivationTag
from app.activation.models import PinReset, Rebinding, WaitingRequest
from app.activation.queries import find_request
from app.core import audit, clock
from app.core.db import db, transaction
from app.core.display import moment
from app.core.installation import bureau_name
from app.core.settings import settings
from app.core.statements import won
from app.messages.service import post_message, send_sms
from app.proofs.models import IdentityProof
from app.proofs.service import spend_proof

Request = TypeVar("Request", bound=WaitingRequest)


@transaction()
def open_request(model: type[Request], session: LoginSession, proof: IdentityProof) -> Request:
    """By document number: effective on this device after the delay. Everybody is told. A request already waiting is returned."""
    spend_proof(proof)
    account, device, kind = session.account, session.device, _KINDS[model]
    pending = find_request(model, device.id)
    if pending is not None:
        return pending
    now = clock.now()
    make: Callable[..., Request] = model
    dates = kind.dates()
    pending = make(
        account_id=account.id, device_id=device.id, requested_at=now, **{name: now + after for name, after in dates.items()}
    )
    db.session.add(pending)
    db.session.flush()
    _record(kind.requested, pending, account.actor)
    announce(kind.announced, account, effective_at=pending.effective_at)
    title, body, sms = kind.say_requested(device.name, moment(pending.effective_at))
    tell_owner(account, title, body, sms=sms)
    return pending


@transaction()
def cancel_request(pending: WaitingRequest, by: str) -> bool:
    """False when it was over already. by: `account:12`, `device:7`."""
    kind = _KINDS[type(pending)]
    if not close_request(pending, "cancelled_at"):
        return False
    _record(kind.cancelled, pending, by)
    if kind.announced_end is not None:
        announce(kind.announced_end, db.session.get_one(Account, pending.account_id), by=by)
    post_message(pending.account_id, *kind.say_cancelled(pending.device.name))
    return True


@transaction()
def cancel_requests_of_device(device_id: int, _reason: str) -> None:
    """A removed device's requests are cancelled, so that it does not come back by an earlier request."""
    for model in _KINDS:
        pending = find_request(model, device_id)
        if pending is not None:
            cancel_request(pending, Device.actor_of(device_id))


def close_request(request: WaitingRequest, how: str, *conditions: ColumnElement[bool]) -> bool:
    """One conditional UPDATE: of a parallel completion and objection only one counts. False when it was over already.

    how: `done_at` or `cancelled_at`. conditions: what else must hold for its row.
    """
    model = type(request)
    is_closed = won(update(model).where(model.id == request.id, model.is_open(), *conditions).values({how: clock.now()}))
    db.session.refresh(request)
    return is_closed


def tell_owner(account: Account, title: str, body: str, *, sms: str) -> None:
    """In the inbox, and by SMS while the account has a number."""
    post_message(account.id, title, body)
    phone = phone_of(account)
    if phone:
        send_sms(phone, sms)


def _record(tag: ActivationTag, request: WaitingRequest, by: str) -> None:
    audit.record(
        tag, actor=by, subject=f"{request.__tablename__}:{request.id}", device=request.device_id, account=request.account_id
    )


def _say_rebinding_requested(device: str, when: str) -> tuple[str, str, str]:
    return (
        _("有一台新设备申请绑定"),
        _(
            "“%(device)s”用短信和证件号码申请出示您的医保码，%(when)s 生效。"
            "不是您本人的话，请在那之前打开“我的”里的“绑定申请”，点“取消”，或拨打医保热线。",
            device=device,
            when=when,
        ),
        _(
            "【%(bureau)s】有一台新设备申请绑定您的医保码，%(when)s 生效。不是您本人的话，请登录后取消，或拨打医保热线。",
            bureau=bureau_name(),
            when=when,
        ),
    )


def _say_reset_requested(device: str, when: str) -> tuple[str, str, str]:
    return (
        _("有人申请重设展码密码"),
        _(
            "“%(device)s”用短信和证件号码申请重设您的展码密码，%(when)s 生效。"
            "不是您本人的话，请在那之前打开“我的”里的“绑定申请”，点“取消”，或拨打医保热线。",
            device=device,
            when=when,
        ),
        _(
            "【%(bureau)s】有人申请重设您的展码密码，%(when)s 生效。不是您本人的话，请登录后取消，或拨打医保热线。",
            bureau=bureau_name(),
            when=when,
        ),
    )


def _reset_dates() -> dict[str, timedelta]:
    delay = timedelta(hours=settings.pin_reset_delay_hours)
    return {"effective_at": delay, "expires_at": delay + timedelta(days=settings.pin_reset_open_days)}


@dataclass(frozen=True)
class _Kind:
    """announced: the event for the family. dates: its columns, and how long after the request. say_requested: takes the device's
    name and the moment, returns title and body of the message, and the SMS. say_cancelled: takes the name, returns title, body."""

    requested: ActivationTag
    cancelled: ActivationTag
    announced: IdentityEventKind
    announced_end: IdentityEventKind | None
    dates: Callable[[], dict[str, timedelta]]
    say_requested: Callable[[str, str], tuple[str, str, str]]
    say_cancelled: Callable[[str], tuple[str, str]]


_KINDS: dict[type[WaitingRequest], _Kind] = {
    Rebinding: _Kind(
        ActivationTag.rebinding_requested,
        ActivationTag.rebinding_cancelled,
        IdentityEventKind.device_requested,
        None,
        lambda: {"effective_at": timedelta(hours=settings.rebind_delay_hours)},
        _say_rebinding_requested,
        lambda device: (_("已取消绑定新设备"), _("“%(device)s”的绑定申请已经取消。", device=device)),
    ),
    PinReset: _Kind(
        ActivationTag.pin_reset_requested,
        ActivationTag.pin_reset_cancelled,
        IdentityEventKind.pin_reset_requested,
        IdentityEventKind.pin_reset_cancelled,
        _reset_dates,
        _say_reset_requested,
        lambda device: (_("已取消重设展码密码"), _("“%(device)s”的重设申请已经取消，密码没有变。", device=device)),
    ),
}
