"""Number matching against relayed codes: the desk tells two digits, the holder types them, the phone signs them.

The holder of a relayed code is not at the desk, and so does not learn the digits.
"""

import secrets
from datetime import datetime

from sqlalchemy import Connection, bindparam, insert, update

from app.core.db import table_of
from app.core.prepared import PreparedChange
from app.credentials.queries.redeem import Shown
from app.credentials.service.redeeming import note_challenge_miss
from app.scanning.models import MOST_WRONG_ANSWERS, Challenge
from app.scanning.queries.scan import Question

_ASK = PreparedChange(
    insert(table_of(Challenge)), ("institution_id", "handle", "credential_id", "digits", "created_at", "wrong_answers")
)
_CLOSE = PreparedChange(
    update(Challenge).where(Challenge.id == bindparam("the_id"), Challenge.used_at.is_(None)).values(used_at=bindparam("moment"))
)
_MISS = PreparedChange(
    update(Challenge).where(Challenge.id == bindparam("the_id")).values(wrong_answers=Challenge.wrong_answers + 1)
)


def ask(connection: Connection, institution_id: int, shown: Shown, now: datetime) -> str:
    """Draws the two digits that the holder must type. A call that brings them continues with the same presentation."""
    digits = f"{secrets.randbelow(100):02d}"
    values = {"institution_id": institution_id, "handle": shown.handle, "credential_id": shown.credential_id, "digits": digits}
    _ASK.changed(connection, {**values, "created_at": int(now.timestamp()), "wrong_answers": 0})
    return digits


def count_miss(connection: Connection, question: Question, handle: str) -> None:
    _MISS.changed(connection, {"the_id": question.id})
    note_challenge_miss(connection, handle, is_over=question.wrong_answers + 1 >= MOST_WRONG_ANSWERS)


def close(connection: Connection, question: Question, moment: datetime) -> bool:
    """Closes the challenge. False when a parallel scan has used it."""
    return _CLOSE.won(connection, {"the_id": question.id, "moment": moment})
