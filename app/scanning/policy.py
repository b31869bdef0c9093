"""Which scans are unusual."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from app.core import clock
from app.core.access import Rule
from app.core.settings import settings
from app.institutions.business_types import PAYING
from app.institutions.models import InstitutionKind

SPECIMEN_WITH_CHALLENGE = "SPECIMEN-CHALLENGED"  # the specimen whose codes are always challenged at a sandbox


# The key is checked inside the transaction that also records the attempt, because a wrong key leaves an audit row too.
api_key = Rule("api_key", lambda: True)


class PastScan(NamedTuple):
    """An accepted scan of the same credential within the last day."""

    at: datetime
    institution_id: int
    kind: InstitutionKind
    region_code: str


@dataclass(frozen=True, slots=True)
class RiskContext:
    """What the risk rules look at. used_here_before: whether a code of the credential was ever accepted at this institution."""

    at: datetime
    shown_since: datetime
    institution_id: int
    kind: InstitutionKind
    region_code: str
    used_here_before: bool
    past: Sequence[PastScan]


def may_be_challenged(supports_challenge: bool, business_type: str) -> bool:
    return supports_challenge and business_type in PAYING


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskRules:
    """Which rules are on; zero and False are off. min_rules: how many must hit before a desk is told to ask."""

    first_use: bool = False
    other_city_minutes: int = 0
    pharmacies_a_day: int = 0
    new_device_hours: int = 0
    min_rules: int = 2

    @property
    def any(self) -> bool:
        return bool(self.first_use or self.other_city_minutes or self.pharmacies_a_day or self.new_device_hours)


def rules_in_force() -> RiskRules:
    """The rules as the bureau has set them; 0 means that a rule is off."""
    return RiskRules(
        first_use=settings.risk_first_use,
        other_city_minutes=settings.risk_other_city_minutes,
        pharmacies_a_day=settings.risk_pharmacies_a_day,
        new_device_hours=settings.risk_new_device_hours,
        min_rules=settings.challenge_min_rules,
    )


def has_risk_rules() -> bool:
    """Whether any rule is on; without one, no scan is checked for risk."""
    return rules_in_force().any


def is_risky(context: RiskContext, rules: RiskRules) -> bool:
    """Whether at least `min_rules` of the rules in force hit."""
    return len(list_hits(context, rules)) >= rules.min_rules


def list_hits(context: RiskContext, rules: RiskRules) -> list[str]:
    """The names of the rules that hit."""
    return [name for name, rule in _RULES.items() if rule(context, rules)]


def _is_first_use(context: RiskContext, rules: RiskRules) -> bool:
    """First use at this institution: no earlier accepted scan of the credential there."""
    return rules.first_use and not context.used_here_before


def _was_in_other_city(context: RiskContext, rules: RiskRules) -> bool:
    since = context.at - timedelta(minutes=rules.other_city_minutes)
    return any(scan.at > since and scan.region_code[:4] != context.region_code[:4] for scan in context.past)


def _had_many_pharmacies(context: RiskContext, rules: RiskRules) -> bool:
    """Counts different pharmacies on this calendar day, including this one."""
    if not rules.pharmacies_a_day or context.kind is not InstitutionKind.pharmacy:
        return False
    today = clock.local(context.at).date()
    seen = {s.institution_id for s in context.past if s.kind is InstitutionKind.pharmacy and clock.local(s.at).date() == today}
    return len(seen | {context.institution_id}) > rules.pharmacies_a_day


def _is_new_device(context: RiskContext, rules: RiskRules) -> bool:
    return context.at - context.shown_since < timedelta(hours=rules.new_device_hours)


_RULES = {
    "first_use": _is_first_use,
    "other_city": _was_in_other_city,
    "pharmacies": _had_many_pharmacies,
    "new_device": _is_new_device,
}
RULE_NAMES = tuple(_RULES)
