"""Families: who may show whose code, how the link was authorised, and requests under way."""

from datetime import date, datetime
from enum import Enum

from sqlalchemy import ForeignKey, Index, LargeBinary, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Account
from app.core.audit.named import Subject
from app.core.db import Base, BigId
from app.core.keys.stored import encrypted
from app.roster.models import InsuredPerson


class Relation(Enum):
    """What the member is to the holder (S27, S34)."""

    spouse = "spouse"
    father = "father"
    mother = "mother"
    son = "son"
    daughter = "daughter"
    brother = "brother"
    sister = "sister"
    grandfather = "grandfather"
    grandmother = "grandmother"
    mothers_father = "mothers_father"
    mothers_mother = "mothers_mother"
    grandson = "grandson"
    granddaughter = "granddaughter"
    daughters_son = "daughters_son"
    daughters_daughter = "daughters_daughter"
    ward = "ward"  # 监护人 of somebody who is none of the above


class Way(Enum):
    """How the member's side agreed. All but `documents` are the member's own authorisation, of equal rank (C1, C4)."""

    documents = "documents"
    face = "face"
    own_phone = "own_phone"
    counter_code = "counter_code"
    call_back = "call_back"
    vouching = "vouching"


class LinkState(Enum):
    active = "active"
    ended = "ended"


class LinkEnd(Enum):
    """Why a link ended."""

    unbound_by_holder = "unbound_by_holder"
    unbound_by_member = "unbound_by_member"
    consent_withdrawn = "consent_withdrawn"
    not_renewed = "not_renewed"  # the member came of age and has not agreed
    member_died = "member_died"
    member_moved = "member_moved"
    holder_died = "holder_died"
    unbound_by_bureau = "unbound_by_bureau"


class FamilyLink(Subject, Base):
    """One holder may show one member's code. `slot` is the holder's place it takes, and its colour; free again when it ends."""

    __tablename__ = "family_link"
    audit_kind = "family_link"
    __table_args__ = (
        Index(
            "uq_family_link_pair",
            "holder_account_id",
            "member_person_id",
            unique=True,
            sqlite_where=text("state = 'active'"),
            postgresql_where=text("state = 'active'"),
        ),
        Index(
            "uq_family_link_slot",
            "holder_account_id",
            "slot",
            unique=True,
            sqlite_where=text("state = 'active'"),
            postgresql_where=text("state = 'active'"),
        ),
        Index("ix_family_link_member", "member_person_id", "state"),
        Index("ix_family_link_of_age", "state", "of_age_on"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True, init=False)
    holder_account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    member_person_id: Mapped[int] = mapped_column(ForeignKey("insured_person.id"))
    relation: Mapped[Relation]
    way: Mapped[Way]
    slot: Mapped[int]
    began_at: Mapped[datetime]
    state: Mapped[LinkState] = mapped_column(default=LinkState.active)
    of_age_on: Mapped[date | None] = mapped_column(default=None)  # the birthday after which the member's own consent is needed
    reminded_days: Mapped[int | None] = mapped_column(default=None)  # how many days before the birthday the last reminder was for
    ended_at: Mapped[datetime | None] = mapped_column(default=None)
    end_reason: Mapped[LinkEnd | None] = mapped_column(default=None)
    member: Mapped[InsuredPerson] = relationship(init=False)
    holder: Mapped[Account] = relationship(init=False)


class RequestState(Enum):
    draft = "draft"
    waiting_authorisation = "waiting_authorisation"  # the member, the counter or the voucher acts next
    waiting_review = "waiting_review"
    returned = "returned"  # 退回补正: some pages are asked for again
    approved = "approved"
    rejected = "rejected"
    withdrawn = "withdrawn"
    expired = "expired"


class DraftStep(Enum):
    notice = "notice"
    step_up = "step_up"
    member = "member"
    way = "way"
    finish = "finish"


_DRAFTS = text("state = 'draft'")
_OPEN = text("state IN ('waiting_authorisation', 'waiting_review', 'returned')")


class LinkRequest(Subject, Base):
    """A holder asks to add somebody, or (`renews_link_id`) to keep a member who came of age. What was typed is encrypted."""

    __tablename__ = "link_request"
    audit_kind = "family_request"
    __table_args__ = (
        Index("uq_link_request_draft", "holder_account_id", unique=True, sqlite_where=_DRAFTS, postgresql_where=_DRAFTS),
        Index("uq_link_request_open", "holder_account_id", "person_id", unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN),
        Index("ix_link_request_state", "state", "expires_at"),
        Index("ix_link_request_person", "person_id", "state"),  # what waits for a person at the counter
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True, init=False)
    holder_account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]  # of a draft, and of waiting for an authorisation
    state: Mapped[RequestState] = mapped_column(default=RequestState.draft)
    step: Mapped[DraftStep] = mapped_column(default=DraftStep.notice)
    typed_encrypted: Mapped[bytes] = mapped_column(
        LargeBinary, default=b"", info=encrypted("family-request", bound_to="holder_account_id", bond="account:{}")
    )
    person_id: Mapped[int | None] = mapped_column(ForeignKey("insured_person.id"), default=None)
    relation: Mapped[Relation | None] = mapped_column(default=None)
    way: Mapped[Way | None] = mapped_column(default=None)
    renews_link_id: Mapped[int | None] = mapped_column(ForeignKey("family_link.id"), default=None)
    stepped_up_at: Mapped[datetime | None] = mapped_column(default=None)
    stepped_up_session: Mapped[int | None] = mapped_column(ForeignKey("login_session.id"), default=None)
    submitted_at: Mapped[datetime | None] = mapped_column(default=None)
    decided_at: Mapped[datetime | None] = mapped_column(default=None)
    refusal: Mapped[str] = mapped_column(String(40), default="")  # why it was rejected, if not by a reviewer
    link_id: Mapped[int | None] = mapped_column(ForeignKey("family_link.id"), default=None)
    person: Mapped[InsuredPerson | None] = relationship(init=False)
    holder: Mapped[Account] = relationship(init=False)


