"""What a scanned or typed code shows. Plain Core statements on the caller's connection: this is the busiest path of the system."""

from datetime import datetime

from sqlalchemy import Connection

from app.core.installation import was_restored
from app.core.settings import settings
from app.credentials.code_faults import Reading
from app.credentials.code_format import Code, TypedNumber
from app.credentials.keyring import keyring
from app.credentials.policy import lies_ahead
from app.credentials.queries.redeem import Shown, find_number, find_shown, find_slip_of


def read_code(connection: Connection, code: Code | TypedNumber | None, now: datetime, *, specimens_only: bool) -> Reading:
    """code: the result of `parse_code`, None if it failed. specimens_only: for a sandbox, to which real people are unknown."""
    if isinstance(code, TypedNumber):
        return _read_number(connection, code, now, specimens_only)
    if code is None:
        return Reading(None, now)
    second = now.timestamp()
    ends = code.issued_at + settings.code_past_seconds + 1
    is_ahead = lies_ahead(code.issued_at, second)
    shown = find_shown(connection, code.handle)
    if shown is None:
        is_lost = was_restored() and not specimens_only and keyring.is_genuine(code, second)
        return Reading(code, now, issued_at=code.issued_at, expired_from=ends, is_lost=is_lost, is_ahead=is_ahead)
    if specimens_only and not shown.is_specimen:
        return Reading(code, now)
    is_genuine = keyring.is_genuine(code, second, likely=shown.master_id)
    has_master = is_genuine or keyring.find(shown.master_id) is not None
    reading = Reading(code, now, shown, None, code.issued_at, ends, is_genuine, has_master, is_ahead=is_ahead)
    return _with_history(connection, reading, shown)


def _read_number(connection: Connection, code: TypedNumber, now: datetime, specimens_only: bool) -> Reading:
    """Issuing a newer number ends the older one in that same second."""
    number = find_number(connection, code.number)
    shown = find_shown(connection, number.handle) if number is not None else None
    if number is None or shown is None or (specimens_only and not shown.is_specimen):
        return Reading(code, now)
    is_ahead = lies_ahead(number.issued_at, now.timestamp())
    reading = Reading(code, now, shown, None, number.issued_at, number.expires_at, is_ahead=is_ahead)
    return _with_history(connection, reading, shown)


def _with_history(connection: Connection, reading: Reading, shown: Shown) -> Reading:
    """Paper cannot draw a new code, so the slip's day counts instead of the code's second: once used, it stays used until midnight.

    Its QR and its number both count as issued when the slip was: otherwise a new second between the two would make them two uses.
    """
    if not reading.is_on_paper:
        return reading._replace(was_used_ahead=lies_ahead(shown.last_used, reading.at.timestamp()))
    slip = find_slip_of(connection, shown.handle)
    if slip is None:
        return reading
    return reading._replace(slip=slip, issued_at=int(slip.issued_at.timestamp()), expired_from=int(slip.expires_at.timestamp()))
