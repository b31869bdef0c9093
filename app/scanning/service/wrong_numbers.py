"""Typed numbers that nobody has, counted for each institution and minute, so that none can be found by trial."""

from datetime import datetime

from sqlalchemy import Connection
from sqlalchemy.dialects.postgresql import insert as upsert

from app.core import audit
from app.core.db import table_of
from app.core.prepared import PreparedChange
from app.core.settings import settings
from app.institutions.models import Institution
from app.scanning.audit_tags import ScanTag
from app.scanning.models import WrongTyped
from app.scanning.reasons import BY_NAME
from app.scanning.service.answers import Refusal

_COUNT = PreparedChange(
    upsert(table_of(WrongTyped)).on_conflict_do_update(
        index_elements=["institution_id", "minute"], set_={"count": WrongTyped.count + 1}
    ),
    ("institution_id", "minute", "count"),
)


def count_wrong_number(connection: Connection, institution_id: int, now: datetime) -> None:
    _COUNT.changed(connection, {"institution_id": institution_id, "minute": int(now.timestamp()) // 60, "count": 1})


def refuse_number(connection: Connection, institution_id: int, counted: int, now: datetime) -> Refusal:
    """For an institution that has reached this minute's limit; the first such number is an alert. counted: before this one."""
    count_wrong_number(connection, institution_id, now)
    if counted == settings.wrong_typed_per_minute:
        audit.record(
            ScanTag.guesses_numbers,
            actor="system",
            subject=Institution.subject_of(institution_id),
            outcome="alert",
            count=counted + 1,
            connection=connection,
        )
    return Refusal(BY_NAME["too_many_requests"], retry_after=60 - int(now.timestamp()) % 60)
