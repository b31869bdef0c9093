"""`ec.query`: a hospital's system scans a code and learns who stands before it. One transaction, plain Core statements."""

import secrets
from datetime import timedelta
from typing import Any, cast

from sqlalchemy import insert

from app.core import clock
from app.core.crypto import vault
from app.core.db import bare_transaction, begin_writing
from app.core.prepared import Prepared
from app.core.settings import settings
from app.credentials.code_format import Code, Malformed, TypedNumber, parse_code
from app.credentials.policy import SLIP
from app.credentials.service.forged_tags import count_forged_tag
from app.credentials.service.redeeming import Fault, Reading, find_winner, fits_slip, note_slip_used, read_code, spend_code
from app.credentials.service.uses import FAMILY, tell_used
from app.institutions.calls import EC_QUERY
from app.institutions.models import EcToken
from app.institutions.policy import InstitutionTag
from app.institutions.queries import find_desk
from app.institutions.service import challenges
from app.institutions.service.answers import Answer, Attempt, Call, Refusal, record_attempt, refusal, refuse, to_json
from app.institutions.service.gate import count_wrong_number, find_caller, find_guessing, find_refusal, note_key_used
from app.institutions.service.refused_calls import refuse_stranger
from app.institutions.service.slips import tell_slip_used
from app.institutions.service.stored_answers import keep_answer, open_answer, release_number, take_number
from app.roster.models import InsuredPerson
from app.roster.queries import cert_no_of


def redeem_code(call: Call) -> Answer:
    """The whole call, refusals too: they are results, because the rows they leave must stay."""
    with bare_transaction() as connection:
        caller = find_caller(connection, call.authorization)
        if caller is None and (answer := refuse_stranger(call)) is not None:
            return answer
        refused = find_refusal(caller, call, EC_QUERY)
        begin_writing(connection)
        attempt = Attempt(connection, clock.now(), call, InstitutionTag.scanned, caller)
        if caller is not None:
            note_key_used(attempt)
        return _redeem(attempt, refused)


def redeem_at_desk(institution_id: int, call: Call) -> Answer:
    """The same for an operator who is signed in at this institution's desk page."""
    with bare_transaction() as connection:
        caller = find_desk(connection, institution_id)
        refused = find_refusal(caller, call, EC_QUERY)
        begin_writing(connection)
        return _redeem(Attempt(connection, clock.now(), call, InstitutionTag.scanned, caller), refused)


def _redeem(attempt: Attempt, refused: Refusal | None) -> Answer:
    connection, call = attempt.connection, attempt.call
    if refused is not None:
        return refuse(attempt, refused)
    code = _parse(call.text("ecQrCode"))
    if isinstance(code, TypedNumber) and (refused := find_guessing(attempt)) is not None:
        return refuse(attempt, refused)
    if (earlier := take_number(attempt)) is not None:
        return _answer_again(attempt, earlier)
    attempt.reading = read_code(connection, code, attempt.now, specimens_only=attempt.caller.is_sandbox)
    if attempt.reading.is_unknown_number and (refused := count_wrong_number(attempt)) is not None:
        release_number(attempt)
        return refuse(attempt, refused)
    refused = _find_fault(attempt, attempt.reading)
    answer = _accept(attempt, attempt.reading) if refused is None else refuse(attempt, refused)
    keep_answer(attempt, answer.body)
    return answer


def _parse(text: str) -> Code | TypedNumber | None:
    try:
        return parse_code(text)
    except Malformed:
        return None


def _answer_again(attempt: Attempt, earlier: Any) -> Answer:
    if earlier.body_sha256 != attempt.call.sha256:
        return refuse(attempt, refusal("biz_no_reused"))
    record_attempt(attempt, None, outcome="repeated")
    return Answer(200, open_answer(attempt, earlier.answer), {})


