"""A forgotten display PIN: the person proves to be themselves, chooses another, and every device starts anew."""

from flask_babel import gettext as _

from app.accounts.models import LoginSession
from app.accounts.queries import list_devices, phone_of
from app.accounts.service import bind_device
from app.activation.models import ActivationTag
from app.core import audit
from app.core.db import transaction
from app.core.settings import settings
from app.credentials.models import EndReason
from app.credentials.service import end_presentations, set_display_pin
from app.messages.service import post_message, send_sms
from app.proofs.models import IdentityProof
from app.proofs.service import spend_proof


@transaction()
def reset_pin(session: LoginSession, proof: IdentityProof, pin_hash: str) -> None:
    """Old keys were wrapped with the old PIN, so all handles of this account end. The device is trusted: the person is at it."""
    spend_proof(proof)
    account = session.account
    set_display_pin(account.id, pin_hash)
    for device in list_devices(account.id):
        end_presentations(device.id, EndReason.replaced)
    bind_device(session.device)
    audit.record(
        ActivationTag.pin_reset,
        actor=f"account:{account.id}",
        subject=f"account:{account.id}",
        person_id=account.person_id,
        method=proof.method.value,
        device=session.device_id,
    )
    warning = _("不是您本人操作的话，请马上打开“手机丢失”挂失，再拨打医保热线。")
    post_message(account.id, _("展码密码已重设"), _("您的展码密码刚刚重设过。") + warning)
    phone = phone_of(account)
    if phone:
        send_sms(phone, _("【%(bureau)s】您的展码密码刚刚重设过。", bureau=settings.bureau_name) + warning)
