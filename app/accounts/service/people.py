"""An account is created for a number, and later given to a person."""

from flask_babel import gettext as _
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from app.accounts.audit_tags import AccountTag
from app.accounts.models import Account
from app.accounts.service.find_or_create import find_or_create_account
from app.core import audit
from app.core.db import db, transaction
from app.core.errors import DomainError
from app.core.statements import won
from app.roster.models import InsuredPerson


@transaction()
def create_account(phone: str) -> Account:
    """The account of this number, made if there is none. phone: as parse_mobile returns it."""
    return find_or_create_account(phone)


@transaction()
def give_account_to_person(account: Account, person: InsuredPerson) -> None:
    """Raises DomainError `account_taken` when the account is another person's, `person_has_account` when the person has another."""
    if account.person_id == person.id:
        return
    try:
        is_given = won(update(Account).where(Account.id == account.id, Account.person_id.is_(None)).values(person_id=person.id))
    except IntegrityError:
        raise DomainError(
            "person_has_account",
            _("这位参保人已经用另一个手机号激活过医保码。"),
            _("请用原来的手机号登录。原来的号码不用了，请带身份证件到医保窗口办理。"),
            status=409,
            region=person.insured_region,
        ) from None
    if not is_given:
        raise DomainError(
            "account_taken",
            _("这个手机号已经属于另一位参保人。"),
            _("请退出登录，换本人的手机号再试。"),
            status=409,
            region=person.insured_region,
        )
    db.session.refresh(account)
    audit.record(AccountTag.person_given, actor=account.actor, subject=account.subject, person_id=person.id)
