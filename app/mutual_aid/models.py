"""家庭共济: who may pay from whose personal account. Separate from the family account, which only shows a code (C14)."""

from datetime import datetime
from enum import Enum

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Account
from app.core.db import Base, BigId
from app.roster.models import InsuredPerson


class Kinship(Enum):
    """Near relatives (民法典 1045; 国办发〔2024〕38号): what the beneficiary is to the payer."""

    spouse = "spouse"
    father = "father"
    mother = "mother"
    son = "son"
    daughter = "daughter"
    brother = "brother"
    sister = "sister"
    grandfather = "grandfather"  # of the father's side
    grandmother = "grandmother"
    grandfather_maternal = "grandfather_maternal"
    grandmother_maternal = "grandmother_maternal"
    grandson = "grandson"  # by a son
    granddaughter = "granddaughter"
    grandson_maternal = "grandson_maternal"
    granddaughter_maternal = "granddaughter_maternal"


class MutualAid(Base):
    """One authorisation: the payer lets the beneficiary spend up to `monthly_cap` fen a month. At most one live one a pair."""

    __tablename__ = "mutual_aid"
    __table_args__ = (
        Index(
            "uq_mutual_aid_live",
            "payer_person_id",
            "beneficiary_person_id",
            unique=True,
            sqlite_where=text("revoked_at IS NULL"),
            postgresql_where=text("revoked_at IS NULL"),
        ),
        Index("ix_mutual_aid_beneficiary", "beneficiary_person_id"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True, init=False)
    payer_account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    payer_person_id: Mapped[int] = mapped_column(ForeignKey("insured_person.id"))
    beneficiary_person_id: Mapped[int] = mapped_column(ForeignKey("insured_person.id"))
    kinship: Mapped[Kinship]
    monthly_cap: Mapped[int]  # fen
    consent_id: Mapped[int] = mapped_column(ForeignKey("consent.id"), index=True)
    created_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None] = mapped_column(default=None)
    revoked_by: Mapped[str] = mapped_column(String(40), default="")
    payer_account: Mapped[Account] = relationship(init=False)
    payer: Mapped[InsuredPerson] = relationship(init=False, foreign_keys=[payer_person_id])
    beneficiary: Mapped[InsuredPerson] = relationship(init=False, foreign_keys=[beneficiary_person_id])


class RelativeGuess(Base):
    """Wrong names or numbers of relatives, counted per account and hour: a form must not tell who is insured here."""

    __tablename__ = "mutual_aid_guess"

    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), primary_key=True)
    hour: Mapped[int] = mapped_column(primary_key=True)  # Unix hours
    count: Mapped[int]
