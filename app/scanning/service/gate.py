"""What is checked for every call before it does anything: who calls, then reasons 2002 to 2005, in order of precedence."""

import hmac
import re
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, bindparam, or_, update

from app.core import clock
from app.core.prepared import PreparedChange
from app.institutions.models import ApiKey
from app.institutions.service.keys import hash_secret
from app.scanning.fields import Field, find_unfit
from app.scanning.queries.scan import Caller, Key, find_key
from app.scanning.reasons import BY_NAME
from app.scanning.service.answers import Call, Refusal

_BEARER = re.compile(r"bearer +pz_(\d{1,9})_([A-Za-z0-9]{1,128})", re.ASCII | re.IGNORECASE)


def find_caller(connection: Connection, authorization: str) -> tuple[Key, Caller] | None:
    """The live key and its institution."""
    match = _BEARER.fullmatch(authorization.strip())
    if match is None:
        return None
    found = find_key(connection, int(match[1]))
    if found is None:
        return None
    key, _caller = found
    if key.revoked_at is not None or key.held_at is not None or (key.ends_at is not None and key.ends_at <= clock.now()):
        return None
    return found if hmac.compare_digest(key.secret_hash, hash_secret(key.key_id, match[2])) else None


_NOTE_USED = PreparedChange(
    update(ApiKey)
    .where(ApiKey.id == bindparam("the_key"), or_(ApiKey.last_used_on.is_(None), ApiKey.last_used_on < bindparam("day")))
    .values(last_used_on=bindparam("day"))
)


def note_key_used(connection: Connection, key: Key, now: datetime) -> None:
    """Writes once a day; every later call of that day finds it written."""
    if not is_noted(key, now):
        _NOTE_USED.changed(connection, {"the_key": key.key_id, "day": clock.local(now).date()})


def is_noted(key: Key, now: datetime) -> bool:
    return key.last_used_on == clock.local(now).date()


def find_refusal(caller: Caller, call: Call, table: Sequence[Field]) -> Refusal | None:
    """What is wrong with a known caller's call before any code is looked at: the body, then the rate. None when nothing is."""
    if not caller.is_enabled:
        return Refusal(BY_NAME["institution_disabled"])
    if call.fault:
        return Refusal(BY_NAME[call.fault])
    sent = call.body.get("orgId") if isinstance(call.body, dict) else None
    if isinstance(sent, str) and sent != caller.fixmedins_code:
        return Refusal(BY_NAME["org_mismatch"])
    if unfit := find_unfit(table, call.body):
        return Refusal(BY_NAME["request_invalid"], field=unfit)
    return Refusal(BY_NAME["too_many_requests"], retry_after=call.retry_after) if call.retry_after else None
