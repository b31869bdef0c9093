"""How long decisions took, stored as counts per half hour, so that quantiles can be computed over days and regions. Pure."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from app.reviews.models import StepVerb
from app.reviews.working_hours import WorkingHours

BIN_MINUTES = 30  # fixed: stored counts are by half hours of work
_LONGEST = 99_990  # fixed: minutes: two working years, and everything beyond
_OUTCOMES = {StepVerb.approve: "approved", StepVerb.give_back: "returned", StepVerb.reject: "rejected"}


@dataclass(frozen=True)
class Decision:
    """settled_at: when it took effect. minutes: working minutes until it was decided; None if the start is unknown."""

    outcome: str
    settled_at: datetime
    minutes: int | None


def decisions_of(opened_at: datetime, needs_second: bool, steps: Iterable[Any], hours: WorkingHours) -> list[Decision]:
    """The decisions among a case's steps (rows of ReviewStep, oldest first).

    If two members must approve, the first approval is no decision yet (see `reviews.service`).
    """
    found: list[Decision] = []
    start: datetime | None = opened_at
    is_first_given = False
    for step in steps:
        if step.verb in (StepVerb.resubmit, StepVerb.appeal):
            start = step.taken_at
            is_first_given = is_first_given and step.verb is not StepVerb.appeal
        elif step.verb is StepVerb.withdraw:
            start, is_first_given = None, False  # opening it again adds no step, so the new start is unknown
        elif step.settled_at is not None and step.undone_at is None:
            if step.verb is StepVerb.approve and needs_second and not is_first_given:
                is_first_given = True
                continue
            minutes = None if start is None else working_minutes(hours, start, step.taken_at)
            found.append(Decision(_OUTCOMES[step.verb], step.settled_at, minutes))
    return found


def working_minutes(hours: WorkingHours, start: datetime, end: datetime) -> int:
    """Minutes the office was open between the two moments, rounded up."""
    passed = hours.between(start, end)
    return -(-int(passed / timedelta(seconds=1)) // 60)


def bin_of(minutes: int) -> int:
    """The upper edge, in minutes, of the half hour it falls in; 0 minutes count in the first."""
    return min(_LONGEST, max(1, -(-minutes // BIN_MINUTES)) * BIN_MINUTES)


def spread_key(outcome: str, minutes: int) -> str:
    """The key under which a decision is counted, such as `approved:90`."""
    return f"{outcome}:{bin_of(minutes)}"


def pack_spreads(counts: Mapping[str, int]) -> dict[str, str]:
    """Maps each outcome to JSON that maps edges to counts. counts: keyed by `spread_key`."""
    spreads: dict[str, dict[str, int]] = {}
    for key, count in counts.items():
        outcome, _colon, edge = key.partition(":")
        spreads.setdefault(outcome, {})[edge] = count
    return {outcome: json.dumps(spread) for outcome, spread in spreads.items()}


def unpack_spread(outcome: str, spread: str) -> dict[str, int]:
    """The inverse of `pack_spreads` for one outcome: counts keyed by `spread_key`."""
    return {f"{outcome}:{edge}": count for edge, count in json.loads(spread).items()}


def quantile(counts: Mapping[int, int], share: float) -> int | None:
    """The minutes within which this share of all was decided. counts: keyed by upper edge. None if there are none."""
    total = sum(counts.values())
    if total == 0:
        return None
    reached = 0
    for edge in sorted(counts):
        reached += counts[edge]
        if reached >= share * total:
            return edge
    return max(counts)
