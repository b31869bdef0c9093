"""The credential and the presentations that show it."""

from datetime import date, datetime
from enum import Enum

from sqlalchemy import BigInteger, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Device
from app.core.audit.named import Actor, Subject
from app.core.db import Base, BigId
from app.core.guesses import Lockable
from app.core.keys.stored import NAMES_MASTER
from app.roster.models import InsuredPerson


class CredentialKind(Enum):
    own = "own"  # activated by the person
    held = "held"  # created when a relative added the person, or at the counter for a paper slip


class CredentialStatus(Enum):
    active = "active"
    frozen = "frozen"
    ended = "ended"


class Credential(Actor, Base):
    """医保电子凭证 of one person. At most one that is not ended: the partial index holds under parallel requests too (S1, S68)."""

    __tablename__ = "credential"
    audit_kind = "credential"
    __table_args__ = (
        Index(
            "uq_credential_living",
            "person_id",
            unique=True,
            sqlite_where=text("status <> 'ended'"),
            postgresql_where=text("status <> 'ended'"),
        ),
        Index(
            "ix_credential_frozen",  # few are frozen, so counting them is cheap
            "person_id",
            sqlite_where=text("status = 'frozen'"),
            postgresql_where=text("status = 'frozen'"),
        ),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True, init=False)
    person_id: Mapped[int] = mapped_column(ForeignKey("insured_person.id"), index=True)
    kind: Mapped[CredentialKind]
    activated_at: Mapped[datetime]
    status: Mapped[CredentialStatus] = mapped_column(default=CredentialStatus.active)
    frozen_at: Mapped[datetime | None] = mapped_column(default=None)
    ended_at: Mapped[datetime | None] = mapped_column(default=None)
    person: Mapped[InsuredPerson] = relationship(init=False)


class EndReason(Enum):
    """Why a presentation has ended."""

    replaced = "replaced"  # a newer handle of the same device took over
    device_removed = "device_removed"
    signed_out = "signed_out"
    link_ended = "link_ended"
    credential_ended = "credential_ended"
    forged_tags = "forged_tags"
    reported_lost = "reported_lost"  # 挂失 of the phone that shows it, whosever code that is
    slip_revoked = "slip_revoked"
    clock_jumped = "clock_jumped"  # its last code was used at a future moment, so none of its codes would count until then
    restored = "restored"  # the bureau's data was restored from a backup, so later uses are unknown


class Presentation(Base):
    """One device x one credential; its handle is all that a code reveals. Kept small: the single-use race is decided on its row."""

    __tablename__ = "presentation"
    __table_args__ = (
        Index("ix_presentation_device", "device_id", "credential_id"),
        Index("ix_presentation_credential", "credential_id"),
    )

    handle: Mapped[str] = mapped_column(String(20), primary_key=True)
    credential_id: Mapped[int] = mapped_column(ForeignKey("credential.id"))
    device_id: Mapped[int | None] = mapped_column(ForeignKey("device.id"))  # none for a specimen or a slip
    master_id: Mapped[str] = mapped_column(String(16), info=NAMES_MASTER)  # the master in force when its key was made
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]  # when its device last spoke to the server
    shown_by: Mapped[str] = mapped_column(String(8), default="self")  # self | family | slip
    last_used: Mapped[int] = mapped_column(BigInteger, default=0)  # issued-at of the last accepted code, Unix seconds
    uses_since_seen: Mapped[int] = mapped_column(default=0)
    last_scan_id: Mapped[int | None] = mapped_column(BigInteger, default=None)
    challenge_until: Mapped[int] = mapped_column(BigInteger, default=0)  # until when a desk waits for two digits, Unix seconds
    challenge_misses: Mapped[int] = mapped_column(default=0)  # wrong answers to that challenge
    key_given_at: Mapped[datetime | None] = mapped_column(default=None)
    ends_at: Mapped[datetime | None] = mapped_column(default=None)  # valid until then: a successor exists, or it was ended
    end_reason: Mapped[EndReason | None] = mapped_column(default=None)
    credential: Mapped[Credential] = relationship(init=False)
    device: Mapped[Device | None] = relationship(init=False)


class TypedCode(Base):
    """The twelve digits under the QR. Kept 24 h, so that a used or expired number can be told from an unknown one."""

    __tablename__ = "typed_code"
    __table_args__ = (Index("ix_typed_code_handle", "handle", "expires_at"),)

    number: Mapped[str] = mapped_column(String(12), primary_key=True)
    handle: Mapped[str] = mapped_column(ForeignKey("presentation.handle"))
    issued_at: Mapped[int] = mapped_column(BigInteger)  # Unix seconds
    expires_at: Mapped[int] = mapped_column(BigInteger, index=True)  # brought forward when a newer number is issued


