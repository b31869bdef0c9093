"""A forgotten display PIN: the person proves to be themselves, chooses another, and every device starts anew.

At once by a face check or a counter code; by the document number after a day in which every device and the family may object.
"""

from datetime import timedelta

from flask_babel import gettext as _

from app.accounts.models import Account, Device, LoginSession
from app.accounts.service import IdentityEventKind, announce, bind_device
from app.activation.audit_tags import ActivationTag
from app.activation.models import PinReset
from app.activation.queries import find_pin_reset, list_pin_resets
from app.activation.service.waiting import close_request, record_request, tell_owner
from app.core import audit, clock
from app.core.db import db, transaction
from app.core.display import moment
from app.core.errors import DomainError
from app.core.installation import bureau_name
from app.core.settings import settings
from app.credentials.models import EndReason
from app.credentials.service import end_presentations_of_account, set_display_pin
from app.messages.service import post_message
from app.proofs.models import IdentityProof
from app.proofs.service import spend_proof


@transaction()
def reset_pin(session: LoginSession, proof: IdentityProof, pin_hash: str) -> None:
    """By face or counter code: effective now. Requests that wait are settled with it."""
    spend_proof(proof)
    _reset(session, pin_hash, method=proof.method.value)
    for pending in list_pin_resets(session.account):
        close_request(pending, "done_at" if pending.device_id == session.device_id else "cancelled_at")


@transaction()
def request_pin_reset(session: LoginSession, proof: IdentityProof) -> PinReset:
    """By document number: another PIN may be chosen on this device after settings.pin_reset_delay_hours. Everybody is told."""
    spend_proof(proof)
    account, device = session.account, session.device
    pending = find_pin_reset(device)
    if pending is not None:
        return pending
    now = clock.now()
    effective_at = now + timedelta(hours=settings.pin_reset_delay_hours)
    pending = PinReset(
        account_id=account.id,
        device_id=device.id,
        requested_at=now,
        effective_at=effective_at,
        expires_at=effective_at + timedelta(days=settings.pin_reset_open_days),
    )
    db.session.add(pending)
    db.session.flush()
    record_request(ActivationTag.pin_reset_requested, pending, account.actor)
    announce(IdentityEventKind.pin_reset_requested, account, effective_at=effective_at)
    _tell_about_request(account, device, pending)
    return pending


@transaction()
def finish_pin_reset(session: LoginSession, pending: PinReset, pin_hash: str) -> None:
    """The delay is over and nobody objected. Raises DomainError `pin_reset_gone` when somebody did, or the time is not right."""
    now = clock.now()
    is_due = (PinReset.effective_at <= now, PinReset.expires_at > now)
    if pending.device_id != session.device_id or not close_request(pending, "done_at", *is_due):
        raise DomainError(
            "pin_reset_gone", _("这次重设申请已经取消或过期。"), _("请重新申请，或改用人脸核验、窗口核验码。"), status=409
        )
    _reset(session, pin_hash, method="document")


@transaction()
def cancel_pin_reset(pending: PinReset, by: str) -> bool:
    """False when it was over already. by: `account:12`, `device:7`, `staff:3`."""
    if not close_request(pending, "cancelled_at"):
        return False
    record_request(ActivationTag.pin_reset_cancelled, pending, by)
    announce(IdentityEventKind.pin_reset_cancelled, db.session.get_one(Account, pending.account_id), by=by)
    post_message(
        pending.account_id, _("已取消重设展码密码"), _("“%(device)s”的重设申请已经取消，密码没有变。", device=pending.device.name)
    )
    return True


@transaction()
def cancel_pin_resets_of_device(device_id: int, _reason: str) -> None:
    """What a removed device has asked for is over."""
    device = db.session.get(Device, device_id)
    pending = find_pin_reset(device) if device else None
    if pending is not None:
        cancel_pin_reset(pending, Device.actor_of(device_id))


def _reset(session: LoginSession, pin_hash: str, *, method: str) -> None:
    """Old keys were wrapped with the old PIN, so all handles of this account end. The device is trusted: the person is at it."""
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


def _tell_about_request(account: Account, device: Device, pending: PinReset) -> None:
    when = moment(pending.effective_at)
    tell_owner(
        account,
        _("有人申请重设展码密码"),
        _(
            "“%(device)s”用短信和证件号码申请重设您的展码密码，%(when)s 生效。"
            "不是您本人的话，请在那之前打开“我的”里的“绑定申请”，点“取消”，或拨打医保热线。",
            device=device.name,
            when=when,
        ),
        sms=_(
            "【%(bureau)s】有人申请重设您的展码密码，%(when)s 生效。不是您本人的话，请登录后取消，或拨打医保热线。",
            bureau=bureau_name(),
            when=when,
        ),
    )
