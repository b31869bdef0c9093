"""`ec.query`: a hospital's system scans a code and learns whose it is. Read, judged and settled in one transaction."""

from sqlalchemy import Connection

from app.core import clock
from app.core.db import bare_transaction, begin_writing
from app.scanning.audit_tags import ScanTag
from app.scanning.calls import EC_QUERY, read_request
from app.scanning.judging import judge
from app.scanning.queries.scan import Caller, Key, find_desk
from app.scanning.reasons import BY_NAME
from app.scanning.service.answers import Answer, Call, Refusal
from app.scanning.service.attempts import Attempt, refuse
from app.scanning.service.facts import gather_facts, parse
from app.scanning.service.gate import find_caller, find_refusal, is_noted, note_key_used
from app.scanning.service.ordinary_scans import accept_ordinary
from app.scanning.service.refused_calls import refuse_stranger
from app.scanning.service.settling import settle
from app.scanning.service.shared_scans import accept_shared, may_share


def redeem_code(call: Call) -> Answer:
    """The whole call. Refusals are returned, not raised, because the rows they write must be committed."""
    is_shared = may_share()
    answer = accept_shared(call) if is_shared else None
    if answer is not None:
        return answer
    with bare_transaction() as connection:
        found = find_caller(connection, call.authorization)
        if found is None:
            return refuse_stranger(call) or _redeem(connection, call, None)
        key, caller = found
        return _redeem(connection, call, caller, key, may_be_ordinary=not is_shared)


def redeem_at_desk(institution_id: int, call: Call) -> Answer:
    """The same for an operator who is signed in at this institution's desk page."""
    with bare_transaction() as connection:
        return _redeem(connection, call, find_desk(connection, institution_id))


def _redeem(
    connection: Connection, call: Call, caller: Caller | None, key: Key | None = None, *, may_be_ordinary: bool = True
) -> Answer:
    refused = Refusal(BY_NAME["key_invalid"]) if caller is None else find_refusal(caller, call, EC_QUERY)
    now = clock.now()
    if may_be_ordinary and caller is not None and refused is None and (key is None or is_noted(key, now)):
        answer = accept_ordinary(connection, caller, call, read_request(call.body), now)
        if answer is not None:
            return answer
    begin_writing(connection)
    now = clock.now()
    attempt = Attempt(connection, now, call, ScanTag.scanned, caller)
    if key is not None:
        note_key_used(connection, key, now)
    if caller is None or refused is not None:
        return refuse(attempt, refused or Refusal(BY_NAME["key_invalid"]))
    request = read_request(call.body)
    facts = gather_facts(connection, caller, request, parse(request.code), now)
    return settle(attempt, judge(facts))
