"""手机丢失: freeze at once, with nothing but an SMS session; give back only after the checks of activation (S80-S82)."""

from flask_babel import gettext as _

from app.accounts.models import LoginSession
from app.accounts.queries import list_devices
from app.accounts.service import bind_device, revoke_device
from app.activation.models import ActivationTag
from app.activation.queries import list_pending_rebindings
from app.activation.service.rebinding import cancel_rebinding
from app.core import audit
from app.core.db import transaction
from app.credentials.models import Credential
from app.credentials.service import freeze_credential, lock_code, unfreeze_credential
from app.messages.service import post_message
from app.proofs.models import IdentityProof
from app.proofs.service import spend_proof


@transaction()
def report_lost(session: LoginSession, credential: Credential, *, removes_others: bool) -> bool:
    """Freezes it now, and ends what other devices have asked for. removes_others: they are unbound and signed out as well.

    False when it was not active.
    """
    actor = f"account:{session.account_id}"
    was_active = freeze_credential(credential, actor)
    removed = 0
    if removes_others:
        for device in list_devices(session.account_id):
            if device.id != session.device_id:
                revoke_device(device, actor)
                removed += 1
    for rebinding in list_pending_rebindings(session.account):
        if rebinding.device_id != session.device_id:
            cancel_rebinding(rebinding, actor)
    audit.record(
        ActivationTag.lost_reported,
        actor=actor,
        subject=f"credential:{credential.id}",
        person_id=credential.person_id,
        removed=removed,
    )
    if was_active:
        post_message(
            session.account_id,
            _("医保码已挂失"),
            _(
                "您的医保码从现在起不能使用。手机找到了或换了新手机，打开“手机丢失”，点“恢复使用”。不是您本人挂失的话，请拨打医保热线。"
            ),
        )
    return was_active


@transaction()
def restore_credential(session: LoginSession, credential: Credential, proof: IdentityProof) -> bool:
    """恢复使用. The proof says that the person is at this device, so it is trusted from now on; its PIN is asked anew. False: it
    was not frozen."""
    spend_proof(proof)
    restored = unfreeze_credential(credential, f"account:{session.account_id}")
    bind_device(session.device)
    lock_code(session)
    audit.record(
        ActivationTag.restored,
        actor=f"account:{session.account_id}",
        subject=f"credential:{credential.id}",
        person_id=credential.person_id,
        method=proof.method.value,
        device=session.device_id,
    )
    post_message(
        session.account_id,
        _("医保码已恢复使用"),
        _("您的医保码已经恢复使用。不是您本人操作的话，请马上打开“手机丢失”挂失，再拨打医保热线。"),
    )
    return restored
