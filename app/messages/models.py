"""What the bureau tells a person: an inbox on the site, and SMS to a phone."""

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base, BigId
from app.core.keys.stored import encrypted


class Message(Base):
    """A message in the inbox of an account."""

    __tablename__ = "message"

    id: Mapped[int] = mapped_column(BigId, primary_key=True, init=False)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    title: Mapped[str] = mapped_column(String(80))
    body: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime]
    read_at: Mapped[datetime | None] = mapped_column(default=None)


class OutgoingSms(Base):
    """An SMS still to be sent: written in the transaction of the event it is about, deleted once it was sent.

    topic: a newer message of the same topic replaces it (a newer code), empty for none. good_until: not sent from then on.
    """

    __tablename__ = "outgoing_sms"

    id: Mapped[int] = mapped_column(BigId, primary_key=True, init=False)
    key: Mapped[str] = mapped_column(String(24))  # the gateway sends one key once
    message_encrypted: Mapped[bytes] = mapped_column(LargeBinary, info=encrypted("outgoing-sms", bound_to="key"))
    created_at: Mapped[datetime]
    topic: Mapped[bytes] = mapped_column(LargeBinary(32), default=b"")
    good_until: Mapped[datetime | None] = mapped_column(default=None)


class DemoSms(Base):
    """What the console sender "sent": the demo shows it on the page. Empty in production."""

    __tablename__ = "demo_sms"

    phone_hash: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    text: Mapped[str] = mapped_column(Text)
    sent_at: Mapped[datetime] = mapped_column(index=True)
