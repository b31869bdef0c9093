"""One number, one account: how a number moves from one account to another."""

from dataclasses import dataclass

from flask_babel import gettext as _
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from app.accounts.audit_tags import AccountTag
from app.accounts.browser import Browser
from app.accounts.models import Account, LoginSession, SessionEnd, SmsPurpose
from app.accounts.queries import find_account_by_phone, phone_of
from app.accounts.service.find_or_create import find_or_create_device, seal_phone
from app.accounts.service.sessions import end_sessions_of_account
from app.accounts.service.sms_codes import CodeCheck, spend_sms_code
from app.core import audit, clock
from app.core.db import db, transaction
from app.core.display import masked_phone
from app.core.errors import DomainError
from app.core.found_by import claim
from app.core.statements import won, write
from app.messages.service import post_message, send_sms


@dataclass(frozen=True)
class PhoneChange:
    check: CodeCheck


@transaction()
def change_phone(session: LoginSession, phone: str, code: str, *, browser: Browser) -> PhoneChange:
    """更换手机号: the code went to the new number. The old number and the inbox are told.

    Another account that has the number but no person gives it up. Raises DomainError `phone_taken` when that account has a person:
    a number that the carrier has reassigned is proved at the counter, not by SMS.
    """
    account = session.account
    check = spend_sms_code(phone, code, SmsPurpose.new_phone, browser=browser)
    if not check.ok:
        return PhoneChange(check)
    old = phone_of(account)
    if old == phone:
        return PhoneChange(check)
    claim("phone", phone)
    holder = find_account_by_phone(phone)
    if holder is not None and holder.is_activated:
        return _refuse_taken()
    if holder is not None:
        _give_up_phone(holder)
        end_sessions_of_account(holder.id, SessionEnd.phone_moved)
    _set_phone(account, phone)
    audit.record(AccountTag.phone_changed, actor=account.actor, subject=account.subject, person_id=account.person_id)
    _tell_about_change(account, old, phone)
    return PhoneChange(check)


@transaction()
def move_phone(from_account: Account, to_account: Account) -> None:
    """A reassigned number: the old account loses it but keeps its person and its devices, and is told.

    Raises DomainError `phone_gone` when the old account has lost it meanwhile.
    """
    phone = phone_of(from_account)
    if not phone:
        raise _phone_gone()
    _give_up_phone(from_account)
    _set_phone(to_account, phone)
    audit.record(
        AccountTag.phone_lost,
        actor=to_account.actor,
        subject=from_account.subject,
        person_id=from_account.person_id,
    )
    post_message(
        from_account.id,
        _("您的手机号已由他人使用"),
        _(
            "手机号 %(phone)s 现在的使用人核验了身份，这个号码已不再属于您的账号。您的医保码在这台设备上照常使用。"
            "请到“我的”登记新的手机号。如有疑问，请拨打医保热线。",
            phone=masked_phone(phone),
        ),
    )


@transaction()
def take_over_phone(session: LoginSession) -> Account:
    """The visitor proved not to be the account's person: a new account gets the number and this session.

    The session keeps its token and its browser; its device on the old account stays, without sessions of this browser.
    """
    old = session.account
    new = Account(phone_hash=None, phone_encrypted=None, created_at=clock.now())
    db.session.add(new)
    db.session.flush()
    move_phone(old, new)
    device = find_or_create_device(new, Browser(session.device.browser_hash, session.device.name))
    session.account_id, session.device_id = new.id, device.id
    db.session.flush()
    db.session.refresh(session)
    return new


def _give_up_phone(account: Account) -> None:
    held = account.phone_hash
    if not won(
        update(Account).where(Account.id == account.id, Account.phone_hash == held).values(phone_hash=None, phone_encrypted=None)
    ):
        raise _phone_gone()
    db.session.refresh(account)


def _set_phone(account: Account, phone: str) -> None:
    try:
        write(update(Account).where(Account.id == account.id).values(**seal_phone(phone)))
    except IntegrityError:
        raise _phone_gone() from None
    db.session.refresh(account)


def _tell_about_change(account: Account, old: str, new: str) -> None:
    post_message(
        account.id,
        _("手机号已更换"),
        _(
            "您的登录手机号已换成 %(phone)s。如果不是您本人操作，请马上在首页点“手机丢失”，并拨打医保热线。",
            phone=masked_phone(new),
        ),
    )
    if old:
        send_sms(
            old,
            _(
                "您的医保码登录手机号已换成 %(phone)s，本号码不再用于登录。如果不是您本人操作，请马上拨打医保热线。",
                phone=masked_phone(new),
            ),
        )


def _refuse_taken() -> PhoneChange:
    raise DomainError(
        "phone_taken",
        _("这个手机号登记在另一位参保人名下，没有更换。"),
        _("如果是运营商新分给您的号码，请带身份证件到医保窗口，或拨打热线办理。"),
        status=409,
        field="phone",
    )


def _phone_gone() -> DomainError:
    return DomainError(
        "phone_gone", _("这个手机号刚刚登记到了别的账号。"), _("请重新登录后再试，或拨打热线。"), status=409, field="phone"
    )