def _find_fault(attempt: Attempt, reading: Reading) -> Refusal | None:
    """The first reason that applies; None once the code is used up and the scan accepted."""
    if reading.fault is not None:
        if reading.fault is Fault.forged and reading.shown is not None:
            count_forged_tag(attempt.connection, reading.shown, attempt.caller.id, attempt.now)
        return refusal(reading.fault.value)
    caller, shown = attempt.caller, cast(Any, reading.shown)
    if shown.shown_by == SLIP and not fits_slip(reading, caller.id, attempt.call.text("businessType")):
        return refusal("slip_wrong_place")
    if attempt.call.text("businessType") not in caller.business_types.split(","):
        return refusal("scene_not_enabled")
    answered = None
    if reading.challenge:
        answered = challenges.find_answered(attempt, shown, reading.challenge)
        if answered is None:
            return refusal("challenge_wrong")
    elif shown.shown_by != SLIP and challenges.is_called_for(attempt, shown):  # nobody could answer on paper
        if not challenges.may_ask(attempt, shown):
            return refusal("challenge_wrong")
        until = int(attempt.now.timestamp()) + settings.challenge_seconds
        return challenges.ask(attempt, shown) if _spend(attempt, reading, until) else refusal(Fault.used.value)
    if shown.is_specimen and not caller.is_sandbox:
        return refusal("specimen")
    if answered is not None and not challenges.close(attempt, answered, attempt.now):
        return refusal("challenge_wrong")
    return None if _spend(attempt, reading) else refusal(find_winner(attempt.connection, reading).value)


def _spend(attempt: Attempt, reading: Reading, challenge_until: int = 0) -> bool:
    handle = cast(Any, reading.shown).handle
    return spend_code(attempt.connection, handle, reading.issued_at, attempt.scan_id, challenge_until=challenge_until)


def _accept(attempt: Attempt, reading: Reading) -> Answer:
    shown = cast(Any, reading.shown)
    record_attempt(attempt, None)
    if shown.shown_by == SLIP:
        note_slip_used(attempt.connection, shown.handle, attempt.now)
        tell_slip_used(attempt, shown)
    elif shown.shown_by == FAMILY:
        tell_used(attempt.connection, shown.credential_id, shown.handle, shown.shown_by, attempt.caller.name, attempt.now)
    content = {
        "code": 0,
        "message": "成功",
        "orgId": attempt.caller.fixmedins_code,
        "data": {
            "userName": shown.name,
            "idNo": cert_no_of(cast(InsuredPerson, shown)),
            "idType": shown.cert_type,
            "ecToken": _issue_token(attempt, shown),
            "insuOrg": shown.insured_region,
            "ecIndexNo": _index_number(attempt, shown),
            "gender": shown.gender,
            "birthday": shown.birthday.isoformat() if shown.birthday else "",
            "nationality": shown.nationality,
            "extData": {
                "shownBy": shown.shown_by,
                "subject": "person",
                "specimen": shown.is_specimen,
                "scanId": str(attempt.scan_id),
            },
        },
    }
    return Answer(200, to_json(content), {})


_TOKEN_COLUMNS = ("token_hash", "scan_id", "credential_id", "institution_id", "business_type", "expires_at")
_INSERT_TOKEN = Prepared(insert(EcToken.__table__), _TOKEN_COLUMNS)  # type: ignore[arg-type]


def _issue_token(attempt: Attempt, shown: Any) -> str:
    """32 characters that say nothing; kept as a keyed hash, bound to institution and business type."""
    token = secrets.token_urlsafe(24)
    _INSERT_TOKEN.run(
        attempt.connection,
        {
            "token_hash": vault.keyed_hash("ec-token", token),
            "scan_id": attempt.scan_id,
            "credential_id": shown.credential_id,
            "institution_id": attempt.caller.id,
            "business_type": attempt.call.text("businessType"),
            "expires_at": attempt.now + timedelta(hours=settings.ec_token_hours),
        },
    )
    return token


def _index_number(attempt: Attempt, shown: Any) -> str:
    """Stays the same for one person at one institution, and links nobody across institutions."""
    return vault.keyed_hash("ec-index", f"{shown.credential_id}:{attempt.caller.id}").hex()[:32]
