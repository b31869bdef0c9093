"""What a scanned or typed code shows, and its use: a code counts once, and counting kills the older ones of its presentation.

Plain Core statements on the caller's connection: this is the busiest path of the system.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, bindparam, update

from app.core.installation import was_restored
from app.core.prepared import Prepared
from app.core.settings import settings
from app.credentials.code_format import Code, TypedNumber
from app.credentials.keyring import keyring
from app.credentials.models import CredentialStatus, EndReason, Presentation, Slip
from app.credentials.policy import SLIP, lies_ahead
from app.credentials.redeem_queries import find_shown_by_handle, find_shown_by_number, find_slip_of
from app.roster.models import InsuredStatus


class Fault(StrEnum):
    """Why a code does not count, in the order in which the first that applies is said (contract 5)."""

    malformed = "code_malformed"
    forged = "code_forged"
    renew = "code_renew"
    expired = "code_expired"
    early = "code_early"
    used = "code_used"
    link_ended = "link_ended"
    frozen = "credential_frozen"
    inactive = "credential_inactive"
    suspended = "insured_suspended"
    offline_limit = "offline_limit"


@dataclass(frozen=True, slots=True)
class Reading:
    """shown: presentation, credential and person in one row, or None when the code names nobody known here. slip: of paper only."""

    fault: Fault | None
    shown: Any = None
    issued_at: int = 0
    challenge: str = ""
    is_unknown_number: bool = False
    slip: Any = None


def read_code(connection: Connection, code: Code | TypedNumber | None, now: datetime, *, specimens_only: bool) -> Reading:
    """code: what `parse_code` made of the digits, None when it could not. To a sandbox (`specimens_only`) a real one is forged."""
    if code is None:
        return Reading(Fault.malformed)
    if isinstance(code, TypedNumber):
        return _read_number(connection, code.number, now, specimens_only)
    shown = find_shown_by_handle(connection, code.handle)
    if shown is None:
        return Reading(_fault_of_lost(code, now) if was_restored() and not specimens_only else Fault.forged)
    if specimens_only and not shown.is_specimen:
        return Reading(Fault.forged)
    if shown.shown_by == SLIP:
        return _read_slip(connection, shown, _fault_of_tag(code, shown, now), now)
    fault = _fault_of_tag(code, shown, now) or _fault_of_age(code.issued_at, shown, now)
    fault = fault or _fault_of_holder(code.issued_at, shown, now)
    return Reading(fault, shown, code.issued_at, code.challenge)


_SPEND = Prepared(
    update(Presentation)
    .where(Presentation.handle == bindparam("the_handle"), Presentation.last_used < bindparam("issued_at"))
    .values(
        last_used=bindparam("issued_at"),
        uses_since_seen=Presentation.uses_since_seen + 1,
        last_scan_id=bindparam("scan_id"),
        challenge_until=bindparam("challenge_until"),
        challenge_misses=0,
    )
)


def spend_code(connection: Connection, handle: str, issued_at: int, scan_id: int, *, challenge_until: int = 0) -> bool:
    """Uses the code up, and with it every code of the presentation issued at that second or earlier. False: somebody was faster.

    challenge_until: the desk waits for two digits until then (Unix seconds); 0 when it does not, which ends an older question.
    """
    values = {"the_handle": handle, "issued_at": issued_at, "scan_id": scan_id, "challenge_until": challenge_until}
    return _SPEND.run(connection, values) == 1


def note_challenge_miss(connection: Connection, handle: str, *, is_over: bool) -> None:
    """The digits that came were not those of the desk: the phone says so, and asks again unless the question is over."""
    changes: dict[str, Any] = {"challenge_misses": Presentation.challenge_misses + 1}
    connection.execute(
        update(Presentation).where(Presentation.handle == handle).values(**changes | ({"challenge_until": 0} if is_over else {}))
    )


def _read_number(connection: Connection, number: str, now: datetime, specimens_only: bool) -> Reading:
    shown = find_shown_by_number(connection, number)
    if shown is None or (specimens_only and not shown.is_specimen):
        return Reading(Fault.forged, is_unknown_number=True)
    if shown.shown_by == SLIP:
        return _read_slip(connection, shown, None, now)
    # A newer number brings the older one's end forward to that very second.
    is_over = int(now.timestamp()) >= shown.expires_at
    fault = Fault.expired if is_over else _fault_of_holder(shown.issued_at, shown, now)
    if fault is None and lies_ahead(shown.issued_at, now.timestamp()):  # shown while the server's clock had jumped
        fault = Fault.link_ended
    return Reading(fault, shown, shown.issued_at)


def _read_slip(connection: Connection, shown: Any, fault: Fault | None, now: datetime) -> Reading:
    """Paper cannot draw a new code, so the day of the slip counts and not the code's second: used stays used until midnight.

    Its picture and its number count as issued with the slip: a second that began between the two must not make them two uses.
    """
    slip = find_slip_of(connection, shown.handle)
    if slip is None:
        return Reading(Fault.forged, shown)
    issued_at = int(slip.issued_at.timestamp())
    if fault is None:
        fault = Fault.expired if now >= slip.expires_at else _fault_of_holder(_unless_revoked(issued_at, slip, shown), shown, now)
    return Reading(fault, shown, issued_at, slip=slip)


def _unless_revoked(issued_at: int, slip: Any, shown: Any) -> int:
    """Revoking spends the code too, so that it wins or loses against a scan; what is then said is that it ended."""
    return int(shown.last_used) + 1 if slip.revoked_at is not None else issued_at


def find_winner(connection: Connection, reading: Reading) -> Fault:
    """What a code that was good a moment ago lost to: another scan, or, on paper, the window that revoked it."""
    slip = find_slip_of(connection, reading.shown.handle) if reading.slip is not None else None
    return Fault.link_ended if slip is not None and slip.revoked_at is not None else Fault.used


def fits_slip(reading: Reading, institution_id: int, business_type: str) -> bool:
    """Whether paper is shown where and for what it was issued; every other code fits everywhere."""
    slip = reading.slip
    return slip is None or (slip.institution_id == institution_id and slip.business_type == business_type)


_USE_SLIP = Prepared(update(Slip).where(Slip.handle == bindparam("the_handle")).values(used_at=bindparam("used_at")))


def note_slip_used(connection: Connection, handle: str, now: datetime) -> None:
    _USE_SLIP.run(connection, {"the_handle": handle, "used_at": now})


def _fault_of_tag(code: Code, shown: Any, now: datetime) -> Fault | None:
    """Any living master verifies. A tag of a master that is gone cannot be told from a forged one: whose master it was decides."""
    if keyring.is_genuine(code, now.timestamp(), likely=shown.master_id):
        return None
    return Fault.forged if keyring.find(shown.master_id) else Fault.renew


def _fault_of_lost(code: Code, now: datetime) -> Fault:
    """A handle nobody knows, after a restore: with a right tag its row was lost with the data, and its holder renews it."""
    if not keyring.is_genuine(code, now.timestamp()):
        return Fault.forged
    return _fault_of_age(code.issued_at, None, now) or Fault.link_ended


def _fault_of_age(issued_at: int, shown: Any, now: datetime) -> Fault | None:
    """A code of a moment to come blames the phone's clock, unless the server's own was ahead: that is for `_fault_of_holder`."""
    if issued_at < int(now.timestamp()) - settings.code_past_seconds:
        return Fault.expired
    is_blamed = shown is None or not _was_used_ahead(shown, now)
    return Fault.early if lies_ahead(issued_at, now.timestamp()) and is_blamed else None


def _was_used_ahead(shown: Any, now: datetime) -> bool:
    """Whether its last code was used at a moment to come: the phone gets another code when it next speaks to the server."""
    return shown.shown_by != SLIP and lies_ahead(shown.last_used, now.timestamp())


def _fault_of_holder(issued_at: int, shown: Any, now: datetime) -> Fault | None:
    has_ended = (shown.ends_at is not None and shown.ends_at <= now) or _was_used_ahead(shown, now)
    if issued_at <= shown.last_used and not _was_used_ahead(shown, now):
        return Fault.used
    is_frozen = shown.credential_status is CredentialStatus.frozen
    if is_frozen and shown.end_reason is EndReason.reported_lost:  # why it ended is the freeze itself
        return Fault.frozen
    if has_ended and shown.end_reason is not EndReason.credential_ended:
        return Fault.link_ended
    if is_frozen:
        return Fault.frozen
    if has_ended or shown.credential_status is not CredentialStatus.active:
        return Fault.inactive
    if shown.insured_status is not InsuredStatus.normal:
        return Fault.suspended
    return Fault.offline_limit if _is_over_offline_limit(shown, now) else None


def _is_over_offline_limit(shown: Any, now: datetime) -> bool:
    """Specimens and paper slips have no device that could be online."""
    if shown.device_id is None:
        return False
    is_silent = now - shown.seen_at >= timedelta(days=settings.offline_days)
    return is_silent or bool(shown.uses_since_seen >= settings.offline_uses)
