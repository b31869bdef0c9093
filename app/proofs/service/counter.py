"""The counter code: eight digits from the bureau's counter, where a clerk has looked at person and papers (S64-S65)."""

import secrets
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import update

from app.accounts.models import Account, LoginSession
from app.core import clock
from app.core.audit import record
from app.core.crypto import vault
from app.core.db import db, transaction
from app.core.guesses import Guess, guess
from app.core.settings import settings
from app.core.statements import write
from app.core.text import code_of
from app.proofs.audit_tags import ProofTag
from app.proofs.models import CounterCode, IdentityProof, ProofMethod, ProofPurpose
from app.proofs.queries import find_live_counter_code
from app.proofs.service.proofs import add_decided_proof, lock_person
from app.roster.models import InsuredPerson

COUNTER_CODE_DIGITS = 8  # fixed: a code printed at the counter has 26 bits and allows five guesses


@dataclass(frozen=True)
class CounterResult:
    """proof: the passed proof, or None. guesses_left: for the live code, 0 when there is none (any more)."""

    proof: IdentityProof | None
    guesses_left: int

    @property
    def is_right(self) -> bool:
        return self.proof is not None


@transaction()
def issue_counter_code(person: InsuredPerson, by: str) -> str:
    """Eight digits, returned once and stored as a hash; older codes of this person end. by: `staff:3` or `cli:<user>`."""
    lock_person(person)
    now = clock.now()
    write(
        update(CounterCode)
        .where(CounterCode.person_id == person.id, CounterCode.used_at.is_(None), CounterCode.expires_at > now)
        .values(expires_at=now)
    )
    code = f"{secrets.randbelow(10**COUNTER_CODE_DIGITS):0{COUNTER_CODE_DIGITS}d}"
    row = CounterCode(
        person_id=person.id,
        code_hash=_hash(person.id, code),
        issued_by=by,
        created_at=now,
        expires_at=now + timedelta(days=settings.counter_code_days),
    )
    db.session.add(row)
    db.session.flush()
    record(ProofTag.counter_code_issued, actor=by, subject=row.subject, person_id=person.id)
    return code


@transaction()
def spend_counter_code(session: LoginSession, person: InsuredPerson, purpose: ProofPurpose, typed: str) -> CounterResult:
    """Compares one guess. A wrong one is returned, not raised, so that it counts; a correct one is used up and gives a proof."""
    lock_person(person)
    code = find_live_counter_code(person)
    most, typed_hash = settings.counter_code_guesses, _hash(person.id, clean_counter_code(typed))
    tried = guess(code, typed_hash, most=most, is_good=CounterCode.expires_at > clock.now()) if code is not None else Guess.none
    if code is None or tried is not Guess.right:
        _record_wrong(session, person, purpose)
        return CounterResult(None, 0 if code is None or tried is Guess.none else most - code.guesses)
    proof = add_decided_proof(session, person, purpose, ProofMethod.counter_code, passed=True)
    proof.reference = code.subject
    return CounterResult(proof, 0)


def clean_counter_code(typed: str) -> str:
    """Accepts the code as people write it: full width, in groups. If that does not leave eight digits, it is not a code."""
    return code_of(typed, COUNTER_CODE_DIGITS)


def _record_wrong(session: LoginSession, person: InsuredPerson, purpose: ProofPurpose) -> None:
    record(
        ProofTag.failed,
        actor=Account.actor_of(session.account_id),
        person_id=person.id,
        outcome="refused",
        purpose=purpose.value,
        method=ProofMethod.counter_code.value,
        session=session.id,
    )


def _hash(person_id: int, code: str) -> bytes:
    """The hash includes the person, so another person's code is simply wrong."""
    return vault.keyed_hash("counter-code", f"{person_id}:{code}")
