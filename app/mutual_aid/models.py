"""家庭共济: who may pay from whose personal account. Separate from the family account, which only shows a code (C14)."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.audit.named import Subject
from app.core.db import Base, BigId
from app.family.models import Relation
from app.roster.models import InsuredPerson


class MutualAid(Subject, Base):
    """One authorisation: the beneficiary may spend up to `monthly_cap` fen of the payer's a month. At most one live per pair."""

    __tablename__ = "mutual_aid"
    audit_kind = "mutual_aid"
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
    payer_person_id: Mapped[int] = mapped_column(ForeignKey("insured_person.id"), index=True)
    beneficiary_person_id: Mapped[int] = mapped_column(ForeignKey("insured_person.id"))
    relation: Mapped[Relation]  # what the beneficiary is to the payer
    monthly_cap: Mapped[int]  # fen
    consent_id: Mapped[int] = mapped_column(ForeignKey("consent.id"), index=True)
    created_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None] = mapped_column(default=None)
    revoked_by: Mapped[str] = mapped_column(String(40), default="")
    payer: Mapped[InsuredPerson] = relationship(init=False, foreign_keys=[payer_person_id])
    beneficiary: Mapped[InsuredPerson] = relationship(init=False, foreign_keys=[beneficiary_person_id])
