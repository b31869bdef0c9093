"""Reads of activations under way and of devices waiting to be trusted."""

import json
from datetime import timedelta

from sqlalchemy import select

from app.accounts.models import Account, ConsentPurpose, Device, Notice
from app.accounts.queries import get_notice
from app.activation.models import ActivationDraft, LostReport, PinReset, Rebinding
from app.core import clock
from app.core.crypto import vault
from app.core.db import db
from app.core.errors import NotFound
from app.core.settings import settings

DRAFT_PURPOSE = "activation-draft"

_OPEN_RESETS = select(PinReset).where(PinReset.done_at.is_(None), PinReset.cancelled_at.is_(None))


def find_draft(device: Device) -> ActivationDraft | None:
    """The activation under way in this browser; one that ran out counts as none."""
    return db.session.scalar(
        select(ActivationDraft).where(ActivationDraft.device_id == device.id, ActivationDraft.expires_at > clock.now())
    )


def typed_in(draft: ActivationDraft) -> dict[str, str]:
    """What was typed on the first page: name, cert_type, cert_no, region."""
    if not draft.typed_encrypted:
        return {}
    plain = vault.decrypt(DRAFT_PURPOSE, draft.typed_encrypted, bound_to=draft_binding(draft.device_id))
    return {str(key): str(value) for key, value in json.loads(plain).items()}


def draft_binding(device_id: int) -> bytes:
    return f"device:{device_id}".encode()


def list_consented(draft: ActivationDraft) -> list[Notice]:
    return [get_notice(notice_id) for notice_id in draft.consented_ids]


def has_agreed_to_face(draft: ActivationDraft) -> bool:
    return any(notice.purpose is ConsentPurpose.face_check for notice in list_consented(draft))


def find_pending_rebinding(device: Device) -> Rebinding | None:
    return db.session.scalar(
        select(Rebinding).where(Rebinding.device_id == device.id, Rebinding.done_at.is_(None), Rebinding.cancelled_at.is_(None))
    )


def list_pending_rebindings(account: Account) -> list[Rebinding]:
    """Devices that will be trusted unless somebody objects, the next first."""
    return list(
        db.session.scalars(
            select(Rebinding)
            .where(Rebinding.account_id == account.id, Rebinding.done_at.is_(None), Rebinding.cancelled_at.is_(None))
            .order_by(Rebinding.effective_at)
        )
    )


def get_pending_rebinding(account: Account, rebinding_id: int) -> Rebinding:
    """Through the owner; raises NotFound for anybody else's and for one that is done or cancelled."""
    found = next((each for each in list_pending_rebindings(account) if each.id == rebinding_id), None)
    if found is None:
        raise NotFound
    return found


def list_due_rebindings() -> list[Rebinding]:
    return list(
        db.session.scalars(
            select(Rebinding).where(
                Rebinding.effective_at <= clock.now(), Rebinding.done_at.is_(None), Rebinding.cancelled_at.is_(None)
            )
        )
    )


def find_pin_reset(device: Device) -> PinReset | None:
    """The reset this device has asked for by document number: it waits, or is due. One that ran out counts as none."""
    return db.session.scalar(_OPEN_RESETS.where(PinReset.device_id == device.id, PinReset.expires_at > clock.now()))


def list_pin_resets(account: Account) -> list[PinReset]:
    """What any device may object to, the next first."""
    mine = _OPEN_RESETS.where(PinReset.account_id == account.id, PinReset.expires_at > clock.now())
    return list(db.session.scalars(mine.order_by(PinReset.effective_at)))


def get_pin_reset(account: Account, reset_id: int) -> PinReset:
    """Through the owner; raises NotFound for anybody else's and for one that is over."""
    found = next((each for each in list_pin_resets(account) if each.id == reset_id), None)
    if found is None:
        raise NotFound
    return found


def count_requests(account: Account) -> int:
    """What waits for an objection: devices that want to be trusted, PINs that are to be reset."""
    return len(list_pending_rebindings(account)) + len(list_pin_resets(account))


def find_lost_report(browser_hash: bytes) -> LostReport | None:
    """The newest this browser has asked for that is not too old."""
    since = clock.now() - timedelta(minutes=settings.lost_code_minutes)
    return db.session.scalar(
        select(LostReport)
        .where(LostReport.browser_hash == browser_hash, LostReport.created_at > since)
        .order_by(LostReport.id.desc())
        .limit(1)
    )
