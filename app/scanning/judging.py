"""Whether a scan is accepted, and if not why: the first reason that applies, in the order of contract 5. Pure."""

import hmac
from collections.abc import Callable
from typing import NamedTuple

from app.core.settings import settings
from app.credentials.code_faults import FAULTS, Reading, find_fault
from app.scanning.calls import ScanRequest
from app.scanning.queries.scan import Caller, Question
from app.scanning.reasons import BY_NAME, Reason

GUESSED = "too_many_requests"  # too many unknown numbers; prevents finding one by trial


class Facts(NamedTuple):
    """Everything that decides a scan; the fields after `reading` are set only if its code names somebody.

    wrong_numbers: unknown numbers this institution has typed within the minute. question: the open challenge that the code's two
    digits answer. is_unusual: the risk rules want two digits. questions: challenges to this credential within ten minutes.
    """

    caller: Caller
    request: ScanRequest
    reading: Reading
    wrong_numbers: int = 0
    question: Question | None = None
    is_unusual: bool = False
    questions: int = 0


class Verdict(NamedTuple):
    """reason: why the scan is refused, or None when it is accepted."""

    reason: Reason | None
    facts: Facts


def judge(facts: Facts) -> Verdict:
    """The first of PRECEDENCE that applies."""
    if has_guessed_enough(facts):
        return Verdict(BY_NAME[GUESSED], facts)
    name = find_fault(facts.reading) or next((name for name, applies in _BEYOND_THE_CODE if applies(facts)), None)
    return Verdict(BY_NAME[name] if name is not None else None, facts)


def has_guessed_enough(facts: Facts) -> bool:
    """If so, no further number is looked at within this minute."""
    return facts.wrong_numbers >= settings.wrong_typed_per_minute


def _is_slip_of_elsewhere(facts: Facts) -> bool:
    """Paper is valid only where and for what it was issued; every other code is valid everywhere."""
    slip = facts.reading.slip
    return slip is not None and (slip.institution_id, slip.business_type) != (facts.caller.id, facts.request.business_type)


def _is_scene_closed(facts: Facts) -> bool:
    return facts.request.business_type not in facts.caller.business_types.split(",")


def _must_be_asked(facts: Facts) -> bool:
    return facts.is_unusual and facts.questions < settings.challenge_per_ten_minutes


def _is_answered_wrongly(facts: Facts) -> bool:
    """Also if the desk would have to ask for digits but has asked too often already."""
    digits = facts.reading.digits
    if digits:
        return facts.question is None or not hmac.compare_digest(facts.question.digits, digits)
    return facts.is_unusual


def _is_specimen_in_earnest(facts: Facts) -> bool:
    return facts.reading.shown is not None and facts.reading.shown.is_specimen and not facts.caller.is_sandbox


_BEYOND_THE_CODE: tuple[tuple[str, Callable[[Facts], bool]], ...] = (
    ("slip_wrong_place", _is_slip_of_elsewhere),
    ("scene_not_enabled", _is_scene_closed),
    ("challenge_required", _must_be_asked),
    ("challenge_wrong", _is_answered_wrongly),
    ("specimen", _is_specimen_in_earnest),
)
PRECEDENCE = (GUESSED, *(fault.value for fault, _applies in FAULTS), *(name for name, _applies in _BEYOND_THE_CODE))
