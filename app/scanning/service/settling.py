"""Carries a verdict out: the only place where a scan writes, apart from the rows every call leaves."""

from typing import NamedTuple

from sqlalchemy import Connection

from app.core.ids import new_id
from app.core.settings import settings
from app.credentials.code_faults import Reading
from app.credentials.code_reading import read_code
from app.credentials.queries.redeem import Shown
from app.credentials.service.forged_tags import count_forged_tag
from app.credentials.service.redeeming import note_slip_used, spend_code
from app.credentials.service.uses import FAMILY, tell_used
from app.scanning.judging import GUESSED, Facts, Verdict, judge
from app.scanning.queries.scan import Caller, Stored
from app.scanning.reasons import BY_NAME, Reason
from app.scanning.service import challenges
from app.scanning.service.answers import Answer, Refusal, word_acceptance
from app.scanning.service.attempts import Attempt, Line, record_attempt, refuse
from app.scanning.service.slips import tell_slip_used
from app.scanning.service.stored_answers import keep_answer, open_answer, take_number
from app.scanning.service.tokens import issue_token
from app.scanning.service.wrong_numbers import count_wrong_number, refuse_number

_GUESSED, _FORGED, _USED = BY_NAME[GUESSED], BY_NAME["code_forged"], BY_NAME["code_used"]
_ASKED, _ANSWERED_WRONGLY = BY_NAME["challenge_required"], BY_NAME["challenge_wrong"]


class _Outcome(NamedTuple):
    """What came of a verdict, as its code may have been used meanwhile. digits: those the desk asks for from now on."""

    reason: Reason | None
    reading: Reading
    digits: str = ""


def settle(attempt: Attempt, verdict: Verdict) -> Answer:
    """Claims the outBizNo, carries the verdict out and stores the answer, in the caller's transaction."""
    facts = verdict.facts
    connection, institution, number = attempt.connection, facts.caller.id, facts.request.out_biz_no
    if verdict.reason is _GUESSED:
        return refuse(attempt, refuse_number(connection, institution, facts.wrong_numbers, attempt.now))
    earlier = take_number(connection, institution, number, attempt.call.sha256, attempt.now)
    if earlier is not None:
        return _answer_again(attempt, facts, earlier)
    scan_id = new_id()
    outcome = _carry_out(connection, verdict, scan_id)
    shown = outcome.reading.shown
    line = Line(scan_id, facts.request, outcome.reading, shown) if shown is not None else None
    if outcome.reason is None and line is not None:
        answer = _accept(attempt, facts.caller, line)
    else:
        answer = refuse(attempt, Refusal(outcome.reason or _FORGED, challenge=outcome.digits), line)
    keep_answer(connection, institution, number, answer.body)
    return answer


def _answer_again(attempt: Attempt, facts: Facts, earlier: Stored) -> Answer:
    if earlier.body_sha256 != attempt.call.sha256 or earlier.answer is None:
        return refuse(attempt, Refusal(BY_NAME["biz_no_reused"]))
    record_attempt(attempt, "repeated", 0, None)
    return Answer(200, open_answer(earlier.answer, facts.caller.id, facts.request.out_biz_no))


def _carry_out(connection: Connection, verdict: Verdict, scan_id: int) -> _Outcome:
    reason, facts = verdict
    reading, shown, institution = facts.reading, facts.reading.shown, facts.caller.id
    if shown is None:
        if reading.is_unknown_number:
            count_wrong_number(connection, institution, reading.at)
    elif reason is None or reason is _ASKED:
        return _use_up(connection, verdict, shown, scan_id)
    elif reason is _FORGED:
        count_forged_tag(connection, shown, institution, reading.at)
    elif reason is _ANSWERED_WRONGLY and facts.question is not None:
        challenges.count_miss(connection, facts.question, shown.handle)
    return _Outcome(reason, reading)


def _use_up(connection: Connection, verdict: Verdict, shown: Shown, scan_id: int) -> _Outcome:
    """A scan that comes too late, after another scan or after the counter revoked the slip, is judged again as things are now."""
    reason, facts = verdict
    reading, caller = facts.reading, facts.caller
    if facts.question is not None and not challenges.close(connection, facts.question, reading.at):
        return _Outcome(_ANSWERED_WRONGLY, reading)
    until = int(reading.at.timestamp()) + settings.challenge_seconds if reason is _ASKED else 0
    if not spend_code(connection, shown.handle, reading.issued_at, scan_id, challenge_until=until):
        late = read_code(connection, reading.code, reading.at, specimens_only=caller.is_sandbox)
        return _Outcome(judge(facts._replace(reading=late)).reason or _USED, late)
    digits = challenges.ask(connection, caller.id, shown, reading.at) if reason is _ASKED else ""
    return _Outcome(reason, reading, digits)


def _accept(attempt: Attempt, caller: Caller, line: Line) -> Answer:
    connection, now, shown = attempt.connection, attempt.now, line.shown
    record_attempt(attempt, "ok", 0, line)
    if line.reading.slip is not None:
        note_slip_used(connection, shown.handle, now)
        tell_slip_used(connection, shown, caller.name, now)
    elif shown.shown_by == FAMILY:
        tell_used(connection, shown.credential_id, shown.handle, shown.shown_by, caller.name, now)
    token = issue_token(connection, caller, line, now)
    return word_acceptance(shown, caller.fixmedins_code, caller.id, token, line.scan_id)
