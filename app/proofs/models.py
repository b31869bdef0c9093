"""Proofs that a person is who they say they are: by face, by a code from the counter, or by document with a delay."""

from datetime import datetime
from enum import Enum

from sqlalchemy import ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from app.core.audit.named import Subject
from app.core.db import Base, BigId
from app.core.guesses import OneTimeCode


class ProofPurpose(Enum):
    """What an identity proof is for. A proof for one purpose is not valid for another."""

    activation = "activation"
    rebinding = "rebinding"
    pin_reset = "pin_reset"
    unfreezing = "unfreezing"
    family_holder = "family_holder"  # before adding somebody
    family_member = "family_member"  # the member agrees to be shown


class ProofMethod(Enum):
    """Ways of equal rank (S64-S65, the 2025 face rule)."""

    face = "face"
    counter_code = "counter_code"
    document = "document"  # with delay and notice; never for activation


class ProofState(Enum):
    open = "open"
    passed = "passed"
    failed = "failed"
    spent = "spent"
    abandoned = "abandoned"  # begun and never finished; does not count as an attempt


class IdentityProof(Subject, Base):
    """One attempt to prove one's identity: by face, counter code or document. Bound to person, purpose and session.

    Of a face check only the provider's verdict and reference are kept; no picture ever comes here.
    """

    __tablename__ = "identity_proof"
    audit_kind = "proof"
    __table_args__ = (Index("ix_identity_proof_person", "person_id", "created_at"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True, init=False)
    session_id: Mapped[int] = mapped_column(ForeignKey("login_session.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("insured_person.id"))
    purpose: Mapped[ProofPurpose]
    method: Mapped[ProofMethod]
    state: Mapped[ProofState]
    nonce_hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    created_at: Mapped[datetime]
    provider: Mapped[str] = mapped_column(String(40), default="")
    reference: Mapped[str] = mapped_column(String(120), default="")
    decided_at: Mapped[datetime | None] = mapped_column(default=None)


class CounterCode(Subject, OneTimeCode, Base):
    """Issued at the bureau's counter after a clerk has looked at person and papers: of equal rank with the face check."""

    __tablename__ = "counter_code"
    audit_kind = "counter_code"

    person_id: Mapped[int] = mapped_column(ForeignKey("insured_person.id"), index=True)
    issued_by: Mapped[str] = mapped_column(String(64))
    expires_at: Mapped[datetime]


class StubFaceCheck(Base):
    """What a person chose on the stub's page; everything the stub remembers. Empty in production."""

    __tablename__ = "stub_face_check"

    reference: Mapped[str] = mapped_column(String(40), primary_key=True)
    nonce: Mapped[str] = mapped_column(String(64))
    started_at: Mapped[datetime]
    passed: Mapped[bool | None] = mapped_column(default=None)
