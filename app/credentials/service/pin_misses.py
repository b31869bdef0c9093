"""Wrong display PINs in a row on one device (NIST 800-63B-4 3.2.2): a lock after every five slows guessing, this module ends it.

The holder is told at the first lock; after `pin_failures_in_a_row` the device is no longer trusted, however long that took. A copy
of the phone's store leaves its thief ten thousand PINs to try (ADR 10).
"""

from datetime import timedelta

from flask_babel import gettext as _

from app.accounts.browser import BROWSER_LIFETIME
from app.accounts.models import Account, Device, SessionEnd
from app.accounts.queries import phone_of
from app.accounts.service import revoke_device
from app.core import audit, guesses
from app.core.crypto import vault
from app.core.guesses import Counter, Rule
from app.core.installation import bureau_name
from app.core.settings import settings
from app.credentials.audit_tags import CredentialTag
from app.messages.service import post_message, send_sms


def note_miss(device: Device, *, is_locked: bool) -> bool:
    """Inside the transaction that counts the wrong PIN. is_locked: this guess caused a lock.

    True when this device is no longer trusted.
    """
    actor = Account.actor_of(device.account_id)
    in_a_row = guesses.count_up(_of_device(device)).in_a_row
    if in_a_row >= settings.pin_failures_in_a_row:
        audit.record(CredentialTag.pin_guessed, actor=actor, subject=device.subject, outcome="refused", failures=in_a_row)
        revoke_device(device, "system", reason=SessionEnd.pin_guessed)
        _tell_of_end(device, in_a_row)
        return True
    if is_locked and guesses.count_up(_of_locks(device.account_id)).in_a_row == 1:
        _tell_of_lock(device)
    return False


def note_right(device: Device) -> None:
    """Clears the counters, inside the transaction that opens what the PIN opens."""
    guesses.clear((_of_device(device), _of_locks(device.account_id)))


def _of_device(device: Device) -> Counter:
    rule = Rule("pin_device", settings.pin_failures_in_a_row, timedelta(), forgets=BROWSER_LIFETIME)
    return Counter(rule, vault.keyed_hash("guesses", f"device:{device.id}"), Account.actor_of(device.account_id))


def _of_locks(account_id: int) -> Counter:
    """The holder is told of the first lock, and of the next one only after a right PIN in between."""
    subject = Account.subject_of(account_id)
    return Counter(Rule("pin_locks", 1, timedelta(), forgets=BROWSER_LIFETIME), vault.keyed_hash("guesses", subject), subject)


def _tell_of_lock(device: Device) -> None:
    after = _("不是您本人操作的话，请马上打开“手机丢失”挂失，再拨打医保热线。")
    what = _("“%(device)s”上连续输错展码密码，%(minutes)s 分钟内不能再试。", device=device.name, minutes=settings.pin_lock_minutes)
    _tell(device.account, _("展码密码输错太多次"), what + after)


def _tell_of_end(device: Device, in_a_row: int) -> None:
    after = _("不是您本人操作的话，请马上打开“手机丢失”挂失，再拨打医保热线。")
    what = _("“%(device)s”上连续输错展码密码 %(count)s 次，它不能再打开您的账号。", device=device.name, count=in_a_row)
    _tell(device.account, _("一台设备不能再用了"), what + _("要在它上面继续用，请重新登录并核验身份。") + after)


def _tell(account: Account, title: str, text: str) -> None:
    post_message(account.id, title, text)
    phone = phone_of(account)
    if phone:
        send_sms(phone, _("【%(bureau)s】", bureau=bureau_name()) + text)
