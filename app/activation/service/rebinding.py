"""Trusting another device of an activated account: at once by a proof, or by the document number after a delay with notice."""

from flask_babel import gettext as _

from app.accounts.models import Account, Device, LoginSession
from app.accounts.service import IdentityEventKind, announce, bind_device
from app.activation.audit_tags import ActivationTag
from app.activation.models import Rebinding
from app.activation.queries import find_request, list_due_rebindings
from app.activation.service.waiting import close_request
from app.core import audit
from app.core.db import db, transaction
from app.messages.service import post_message
from app.proofs.models import IdentityProof
from app.proofs.service import spend_proof


@transaction()
def bind_by_proof(session: LoginSession, proof: IdentityProof) -> None:
    """Face or counter code: effective now. A waiting request of this device is closed with it."""
    spend_proof(proof)
    _bind(session.device, session.account, method=proof.method.value)
    pending = find_request(Rebinding, session.device_id)
    if pending is not None:
        close_request(pending, "done_at")


def bind_due_devices() -> None:
    """Binds the devices that are due and that nobody objected to. Reads first, so that a call within a request rarely writes."""
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
