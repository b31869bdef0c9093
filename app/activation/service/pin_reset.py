"""A forgotten display PIN: the person proves who they are and chooses another; every device gets new handles and keys.

At once by a face check or a counter code; by the document number after a day in which every device and the family may object.
"""

from flask_babel import gettext as _

from app.accounts.models import LoginSession
from app.accounts.service import IdentityEventKind, announce, bind_device
from app.activation.audit_tags import ActivationTag
from app.activation.models import PinReset
from app.activation.queries import list_requests
from app.activation.service.waiting import close_request, tell_owner
from app.core import audit, clock
from app.core.db import transaction
from app.core.errors import DomainError
from app.core.installation import bureau_name
from app.credentials.models import EndReason
from app.credentials.service import end_presentations_of_account, set_display_pin
from app.proofs.models import IdentityProof
from app.proofs.service import spend_proof


@transaction()
def reset_pin(session: LoginSession, proof: IdentityProof, pin_hash: str) -> None:
    """By face or counter code: effective now. Waiting requests are closed with it."""
    spend_proof(proof)
    _reset(session, pin_hash, method=proof.method.value)
    for pending in list_requests(PinReset, session.account):
        close_request(pending, "done_at" if pending.device_id == session.device_id else "cancelled_at")


@transaction()
def finish_pin_reset(session: LoginSession, pending: PinReset, pin_hash: str) -> None:
    """The delay is over and nobody objected. Raises DomainError `pin_reset_gone` if somebody did, or when too early or too late."""
    now = clock.now()
    is_due = (PinReset.effective_at <= now, PinReset.expires_at > now)
    if pending.device_id != session.device_id or not close_request(pending, "done_at", *is_due):
        raise DomainError(
            "pin_reset_gone", _("这次重设申请已经取消或过期。"), _("请重新申请，或改用人脸核验、窗口核验码。"), status=409
        )
    _reset(session, pin_hash, method="document")


def _reset(session: LoginSession, pin_hash: str, *, method: str) -> None:
    """Old keys were wrapped with the old PIN, so all handles of this account end. This device is bound: the person is at it."""
    account = session.account
    set_display_pin(account.id, pin_hash)
    end_presentations_of_account(account.id, EndReason.replaced)
    bind_device(session.device)
    audit.record(
        ActivationTag.pin_reset,
        actor=account.actor,
        subject=account.subject,
        person_id=account.person_id,
        method=method,
        device=session.device_id,
    )
    announce(IdentityEventKind.pin_reset, account)
    warning = _("不是您本人操作的话，请马上打开“手机丢失”挂失，再拨打医保热线。")
    tell_owner(
        account,
        _("展码密码已重设"),
        _("您的展码密码刚刚重设过。") + warning,
        sms=_("【%(bureau)s】您的展码密码刚刚重设过。", bureau=bureau_name()) + warning,
    )
