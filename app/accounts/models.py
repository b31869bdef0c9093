"""Who signs in: accounts by telephone number, browsers, sessions, SMS codes and consents."""

from datetime import datetime
from enum import Enum

from sqlalchemy import ForeignKey, Index, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.audit.named import Actor, Subject
from app.core.db import Base, BigId
from app.core.guesses import OneTimeCode
from app.core.keys.stored import sealed
from app.core.sessions import StoredSession


class Account(Actor, Base):
    """One number, one account. Activation ties it to a person; a reassigned number leaves its old account without a number."""

    __tablename__ = "account"
    audit_kind = "account"

    id: Mapped[int] = mapped_column(BigId, primary_key=True, init=False)
    phone_hash: Mapped[bytes | None] = mapped_column(LargeBinary(32), unique=True)
    phone_encrypted: Mapped[bytes | None] = mapped_column(
        LargeBinary(64), info=sealed("phone", bound_to="phone_hash", found_by="{}")
    )
    created_at: Mapped[datetime]
    person_id: Mapped[int | None] = mapped_column(ForeignKey("insured_person.id"), unique=True, default=None)

    @property
    def is_activated(self) -> bool:
        return self.person_id is not None


class Device(Actor, Base):
    """One browser as one account knows it. `bound_at` is set once the person has proved on it who they are."""

    __tablename__ = "device"
    audit_kind = "device"
    __table_args__ = (Index("uq_device_browser_account", "browser_hash", "account_id", unique=True),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True, init=False)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    browser_hash: Mapped[bytes] = mapped_column(LargeBinary(32))
    name: Mapped[str] = mapped_column(String(60))
    created_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    bound_at: Mapped[datetime | None] = mapped_column(default=None)
    revoked_at: Mapped[datetime | None] = mapped_column(default=None)
    account: Mapped[Account] = relationship(init=False)

    @property
    def is_bound(self) -> bool:
        return self.bound_at is not None and self.revoked_at is None


class SessionEnd(Enum):
    """Why a session ended; a browser that still carries it is told."""

    signed_out = "signed_out"
    replaced = "replaced"  # the same browser signed in again
    signed_out_everywhere = "signed_out_everywhere"
    device_removed = "device_removed"
    phone_reported_lost = "phone_reported_lost"
    pin_guessed = "pin_guessed"  # too many wrong PINs in a row on this device
    phone_moved = "phone_moved"  # the number went to another account
    restored = "restored"  # the bureau's data came back from a backup


class LoginSession(Subject, StoredSession, Base):
    """A session, ended on the server. `unlocked_at`: when the PIN or a passkey was last used in it; `sms_at`: an SMS code."""

    __tablename__ = "login_session"
    audit_kind = "session"
    hashed_as = "session"

    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    device_id: Mapped[int] = mapped_column(ForeignKey("device.id"), index=True)
    sms_at: Mapped[datetime | None] = mapped_column(default=None)
    end_reason: Mapped[SessionEnd | None] = mapped_column(default=None)
    unlocked_at: Mapped[datetime | None] = mapped_column(default=None)
    account: Mapped[Account] = relationship(init=False)
    device: Mapped[Device] = relationship(init=False)


class SmsPurpose(Enum):
    sign_in = "sign_in"
    lost = "lost"
    new_phone = "new_phone"
    pin_reset = "pin_reset"


class SmsCode(OneTimeCode, Base):
    """Six digits sent to a number, good for one purpose in one browser. Rows are also what the limits are counted from.

    allowance: which limit it counts against (`service.sms_allowance`). address_hash, wide_hash: of the caller's network and of the
    wider one it lies in.
    """

    __tablename__ = "sms_code"
    __table_args__ = (
        Index("ix_sms_code_phone", "phone_hash", "created_at"),
        Index("ix_sms_code_address", "address_hash", "created_at"),
        Index("ix_sms_code_wide", "wide_hash", "created_at"),
        Index("ix_sms_code_browser", "browser_hash", "purpose"),
        Index("ix_sms_code_created", "created_at"),
    )

    phone_hash: Mapped[bytes] = mapped_column(LargeBinary(32))
    phone_encrypted: Mapped[bytes] = mapped_column(LargeBinary(64))
    address_hash: Mapped[bytes] = mapped_column(LargeBinary(32))
    browser_hash: Mapped[bytes] = mapped_column(LargeBinary(32))
    purpose: Mapped[SmsPurpose]
    allowance: Mapped[str] = mapped_column(String(8), default="stranger", server_default="stranger")
    wide_hash: Mapped[bytes | None] = mapped_column(LargeBinary(32), default=None)
    failed_at: Mapped[datetime | None] = mapped_column(default=None)  # set when the gateway reported that the SMS was not sent


