"""Telling a person something: a letter in the inbox, a short message to a telephone."""

import secrets
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum

from sqlalchemy import delete, insert, update

from app.core import clock
from app.core.crypto import vault
from app.core.db import after_commit, db, transaction
from app.core.logs import log
from app.core.plugins import load_plugin
from app.core.settings import settings
from app.messages.models import DemoSms, Message
from app.messages.providers import GROUP, Factory, SendingFailed
from app.messages.providers.console import ConsoleSender
from app.messages.providers.http import HttpSender

DEMO_SMS_KEPT = timedelta(days=1)


class SendingState(Enum):
    waiting = "waiting"  # the surrounding transaction has not committed
    sent = "sent"
    failed = "failed"


@dataclass
class Sending:
    """One SMS on its way; `state` is final once the surrounding transaction is over. `key` names it in the log."""

    key: str
    state: SendingState = SendingState.waiting


@transaction()
def post_message(account_id: int, title: str, body: str) -> None:
    """Puts a letter into the inbox. title: at most 80 characters; body: plain text, blank lines part paragraphs."""
    db.session.execute(insert(Message).values(account_id=account_id, title=title, body=body, created_at=clock.now()))


@transaction()
def mark_read(message: Message) -> None:
    db.session.execute(update(Message).where(Message.id == message.id, Message.read_at.is_(None)).values(read_at=clock.now()))


def send_sms(phone: str, text: str) -> Sending:
    """Sends once the surrounding transaction has committed. A failure is logged by its key and never loses the page.

    Raises RuntimeError outside a transaction.
    """
    sending = Sending(secrets.token_hex(12))
    after_commit(lambda: _deliver(sending, phone, text))
    return sending


def _deliver(sending: Sending, phone: str, text: str) -> None:
    try:
        factory = load_plugin(GROUP, settings.sms_sender, _SENDERS)
        factory(settings).send(phone, text, key=sending.key)
    except SendingFailed as error:
        sending.state = SendingState.failed
        log.warning("sms_failed", sms=sending.key, reason=str(error))
    except Exception as error:  # a foreign plug-in may raise anything, and its message may quote the number
        sending.state = SendingState.failed
        log.error("sms_failed", sms=sending.key, reason=type(error).__name__)
    else:
        sending.state = SendingState.sent


@transaction()
def keep_demo_sms(phone: str, text: str) -> None:
    """What the console sender does instead of sending: the last SMS of a number, for the demo's page."""
    keys = vault.keyed_hashes("phone", phone)
    db.session.execute(delete(DemoSms).where(DemoSms.phone_hash.in_(keys)))
    db.session.execute(insert(DemoSms).values(phone_hash=keys[0], text=text, sent_at=clock.now()))


@transaction()
def expire_demo_sms() -> None:
    db.session.execute(delete(DemoSms).where(DemoSms.sent_at < clock.now() - DEMO_SMS_KEPT))


_SENDERS: dict[str, Factory] = {"console": lambda _: ConsoleSender(keep_demo_sms), "http": HttpSender}