_OPEN_SLIP = text("used_at IS NULL AND revoked_at IS NULL")


class Slip(Subject, Base):
    """一次性纸质码 (S64, S65): a presentation on paper, for one business type at one institution, until the end of its day.

    At most one open slip of a kind and day. `paper_notices`: ids of the legal texts signed on paper, if the credential began so.
    """

    __tablename__ = "slip"
    audit_kind = "slip"
    __table_args__ = (
        Index(
            "uq_slip_open",
            "credential_id",
            "institution_id",
            "business_type",
            "valid_on",
            unique=True,
            sqlite_where=_OPEN_SLIP,
            postgresql_where=_OPEN_SLIP,
        ),
        Index("ix_slip_credential", "credential_id", "valid_on"),
        Index("ix_slip_region", "region", "valid_on", "id"),
        Index("ix_slip_issued_by", "issued_by", "id"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True, init=False)
    handle: Mapped[str] = mapped_column(ForeignKey("presentation.handle"), unique=True)
    credential_id: Mapped[int] = mapped_column(ForeignKey("credential.id"))
    institution_id: Mapped[int] = mapped_column(ForeignKey("institution.id"))
    business_type: Mapped[str] = mapped_column(String(5))
    region: Mapped[str] = mapped_column(String(6))  # where its holder is insured
    valid_on: Mapped[date]  # the day in China
    issued_at: Mapped[datetime]
    expires_at: Mapped[datetime]  # the midnight that ends the day
    issued_by: Mapped[str] = mapped_column(String(40))  # staff:3
    paper_notices: Mapped[str] = mapped_column(String(80), default="")
    used_at: Mapped[datetime | None] = mapped_column(default=None)
    revoked_at: Mapped[datetime | None] = mapped_column(default=None)
    revoked_by: Mapped[str] = mapped_column(String(40), default="")
    presentation: Mapped[Presentation] = relationship(init=False)
    credential: Mapped[Credential] = relationship(init=False)

    def is_open_at(self, now: datetime) -> bool:
        return self.used_at is None and self.revoked_at is None and now < self.expires_at


class ForgedTag(Base):
    """A scanned code with a known handle and a wrong tag, as a guessed PIN produces. Kept a day, at most two per institution."""

    __tablename__ = "forged_tag"
    __table_args__ = (Index("ix_forged_tag_handle", "handle", "created_at"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True, init=False)
    handle: Mapped[str] = mapped_column(String(20))
    institution_id: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(index=True)


class DisplayPin(Lockable, Base):
    """展码密码: six digits the person has chosen, asked before the code is shown. Five wrong tries lock it."""

    __tablename__ = "display_pin"

    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), primary_key=True)
    pin_hash: Mapped[str] = mapped_column(String(120))
    set_at: Mapped[datetime]


_UNSETTLED = text("settled_at IS NULL")


class DenialOutcome(Enum):
    """What the bureau found out about a use that was denied."""

    fraud = "fraud"
    mistaken = "mistaken"  # it was the holder, or somebody they had asked
    unclear = "unclear"


class UseDenial(Subject, Base):
    """不是我: the holder says that a use was not theirs. A case for the bureau until it is settled; at most one a scan."""

    __tablename__ = "use_denial"
    audit_kind = "denial"
    __table_args__ = (
        Index("ix_use_denial_open", "settled_at", "denied_at"),
        Index("ix_use_denial_waiting", "id", sqlite_where=_UNSETTLED, postgresql_where=_UNSETTLED),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True, init=False)
    credential_id: Mapped[int] = mapped_column(ForeignKey("credential.id"), index=True)
    scan_id: Mapped[int] = mapped_column(BigInteger, unique=True)
    place: Mapped[str] = mapped_column(String(200))
    used_at: Mapped[datetime]
    denied_at: Mapped[datetime]
    denied_by: Mapped[str] = mapped_column(String(40))  # account:12
    shown_by: Mapped[str] = mapped_column(String(8), default="self")  # who showed the code: self | family | slip
    settled_at: Mapped[datetime | None] = mapped_column(default=None)
    settled_by: Mapped[str] = mapped_column(String(40), default="")
    outcome: Mapped[DenialOutcome | None] = mapped_column(default=None)
    credential: Mapped[Credential] = relationship(init=False)
