"""Reads of accounts, sessions, devices, SMS codes and consents."""

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import Select, bindparam, select
from sqlalchemy.orm import aliased, contains_eager, joinedload

from app.accounts.models import (
    Account,
    Consent,
    ConsentPurpose,
    Device,
    LoginSession,
    Notice,
    NoticeDraft,
    SessionEnd,
    SmsCode,
    SmsPurpose,
)
from app.core import clock
from app.core.crypto import vault
from app.core.db import db
from app.core.errors import NotFound
from app.core.sessions import is_alive
from app.core.settings import settings


def phone_hash(phone: str) -> bytes:
    return vault.keyed_hash("phone", phone)


def phone_hashes(phone: str) -> tuple[bytes, ...]:
    """The hashes a row may be stored under while one DATA_KEY replaces another; the current key's first."""
    return vault.keyed_hashes("phone", phone)


def phone_of(account: Account) -> str:
    """Eleven digits; empty when the account has lost its number."""
    if account.phone_hash is None or account.phone_encrypted is None:
        return ""
    return vault.decrypt("phone", account.phone_encrypted, bound_to=account.phone_hash).decode()


def get_account(account_id: int) -> Account:
    account = db.session.get(Account, account_id)
    if account is None:
        raise NotFound
    return account


def find_account_by_phone(phone: str) -> Account | None:
    return db.session.scalar(select(Account).where(Account.phone_hash.in_(phone_hashes(phone))))


def find_account_of_person(person_id: int) -> Account | None:
    return db.session.scalar(select(Account).where(Account.person_id == person_id))


_OPEN_SESSION = (
    select(LoginSession)
    .join(LoginSession.device)
    .options(contains_eager(LoginSession.device), joinedload(LoginSession.account, innerjoin=True))
    .where(
        LoginSession.token_hash == bindparam("token_hash"),
        is_alive(LoginSession, bindparam("begun_after"), bindparam("seen_after")),
        Device.revoked_at.is_(None),
    )
)


def has_other_sessions(session: LoginSession) -> bool:
    """Whether this account is signed in elsewhere too."""
    now = clock.now()
    others = select(LoginSession.id).where(
        LoginSession.account_id == session.account_id,
        LoginSession.id != session.id,
        is_alive(
            LoginSession, now - timedelta(days=settings.session_absolute_days), now - timedelta(days=settings.session_idle_days)
        ),
    )
    return db.session.scalar(others.limit(1)) is not None


def find_open_session(token_hash: bytes) -> LoginSession | None:
    """The session of this token with its account and device, unless it ended, expired or its device was removed."""
    now = clock.now()
    limits = {
        "token_hash": token_hash,
        "begun_after": now - timedelta(days=settings.session_absolute_days),
        "seen_after": now - timedelta(days=settings.session_idle_days),
    }
    return db.session.scalar(_OPEN_SESSION, limits)


def find_session_end(token_hash: bytes) -> tuple[SessionEnd | None, datetime | None] | None:
    """Why and when the session of this token ended; (None, None) when it expired. None: it never existed, or is still open."""
    row = db.session.execute(
        select(LoginSession.end_reason, LoginSession.ended_at).where(LoginSession.token_hash == token_hash)
    ).first()
    return (row.end_reason, row.ended_at) if row is not None else None


def list_devices(account_id: int) -> list[Device]:
    """Devices that were not removed, last seen first."""
    return list(
        db.session.scalars(
            select(Device)
            .where(Device.account_id == account_id, Device.revoked_at.is_(None))
            .order_by(Device.last_seen_at.desc(), Device.id.desc())
        )
    )


def get_device(account_id: int, device_id: int) -> Device:
    """A device of this account; raises NotFound for another account's."""
    device = db.session.scalar(
        select(Device).where(Device.id == device_id, Device.account_id == account_id, Device.revoked_at.is_(None))
    )
    if device is None:
        raise NotFound
    return device


def find_sms_code(browser_hash: bytes, purpose: SmsPurpose) -> SmsCode | None:
    """The newest code requested in this browser that may still be used; its phone number is the one the person typed."""
    since = clock.now() - timedelta(seconds=settings.sms_valid_seconds)
    code = db.session.scalar(
        select(SmsCode)
        .where(SmsCode.browser_hash == browser_hash, SmsCode.purpose == purpose, SmsCode.created_at > since)
        .order_by(SmsCode.id.desc())
        .limit(1)
    )
    return code if code and code.used_at is None else None


def phone_of_sms_code(code: SmsCode) -> str:
    return vault.decrypt("phone", code.phone_encrypted, bound_to=code.phone_hash).decode()


def find_notice(purpose: ConsentPurpose) -> Notice | None:
    """The version in force."""
    return db.session.scalar(
        select(Notice).where(Notice.purpose == purpose).order_by(Notice.published_at.desc(), Notice.id.desc()).limit(1)
    )


def list_notices(*purposes: ConsentPurpose) -> list[Notice]:
    """The versions in force of these purposes, in this order; a purpose whose text was never loaded is left out."""
    return [notice for notice in map(find_notice, purposes) if notice is not None]


def get_notice(notice_id: int) -> Notice:
    notice = db.session.get(Notice, notice_id)
    if notice is None:
        raise NotFound
    return notice


def find_notice_version(purpose: ConsentPurpose, version: str) -> Notice | None:
    return db.session.scalar(select(Notice).where(Notice.purpose == purpose, Notice.version == version))


def list_notice_versions(purpose: ConsentPurpose) -> list[Notice]:
    """Newest first: the first one is in force."""
    return list(
        db.session.scalars(
            select(Notice).where(Notice.purpose == purpose).order_by(Notice.published_at.desc(), Notice.id.desc()).limit(100)
        )
    )


def list_notices_in_force() -> dict[ConsentPurpose, Notice]:
    rows = db.session.scalars(select(Notice).order_by(Notice.published_at, Notice.id))
    return {notice.purpose: notice for notice in rows}


def list_drafts() -> dict[ConsentPurpose, NoticeDraft]:
    return {draft.purpose: draft for draft in db.session.scalars(select(NoticeDraft))}


def get_draft(draft_id: int) -> NoticeDraft:
    draft = db.session.get(NoticeDraft, draft_id)
    if draft is None:
        raise NotFound
    return draft


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
