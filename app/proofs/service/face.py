"""The face check: begun here, done at the provider, its verdict fetched from server to server (2025 face rule).

Two strings identify it: a random nonce, carried only by the return address and stored as a hash; and that hash in hex, under which
the provider keeps the check. The row names the person, the purpose and the session, so a verdict opens nothing else.
"""

import secrets
from dataclasses import replace
from datetime import timedelta
from enum import Enum
from urllib.parse import urlencode

from flask_babel import gettext as _
from sqlalchemy import update

from app.accounts.models import Account, LoginSession
from app.core import clock
from app.core.audit import record
from app.core.db import db, transaction
from app.core.errors import DomainError
from app.core.logs import log
from app.core.settings import settings
from app.core.statements import won, write
from app.proofs.audit_tags import ProofTag
from app.proofs.face import Capture, FaceCheckDown, FaceRequest, FaceResult, ForeignResult, Handover
from app.proofs.models import IdentityProof, ProofMethod, ProofPurpose, ProofState
from app.proofs.providers import face_check
from app.proofs.queries import count_face_attempts_today, find_proof_by_nonce, list_open_face_proofs
from app.proofs.service.proofs import hash_nonce, lock_person, record_decision
from app.roster.models import InsuredPerson
from app.roster.queries import cert_no_of


class FaceOutcome(Enum):
    passed = "passed"
    failed = "failed"
    pending = "pending"  # the provider has no verdict yet
    unavailable = "unavailable"  # the provider does not answer; a retry may help
    expired = "expired"
    unknown = "unknown"  # not a check of this session and purpose


def start_face(session: LoginSession, person: InsuredPerson, purpose: ProofPurpose, return_url: str) -> Handover:
    """Begins a check; the browser then goes where the Handover says and comes back to `return_url?state=…`.

    return_url: absolute, without a query. Raises DomainError `face_limit` (429: settings.face_attempts failures today) and
    `face_unavailable` (503).
    """
    _settle_open_checks(session, person)
    nonce = secrets.token_urlsafe(32)
    proof_id = _reserve_attempt(session, person, purpose, nonce)
    provider = face_check()
    request = FaceRequest(
        nonce=hash_nonce(nonce).hex(),
        purpose=purpose.value,
        name=person.name,
        cert_type=person.cert_type,
        cert_no=cert_no_of(person),
        return_url=f"{return_url}?{urlencode({'state': nonce})}",
    )
    try:
        handover = provider.start(request)
    except FaceCheckDown as reason:
        _close_unstarted(session, proof_id, str(reason))
        raise DomainError(
            "face_unavailable",
            _("现在连不上人脸核验的系统。"),
            _("您填的内容已保存。请过几分钟再试，或选“改用其他方式”。"),
            status=503,
            region=person.insured_region,
            retry_after=60,
        ) from None
    with transaction():
        _update(proof_id, provider=provider.name, reference=handover.reference)
    return replace(handover, back=request.return_url) if isinstance(handover, Capture) else handover


def finish_face(session: LoginSession, purpose: ProofPurpose, nonce: str) -> FaceOutcome:
    """Fetches the verdict of the check with this nonce and stores it. Called again, it returns the same."""
    proof = find_proof_by_nonce(hash_nonce(nonce))
    if proof is None or proof.session_id != session.id or proof.purpose is not purpose or proof.method is not ProofMethod.face:
        return FaceOutcome.unknown
    if proof.state is not ProofState.open:
        return _outcome_of(proof)
    if proof.created_at < clock.now() - timedelta(seconds=settings.face_valid_seconds):
        return FaceOutcome.expired
    try:
        result = face_check().fetch_result(proof.reference, proof.nonce_hash.hex())
    except ForeignResult:
        log.error("face_result_foreign", proof=proof.id)
        _decide(session, proof, passed=False, outcome="foreign_result")
        return FaceOutcome.failed
    except FaceCheckDown as reason:
        _record_unavailable(session, proof.id, str(reason))
        return FaceOutcome.unavailable
    if result is None:
        return FaceOutcome.pending
    return _keep(session, proof, result)


def _outcome_of(proof: IdentityProof) -> FaceOutcome:
    known = {ProofState.passed: FaceOutcome.passed, ProofState.failed: FaceOutcome.failed}
    return known.get(proof.state, FaceOutcome.expired)


def _keep(session: LoginSession, proof: IdentityProof, result: FaceResult) -> FaceOutcome:
    _decide(session, proof, passed=result.passed, outcome="ok" if result.passed else "refused")
    db.session.refresh(proof)
    return _outcome_of(proof)


@transaction()
def _decide(session: LoginSession, proof: IdentityProof, *, passed: bool, outcome: str) -> None:
    """The first of two parallel returns decides."""
    state = ProofState.passed if passed else ProofState.failed
    if won(
        update(IdentityProof)
        .where(IdentityProof.id == proof.id, IdentityProof.state == ProofState.open)
        .values(state=state, decided_at=clock.now())
    ):
        db.session.refresh(proof)
        record_decision(proof, session, outcome=outcome)


@transaction()
def _reserve_attempt(session: LoginSession, person: InsuredPerson, purpose: ProofPurpose, nonce: str) -> int:
    lock_person(person)
    if count_face_attempts_today(person) >= settings.face_attempts:
        raise DomainError(
            "face_limit",
            _("今天的人脸核验次数用完了。"),
            _("请选“改用其他方式”，或明天再试。"),
            status=429,
            region=person.insured_region,
        )
    proof = IdentityProof(
        session_id=session.id,
        person_id=person.id,
        purpose=purpose,
        method=ProofMethod.face,
        state=ProofState.open,
        nonce_hash=hash_nonce(nonce),
        created_at=clock.now(),
    )
    db.session.add(proof)
    db.session.flush()
    record(
        ProofTag.face_started,
        actor=Account.actor_of(session.account_id),
        subject=proof.subject,
        person_id=person.id,
        purpose=purpose.value,
        session=session.id,
    )
    return proof.id


def _settle_open_checks(session: LoginSession, person: InsuredPerson) -> None:
    """Closes checks of this session whose browser never returned: one failed at the provider counts, one never done does not."""
    for proof in list_open_face_proofs(session, person):
        try:
            result = face_check().fetch_result(proof.reference, proof.nonce_hash.hex()) if proof.reference else None
        except (FaceCheckDown, ForeignResult):
            continue
        if result is not None and not result.passed:
            _decide(session, proof, passed=False, outcome="refused")
        else:
            with transaction():
                _abandon(proof.id)


def _close_unstarted(session: LoginSession, proof_id: int, reason: str) -> None:
    with transaction():
        _abandon(proof_id)
        _record_unavailable(session, proof_id, reason)


def _abandon(proof_id: int) -> None:
    write(
        update(IdentityProof)
        .where(IdentityProof.id == proof_id, IdentityProof.state == ProofState.open)
        .values(state=ProofState.abandoned)
    )


def _update(proof_id: int, **values: str) -> None:
    db.session.execute(update(IdentityProof).where(IdentityProof.id == proof_id).values(**values))


@transaction()
def _record_unavailable(session: LoginSession, proof_id: int, reason: str) -> None:
    log.warning("face_check_unavailable", proof=proof_id, reason=reason)
    record(
        ProofTag.face_unavailable,
        actor=Account.actor_of(session.account_id),
        subject=IdentityProof.subject_of(proof_id),
        outcome="unavailable",
        session=session.id,
    )
