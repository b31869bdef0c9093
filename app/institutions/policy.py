"""Who may scan what where, and what the audit log calls it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from app.core import clock
from app.core.access import Rule
from app.core.settings import settings
from app.institutions.business_types import PAYING
from app.institutions.models import InstitutionKind

SPECIMEN_WITH_CHALLENGE = "SPECIMEN-CHALLENGED"  # the specimen whose codes are always challenged at a sandbox


class InstitutionTag(StrEnum):
    added = "institution:added"
    enabled = "institution:enabled"
    disabled = "institution:disabled"
    key_issued = "institution:key_issued"
    key_revoked = "institution:key_revoked"
    guesses_numbers = "institution:guesses_numbers"
    scanned = "scan:attempted"
    sandbox_code_drawn = "sandbox:code_drawn"
    call_refused = "api:refused"


# The key is looked at inside the transaction that also writes the attempt down, because a wrong key leaves an audit row too.
api_key = Rule("api_key", lambda: True)


@dataclass(frozen=True, slots=True)
class PastScan:
    """An accepted scan of the same credential within the last day."""

    at: datetime
    institution_id: int
    kind: InstitutionKind
    region_code: str


@dataclass(frozen=True, slots=True)
class Showing:
    """What the risk rules look at. used_before: whether any code of the credential was ever accepted."""

    at: datetime
    shown_since: datetime
    institution_id: int
    kind: InstitutionKind
    region_code: str
    used_before: bool
    past: Sequence[PastScan]


def may_take_slip(region_code: str, insured_region: str) -> bool:
    """A paper slip (S64) is good in the city where its holder is insured."""
    return region_code[:4] == insured_region[:4]


def may_be_challenged(supports_challenge: bool, business_type: str) -> bool:
    return supports_challenge and business_type in PAYING


def has_risk_rules() -> bool:
    return bool(
        settings.risk_first_use
        or settings.risk_other_city_minutes
        or settings.risk_pharmacies_a_day
        or settings.risk_new_device_hours
    )


def is_risky(showing: Showing) -> bool:
    """Whether at least `challenge_min_rules` of the rules that are switched on hit."""
    hits = [rule(showing) for rule in (_is_first_use, _was_in_other_city, _had_many_pharmacies, _is_new_device)]
    return sum(hits) >= settings.challenge_min_rules


def _is_first_use(showing: Showing) -> bool:
    return settings.risk_first_use and not showing.used_before


def _was_in_other_city(showing: Showing) -> bool:
    since = showing.at - timedelta(minutes=settings.risk_other_city_minutes)
    return any(scan.at > since and scan.region_code[:4] != showing.region_code[:4] for scan in showing.past)


def _had_many_pharmacies(showing: Showing) -> bool:
    """Different pharmacies on this calendar day, this one among them."""
    if not settings.risk_pharmacies_a_day or showing.kind is not InstitutionKind.pharmacy:
        return False
    today = clock.local(showing.at).date()
    seen = {s.institution_id for s in showing.past if s.kind is InstitutionKind.pharmacy and clock.local(s.at).date() == today}
    return len(seen | {showing.institution_id}) > settings.risk_pharmacies_a_day


def _is_new_device(showing: Showing) -> bool:
    return showing.at - showing.shown_since < timedelta(hours=settings.risk_new_device_hours)
