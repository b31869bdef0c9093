"""Why a scanned code does not count (contract 5), decided only from what was read about it. Pure."""

from collections.abc import Callable
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from app.core.settings import settings
from app.credentials.code_format import Code, TypedNumber
from app.credentials.models import CredentialStatus, EndReason
from app.credentials.policy import SLIP
from app.credentials.queries.redeem import Shown, ShownSlip
from app.roster.models import InsuredStatus


class Fault(StrEnum):
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


class Reading(NamedTuple):
    """What was read about a scanned code at one moment.

    code: None when the digits are no code. shown: None when its handle is unknown here. slip: set for paper only. issued_at and
    expired_from: Unix seconds. is_genuine: its tag is right under a living master, or it is a number, which has no tag.
    has_master: the master of its presentation still lives. is_lost: its handle is unknown, but its tag is right and this
    database was restored from a backup. is_ahead, was_used_ahead: it was issued, or the last code of its presentation was used,
    at a moment that no honest clock has reached.
    """

    code: Code | TypedNumber | None
    at: datetime
    shown: Shown | None = None
    slip: ShownSlip | None = None
    issued_at: int = 0
    expired_from: int = 0
    is_genuine: bool = True
    has_master: bool = True
    is_lost: bool = False
    is_ahead: bool = False
    was_used_ahead: bool = False

    @property
    def is_unknown_number(self) -> bool:
        return isinstance(self.code, TypedNumber) and self.shown is None

    @property
    def digits(self) -> str:
        """The two digits that answer a desk's challenge, or an empty string."""
        return self.code.challenge if isinstance(self.code, Code) and not self.is_on_paper else ""

    @property
    def is_on_paper(self) -> bool:
        return self.shown is not None and self.shown.shown_by == SLIP


def find_fault(reading: Reading) -> Fault | None:
    """The first fault that applies, or None when the code counts."""
    return next((fault for fault, applies in FAULTS if applies(reading)), None)


def _is_malformed(reading: Reading) -> bool:
    return reading.code is None


def _is_forged(reading: Reading) -> bool:
    """When the master is gone, a wrong tag cannot be told from a right one; such a code is not forged but to be renewed."""
    if reading.shown is None:
        return not reading.is_lost
    if reading.is_on_paper and reading.slip is None:
        return True
    return not reading.is_genuine and reading.has_master


def _needs_renewal(reading: Reading) -> bool:
    return not reading.is_genuine


def _is_expired(reading: Reading) -> bool:
    return int(reading.at.timestamp()) >= reading.expired_from


def _is_early(reading: Reading) -> bool:
    """A code issued in the future means the phone's clock is fast, unless the server's own clock had jumped ahead."""
    is_drawn_by_phone = isinstance(reading.code, Code) and not reading.is_on_paper
    return is_drawn_by_phone and reading.is_ahead and not reading.was_used_ahead


def _is_used(reading: Reading) -> bool:
    """Revoking a slip also uses up its code, so that either the revocation or a scan wins; a revoked slip is reported as ended."""
    if reading.shown is None or reading.was_used_ahead:
        return False
    is_revoked = reading.slip is not None and reading.slip.revoked_at is not None
    return not is_revoked and reading.issued_at <= reading.shown.last_used


def _has_ended_link(reading: Reading) -> bool:
    """Not if it ended with the credential or with a reported loss: then the credential's own state gives the reason."""
    shown = reading.shown
    if shown is None:
        return True
    is_reported_lost = _is_frozen(reading) and shown.end_reason is EndReason.reported_lost
    return _has_ended(reading) and shown.end_reason is not EndReason.credential_ended and not is_reported_lost


def _is_frozen(reading: Reading) -> bool:
    return reading.shown is not None and reading.shown.credential_status is CredentialStatus.frozen


def _is_inactive(reading: Reading) -> bool:
    return _has_ended(reading) or (reading.shown is not None and reading.shown.credential_status is not CredentialStatus.active)


def _is_suspended(reading: Reading) -> bool:
    return reading.shown is not None and reading.shown.insured_status is not InsuredStatus.normal


def _is_over_offline_limit(reading: Reading) -> bool:
    """Specimens and paper slips have no device that could be online."""
    shown = reading.shown
    if shown is None or shown.device_id is None:
        return False
    is_silent = reading.at - shown.seen_at >= timedelta(days=settings.offline_days)
    return is_silent or shown.uses_since_seen >= settings.offline_uses


FAULTS: tuple[tuple[Fault, Callable[[Reading], bool]], ...] = (
    (Fault.malformed, _is_malformed),
    (Fault.forged, _is_forged),
    (Fault.renew, _needs_renewal),
    (Fault.expired, _is_expired),
    (Fault.early, _is_early),
    (Fault.used, _is_used),
    (Fault.link_ended, _has_ended_link),
    (Fault.frozen, _is_frozen),
    (Fault.inactive, _is_inactive),
    (Fault.suspended, _is_suspended),
    (Fault.offline_limit, _is_over_offline_limit),
)


def _has_ended(reading: Reading) -> bool:
    """Includes what was issued or used while the server's clock had jumped ahead: the phone gets a new code when it next asks."""
    shown = reading.shown
    if shown is None:
        return False
    is_number = isinstance(reading.code, TypedNumber) and not reading.is_on_paper
    is_ahead = reading.was_used_ahead or (is_number and reading.is_ahead)
    return is_ahead or (shown.ends_at is not None and shown.ends_at <= reading.at)
