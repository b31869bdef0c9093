"""Reads of passkeys and of the offer to add one."""

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.core.db import db
from app.core.errors import NotFound
from app.core.settings import settings
from app.passkeys.models import Passkey, PasskeyOffer


def list_passkeys(account_id: int) -> list[Passkey]:
    """With the device each was added on, the newest first."""
    return list(
        db.session.scalars(
            select(Passkey)
            .options(joinedload(Passkey.device, innerjoin=True))
            .where(Passkey.account_id == account_id)
            .order_by(Passkey.id.desc())
        )
    )


def has_passkey(account_id: int) -> bool:
    return db.session.scalar(select(Passkey.id).where(Passkey.account_id == account_id).limit(1)) is not None


def get_passkey(account_id: int, passkey_id: int) -> Passkey:
    """A passkey of this account; raises NotFound for another account's."""
    passkey = db.session.scalar(select(Passkey).where(Passkey.id == passkey_id, Passkey.account_id == account_id))
    if passkey is None:
        raise NotFound
    return passkey


def find_passkey(account_id: int, key_id: bytes) -> Passkey | None:
    return db.session.scalar(select(Passkey).where(Passkey.key_id == key_id, Passkey.account_id == account_id))


def is_offer_due(device_id: int) -> bool:
    """Whether the PIN was typed a few times on this device and the offer has not been answered yet."""
    return (
        db.session.scalar(
            select(PasskeyOffer.device_id).where(
                PasskeyOffer.device_id == device_id,
                PasskeyOffer.unlocks >= settings.passkey_offer_unlocks,
                PasskeyOffer.answered_at.is_(None),
            )
        )
        is not None
    )
