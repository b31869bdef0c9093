"""What the risk rules would have done to past scans: before a bureau switches them on, it sees whom they would bother."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from app.core import clock
from app.institutions import risk_queries
from app.institutions.business_types import PAYING
from app.institutions.policy import RiskRules, Showing, list_hits

PROPOSED = RiskRules(first_use=True, other_city_minutes=30, pharmacies_a_day=3, new_device_hours=24)


@dataclass
class DryRun:
    """Counts of accepted scans. asked: their desk can ask today; hit: enough rules hit, whether or not the desk can ask."""

    rules: RiskRules
    days: int
    scans: int = 0
    paying: int = 0
    hit: int = 0
    asked: int = 0
    denied: int = 0  # reported 不是我
    denied_hit: int = 0
    denied_asked: int = 0
    by_rule: Counter[str] = field(default_factory=Counter)  # how often each rule hit, alone or with others
    by_pair: Counter[str] = field(default_factory=Counter)  # rules that hit together, e.g. `first_use+new_device`


def dry_run_risk(days: int, rules: RiskRules = PROPOSED, on_days: Callable[[int], object] = lambda _: None) -> DryRun:
    """Walks back through `days` days. Reads only, a thousand scans at a time; `on_days` hears how many days more are done."""
    found, now, done = DryRun(rules=rules, days=days), clock.now(), 0
    for scans in risk_queries.walk_scans(now - timedelta(days=days)):
        if scans:
            _look_at(scans, found)
            walked = (now - scans[-1].created_at).days
            on_days(walked - done)
            done = walked
    on_days(days - done)
    return found


def _look_at(scans: Sequence[Any], found: DryRun) -> None:
    first, last = min(s.created_at for s in scans), max(s.created_at for s in scans)
    denied = risk_queries.list_denied([s.id for s in scans])
    paying = [s for s in scans if s.business_type in PAYING]
    past = risk_queries.list_past_of({s.credential_id for s in paying}, first, last) if paying else {}
    known = risk_queries.list_known_places({(s.credential_id, s.institution_id) for s in paying}, first) if paying else set()
    found.scans += len(scans)
    found.paying += len(paying)
    found.denied += len(denied)
    for scan in paying:
        earlier = [p for p in past.get(scan.credential_id, ()) if p.at < scan.created_at]
        day = [p for p in earlier if p.at > scan.created_at - timedelta(days=1)]
        was_here = (scan.credential_id, scan.institution_id) in known or any(
            p.institution_id == scan.institution_id for p in earlier
        )
        hits = list_hits(
            Showing(
                at=scan.created_at,
                shown_since=scan.shown_since or scan.created_at - timedelta(days=3650),
                institution_id=scan.institution_id,
                kind=scan.kind,
                region_code=scan.region_code,
                used_here_before=was_here,
                past=day,
            ),
            found.rules,
        )
        found.by_rule.update(hits)
        if len(hits) < found.rules.min_rules:
            continue
        found.hit += 1
        found.by_pair["+".join(hits)] += 1
        found.asked += scan.supports_challenge
        found.denied_hit += scan.id in denied
        found.denied_asked += scan.id in denied and scan.supports_challenge
