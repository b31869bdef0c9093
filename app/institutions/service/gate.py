"""What is asked of every call before it does anything: reasons 2001 to 2005, in their order of precedence."""

import hmac
import re
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, bindparam, or_, update
from sqlalchemy.dialects.postgresql import insert as upsert

from app.core import audit, clock
from app.core.prepared import Prepared
from app.core.queueing import one_at_a_time
from app.core.settings import settings
from app.institutions.fields import Field, find_unfit
from app.institutions.models import ApiKey, WrongTyped
from app.institutions.policy import InstitutionTag
from app.institutions.queries import count_wrong_numbers, find_key
from app.institutions.service.answers import Attempt, Call, Refusal, refusal
from app.institutions.service.keys import hash_secret

_BEARER = re.compile(r"bearer +pz_(\d{1,9})_([A-Za-z0-9]{1,128})", re.ASCII | re.IGNORECASE)


def find_caller(connection: Connection, authorization: str) -> Any:
    """The live key and its institution in one row, or None."""
    match = _BEARER.fullmatch(authorization.strip())
    if match is None:
        return None
    key_id = int(match[1])
    found = find_key(connection, key_id)
    if (
        found is None
        or found.revoked_at is not None
        or found.held_at is not None
        or (found.ends_at is not None and found.ends_at <= clock.now())
    ):
        return None
    return found if hmac.compare_digest(found.secret_hash, hash_secret(key_id, match[2])) else None


_NOTE_USED = Prepared(
    update(ApiKey)
    .where(ApiKey.id == bindparam("the_key"), or_(ApiKey.last_used_on.is_(None), ApiKey.last_used_on < bindparam("day")))
    .values(last_used_on=bindparam("day"))
)


def note_key_used(attempt: Attempt) -> None:
    """Once a day: every other call of that day finds it written."""
    today = clock.local(attempt.now).date()
    if attempt.caller.last_used_on != today:
        _NOTE_USED.run(attempt.connection, {"the_key": attempt.caller.key_id, "day": today})


def find_refusal(caller: Any, call: Call, table: Sequence[Field]) -> Refusal | None:
    """What is wrong with a call before any code is looked at: who calls, then the body, then how often. None when nothing is."""
    if caller is None:
        return refusal("key_invalid")
    if not caller.is_enabled:
        return refusal("institution_disabled")
    if call.fault:
        return refusal(call.fault)
    sent = call.body.get("orgId") if isinstance(call.body, dict) else None
    if isinstance(sent, str) and sent != caller.fixmedins_code:
        return refusal("org_mismatch")
    if unfit := find_unfit(table, call.body):
        return refusal("request_invalid", field=unfit)
    return refusal("too_many_requests", retry_after=call.retry_after) if call.retry_after else None


def find_guessing(attempt: Attempt) -> Refusal | None:
    """Whether this institution has typed so many unknown numbers within the minute that none is looked at any more.

    Its typed numbers queue here: else those of one moment would all be looked at before any of them counts.
    """
    one_at_a_time(b"typed numbers of %d" % attempt.caller.id, connection=attempt.connection)
    minute = int(attempt.now.timestamp()) // 60
    if count_wrong_numbers(attempt.connection, attempt.caller.id, minute) < settings.wrong_typed_per_minute:
        return None
    return count_wrong_number(attempt)


_WRONG = upsert(WrongTyped.__table__)  # type: ignore[arg-type]
_COUNT_WRONG = (
    _WRONG.values(institution_id=bindparam("institution_id"), minute=bindparam("minute"), count=1)
    .on_conflict_do_update(index_elements=["institution_id", "minute"], set_={"count": WrongTyped.count + 1})
    .returning(WrongTyped.count)
)


def count_wrong_number(attempt: Attempt) -> Refusal | None:
    """Counts one guess; a refusal, and once an alert, when that was one too many."""
    second = int(attempt.now.timestamp())
    count = attempt.connection.scalar(_COUNT_WRONG, {"institution_id": attempt.caller.id, "minute": second // 60}) or 0
    if count <= settings.wrong_typed_per_minute:
        return None
    if count == settings.wrong_typed_per_minute + 1:
        audit.record(
            InstitutionTag.guesses_numbers,
            actor="system",
            subject=f"institution:{attempt.caller.id}",
            outcome="alert",
            count=count,
            connection=attempt.connection,
        )
    return refusal("too_many_requests", retry_after=60 - second % 60)
