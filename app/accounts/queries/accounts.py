"""Reads of accounts, their phone numbers and their SMS codes."""

from datetime import timedelta

from sqlalchemy import select

from app.accounts.models import Account, SmsCode, SmsPurpose
from app.core import clock
from app.core.crypto import vault
from app.core.db import db
from app.core.errors import NotFound
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
