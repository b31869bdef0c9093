"""Rows that must exist exactly once, even when two requests create them in parallel."""

from typing import Any

from sqlalchemy import select, update

from app.accounts.browser import Browser
from app.accounts.models import Account, Device
from app.accounts.queries import find_account_by_phone, phone_hash, phone_hashes
from app.core import clock
from app.core.crypto import vault
from app.core.db import Base, db, upsert
from app.core.found_by import claim
from app.core.statements import write


def seal_phone(phone: str) -> dict[str, bytes]:
    """The two columns of an account's number."""
    at_phone = phone_hash(phone)
    return {"phone_hash": at_phone, "phone_encrypted": vault.encrypt("phone", phone.encode(), bound_to=at_phone)}


def find_or_create_account(phone: str) -> Account:
    """One number, one account."""
    claim("phone", phone)
    found = find_account_by_phone(phone)
    if found is None:
        _insert_unless_there(Account, created_at=clock.now(), **seal_phone(phone))
        found = db.session.scalars(select(Account).where(Account.phone_hash.in_(phone_hashes(phone)))).one()
    return found


def find_or_create_device(account: Account, browser: Browser) -> Device:
    """One browser is one device of an account. A removed device comes back as if new: not bound."""
    now = clock.now()
    _insert_unless_there(
        Device, account_id=account.id, browser_hash=browser.hash, name=browser.name, created_at=now, last_seen_at=now
    )
    device = db.session.scalars(select(Device).where(Device.account_id == account.id, Device.browser_hash == browser.hash)).one()
    changes: dict[str, Any] = {"name": browser.name, "last_seen_at": now}
    if device.revoked_at is not None:
        changes |= {"revoked_at": None, "bound_at": None, "created_at": now}
    write(update(Device).where(Device.id == device.id).values(**changes))
    db.session.refresh(device)
    return device


def _insert_unless_there(model: type[Base], **values: Any) -> None:
    db.session.execute(upsert(model).values(**values).on_conflict_do_nothing())
