"""What the two requests that wait out a delay have in common: how one ends, who is told, how the log names it."""

from sqlalchemy import ColumnElement, update

from app.accounts.models import Account
from app.accounts.queries import phone_of
from app.activation.audit_tags import ActivationTag
from app.activation.models import PinReset, Rebinding
from app.core import audit, clock
from app.core.db import db
from app.core.statements import won
from app.messages.service import post_message, send_sms


def close_request(request: PinReset | Rebinding, how: str, *conditions: ColumnElement[bool]) -> bool:
    """One conditional UPDATE: of an end and an objection at the same moment only one counts. False when it was over already.

    how: `done_at` or `cancelled_at`. conditions: what else must hold of its row.
    """
    model = type(request)
    is_closed = won(
        update(model)
        .where(model.id == request.id, model.done_at.is_(None), model.cancelled_at.is_(None), *conditions)
        .values({how: clock.now()})
    )
    db.session.refresh(request)
    return is_closed


def tell_owner(account: Account, title: str, body: str, *, sms: str) -> None:
    """In the inbox, and by SMS while the account has a number."""
    post_message(account.id, title, body)
    phone = phone_of(account)
    if phone:
        send_sms(phone, sms)


def record_request(tag: ActivationTag, request: PinReset | Rebinding, by: str) -> None:
    audit.record(
        tag, actor=by, subject=f"{request.__tablename__}:{request.id}", device=request.device_id, account=request.account_id
    )
