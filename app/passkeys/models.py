"""Passkeys: the phone's own fingerprint or face in place of the display PIN, on a device that is already trusted."""

from datetime import datetime
from enum import Enum

from sqlalchemy import ForeignKey, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Device
from app.core.audit.named import Subject
from app.core.db import Base
from app.core.webauthn.keys import StoredKey


class ChallengePurpose(Enum):
    adding = "adding"  # handed out only after the display PIN
    unlocking = "unlocking"


class Passkey(Subject, StoredKey, Base):
    """A public key that an authenticator made for one account; it only unlocks the code page."""

    __tablename__ = "passkey"
    audit_kind = "passkey"

    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    device_id: Mapped[int] = mapped_column(ForeignKey("device.id"), index=True)  # where it was added; removed with that device
    device: Mapped[Device] = relationship(init=False)


class PasskeyChallenge(Base):
    """What an authenticator must sign next: one per session and purpose; a newer one replaces it, and using it deletes it."""

    __tablename__ = "passkey_challenge"

    session_id: Mapped[int] = mapped_column(ForeignKey("login_session.id"), primary_key=True)
    purpose: Mapped[ChallengePurpose] = mapped_column(primary_key=True)
    challenge: Mapped[bytes] = mapped_column(LargeBinary(64))
    created_at: Mapped[datetime] = mapped_column(index=True)


class PasskeyOffer(Base):
    """How often the PIN was typed on a device, and when the person answered the offer of a passkey."""

    __tablename__ = "passkey_offer"

    device_id: Mapped[int] = mapped_column(ForeignKey("device.id"), primary_key=True)
    unlocks: Mapped[int] = mapped_column(default=0)
    answered_at: Mapped[datetime | None] = mapped_column(default=None)
