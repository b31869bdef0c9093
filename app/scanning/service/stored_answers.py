"""Idempotency: an outBizNo is claimed first, in the redeeming transaction; a repeated call waits for it and gets the same bytes."""

from datetime import datetime

from sqlalchemy import Connection, bindparam, update
from sqlalchemy.dialects.postgresql import Insert
from sqlalchemy.dialects.postgresql import insert as upsert

from app.core.crypto import vault
from app.core.db import table_of
from app.core.prepared import PreparedChange
from app.core.settings import settings
from app.scanning.models import StoredAnswer
from app.scanning.queries.scan import Stored, find_stored_answer

_PURPOSE = "stored-answer"


def take_over(insertion: Insert) -> Insert:
    """A number that was answered at `expired` (Unix seconds) or earlier is free again."""
    return insertion.on_conflict_do_update(
        index_elements=["institution_id", "out_biz_no"],
        set_={name: insertion.excluded[name] for name in ("body_sha256", "created_at", "answer")},
        where=StoredAnswer.created_at <= bindparam("expired"),
    )


_TAKE = PreparedChange(take_over(upsert(table_of(StoredAnswer))), ("institution_id", "out_biz_no", "body_sha256", "created_at"))
_KEEP = PreparedChange(
    update(StoredAnswer)
    .where(StoredAnswer.institution_id == bindparam("the_institution"), StoredAnswer.out_biz_no == bindparam("the_number"))
    .values(answer=bindparam("answer"))
)


def take_number(connection: Connection, institution_id: int, number: str, sha256: bytes, now: datetime) -> Stored | None:
    """None when this call has now claimed the number; else the row of the call that used it within the last ten minutes."""
    values = {
        "institution_id": institution_id,
        "out_biz_no": number,
        "body_sha256": sha256,
        "created_at": int(now.timestamp()),
        "expired": expired_at(now),
    }
    while not _TAKE.won(connection, values):
        stored = find_stored_answer(connection, institution_id, number)
        if stored is not None:
            return stored
    return None


def keep_answer(connection: Connection, institution_id: int, number: str, answer: bytes) -> None:
    sealed = seal_answer(answer, institution_id, number)
    _KEEP.changed(connection, {"the_institution": institution_id, "the_number": number, "answer": sealed})


def expired_at(now: datetime) -> int:
    """Answers from this second (Unix) or earlier are no longer kept."""
    return int(now.timestamp()) - settings.answer_keep_minutes * 60


def seal_answer(answer: bytes, institution_id: int, number: str) -> bytes:
    return vault.encrypt(_PURPOSE, answer, bound_to=_bond(institution_id, number))


def open_answer(sealed: bytes, institution_id: int, number: str) -> bytes:
    return vault.decrypt(_PURPOSE, sealed, bound_to=_bond(institution_id, number))


def _bond(institution_id: int, number: str) -> bytes:
    """What a stored answer is bound to: its row."""
    return f"{institution_id}:{number}".encode()
