"""What the small tables may forget. Each has its own job, so that they stay small."""

from datetime import timedelta
from typing import Any

from sqlalchemy import delete

from app.core import clock
from app.core.db import Base, transaction
from app.core.settings import settings
from app.core.statements import changed
from app.scanning.models import Challenge, EcToken, HelpEvent, StoredAnswer, WrongTyped


def drop_stored_answers() -> int:
    """Ten minutes."""
    return _drop(StoredAnswer, StoredAnswer.created_at <= int(clock.timestamp()) - settings.answer_keep_minutes * 60)


def drop_ec_tokens() -> int:
    """24 h; a token that was settled has served."""
    return _drop(EcToken, EcToken.expires_at <= clock.now())


def drop_challenges() -> int:
    """120 s, and ten minutes for counting them."""
    return _drop(Challenge, Challenge.created_at <= int(clock.timestamp()) - 600 - settings.challenge_seconds)


def drop_help_events() -> int:
    """Thirty days."""
    return _drop(HelpEvent, HelpEvent.created_at <= clock.now() - timedelta(days=settings.help_code_days))


def drop_wrong_numbers() -> int:
    """A minute; kept an hour for whoever follows an alert."""
    return _drop(WrongTyped, WrongTyped.minute <= int(clock.timestamp()) // 60 - 60)


@transaction()
def _drop(table: type[Base], condition: Any) -> int:
    return changed(delete(table).where(condition))