class InvitationKind(Enum):
    member = "member"
    voucher = "voucher"


class Invitation(Subject, Base):
    """A link sent to somebody's own phone. Only a hash of its token is stored; it can be used once, within thirty days."""

    __tablename__ = "family_invitation"
    audit_kind = "family_invitation"

    id: Mapped[int] = mapped_column(BigId, primary_key=True, init=False)
    request_id: Mapped[int] = mapped_column(ForeignKey("link_request.id"), index=True)
    kind: Mapped[InvitationKind]
    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None] = mapped_column(default=None)
    ended_at: Mapped[datetime | None] = mapped_column(default=None)  # a newer one took its place, or the request was withdrawn
    request: Mapped[LinkRequest] = relationship(init=False)


class CallBackState(Enum):
    booked = "booked"
    done = "done"
    failed = "failed"
    cancelled = "cancelled"


_BOOKED = text("state = 'booked'")


class CallBack(Subject, Base):
    """A booked call from the bureau. `place` numbers the calls at the same hour; the checklist is what was asked."""

    __tablename__ = "call_back"
    audit_kind = "call_back"
    __table_args__ = (
        Index("uq_call_back_place", "starts_at", "place", unique=True, sqlite_where=_BOOKED, postgresql_where=_BOOKED),
        Index("uq_call_back_request", "request_id", unique=True, sqlite_where=_BOOKED, postgresql_where=_BOOKED),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True, init=False)
    request_id: Mapped[int] = mapped_column(ForeignKey("link_request.id"))
    starts_at: Mapped[datetime]
    place: Mapped[int]
    region: Mapped[str] = mapped_column(String(6))
    phone_encrypted: Mapped[bytes] = mapped_column(
        LargeBinary(64), info=encrypted("call-back", bound_to="request_id", bond="request:{}")
    )
    created_at: Mapped[datetime]
    state: Mapped[CallBackState] = mapped_column(default=CallBackState.booked)
    checklist: Mapped[str] = mapped_column(String(200), default="")  # the questions answered with yes, comma separated
    done_by: Mapped[str] = mapped_column(String(40), default="")
    done_at: Mapped[datetime | None] = mapped_column(default=None)
    request: Mapped[LinkRequest] = relationship(init=False)


class Voucher(Base):
    """A second relative vouches for what the holder says."""

    __tablename__ = "family_voucher"

    request_id: Mapped[int] = mapped_column(ForeignKey("link_request.id"), primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    relation: Mapped[Relation]  # what the member is to the voucher
    vouched_at: Mapped[datetime]


class CustodyFlag(Base):
    """Custody of this child is disputed: two reviewers decide. Set by staff, or by a holder who objects."""

    __tablename__ = "custody_flag"
    __table_args__ = (
        Index(
            "uq_custody_flag_person",
            "person_id",
            unique=True,
            sqlite_where=text("lifted_at IS NULL"),
            postgresql_where=text("lifted_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True, init=False)
    person_id: Mapped[int] = mapped_column(ForeignKey("insured_person.id"), index=True)
    set_by: Mapped[str] = mapped_column(String(40))
    set_at: Mapped[datetime]
    lifted_at: Mapped[datetime | None] = mapped_column(default=None)
    lifted_by: Mapped[str] = mapped_column(String(40), default="")
