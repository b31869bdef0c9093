"""What the risk rules would have done to past scans, so that a bureau sees how many they would bother before switching them on."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

from app.core import clock
from app.institutions.models import InstitutionKind
from app.scanning.policy import RiskRules
from app.scanning.queries.risk import Cell, count_day, days_back

PROPOSED = RiskRules(first_use=True, other_city_minutes=30, pharmacies_a_day=3, new_device_hours=24)


@dataclass
class Tally:
    """Counts of accepted scans. hit: enough rules hit, whether or not the desk can ask. asked: of these, the desk can ask today."""

    scans: int = 0
    paying: int = 0
    hit: int = 0
    asked: int = 0
    denied: int = 0  # its holder said 不是我
    denied_hit: int = 0
    denied_asked: int = 0

    @property
    def bothered(self) -> int:
        """Honest scans that would be asked about: enough rules hit, and nobody denied the use."""
        return self.hit - self.denied_hit

    def add(self, cell: Cell, *, is_hit: bool) -> None:
        asked = cell.count if is_hit and cell.can_ask else 0
        hit = cell.count if is_hit else 0
        self.scans += cell.count
        self.paying += cell.count if cell.is_paying else 0
        self.hit += hit
        self.asked += asked
        if cell.is_denied:
            self.denied += cell.count
            self.denied_hit += hit
            self.denied_asked += asked


@dataclass
class DryRun(Tally):
    """The totals, and the same counts by day and by kind of institution."""

    rules: RiskRules = field(default_factory=RiskRules)
    days: int = 0
    by_rule: Counter[str] = field(default_factory=Counter)  # how often each rule hit, alone or with others
    by_pair: Counter[str] = field(default_factory=Counter)  # rules that hit together, e.g. `first_use+new_device`
    by_day: dict[date, Tally] = field(default_factory=dict)
    by_kind: dict[InstitutionKind, Tally] = field(default_factory=dict)


def dry_run_risk(days: int, rules: RiskRules = PROPOSED, on_days: Callable[[int], object] = lambda _: None) -> DryRun:
    """Looks at today and the days before it. Only reads; `on_days` is called after each day."""
    found = DryRun(rules=rules, days=days)
    for day in days_back(days, clock.now()):
        of_day = found.by_day.setdefault(day, Tally())
        for cell in count_day(day, rules):
            is_hit = len(cell.hits) >= rules.min_rules
            for tally in (found, of_day, found.by_kind.setdefault(cell.kind, Tally())):
                tally.add(cell, is_hit=is_hit)
            found.by_rule.update(dict.fromkeys(cell.hits, cell.count))
            if is_hit:
                found.by_pair["+".join(cell.hits)] += cell.count
        on_days(1)
    return found