class ConsentPurpose(Enum):
    """Each has a box of its own, never pre-ticked (PIPL 14, 29; domain 5)."""

    activation_notice = "activation_notice"
    face_check = "face_check"
    share_on_scan = "share_on_scan"
    guardian_under_14 = "guardian_under_14"
    family_documents = "family_documents"
    family_notice = "family_notice"
    family_agreement = "family_agreement"
    family_authorisation = "family_authorisation"
    family_share = "family_share"
    mutual_aid = "mutual_aid"
    commitment_letter = "commitment_letter"


RELEASE = "release"  # named as publisher of the texts that came with the program
NEEDED_TO_SHOW = (ConsentPurpose.activation_notice, ConsentPurpose.share_on_scan)  # withdrawing one ends the credential


class Notice(Subject, Base):
    """A legal text in one version, in the binding language. Consents point at it; a version once used is never changed.

    is_material: people who agreed to an older version are asked again. telling_from: the id up to which accounts have been told of
    this version; None when nobody is left to tell.
    """

    __tablename__ = "notice"
    audit_kind = "notice"
    __table_args__ = (Index("uq_notice_version", "purpose", "version", unique=True),)

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    purpose: Mapped[ConsentPurpose]
    version: Mapped[str] = mapped_column(String(16))
    title: Mapped[str] = mapped_column(String(80))
    label: Mapped[str] = mapped_column(String(200))  # the sentence beside the box
    body: Mapped[str] = mapped_column(Text)
    legal_basis: Mapped[str] = mapped_column(String(120))
    text_hash: Mapped[bytes] = mapped_column(LargeBinary(32))
    published_at: Mapped[datetime]
    published_by: Mapped[str] = mapped_column(String(64), default=RELEASE)
    is_material: Mapped[bool] = mapped_column(default=False)
    telling_from: Mapped[int | None] = mapped_column(BigId, default=None)
    translations: Mapped[list["NoticeTranslation"]] = relationship(init=False, cascade="all, delete-orphan")

    @property
    def is_of_release(self) -> bool:
        return self.published_by == RELEASE


class NoticeTranslation(Base):
    """Exactly this version in another language; it helps to understand the binding text."""

    __tablename__ = "notice_translation"
    __table_args__ = (Index("uq_notice_translation", "notice_id", "language", unique=True),)

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    notice_id: Mapped[int] = mapped_column(ForeignKey("notice.id"), init=False)
    language: Mapped[str] = mapped_column(String(8))
    title: Mapped[str] = mapped_column(String(200))
    label: Mapped[str] = mapped_column(Text)
    body: Mapped[str] = mapped_column(Text)
    legal_basis: Mapped[str] = mapped_column(String(200))


class NoticeDraft(Subject, Base):
    """The next version of one purpose, until a second person approves its publication. edition: as for a help text."""

    __tablename__ = "notice_draft"
    audit_kind = "notice_draft"

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    purpose: Mapped[ConsentPurpose] = mapped_column(unique=True)
    saved_by: Mapped[str] = mapped_column(String(64))
    saved_at: Mapped[datetime]
    edition: Mapped[int] = mapped_column(default=1)
    is_material: Mapped[bool] = mapped_column(default=False)
    proposed_at: Mapped[datetime | None] = mapped_column(default=None)  # from then on it cannot be changed
    texts: Mapped[list["NoticeDraftText"]] = relationship(init=False, cascade="all, delete-orphan")


class NoticeDraftText(Base):
    """A draft's text in one language; the binding language has one too."""

    __tablename__ = "notice_draft_text"
    __table_args__ = (Index("uq_notice_draft_text", "draft_id", "language", unique=True),)

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    draft_id: Mapped[int] = mapped_column(ForeignKey("notice_draft.id"), init=False)
    language: Mapped[str] = mapped_column(String(8))
    title: Mapped[str] = mapped_column(String(200))
    label: Mapped[str] = mapped_column(Text)
    body: Mapped[str] = mapped_column(Text)
    legal_basis: Mapped[str] = mapped_column(String(200))


class Consent(Subject, Base):
    """A line of the consent ledger."""

    __tablename__ = "consent"
    audit_kind = "consent"

    id: Mapped[int] = mapped_column(BigId, primary_key=True, init=False)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("insured_person.id"), index=True)
    notice_id: Mapped[int] = mapped_column(ForeignKey("notice.id"))
    given_by: Mapped[str] = mapped_column(String(16))  # self | guardian
    channel: Mapped[str] = mapped_column(String(16))  # web | counter
    given_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None] = mapped_column(default=None)
    notice: Mapped[Notice] = relationship(init=False)
