"""Specimens (样码): invented persons whose codes only a sandbox accepts, so that an integrator can start without a phone."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from app.core import audit, clock
from app.core.crypto import vault
from app.core.db import bare_read, db, transaction
from app.core.settings import settings
from app.credentials.models import Credential
from app.credentials.queries import find_credential_of
from app.credentials.service import activate_credential, draw_code, freeze_credential, issue_typed_code
from app.credentials.service.specimens import drop_old_specimens, open_specimen_presentation, show_specimen
from app.institutions.models import Institution
from app.roster.identity import parse_cert
from app.roster.models import InsuredStatus
from app.roster.queries import find_person
from app.roster.service import save_person
from app.scanning.audit_tags import ScanTag
from app.scanning.calls import SANDBOX_CODE, text_of
from app.scanning.policy import SPECIMEN_WITH_CHALLENGE
from app.scanning.queries.scan import find_latest_question
from app.scanning.reasons import BY_NAME
from app.scanning.service.answers import Answer, Call, Refusal, to_json
from app.scanning.service.attempts import Attempt, refuse
from app.scanning.service.gate import find_caller, find_refusal, note_key_used
from app.scanning.service.refused_calls import refuse_stranger

_RESIDENT_ID = "01"
_REGION = "510699"


@dataclass(frozen=True)
class Specimen:
    """number: an identity number beginning with 510600, which is not issued to people."""

    name: str
    number: str
    insutype: str = "310"
    status: InsuredStatus = InsuredStatus.normal
    is_frozen: bool = False
    psn_no: str = ""


SPECIMENS = {
    "adult": Specimen("样本成人", "510600198506129012"),
    "child": Specimen("样本儿童", "510600201809019026", insutype="390"),
    "suspended": Specimen("样本暂停", "510600197802039033", status=InsuredStatus.suspended),
    "frozen": Specimen("样本挂失", "51060019921105904X", is_frozen=True),
    "challenged": Specimen("样本核对", "510600198808089052", psn_no=SPECIMEN_WITH_CHALLENGE),
}


@transaction()
def ensure_specimens() -> None:
    """Creates persons, credentials and presentations of all specimens; existing ones stay."""
    for key, specimen in SPECIMENS.items():
        person = save_person(
            cert=parse_cert(_RESIDENT_ID, specimen.number),
            name=specimen.name,
            insured_region=_REGION,
            insutype=specimen.insutype,
            status=specimen.status,
            psn_no=specimen.psn_no,
            is_specimen=True,
        )
        credential = find_credential_of(person.id) or activate_credential(person.id, by="system")
        open_specimen_presentation(credential.id, _handle_of(key))
        if specimen.is_frozen:
            freeze_credential(credential, "system")


def draw_sandbox_code(call: Call) -> Answer:
    """`POST /api/v1/sandbox/codes`."""
    with bare_read() as connection:
        is_stranger = find_caller(connection, call.authorization) is None
    if is_stranger and (answer := refuse_stranger(call)) is not None:
        return answer
    return _draw_code(call)


@transaction()
def _draw_code(call: Call) -> Answer:
    connection = db.session.connection()
    key, caller = find_caller(connection, call.authorization) or (None, None)
    attempt = Attempt(connection, clock.now(), call, ScanTag.sandbox_code_drawn, caller)
    if key is None or caller is None:
        return refuse(attempt, Refusal(BY_NAME["key_invalid"]))
    refused = find_refusal(caller, call, SANDBOX_CODE)
    if caller.is_enabled and not call.fault and not caller.is_sandbox:
        refused = Refusal(BY_NAME["sandbox_only"])
    if refused is not None:
        return refuse(attempt, refused)
    note_key_used(connection, key, attempt.now)
    name, kind = text_of(call.body, "specimen"), text_of(call.body, "kind")
    credential = _find_credential(name)
    if credential is None:
        ensure_specimens()
        credential = _find_credential(name)
    assert credential is not None
    code, expires_at = _draw(credential, name, kind, text_of(call.body, "challenge"), caller.id)
    audit.record(
        attempt.tag,
        actor=Institution.actor_of(caller.id),
        subject=credential.subject,
        person_id=credential.person_id,
        kind=kind,
    )
    return Answer(200, to_json({"ecQrCode": code, "expiresAt": clock.local(expires_at).isoformat(timespec="seconds")}))


@transaction()
def drop_old_specimen_codes() -> int:
    """Deletes what load tests at the sandbox left behind more than a day ago."""
    credentials = [found.id for name in SPECIMENS if (found := _find_credential(name)) is not None]
    return drop_old_specimens(credentials, [_handle_of(name) for name in SPECIMENS], timedelta(days=1))


def _draw(credential: Credential, name: str, kind: str, digits: str, institution_id: int) -> tuple[str, datetime]:
    """The digits, and the moment after which they count as expired."""
    if kind == "12":
        typed = issue_typed_code(open_specimen_presentation(credential.id, _handle_of(name)))
        return typed.number, datetime.fromtimestamp(typed.expires_at, clock.CHINA)
    if kind == "80":
        code = draw_code(show_specimen(credential.id, _handle_of(name)))
    else:
        # The challenge an 81 code answers is bound to one handle, so the code must have the same.
        asked = find_latest_question(institution_id, credential.id, int(clock.timestamp()) - settings.challenge_seconds - 1)
        handle, wanted = asked or (_handle_of(name), "00")
        code = draw_code(open_specimen_presentation(credential.id, handle), digits or wanted)
    issued_at = int(code[22:32])
    return code, datetime.fromtimestamp(issued_at + settings.code_past_seconds, clock.CHINA)


def _find_credential(name: str) -> Credential | None:
    person = find_person(_RESIDENT_ID, SPECIMENS[name].number)
    return find_credential_of(person.id) if person is not None else None


def _handle_of(name: str) -> str:
    return f"{int.from_bytes(vault.keyed_hash('specimen-handle', name)[:8], 'big') >> 1:020d}"
