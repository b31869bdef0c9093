"""不是我: denying a use freezes the code at once and opens a case for the bureau."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from app.accounts.models import Account
from app.core import audit, clock
from app.core.db import db, transaction
from app.core.display import masked_name, moment
from app.core.errors import DomainError
from app.core.hooks import Hook
from app.core.statements import won
from app.credentials.audit_tags import CredentialTag
from app.credentials.models import Credential, CredentialStatus, DenialOutcome, UseDenial
from app.credentials.queries import denials as denial_queries
from app.credentials.service.lifecycle import freeze_credential
from app.credentials.uses import Use
from app.messages.service import post_message

provide_holders: Hook[[Credential], list[int]] = Hook(
    "credentials.provide_holders", "Which accounts (ids) may show this credential besides its person's own, and hear of its misuse?"
)


@transaction()
def deny_use(credential: Credential, use: Use, *, account_id: int) -> UseDenial:
    """Freezes the code, opens the case and tells everybody who shows the code. Denying it twice changes nothing."""
    by = Account.actor_of(account_id)
    denial = UseDenial(
        credential_id=credential.id,
        scan_id=use.scan_id,
        place=use.place,
        used_at=use.at,
        denied_at=clock.now(),
        denied_by=by,
        shown_by=use.shown_by,
    )
    try:
        with db.session.begin_nested():
            db.session.add(denial)
            db.session.flush()
    except IntegrityError:
        known = denial_queries.find_denial(use.scan_id)
        if known is None:
            raise
        return known
    freeze_credential(credential, by)
    audit.record(
        CredentialTag.use_denied,
        actor=by,
        subject=credential.subject,
        person_id=credential.person_id,
        scan=use.scan_id,
        denial=denial.id,
    )
    _tell(credential, denial, account_id)
    return denial


@transaction()
def settle_denial(denial: UseDenial, outcome: DenialOutcome, *, by: str) -> None:
    """The bureau closes the case. by: `staff:3`. Raises DomainError `already_settled`, also for the slower of two."""
    if not won(
        update(UseDenial)
        .where(UseDenial.id == denial.id, UseDenial.settled_at.is_(None))
        .values(settled_at=clock.now(), settled_by=by, outcome=outcome)
    ):
        raise DomainError("already_settled", _("这件事已经有人处理过了。"), _("请回到列表看结果。"), status=409)
    db.session.refresh(denial)
    credential = denial.credential
    audit.record(
        CredentialTag.denial_settled,
        actor=by,
        subject=credential.subject,
        person_id=credential.person_id,
        denial=denial.id,
        outcome_found=outcome.value,
    )
    _tell_settled(credential, denial, outcome)


_FOUND = {
    DenialOutcome.fraud: _l("查到那次使用不是本人，医保局已经按冒用处理。"),
    DenialOutcome.mistaken: _l("查到那次使用是本人，或者是本人请的人。"),
    DenialOutcome.unclear: _l("没有查清是谁用的。"),
}


def _tell_settled(credential: Credential, denial: UseDenial, outcome: DenialOutcome) -> None:
    """The code stays frozen until its person unfreezes it, by an identity proof or by telephone with two members of staff."""
    told = set(denial_queries.list_accounts_that_show(credential))
    if (denied_by := Account.key_in(denial.denied_by)) is not None:
        told.add(denied_by)
    body = [
        _("%(when)s 在 %(where)s 的那次使用，有人说过不是本人。", when=moment(denial.used_at), where=denial.place),
        str(_FOUND[outcome]),
    ]
    if credential.status is CredentialStatus.frozen:
        body.append(
            _(
                "%(name)s 的医保码还在挂失。要恢复使用，请本人登录后选“恢复使用”，重新核验身份。"
                "不方便上网的话，请拨打医保热线，核对身份以后由两位工作人员恢复。",
                name=masked_name(credential.person.name),
            )
        )
    for account_id in sorted(told):
        post_message(account_id, _("“不是我”查过了"), "\n\n".join(body))


def _tell(credential: Credential, denial: UseDenial, denying_account: int) -> None:
    told = set(denial_queries.list_accounts_that_show(credential))
    told.update(*provide_holders(credential))
    name, where, when = masked_name(credential.person.name), denial.place, moment(denial.used_at)
    for account_id in sorted(told | {denying_account}):
        if account_id == denying_account:
            what = _("您说 %(when)s 在 %(where)s 的那次使用不是您。", when=when, where=where)
        else:
            what = _("有人说 %(when)s 在 %(where)s 使用 %(name)s 的医保码不是本人。", when=when, where=where, name=name)
        body = [
            what,
            _("%(name)s 的医保码已经挂失，现在谁也不能用。医保局会查这次使用。", name=name),
            _("要恢复使用，请本人登录后选恢复使用，重新核验身份。有疑问请拨打医保热线。"),
        ]
        post_message(account_id, _("医保码已挂失：有一次使用不是本人"), "\n\n".join(body))
