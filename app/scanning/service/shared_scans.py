"""On SQLite one connection writes at a time, so the ordinary scans that arrive while others are written share the next transaction.

One thread reads, judges and writes for all that wait. That costs less than every thread waiting for its own turn, because threads
that run at the same time also wait for the interpreter's lock, at each statement.
"""

from collections.abc import Sequence
from contextlib import suppress

from flask import current_app
from sqlalchemy import Connection

from app.core import clock
from app.core.combining import Combiner
from app.core.db import bare_transaction, db
from app.core.prepared_step import is_postgresql
from app.scanning.calls import EC_QUERY, read_request
from app.scanning.service.answers import Answer, Call
from app.scanning.service.gate import find_caller, find_refusal, is_noted
from app.scanning.service.ordinary_scans import Prepared, accept_all_prepared, prepare

_KEPT = "shared_scans"


def may_share() -> bool:
    return not is_postgresql(db.engine)


def accept_shared(call: Call) -> Answer | None:
    """None for a call that has to take the full path; nothing was written for it."""
    kept: dict[str, Combiner[Call, Answer]] = current_app.extensions
    combiner = kept.get(_KEPT) or kept.setdefault(_KEPT, Combiner(_accept_all))
    return combiner.result_of(call)


def _accept_all(calls: Sequence[Call]) -> Sequence[Answer | None]:
    with bare_transaction() as connection:
        prepared = [_prepare(connection, call) for call in calls]
        ordinary = [each for each in prepared if each is not None]
        if not ordinary or not accept_all_prepared(connection, ordinary):
            return [None] * len(calls)
    return [each.answer if each is not None else None for each in prepared]


def _prepare(connection: Connection, call: Call) -> Prepared | None:
    """An error of one call must not concern the others: the full path meets it again, and its own caller hears of it."""
    with suppress(Exception):
        found = find_caller(connection, call.authorization)
        now = clock.now()
        if found is not None and is_noted(found[0], now) and find_refusal(found[1], call, EC_QUERY) is None:
            return prepare(connection, found[1], call, read_request(call.body), now)
    return None
