"""Deletes old rows of the small tables. Each has its own job, so that they stay small."""

from datetime import timedelta
from typing import Any

from sqlalchemy import delete

from app.core import clock
from app.core.db import Base, transaction
from app.core.settings import settings
from app.core.statements import changed
from app.scanning.models import Challenge, EcToken, HelpEvent, StoredAnswer, WrongTyped


def drop_stored_answers() -> int:
    """Kept for ten minutes."""
    return _drop(StoredAnswer, StoredAnswer.created_at <= int(clock.timestamp()) - settings.answer_keep_minutes * 60)


def drop_ec_tokens() -> int:
    """Kept for 24 h; after the settlement a token is not needed any more."""
    return _drop(EcToken, EcToken.expires_at <= clock.now())


def drop_challenges() -> int:
    """Valid for 120 s, and counted for ten minutes more."""
    return _drop(Challenge, Challenge.created_at <= int(clock.timestamp()) - 600 - settings.challenge_seconds)


def drop_help_events() -> int:
    """Kept for thirty days."""
    return _drop(HelpEvent, HelpEvent.created_at <= clock.now() - timedelta(days=settings.help_code_days))


def drop_wrong_numbers() -> int:
    """Counted for a minute; kept for an hour, for looking into an alert."""
    return _drop(WrongTyped, WrongTyped.minute <= int(clock.timestamp()) // 60 - 60)


@transaction()
def _drop(table: type[Base], condition: Any) -> int:
    return changed(delete(table).where(condition))
