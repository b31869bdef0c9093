"""Reads of activations under way and of devices waiting to be trusted."""

import json

from sqlalchemy import select

from app.accounts.models import Account, ConsentPurpose, Device, Notice
from app.accounts.queries import get_notice
from app.activation.models import ActivationDraft, Rebinding
from app.core import clock
from app.core.crypto import vault
from app.core.db import db
from app.core.errors import NotFound

DRAFT_PURPOSE = "activation-draft"


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
