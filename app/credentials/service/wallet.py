"""All codes one device may show, opened together: an unlock opens the visitor's own code and those of the family."""

from dataclasses import dataclass

from app.accounts.models import Account, Device
from app.core.crypto import vault
from app.core.db import db, transaction
from app.credentials.models import Credential, CredentialStatus
from app.credentials.policy import may_be_shown
from app.credentials.service.presentations import Opened, open_presentation
from app.credentials.service.showables import Showable, list_showables

SALT_BYTES = 16


@dataclass(frozen=True, slots=True)
class WalletEntry:
    """One code on this device. key: 32 bytes, only when they are handed out now."""

    showable: Showable
    handle: str
    key: bytes | None


def salt_of(device: Device, pin: str) -> str:
    """Hex of the 16-byte salt with which this device derives the mask of its keys from this PIN. One PIN always has the same salt.

    A browser's store keeps older copies for a while. Two salts for one PIN would give an attacker two check values to sieve PINs
    with instead of one. Without this installation's key the salt says nothing about the PIN.
    """
    return vault.keyed_hash("wallet-salt", f"{device.id}:{pin}")[:SALT_BYTES].hex()


@transaction()
def open_wallet(
    account: Account, device: Device, *, holds: str | None = None, wants_key: bool = False, opened: Opened | None = None
) -> list[WalletEntry]:
    """Every active code of the account on this device, own first. Call it at an unlock only.

    holds: the handles whose keys the device says it has, comma separated. opened: what this unlock has opened already.
    """
    entries = []
    for showable in list_showables(account):
        if showable.status is not CredentialStatus.active:
            continue
        if opened is not None and opened.presentation.credential_id == showable.credential_id:
            found = opened
        else:
            credential = db.session.get_one(Credential, showable.credential_id)
            if not may_be_shown(credential):
                continue
            found = open_presentation(credential, device, holds=holds, wants_key=wants_key, shown_by=showable.shown_by)
        entries.append(WalletEntry(showable, found.presentation.handle, found.key))
    return entries
