"""Reads of the ledger of consents."""

from collections.abc import Collection

from sqlalchemy import Select, select
from sqlalchemy.orm import aliased, contains_eager, joinedload

from app.accounts.models import Consent, ConsentPurpose, Notice
from app.core.db import db
from app.core.errors import NotFound


def list_consents(account_id: int) -> list[Consent]:
    """The ledger of an account with its notices, newest first, withdrawn ones too."""
    return list(
        db.session.scalars(
            select(Consent)
            .options(joinedload(Consent.notice, innerjoin=True))
            .where(Consent.account_id == account_id)
            .order_by(Consent.given_at.desc(), Consent.id.desc())
        )
    )


def get_consent(account_id: int, consent_id: int) -> Consent:
    consent = db.session.scalar(
        select(Consent)
        .options(joinedload(Consent.notice, innerjoin=True))
        .where(Consent.id == consent_id, Consent.account_id == account_id)
    )
    if consent is None:
        raise NotFound
    return consent


def list_standing(account_id: int, person_id: int, purpose: ConsentPurpose) -> list[Consent]:
    """The consents this account has given about this person for this purpose and not withdrawn, to any version."""
    return list(
        db.session.scalars(
            select(Consent)
            .join(Consent.notice)
            .options(contains_eager(Consent.notice))
            .where(
                Consent.account_id == account_id,
                Consent.person_id == person_id,
                Notice.purpose == purpose,
                Consent.withdrawn_at.is_(None),
            )
            .order_by(Consent.id)
        )
    )


def list_outdated(account_id: int, purposes: Collection[ConsentPurpose] = tuple(ConsentPurpose)) -> list[Consent]:
    """Consents in force whose text has since changed materially: the newest one for each person and purpose."""
    rows = db.session.execute(
        select(Consent, _newer_material().exists())
        .join(Consent.notice)
        .options(contains_eager(Consent.notice))
        .where(Consent.account_id == account_id, Consent.withdrawn_at.is_(None), Notice.purpose.in_(purposes))
        .order_by(Consent.id)
    ).all()
    newest = {(consent.person_id, consent.notice.purpose): (consent, is_old) for consent, is_old in rows}
    current = {(consent.person_id, consent.notice.purpose) for consent, is_old in rows if not is_old}
    return [consent for key, (consent, _is_old) in newest.items() if key not in current]


def has_consent(person_id: int, purpose: ConsentPurpose) -> bool:
    """Whether there is a consent for this purpose, not withdrawn, to the current text or one without a material difference."""
    return (
        db.session.scalar(
            select(Consent.id)
            .join(Consent.notice)
            .where(Consent.person_id == person_id, Notice.purpose == purpose, Consent.withdrawn_at.is_(None))
            .where(~_newer_material().exists())
            .limit(1)
        )
        is not None
    )


def _newer_material() -> Select[int]:
    """Later versions of the purpose of the enclosing query's `Notice` for which everybody is asked again."""
    newer = aliased(Notice)
    return select(newer.id).where(newer.purpose == Notice.purpose, newer.is_material, newer.id > Notice.id)
