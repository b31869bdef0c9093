"""Activations under way, requests that wait (devices to be trusted, PINs to be reset), and phones reported lost."""

from datetime import datetime
from enum import Enum
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, MappedAsDataclass, declared_attr, mapped_column, relationship

from app.accounts.models import Account, Device
from app.core.audit.named import Actor
from app.core.db import Base, BigId
from app.core.guesses import OneTimeCode
from app.core.keys.stored import encrypted
from app.roster.models import InsuredPerson


class DraftStep(Enum):
    person = "person"
    consent = "consent"
    proof = "proof"
    pin = "pin"


class ActivationDraft(Base):
    """An activation under way, in one browser, for thirty days. What was typed is encrypted."""

    __tablename__ = "activation_draft"

    id: Mapped[int] = mapped_column(BigId, primary_key=True, init=False)
    device_id: Mapped[int] = mapped_column(ForeignKey("device.id"), unique=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    step: Mapped[DraftStep]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    typed_encrypted: Mapped[bytes] = mapped_column(
        LargeBinary, default=b"", info=encrypted("activation-draft", bound_to="device_id", bond="device:{}")
    )
    person_id: Mapped[int | None] = mapped_column(ForeignKey("insured_person.id"), index=True, default=None)
    consented_notices: Mapped[str] = mapped_column(String(120), default="")  # notice ids, comma separated
    # A reassigned number: on completion its old account loses it, if it is still the number the SMS was sent to.
    takes_over_phone_hash: Mapped[bytes | None] = mapped_column(LargeBinary(32), default=None)
    person: Mapped[InsuredPerson | None] = relationship(init=False)
    account: Mapped[Account] = relationship(init=False)

    @property
    def takes_over_phone(self) -> bool:
        return self.takes_over_phone_hash is not None

    @property
    def consented_ids(self) -> list[int]:
        return [int(part) for part in self.consented_notices.split(",") if part]


class WaitingRequest(MappedAsDataclass, kw_only=True):
    """What a device has requested by SMS and document number: effective after a delay in which any device may object."""

    if TYPE_CHECKING:
        __tablename__: Any

    id: Mapped[int] = mapped_column(BigId, primary_key=True, init=False)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    device_id: Mapped[int] = mapped_column(ForeignKey("device.id"), index=True)
    requested_at: Mapped[datetime]
    effective_at: Mapped[datetime]
    done_at: Mapped[datetime | None] = mapped_column(default=None)
    cancelled_at: Mapped[datetime | None] = mapped_column(default=None)

    @declared_attr
    @classmethod
    def device(cls) -> Mapped[Device]:
        return relationship(Device, init=False)

    @classmethod
    def is_open(cls) -> ColumnElement[bool]:
        """Waiting or due, and nobody has objected."""
        return cls.done_at.is_(None) & cls.cancelled_at.is_(None)


class Rebinding(WaitingRequest, Base):
    """A device's request, by SMS and document number, to be trusted: effective after a delay in which other devices may object."""

    __tablename__ = "rebinding"


class PinReset(WaitingRequest, Base):
    """A request to reset a forgotten PIN, by SMS and document number: from `effective_at` on the device that asked may choose
    another PIN, unless a device of the account has objected."""

    __tablename__ = "pin_reset"

    expires_at: Mapped[datetime]


class LostReport(Actor, OneTimeCode, Base):
    """手机丢失 by somebody who cannot receive an SMS: a code went to the family's inboxes. Also written for a person who does not
    exist or has no family, so that limits and responses are the same; then `account_id` is empty and no code is correct."""

    __tablename__ = "lost_report"
    audit_kind = "lost_report"
    __table_args__ = (
        Index("ix_lost_report_cert", "cert_hash", "created_at"),
        Index("ix_lost_report_address", "address_hash", "created_at"),
        Index("ix_lost_report_created", "created_at"),
    )

    browser_hash: Mapped[bytes] = mapped_column(LargeBinary(32), index=True)
    address_hash: Mapped[bytes] = mapped_column(LargeBinary(32))
    cert_hash: Mapped[bytes] = mapped_column(LargeBinary(32))
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"), default=None)
