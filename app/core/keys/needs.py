"""What still needs a key that another has replaced."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import select

from app.core import clock
from app.core.audit.keys import GRANTED_SECONDS
from app.core.audit.models import AuditRow, AuditSeal
from app.core.db import db
from app.core.keys import sweeping
from app.core.keys.rotating import moment
from app.core.settings import settings
from app.key_lists import Key

REST_DAYS = 31  # fixed: what stays under an older key and is never re-encrypted (cookies, codes sent by SMS) has expired by then


def find_needs(family: str, keys: tuple[Key, ...], key: Key) -> list[str]:
    """Parts of a sentence; none when the key may be dropped. keys: the whole list. key: one that has a successor."""
    found = []
    until = successor_of(keys, key).begins + timedelta(days=REST_DAYS).total_seconds()
    if clock.timestamp() < until:
        found.append(f"what was made under it may be used until {moment(until)}")
    if family == "AUDIT_KEY" and _has_audit_rows(keys, key):
        found.append("rows and seals of the audit log, which stay as long as the log does, are verified with it")
    if family == "DATA_KEY":
        found += _find_stored(key)
    return found


def _has_audit_rows(keys: tuple[Key, ...], key: Key) -> bool:
    """Whether the log goes back to the time of this key. Ids and numbers rise with time, so the first row and seal tell."""
    ended = datetime.fromtimestamp(successor_of(keys, key).begins + GRANTED_SECONDS, UTC)
    first_row = db.session.scalar(select(AuditRow.created_at).order_by(AuditRow.id).limit(1))
    first_seal = db.session.scalar(select(AuditSeal.sealed_at).order_by(AuditSeal.number).limit(1))
    return any(moment is not None and moment < ended for moment in (first_row, first_seal))


def _find_stored(key: Key) -> list[str]:
    """What is not re-encrypted yet, or was written under this key meanwhile."""
    if settings.is_demo and key.number == 1:
        return ["the demo's own staff sign in with what is derived from it"]
    if waiting := [one.step for one in sweeping.list_progress() if not one.is_finished]:
        return [f"{len(waiting)} steps of encrypting anew are not finished, the first is {waiting[0]}"]
    if left := sweeping.count_left(key.number):
        return [f"{left} rows stand under it: run `flask keys sweep --again`"]
    return []


def successor_of(keys: tuple[Key, ...], key: Key) -> Key:
    """The next newer key."""
    return min((one for one in keys if one.number > key.number), key=lambda one: one.number)
