"""Reads of proofs and counter codes."""

from datetime import datetime, timedelta

from sqlalchemy import func, select

from app.accounts.models import LoginSession
from app.core import clock
from app.core.db import db
from app.core.settings import settings
from app.proofs.models import CounterCode, IdentityProof, ProofMethod, ProofPurpose, ProofState
from app.roster.models import InsuredPerson


def find_passed_proof(session: LoginSession, person: InsuredPerson, purpose: ProofPurpose) -> IdentityProof | None:
    """The newest proof of this person for this purpose made in this very session, neither spent nor expired."""
    now = clock.now()
    newest_first = db.session.scalars(
        select(IdentityProof)
        .where(
            IdentityProof.session_id == session.id,
            IdentityProof.person_id == person.id,
            IdentityProof.purpose == purpose,
            IdentityProof.state == ProofState.passed,
            IdentityProof.decided_at > now - max(_valid_for(method) for method in ProofMethod),
        )
        .order_by(IdentityProof.decided_at.desc())
    )
    return next((proof for proof in newest_first if is_fresh(proof, now)), None)


def is_fresh(proof: IdentityProof, now: datetime) -> bool:
    return proof.decided_at is not None and proof.decided_at > now - _valid_for(proof.method)


def _valid_for(method: ProofMethod) -> timedelta:
    """A face check shows who is here now; a counter code was checked by a clerk and is used up, so it stays valid longer."""
    if method is ProofMethod.face:
        return timedelta(seconds=settings.face_valid_seconds)
    return timedelta(hours=settings.counter_proof_hours)


def find_proof_by_nonce(nonce_hash: bytes) -> IdentityProof | None:
    return db.session.scalar(select(IdentityProof).where(IdentityProof.nonce_hash == nonce_hash))


def list_open_face_proofs(session: LoginSession, person: InsuredPerson) -> list[IdentityProof]:
    return list(
        db.session.scalars(
            select(IdentityProof).where(
                IdentityProof.session_id == session.id,
                IdentityProof.person_id == person.id,
                IdentityProof.method == ProofMethod.face,
                IdentityProof.state == ProofState.open,
            )
        )
    )


def count_face_attempts_today(person: InsuredPerson) -> int:
    """Failed checks of this calendar day in China, and open checks whose result is not known."""
    return _count_today(person, ProofMethod.face, (ProofState.failed, ProofState.open))


def count_cert_failures_today(person: InsuredPerson) -> int:
    return _count_today(person, ProofMethod.document, (ProofState.failed,))


def may_try_face(person: InsuredPerson) -> bool:
    """False once today's attempts have failed; checks merely under way do not count here."""
    return _count_today(person, ProofMethod.face, (ProofState.failed,)) < settings.face_attempts


def _count_today(person: InsuredPerson, method: ProofMethod, states: tuple[ProofState, ...]) -> int:
    counted = db.session.scalar(
        select(func.count())
        .select_from(IdentityProof)
        .where(
            IdentityProof.person_id == person.id,
            IdentityProof.created_at >= clock.midnight(clock.today()),
            IdentityProof.method == method,
            IdentityProof.state.in_(states),
        )
    )
    return counted or 0


def find_live_counter_code(person: InsuredPerson) -> CounterCode | None:
    return db.session.scalar(
        select(CounterCode)
        .where(
            CounterCode.person_id == person.id,
            CounterCode.used_at.is_(None),
            CounterCode.expires_at > clock.now(),
            CounterCode.guesses < settings.counter_code_guesses,
        )
        .order_by(CounterCode.id.desc())
    )
