"""The document number: weak by itself, so it serves only where there is a delay and a notice, never for activation (contract 1)."""

import hmac
from dataclasses import dataclass

from app.accounts.models import LoginSession
from app.core.crypto import vault
from app.core.db import transaction
from app.core.settings import settings
from app.proofs.models import IdentityProof, ProofMethod, ProofPurpose
from app.proofs.queries import count_cert_failures_today
from app.proofs.service.proofs import add_decided_proof, lock_person
from app.roster.identity import Cert
from app.roster.models import InsuredPerson
from app.roster.queries import cert_no_of

PURPOSES = frozenset({ProofPurpose.rebinding, ProofPurpose.pin_reset})


@dataclass(frozen=True)
class DocumentResult:
    proof: IdentityProof | None
    guesses_left: int


@transaction()
def check_document(session: LoginSession, person: InsuredPerson, purpose: ProofPurpose, cert: Cert) -> DocumentResult:
    """Compares a document number; after settings.cert_guesses wrong ones in a day no number is accepted.

    Raises ValueError for a purpose for which a document number is too weak.
    """
    if purpose not in PURPOSES:
        raise ValueError(f"a document number proves nothing for {purpose.value}")
    lock_person(person)
    left = settings.cert_guesses - count_cert_failures_today(person)
    if left <= 0:
        return DocumentResult(None, 0)
    is_right = cert.cert_type == person.cert_type and _same(cert.number, cert_no_of(person))
    proof = add_decided_proof(session, person, purpose, ProofMethod.document, passed=is_right)
    return DocumentResult(proof, left) if is_right else DocumentResult(None, left - 1)


def _same(typed: str, stored: str) -> bool:
    return hmac.compare_digest(vault.keyed_hash("document-proof", typed), vault.keyed_hash("document-proof", stored))
