"""Telling a person something: a message in the inbox, an SMS to a phone."""

import json
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from sqlalchemy import delete, exists, insert, select, update

from app.core import clock, jobs
from app.core.crypto import vault
from app.core.database.after_restore import Ends
from app.core.db import after_commit, db, is_writing, transaction
from app.core.logs import log
from app.core.plugins import load_plugin
from app.core.settings import settings
from app.messages.models import DemoSms, Message, OutgoingSms
from app.messages.providers import GROUP, Factory, SendingFailed, SendingRefused
from app.messages.providers.console import ConsoleSender
from app.messages.providers.http import HttpSender

PURPOSE = "outgoing-sms"
SEND_SMS = "messages.send_sms"
OWN_TRY = timedelta(seconds=60)  # fixed: by then the process that sends a code at once has done so, or has died
OUTGOING_KEPT = timedelta(days=1)  # fixed: after a day an unsent message is of no use to anybody
DEMO_SMS_KEPT = timedelta(days=1)  # fixed: only the demo's, for a tester who looks at the page on the same day


class SendingState(Enum):
    waiting = "waiting"  # the surrounding transaction has not committed
    sent = "sent"
    failed = "failed"  # the gateway is unreachable, or did not answer in time
    refused = "refused"  # the gateway will not accept it, now or later


@dataclass
class Sending:
    """One SMS being sent; `state` is final once the surrounding transaction is over. `key` names it in the log."""

    key: str
    state: SendingState = SendingState.waiting


@transaction()
def post_message(account_id: int, title: str, body: str) -> None:
    """Puts a message into the inbox. title: at most 80 characters; body: plain text, blank lines separate paragraphs."""
    db.session.execute(insert(Message).values(account_id=account_id, title=title, body=body, created_at=clock.now()))


@transaction()
def mark_read(message: Message) -> None:
    db.session.execute(update(Message).where(Message.id == message.id, Message.read_at.is_(None)).values(read_at=clock.now()))


def send_sms(phone: str, text: str) -> None:
    """A job sends it once the surrounding transaction has committed, even if this process dies (ADR 42).

    Retried for half an hour while the gateway is unreachable, under one key. Raises RuntimeError outside a transaction.
    """
    jobs.enqueue(SEND_SMS, sms=_write(phone, text).id)


def send_code(phone: str, text: str, *, topic: bytes, lasts: timedelta) -> Sending:
    """For a code somebody is waiting for: this process sends it as soon as the surrounding transaction has committed.

    A failure is logged by its key and does not fail the request; it is final, because the page reports it. Only if this process
    dies first, a job sends it a minute later, unless `lasts` is over or a newer one of the same `topic` (32 bytes) was requested.
    """
    sms = _write(phone, text, topic=topic, good_until=clock.now() + lasts)
    db.session.execute(delete(OutgoingSms).where(OutgoingSms.topic == topic, OutgoingSms.id != sms.id))
    sms_id, sending = sms.id, Sending(sms.key)
    job_id = jobs.enqueue_late(SEND_SMS, OWN_TRY, sms=sms_id)

    def send_now() -> None:
        sending.state = _hand_over(phone, text, sending.key)
        _forget(sms_id, job_id)

    after_commit(send_now)
    return sending


def send_outgoing(sms: int) -> None:
    """The job of one OutgoingSms; does nothing when it was sent already. Raises SendingFailed, to be retried.

    A process that dies between sending and deleting sends twice, under one key.
    """
    found = db.session.get(OutgoingSms, sms)
    if found is None:
        return
    key, is_over = found.key, found.good_until is not None and found.good_until <= clock.now()
    phone, text = json.loads(vault.decrypt(PURPOSE, found.message_encrypted, bound_to=key.encode()))
    db.session.rollback()  # no database snapshot is held while waiting for the gateway
    if is_over:
        log.info("sms_too_late", sms=key)
    elif _hand_over(phone, text, key) is SendingState.failed:
        raise SendingFailed(key)
    _forget(sms)


def _write(phone: str, text: str, *, topic: bytes = b"", good_until: datetime | None = None) -> OutgoingSms:
    if not is_writing():
        raise RuntimeError("an SMS is asked for in the transaction of what it tells")
    key = secrets.token_hex(12)
    sealed = vault.encrypt(PURPOSE, json.dumps([phone, text]).encode(), bound_to=key.encode())
    sms = OutgoingSms(key=key, message_encrypted=sealed, created_at=clock.now(), topic=topic, good_until=good_until)
    db.session.add(sms)
    db.session.flush()
    return sms


@transaction()
def _forget(sms_id: int, job_id: int | None = None) -> None:
    db.session.execute(delete(OutgoingSms).where(OutgoingSms.id == sms_id))
    if job_id is not None:
        jobs.withdraw(job_id)


def _hand_over(phone: str, text: str, key: str) -> SendingState:
    """Sends it to the gateway. Never raises: errors are logged."""
    try:
        factory = load_plugin(GROUP, settings.sms_sender, SENDERS)
        factory(settings).send(phone, text, key=key)
    except SendingFailed as error:
        log.warning("sms_failed", sms=key, reason=str(error))
        return SendingState.refused if isinstance(error, SendingRefused) else SendingState.failed
    except Exception as error:  # a foreign plug-in may raise anything, and its message may quote the number
        log.error("sms_failed", sms=key, reason=type(error).__name__)
        return SendingState.failed
    return SendingState.sent


@transaction()
def expire_outgoing() -> None:
    """Periodic: deletes what could not be sent within a day."""
    db.session.execute(delete(OutgoingSms).where(OutgoingSms.created_at < clock.now() - OUTGOING_KEPT))


def end_what_was_open() -> Ends:
    """After a restore: most of these were sent after the backup was made, and nobody needs the rest days later."""
    gone = list(db.session.scalars(delete(OutgoingSms).returning(OutgoingSms.id)))
    return Ends(ended={"short messages not sent yet": len(gone)})


@transaction()
def keep_demo_sms(phone: str, text: str, key: str) -> None:
    """What the console sender does instead of sending: keeps the last SMS of a number, for the demo's page.

    The last one requested counts: a job may be sending an older warning after somebody has requested a code.
    """
    asked_at = db.session.scalar(select(OutgoingSms.created_at).where(OutgoingSms.key == key)) or clock.now()
    keys = vault.keyed_hashes("phone", phone)
    if db.session.scalar(select(exists().where(DemoSms.phone_hash.in_(keys), DemoSms.sent_at > asked_at))):
        return
    db.session.execute(delete(DemoSms).where(DemoSms.phone_hash.in_(keys)))
    db.session.execute(insert(DemoSms).values(phone_hash=keys[0], text=text, sent_at=asked_at))


@transaction()
def expire_demo_sms() -> None:
    db.session.execute(delete(DemoSms).where(DemoSms.sent_at < clock.now() - DEMO_SMS_KEPT))


SENDERS: dict[str, Factory] = {"console": lambda _: ConsoleSender(keep_demo_sms), "http": HttpSender}
