"""Reads of activations under way and of devices waiting to be trusted."""

import json
from datetime import timedelta
from typing import TypeVar

from sqlalchemy import Select, select

from app.accounts.models import Account, ConsentPurpose, Device, Notice
from app.accounts.queries import get_notice
from app.activation.models import ActivationDraft, LostReport, PinReset, Rebinding, WaitingRequest
from app.core import clock
from app.core.crypto import vault
from app.core.db import db
from app.core.errors import NotFound
from app.core.settings import settings

DRAFT_PURPOSE = "activation-draft"

Request = TypeVar("Request", bound=WaitingRequest)


def find_draft(device: Device) -> ActivationDraft | None:
    """The activation under way in this browser; an expired one counts as none."""
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


def find_request(model: type[Request], device_id: int) -> Request | None:
    """What this device has requested by document number and is waiting or due; an expired request counts as none."""
    return db.session.scalar(_open(model).where(model.device_id == device_id))


def list_requests(model: type[Request], account: Account) -> list[Request]:
    """The open requests, which any device may object to, the next to take effect first."""
    return list(db.session.scalars(_open(model).where(model.account_id == account.id).order_by(model.effective_at)))


def get_request(model: type[Request], account: Account, request_id: int) -> Request:
    """An open request of this account; raises NotFound for another account's and for one that is over."""
    found = next((each for each in list_requests(model, account) if each.id == request_id), None)
    if found is None:
        raise NotFound
    return found


def list_due_rebindings() -> list[Rebinding]:
    return list(db.session.scalars(_open(Rebinding).where(Rebinding.effective_at <= clock.now())))


def _open(model: type[Request]) -> Select[Request]:
    found = select(model).where(model.is_open())
    return found.where(PinReset.expires_at > clock.now()) if model is PinReset else found


def list_waiting(account: Account) -> list[WaitingRequest]:
    """Requests of both kinds: devices to be trusted, PINs to be reset."""
    return [*list_requests(Rebinding, account), *list_requests(PinReset, account)]


def find_lost_report(browser_hash: bytes) -> LostReport | None:
    """The newest report of this browser that is not too old."""
    since = clock.now() - timedelta(minutes=settings.lost_code_minutes)
    return db.session.scalar(
        select(LostReport)
        .where(LostReport.browser_hash == browser_hash, LostReport.created_at > since)
        .order_by(LostReport.id.desc())
        .limit(1)
    )
