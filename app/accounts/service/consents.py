"""The consent ledger (PIPL 14, 15, 17, 29). The legal texts it points at are stored by `notices`."""

from collections.abc import Iterable

from sqlalchemy import select

from app.accounts.audit_tags import AccountTag
from app.accounts.models import Account, Consent, Notice
from app.accounts.queries import find_notice, list_standing
from app.core import audit, clock
from app.core.db import db, transaction
from app.core.hooks import Hook

on_consent_withdrawn: Hook[[Consent], object] = Hook(
    "accounts.on_consent_withdrawn", "A consent was withdrawn, in this transaction: what rests on it must stop."
)


@transaction()
def record_consent(
    account_id: int, person_id: int, notices: Iterable[Notice], *, given_by: str = "self", channel: str = "web"
) -> list[Consent]:
    """One line per notice. given_by: self | guardian. channel: web | counter. A consent that is in force is not written twice."""
    added = []
    for notice in notices:
        standing = select(Consent).where(
            Consent.account_id == account_id,
            Consent.person_id == person_id,
            Consent.notice_id == notice.id,
            Consent.withdrawn_at.is_(None),
        )
        if db.session.scalar(standing) is not None:
            continue
        consent = Consent(
            account_id=account_id,
            person_id=person_id,
            notice_id=notice.id,
            given_by=given_by,
            channel=channel,
            given_at=clock.now(),
        )
        db.session.add(consent)
        db.session.flush()
        _record(AccountTag.consent_given, consent, notice)
        added.append(consent)
    return added


@transaction()
def renew_consents(account_id: int, outdated: Iterable[Consent]) -> None:
    """Records that the same account agrees, about the same persons, to the text in force. The older lines stay in the ledger."""
    for consent in outdated:
        notice = find_notice(consent.notice.purpose)
        if notice is not None:
            record_consent(account_id, consent.person_id, [notice], given_by=consent.given_by)


@transaction()
def withdraw_consent(consent: Consent) -> None:
    """Withdrawing is as easy as giving; what was done before stays lawful. A second withdrawal changes nothing.

    The consents to all versions of the same purpose are withdrawn together.
    """
    if consent.withdrawn_at is not None:
        return
    for line in list_standing(consent.account_id, consent.person_id, consent.notice.purpose):
        line.withdrawn_at = clock.now()
        _record(AccountTag.consent_withdrawn, line, line.notice)
    db.session.flush()
    on_consent_withdrawn(consent)


def _record(tag: AccountTag, consent: Consent, notice: Notice) -> None:
    audit.record(
        tag,
        actor=Account.actor_of(consent.account_id),
        subject=consent.subject,
        person_id=consent.person_id,
        purpose=notice.purpose.value,
        version=notice.version,
        channel=consent.channel,
        given_by=consent.given_by,
    )
