"""Reads of authorisations."""

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import joinedload

from app.accounts.models import Consent, ConsentPurpose, Notice
from app.core.db import db
from app.core.errors import NotFound
from app.mutual_aid.models import MutualAid

_WITH_BOTH = (joinedload(MutualAid.payer, innerjoin=True), joinedload(MutualAid.beneficiary, innerjoin=True))


def list_given(payer_person_id: int) -> list[MutualAid]:
    """The live authorisations this person has given to relatives, newest first."""
    return _list_live(MutualAid.payer_person_id == payer_person_id)


def list_received(beneficiary_person_id: int) -> list[MutualAid]:
    """The live authorisations by which this person may pay from others' accounts."""
    return _list_live(MutualAid.beneficiary_person_id == beneficiary_person_id)


def get_aid(person_id: int, aid_id: int) -> MutualAid:
    """For its payer or its beneficiary, also a revoked one; raises NotFound for anybody else."""
    aid = db.session.scalar(select(MutualAid).options(*_WITH_BOTH).where(MutualAid.id == aid_id))
    if aid is None or person_id not in (aid.payer_person_id, aid.beneficiary_person_id):
        raise NotFound
    return aid


def list_resting_on(consent_id: int) -> list[MutualAid]:
    return _list_live(MutualAid.consent_id == consent_id)


def find_standing_consent(account_id: int, person_id: int) -> Consent | None:
    """The newest consent to mutual aid that was not withdrawn."""
    return db.session.scalar(
        select(Consent)
        .join(Consent.notice)
        .where(
            Consent.account_id == account_id,
            Consent.person_id == person_id,
            Notice.purpose == ConsentPurpose.mutual_aid,
            Consent.withdrawn_at.is_(None),
        )
        .order_by(Consent.id.desc())
        .limit(1)
    )


def _list_live(*which: ColumnElement[bool]) -> list[MutualAid]:
    return list(
        db.session.scalars(
            select(MutualAid)
            .options(*_WITH_BOTH)
            .where(*which, MutualAid.revoked_at.is_(None))
            .order_by(MutualAid.created_at.desc(), MutualAid.id.desc())
        )
    )
