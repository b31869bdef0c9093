"""手机丢失: one switch that ends everything at once; undone only after the checks of activation (S80-S82).

Four ways lead here: an SMS session in any browser, a code sent to the family's inboxes (`lost_codes`), a relative's phone, and the
hotline's staff.
"""

from flask_babel import gettext as _

from app.accounts.models import Account, LoginSession, SessionEnd
from app.accounts.queries import find_account_of_person, list_devices
from app.accounts.service import IdentityEventKind, announce, bind_device, revoke_device
from app.activation.audit_tags import ActivationTag
from app.activation.policy import require_relative
from app.core import audit
from app.core.db import db, transaction
from app.credentials.models import Credential, EndReason
from app.credentials.queries import find_credential_of
from app.credentials.service import end_presentations_of_account, freeze_credential, lock_code, unfreeze_credential
from app.messages.service import post_message
from app.proofs.models import IdentityProof
from app.proofs.service import spend_proof


@transaction()
def report_lost(account: Account, *, by: str, here: LoginSession | None = None) -> bool:
    """立即挂失. Freezes the account's own code; ends everything its devices show, the family's codes too; unbinds the devices and
    signs them out, which cancels what they have requested. In force at the next scan.

    by: `account:12`, `staff:3`, `relative:12`. here: the session that asks; it and its device are kept. False when the code was not
    active; everything else is done all the same.
    """
    credential = find_credential_of(account.person_id) if account.person_id is not None else None
    was_active = freeze_credential(credential, by) if credential is not None else False
    ended = end_presentations_of_account(account.id, EndReason.reported_lost)
    kept = here.device_id if here is not None else 0
    others = [device for device in list_devices(account.id) if device.id != kept]
    for device in others:
        revoke_device(device, by, reason=SessionEnd.phone_reported_lost)
    if here is not None:
        lock_code(here)
    audit.record(
        ActivationTag.lost_reported,
        actor=by,
        subject=credential.subject if credential is not None else account.subject,
        person_id=account.person_id,
        removed=len(others),
        ended=ended,
    )
    if was_active:
        _tell(account, by)
    return was_active


@transaction()
def report_lost_for_relative(credential: Credential, relative: Account) -> bool:
    """A relative may freeze the code but not unfreeze it. Raises DomainError `not_a_relative` for anybody else.

    A member without an account of their own has no phone that could be lost: then only the code is frozen.
    """
    account = find_account_of_person(credential.person_id)
    require_relative(relative, account, credential)
    if account is not None:
        return report_lost(account, by=f"relative:{relative.id}")
    return freeze_credential(credential, f"relative:{relative.id}")


@transaction()
def restore_credential(session: LoginSession, credential: Credential, proof: IdentityProof) -> bool:
    """恢复使用. The proof shows that the person is at this device, so it is trusted from now on; the PIN is asked again. False if
    the credential was not frozen."""
    spend_proof(proof)
    restored = unfreeze_credential(credential, Account.actor_of(session.account_id))
    bind_device(session.device)
    lock_code(session)
    audit.record(
        ActivationTag.restored,
        actor=Account.actor_of(session.account_id),
        subject=credential.subject,
        person_id=credential.person_id,
        method=proof.method.value,
        device=session.device_id,
    )
    announce(IdentityEventKind.restored, session.account)
    post_message(
        session.account_id,
        _("医保码已恢复使用"),
        _("您的医保码已经恢复使用。不是您本人操作的话，请马上打开“手机丢失”挂失，再拨打医保热线。"),
    )
    return restored


def _tell(account: Account, by: str) -> None:
    announce(IdentityEventKind.lost_reported, account, by=by)
    who = {
        "relative": _("您的家人帮您挂失了医保码。"),
        "staff": _("医保热线帮您挂失了医保码。"),
    }.get(by.partition(":")[0], _("您的医保码已经挂失。"))
    post_message(
        account.id,
        _("医保码已挂失"),
        who
        + _(
            "从现在起它不能使用，登录过的设备都已退出，也不能再出示家人的码。手机找到了或换了新手机，打开“手机丢失”，点“恢复使用”。"
            "不是您的意思的话，请拨打医保热线。"
        ),
    )
    db.session.flush()
