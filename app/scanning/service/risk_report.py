"""The dry run as a report for a staff member: the same counting, with progress day by day."""

import json
from typing import Any

from app.scanning.policy import RiskRules
from app.scanning.service.dry_run import Tally, dry_run_risk
from app.staff_jobs.models import StaffJob
from app.staff_jobs.service import Outcome, Progress

KIND = "risk_dry_run"
DAYS = 30  # fixed: of the dry run on the bureau's pages; the command takes any number


def run_risk_report(staff_job: StaffJob, progress: Progress) -> Outcome:
    """The report's params are the fields of RiskRules."""
    rules = RiskRules(**json.loads(staff_job.params))
    done = 0

    def count(days: int) -> None:
        nonlocal done
        done += days
        progress(done, DAYS)

    found = dry_run_risk(DAYS, rules, count)
    return Outcome(
        {
            "days": DAYS,
            "whole": _numbers(found),
            "by_rule": dict(found.by_rule.most_common()),
            "by_pair": [[names.split("+"), number] for names, number in found.by_pair.most_common()],
            "by_day": [[day.isoformat(), _numbers(tally)] for day, tally in found.by_day.items()],
            "by_kind": [[kind.value, _numbers(tally)] for kind, tally in sorted(found.by_kind.items(), key=lambda k: k[0].value)],
        }
    )


def _numbers(tally: Tally) -> dict[str, Any]:
    names = ("scans", "paying", "hit", "asked", "denied", "denied_hit", "denied_asked")
    return {**{name: getattr(tally, name) for name in names}, "bothered": tally.bothered}
