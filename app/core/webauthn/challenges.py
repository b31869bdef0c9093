"""What an authenticator must sign next: one challenge per session and purpose, for five minutes, good once.

Each kind of session keeps them in a model of its own, with `session_id` and `purpose` as its key, `challenge` and `created_at`.
Functions that draw or spend them run in their caller's transaction.
"""

import secrets
from datetime import timedelta
from typing import Any

from sqlalchemy import delete

from app.core import clock
from app.core.db import db, transaction, upsert
from app.core.statements import taken

CHALLENGE_LIVES = timedelta(minutes=5)  # fixed: as long as browsers wait for a passkey


def new_challenge(model: type[Any], session_id: int, purpose: Any) -> bytes:
    """Draws 32 random bytes, which replace an earlier challenge for the same session and purpose."""
    challenge = secrets.token_bytes(32)
    values = {"challenge": challenge, "created_at": clock.now()}
    db.session.execute(
        upsert(model)
        .values(session_id=session_id, purpose=purpose, **values)
        .on_conflict_do_update(index_elements=["session_id", "purpose"], set_=values)
    )
    return challenge


def spend_challenge(model: type[Any], session_id: int, purpose: Any) -> bytes | None:
    """Takes the challenge. None when there is no fresh one, or a parallel request took it."""
    challenge: bytes | None = taken(
        delete(model)
        .where(
            model.session_id == session_id,
            model.purpose == purpose,
            model.created_at > clock.now() - CHALLENGE_LIVES,
        )
        .returning(model.challenge)
    )
    return challenge


@transaction()
def drop_old_challenges(model: type[Any]) -> None:
    db.session.execute(delete(model).where(model.created_at < clock.now() - CHALLENGE_LIVES))
