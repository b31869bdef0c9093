"""Idempotency: an outBizNo is taken first, in the redeeming transaction; a twin waits for it and gets the same bytes."""

from typing import Any

from sqlalchemy import bindparam, delete, update
from sqlalchemy.dialects.postgresql import insert as upsert

from app.core.crypto import vault
from app.core.prepared import Prepared
from app.core.settings import settings
from app.institutions.models import StoredAnswer
from app.institutions.queries import find_stored_answer
from app.institutions.service.answers import Attempt

PURPOSE = "stored-answer"
_INSERT = upsert(StoredAnswer.__table__)  # type: ignore[arg-type]
_TAKE = Prepared(
    _INSERT.on_conflict_do_update(
        index_elements=["institution_id", "out_biz_no"],
        set_={name: _INSERT.excluded[name] for name in ("body_sha256", "created_at", "answer")},
        where=StoredAnswer.created_at <= bindparam("expired"),
    ),
    ("institution_id", "out_biz_no", "body_sha256", "created_at"),
)
_KEEP = Prepared(
    update(StoredAnswer)
    .where(StoredAnswer.institution_id == bindparam("the_institution"), StoredAnswer.out_biz_no == bindparam("the_number"))
    .values(answer=bindparam("answer"))
)
_RELEASE = Prepared(
    delete(StoredAnswer).where(
        StoredAnswer.institution_id == bindparam("the_institution"), StoredAnswer.out_biz_no == bindparam("the_number")
    )
)


def take_number(attempt: Attempt) -> Any:
    """None when the number is ours now; else the row of the call that had it within the last ten minutes."""
    second = int(attempt.now.timestamp())
    values = {
        "institution_id": attempt.caller.id,
        "out_biz_no": attempt.call.text("outBizNo"),
        "body_sha256": attempt.call.sha256,
        "created_at": second,
        "expired": second - settings.answer_keep_minutes * 60,
    }
    while _TAKE.run(attempt.connection, values) != 1:
        stored = find_stored_answer(attempt.connection, attempt.caller.id, attempt.call.text("outBizNo"))
        if stored is not None:
            return stored
    return None


def keep_answer(attempt: Attempt, answer: bytes) -> None:
    number = attempt.call.text("outBizNo")
    sealed = vault.encrypt(PURPOSE, answer, bound_to=_bond(attempt))
    _KEEP.run(attempt.connection, {"the_institution": attempt.caller.id, "the_number": number, "answer": sealed})


def open_answer(attempt: Attempt, sealed: bytes) -> bytes:
    return vault.decrypt(PURPOSE, sealed, bound_to=_bond(attempt))


def release_number(attempt: Attempt) -> None:
    """What is not HTTP 200 is not stored: the number stays free."""
    _RELEASE.run(attempt.connection, {"the_institution": attempt.caller.id, "the_number": attempt.call.text("outBizNo")})


def bond_of(institution_id: int, number: str) -> bytes:
    """What ties a stored answer to its row."""
    return f"{institution_id}:{number}".encode()


def _bond(attempt: Attempt) -> bytes:
    return bond_of(attempt.caller.id, attempt.call.text("outBizNo"))
