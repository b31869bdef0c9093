"""What every kind of proof has in common."""

import secrets
from datetime import timedelta

from flask_babel import gettext as _
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from app.accounts.models import Account, LoginSession
from app.core import clock
from app.core.audit import record
from app.core.crypto import vault
from app.core.db import db, transaction
from app.core.errors import DomainError
from app.core.settings import settings
from app.core.statements import won, write
from app.proofs.audit_tags import ProofTag
from app.proofs.models import CounterCode, IdentityProof, ProofMethod, ProofPurpose, ProofState, StubFaceCheck
from app.roster.models import InsuredPerson

ABANDONED_AFTER = timedelta(days=1)  # fixed: nobody finishes a check that was begun yesterday


def hash_nonce(nonce: str) -> bytes:
    return vault.keyed_hash("proof-nonce", nonce)


def lock_person(person: InsuredPerson) -> None:
    """Two parallel attempts for one person wait for each other, so that limits hold. SQLite's writers wait anyway."""
    db.session.execute(select(InsuredPerson.id).where(InsuredPerson.id == person.id).with_for_update())


def add_decided_proof(
    session: LoginSession, person: InsuredPerson, purpose: ProofPurpose, method: ProofMethod, *, passed: bool
) -> IdentityProof:
    """A proof that is decided at once, with its audit row; for methods that need no provider."""
    now = clock.now()
    proof = IdentityProof(
        session_id=session.id,
        person_id=person.id,
        purpose=purpose,
        method=method,
        state=ProofState.passed if passed else ProofState.failed,
        nonce_hash=hash_nonce(secrets.token_urlsafe(32)),
        created_at=now,
        decided_at=now,
        provider="bureau",
    )
    store: Session = db.session()
    store.add(proof)
    store.flush()
    record_decision(proof, session, outcome="ok" if passed else "refused")
    return proof


def record_decision(proof: IdentityProof, session: LoginSession, *, outcome: str) -> None:
    record(
        ProofTag.passed if proof.state is ProofState.passed else ProofTag.failed,
        actor=Account.actor_of(session.account_id),
        subject=proof.subject,
        person_id=proof.person_id,
        outcome=outcome,
        purpose=proof.purpose.value,
        method=proof.method.value,
        session=session.id,
    )


@transaction()
def spend_proof(proof: IdentityProof) -> None:
    """Uses up a passed proof. Raises DomainError `proof_spent` when it was used before, also by a parallel request."""
    if not won(
        update(IdentityProof)
        .where(IdentityProof.id == proof.id, IdentityProof.state == ProofState.passed)
        .values(state=ProofState.spent)
    ):
        raise DomainError("proof_spent", _("这次核验已经用过了。"), _("请再核验一次。"), status=409)
    record(
        ProofTag.spent,
        actor="system",
        subject=proof.subject,
        person_id=proof.person_id,
        purpose=proof.purpose.value,
        session=proof.session_id,
    )


@transaction()
def tidy_proofs() -> None:
    """Closes face checks begun more than a day ago and never finished, and deletes proofs after `proof_keep_days`."""
    now = clock.now()
    write(
        update(IdentityProof)
        .where(IdentityProof.state == ProofState.open, IdentityProof.created_at < now - ABANDONED_AFTER)
        .values(state=ProofState.abandoned)
    )
    over = now - timedelta(days=settings.proof_keep_days)
    db.session.execute(delete(IdentityProof).where(IdentityProof.created_at < over))
    db.session.execute(delete(CounterCode).where(CounterCode.expires_at < over))
    db.session.execute(delete(StubFaceCheck).where(StubFaceCheck.started_at < now - ABANDONED_AFTER))
