"""Number matching against relayed codes: the desk says two digits, the holder types them, the phone signs them.

A relayed code belongs to somebody who is not at the desk and so hears no digits.
"""

import hmac
import secrets
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update

from app.core.settings import settings
from app.credentials.models import Credential
from app.credentials.service.redeeming import note_challenge_miss
from app.institutions.models import MOST_WRONG_ANSWERS, Challenge
from app.institutions.policy import SPECIMEN_WITH_CHALLENGE, Showing, has_risk_rules, is_risky, may_be_challenged, rules_in_force
from app.institutions.queries import count_challenges, find_open_challenge, list_past_scans, was_used_at
from app.institutions.service.answers import Attempt, Refusal, refusal

_WINDOW_SECONDS = 600


def is_called_for(attempt: Attempt, shown: Any) -> bool:
    """Whether two digits are asked for: the rules find this showing unusual, and institution and scene can ask.

    One specimen of a sandbox is always asked.
    """
    caller = attempt.caller
    if not may_be_challenged(caller.supports_challenge, attempt.call.text("businessType")):
        return False
    if caller.is_sandbox and shown.psn_no == SPECIMEN_WITH_CHALLENGE:
        return True
    return has_risk_rules() and is_risky(
        Showing(
            at=attempt.now,
            shown_since=shown.shown_since,
            institution_id=caller.id,
            kind=caller.kind,
            region_code=caller.region_code,
            used_here_before=was_used_at(attempt.connection, shown.credential_id, caller.id),
            past=list_past_scans(attempt.connection, shown.credential_id, attempt.now),
        ),
        rules_in_force(),
    )


def may_ask(attempt: Attempt, shown: Any) -> bool:
    """At most three in ten minutes. Locks the credential, so that parallel scans of it count one another."""
    attempt.connection.execute(select(Credential.id).where(Credential.id == shown.credential_id).with_for_update())
    since = int(attempt.now.timestamp()) - _WINDOW_SECONDS
    return count_challenges(attempt.connection, shown.credential_id, since) < settings.challenge_per_ten_minutes


def ask(attempt: Attempt, shown: Any) -> Refusal:
    """Draws the two digits that the phone shows. A call that brings them goes on with the same code."""
    digits = f"{secrets.randbelow(100):02d}"
    attempt.connection.execute(
        insert(Challenge).values(
            institution_id=attempt.caller.id,
            handle=shown.handle,
            credential_id=shown.credential_id,
            digits=digits,
            created_at=int(attempt.now.timestamp()),
        )
    )
    return refusal("challenge_required", challenge=digits)


def find_answered(attempt: Attempt, shown: Any, digits: str) -> int | None:
    """The id of the open challenge these digits answer. A wrong answer is counted against it."""
    since = int(attempt.now.timestamp()) - settings.challenge_seconds
    found = find_open_challenge(attempt.connection, attempt.caller.id, shown.handle, since - 1)
    if found is None:
        return None
    if hmac.compare_digest(found.digits, digits):
        return int(found.id)
    attempt.connection.execute(update(Challenge).where(Challenge.id == found.id).values(wrong_answers=Challenge.wrong_answers + 1))
    note_challenge_miss(attempt.connection, shown.handle, is_over=found.wrong_answers + 1 >= MOST_WRONG_ANSWERS)
    return None


def close(attempt: Attempt, challenge_id: int, moment: datetime) -> bool:
    """False when a parallel scan has used it."""
    closed = attempt.connection.execute(
        update(Challenge).where(Challenge.id == challenge_id, Challenge.used_at.is_(None)).values(used_at=moment)
    )
    return closed.rowcount == 1
