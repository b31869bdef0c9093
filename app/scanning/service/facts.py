"""What is read before a scan is judged. Only reads; some rows are locked so that parallel scans are counted correctly."""

from datetime import datetime

from sqlalchemy import Connection

from app.core.locks import one_at_a_time
from app.core.settings import settings
from app.credentials.code_faults import Reading
from app.credentials.code_format import Code, Malformed, TypedNumber, parse_code
from app.credentials.code_reading import read_code
from app.credentials.queries.redeem import Shown
from app.scanning.calls import ScanRequest
from app.scanning.judging import Facts, has_guessed_enough
from app.scanning.policy import SPECIMEN_WITH_CHALLENGE, RiskContext, has_risk_rules, is_risky, may_be_challenged, rules_in_force
from app.scanning.queries.scan import (
    Caller,
    count_questions,
    count_wrong_numbers,
    find_open_question,
    list_past_scans,
    was_used_at,
)

_WINDOW_SECONDS = 600  # fixed: challenges to one credential count for ten minutes (contract 5)


AnyCode = Code | TypedNumber | None  # None: no code at all


def gather_facts(connection: Connection, caller: Caller, request: ScanRequest, code: AnyCode, now: datetime) -> Facts:
    """code: the result of `parse` on the request's code."""
    facts = Facts(caller, request, Reading(code, now))
    if isinstance(code, TypedNumber):
        # An institution's typed numbers queue here: otherwise parallel ones would all be looked at before any of them is counted.
        one_at_a_time(b"typed numbers of %d" % caller.id, connection=connection)
        facts = facts._replace(wrong_numbers=count_wrong_numbers(connection, caller.id, int(now.timestamp()) // 60))
        if has_guessed_enough(facts):
            return facts
    reading = read_code(connection, code, now, specimens_only=caller.is_sandbox)
    facts = facts._replace(reading=reading)
    if reading.shown is None:
        return facts
    if reading.digits:
        since = int(now.timestamp()) - settings.challenge_seconds - 1
        return facts._replace(question=find_open_question(connection, caller.id, reading.shown.handle, since))
    if reading.is_on_paper or not _is_unusual(connection, facts, reading.shown):  # paper cannot answer a challenge
        return facts
    asked = count_questions(connection, reading.shown.credential_id, int(now.timestamp()) - _WINDOW_SECONDS)
    return facts._replace(is_unusual=True, questions=asked)


def parse(text: str) -> AnyCode:
    try:
        return parse_code(text)
    except Malformed:
        return None


def _is_unusual(connection: Connection, facts: Facts, shown: Shown) -> bool:
    """Whether two digits are to be asked for: the risk rules find the scan unusual, and the institution can ask in this scene.

    At a sandbox, one specimen is always asked.
    """
    caller = facts.caller
    if not may_be_challenged(caller.supports_challenge, facts.request.business_type):
        return False
    if caller.is_sandbox and shown.psn_no == SPECIMEN_WITH_CHALLENGE:
        return True
    return has_risk_rules() and is_risky(
        RiskContext(
            at=facts.reading.at,
            shown_since=shown.shown_since,
            institution_id=caller.id,
            kind=caller.kind,
            region_code=caller.region_code,
            used_here_before=was_used_at(connection, shown.credential_id, caller.id),
            past=list_past_scans(connection, shown.credential_id, facts.reading.at),
        ),
        rules_in_force(),
    )
