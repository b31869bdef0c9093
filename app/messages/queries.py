"""Reads of the inbox, and of the SMS a demo shows on its page."""

from sqlalchemy import func, select

from app.core.crypto import vault
from app.core.db import db
from app.core.errors import NotFound
from app.core.settings import settings
from app.messages.models import DemoSms, Message


def list_messages(account_id: int, limit: int = 100) -> list[Message]:
    """Newest first."""
    return list(
        db.session.scalars(
            select(Message)
            .where(Message.account_id == account_id)
            .order_by(Message.created_at.desc(), Message.id.desc())
            .limit(limit)
        )
    )


def get_message(account_id: int, message_id: int) -> Message:
    """A message of this account; raises NotFound for another account's."""
    message = db.session.scalar(select(Message).where(Message.id == message_id, Message.account_id == account_id))
    if message is None:
        raise NotFound
    return message


def count_unread(account_id: int) -> int:
    return (
        db.session.scalar(
            select(func.count()).select_from(Message).where(Message.account_id == account_id, Message.read_at.is_(None))
        )
        or 0
    )


def find_demo_sms(phone: str) -> DemoSms | None:
    """The last SMS "sent" to this number; always None outside the demo."""
    if not settings.is_demo or not phone:
        return None
    wanted = select(DemoSms).where(DemoSms.phone_hash.in_(vault.keyed_hashes("phone", phone)))
    return db.session.scalar(wanted.order_by(DemoSms.sent_at.desc()).limit(1).execution_options(populate_existing=True))
