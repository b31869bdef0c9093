"""How long decisions took, kept as a count for each half hour, so that days and regions add up to quantiles. Pure."""

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
    """settled_at: when it came into effect. minutes: working minutes until it was decided; None where the start is unknown."""

    outcome: str
    settled_at: datetime
    minutes: int | None


def decisions_of(opened_at: datetime, needs_second: bool, steps: Iterable[Any], hours: WorkingHours) -> list[Decision]:
    """What a case's steps (rows of ReviewStep), oldest first, decided.

    Of two who must approve the first decides nothing yet (see `reviews.service`).
    """
    found: list[Decision] = []
    start: datetime | None = opened_at
    is_first_given = False
    for step in steps:
        if step.verb in (StepVerb.resubmit, StepVerb.appeal):
            start = step.taken_at
            is_first_given = is_first_given and step.verb is not StepVerb.appeal
        elif step.verb is StepVerb.withdraw:
            start, is_first_given = None, False  # handed in again without a step of its own
        elif step.settled_at is not None and step.undone_at is None:
            if step.verb is StepVerb.approve and needs_second and not is_first_given:
                is_first_given = True
                continue
            minutes = None if start is None else working_minutes(hours, start, step.taken_at)
            found.append(Decision(_OUTCOMES[step.verb], step.settled_at, minutes))
    return found


def working_minutes(hours: WorkingHours, start: datetime, end: datetime) -> int:
    """Whole minutes an office was open between the two, rounded up."""
    passed = hours.between(start, end)
    return -(-int(passed / timedelta(seconds=1)) // 60)


def bin_of(minutes: int) -> int:
    """The upper edge of the half hour, in minutes; what took no time counts into the first."""
    return min(_LONGEST, max(1, -(-minutes // BIN_MINUTES)) * BIN_MINUTES)


def spread_key(outcome: str, minutes: int) -> str:
    """`approved:90`: what a decision counts under."""
    return f"{outcome}:{bin_of(minutes)}"


def pack_spreads(counts: Mapping[str, int]) -> dict[str, str]:
    """outcome -> JSON of edge -> count. counts: by `spread_key`."""
    spreads: dict[str, dict[str, int]] = {}
    for key, count in counts.items():
        outcome, _colon, edge = key.partition(":")
        spreads.setdefault(outcome, {})[edge] = count
    return {outcome: json.dumps(spread) for outcome, spread in spreads.items()}


def unpack_spread(outcome: str, spread: str) -> dict[str, int]:
    """The counts by `spread_key` again."""
    return {f"{outcome}:{edge}": count for edge, count in json.loads(spread).items()}


def quantile(counts: Mapping[int, int], share: float) -> int | None:
    """So many minutes or fewer took this share of all. counts: by upper edge. None when there are none."""
    total = sum(counts.values())
    if total == 0:
        return None
    reached = 0
    for edge in sorted(counts):
        reached += counts[edge]
        if reached >= share * total:
            return edge
    return max(counts)
