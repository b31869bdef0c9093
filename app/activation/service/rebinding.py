"""Trusting another device of an activated account: at once by a proof, or by the document number with delay and notice."""

from datetime import timedelta

from flask_babel import gettext as _

from app.accounts.models import Account, Device, LoginSession
from app.accounts.service import IdentityEventKind, announce, bind_device
from app.activation.audit_tags import ActivationTag
from app.activation.models import Rebinding
from app.activation.queries import find_pending_rebinding, list_due_rebindings
from app.activation.service.waiting import close_request, record_request, tell_owner
from app.core import audit, clock
from app.core.db import db, transaction
from app.core.display import moment
from app.core.installation import bureau_name
from app.core.settings import settings
from app.messages.service import post_message
from app.proofs.models import IdentityProof
from app.proofs.service import spend_proof


@transaction()
def bind_by_proof(session: LoginSession, proof: IdentityProof) -> None:
    """Face or counter code: effective now. A request of this device that still waits is settled with it."""
    spend_proof(proof)
    _bind(session.device, session.account, method=proof.method.value)
    pending = find_pending_rebinding(session.device)
    if pending is not None:
        close_request(pending, "done_at")


@transaction()
def request_rebinding(session: LoginSession, proof: IdentityProof) -> Rebinding:
    """Document number: effective after settings.rebind_delay_hours, and every other device is told and may object."""
    spend_proof(proof)
    account, device = session.account, session.device
    pending = find_pending_rebinding(device)
    if pending is not None:
        return pending
    now = clock.now()
    rebinding = Rebinding(
        account_id=account.id,
        device_id=device.id,
        requested_at=now,
        effective_at=now + timedelta(hours=settings.rebind_delay_hours),
    )
    db.session.add(rebinding)
    db.session.flush()
    record_request(ActivationTag.rebinding_requested, rebinding, account.actor)
    announce(IdentityEventKind.device_requested, account, effective_at=rebinding.effective_at)
    _tell_about_request(account, device, rebinding)
    return rebinding


@transaction()
def cancel_rebinding(rebinding: Rebinding, by: str) -> bool:
    """False when it was over already. by: `account:12`, `device:7`."""
    if not close_request(rebinding, "cancelled_at"):
        return False
    record_request(ActivationTag.rebinding_cancelled, rebinding, by)
    post_message(rebinding.account_id, _("已取消绑定新设备"), _("“%(device)s”的绑定申请已经取消。", device=rebinding.device.name))
    return True


@transaction()
def cancel_rebindings_of_device(device_id: int, _reason: str) -> None:
    """A device that was removed does not come back by a request from before."""
    device = db.session.get(Device, device_id)
    pending = find_pending_rebinding(device) if device else None
    if pending is not None:
        cancel_rebinding(pending, Device.actor_of(device_id))


def bind_due_devices() -> None:
    """Those whose time has come and nobody objected. Reads first, so that asking at a request usually writes nothing."""
    due = [rebinding.id for rebinding in list_due_rebindings()]
    for rebinding_id in due:
        _bind_due(rebinding_id)


@transaction()
def _bind_due(rebinding_id: int) -> None:
    rebinding = db.session.get_one(Rebinding, rebinding_id)
    if not close_request(rebinding, "done_at"):
        return
    account = db.session.get_one(Account, rebinding.account_id)
    _bind(rebinding.device, account, method="document")


def _bind(device: Device, account: Account, *, method: str) -> None:
    bind_device(device)
    audit.record(
        ActivationTag.rebinding_done,
        actor=account.actor,
        subject=device.subject,
        person_id=account.person_id,
        method=method,
    )
    announce(IdentityEventKind.device_bound, account)
    post_message(
        account.id,
        _("绑定了一台新设备"),
        _(
            "“%(device)s”现在可以出示您的医保码。不是您本人操作的话，请马上打开“手机丢失”挂失，再拨打医保热线。",
            device=device.name,
        ),
    )


def _tell_about_request(account: Account, device: Device, rebinding: Rebinding) -> None:
    when = moment(rebinding.effective_at)
    tell_owner(
        account,
        _("有一台新设备申请绑定"),
        _(
            "“%(device)s”用短信和证件号码申请出示您的医保码，%(when)s 生效。"
            "不是您本人的话，请在那之前打开“我的”里的“绑定申请”，点“取消”，或拨打医保热线。",
            device=device.name,
            when=when,
        ),
        sms=_(
            "【%(bureau)s】有一台新设备申请绑定您的医保码，%(when)s 生效。不是您本人的话，请登录后取消，或拨打医保热线。",
            bureau=bureau_name(),
            when=when,
        ),
    )
