"""An authorisation is given and revoked."""

from flask_babel import gettext as _
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from app.accounts.models import Account, Consent, Notice
from app.accounts.queries import find_account_of_person
from app.accounts.service import record_consent
from app.core import audit, clock
from app.core.db import db, transaction
from app.core.display import masked_name
from app.core.errors import DomainError
from app.core.statements import won
from app.family.models import Relation
from app.messages.service import post_message
from app.mutual_aid import queries
from app.mutual_aid.audit_tags import MutualAidTag
from app.mutual_aid.models import MutualAid
from app.mutual_aid.money import show_yuan
from app.mutual_aid.policy import refuse_beneficiary, refuse_payer
from app.roster.identity import Cert, is_same_name
from app.roster.models import InsuredPerson
from app.roster.queries import find_person, get_person


@transaction()
def authorise_payment(
    account: Account, *, relation: Relation, name: str, cert: Cert, monthly_cap: int, notice: Notice
) -> MutualAid:
    """The payer is the account's person, who has just given the display PIN and this consent. monthly_cap: fen.

    Raises DomainError `payer_…`, `person_not_found`, `oneself`, `relation_differs`, `beneficiary_not_insured`,
    `already_authorised`.
    """
    payer = get_person(account.person_id) if account.person_id else None
    refusal = refuse_payer(payer)
    if refusal is not None or payer is None:
        raise refusal or RuntimeError("a payer is a person")
    beneficiary = _require_beneficiary(payer, name, cert)
    if refusal := refuse_beneficiary(payer, beneficiary, relation):
        raise refusal
    record_consent(account.id, payer.id, [notice])
    consent = queries.find_standing_consent(account.id, payer.id)
    assert consent is not None
    aid = MutualAid(
        payer_account_id=account.id,
        payer_person_id=payer.id,
        beneficiary_person_id=beneficiary.id,
        relation=relation,
        monthly_cap=monthly_cap,
        consent_id=consent.id,
        created_at=clock.now(),
    )
    _store_once(aid)
    _record(MutualAidTag.authorised, aid, account.actor)
    _tell(
        aid,
        _("已授权家人使用您的个人账户"),
        _("%(name)s 看病买药时，可以用您的个人账户，每月最多 %(cap)s 元。"),
        _("家人允许您使用他的个人账户"),
        _("您看病买药时，可以用 %(name)s 的个人账户，每月最多 %(cap)s 元。"),
    )
    return aid


@transaction()
def revoke_payment(aid: MutualAid, *, by: str) -> bool:
    """By the payer, by the beneficiary, or by withdrawing the consent. From now on nothing is paid. False if already revoked."""
    if not won(
        update(MutualAid)
        .where(MutualAid.id == aid.id, MutualAid.revoked_at.is_(None))
        .values(revoked_at=clock.now(), revoked_by=by)
    ):
        return False
    db.session.refresh(aid)
    _record(MutualAidTag.revoked, aid, by)
    _tell(
        aid,
        _("家庭共济授权已取消"),
        _("%(name)s 不能再用您的个人账户。以前付过的不受影响。"),
        _("家庭共济授权已取消"),
        _("您不能再用 %(name)s 的个人账户。以前付过的不受影响。"),
    )
    return True


@transaction()
def revoke_with_consent(consent: Consent) -> None:
    """Withdrawing the consent ends the authorisations that rest on it (PIPL 15)."""
    for aid in queries.list_resting_on(consent.id):
        revoke_payment(aid, by=Account.actor_of(consent.account_id))


def _require_beneficiary(payer: InsuredPerson, name: str, cert: Cert) -> InsuredPerson:
    beneficiary = find_person(cert.cert_type, cert.number)
    if beneficiary is None or not is_same_name(beneficiary.name, name) or beneficiary.is_specimen != payer.is_specimen:
        raise _not_found(payer)
    return beneficiary


def _store_once(aid: MutualAid) -> None:
    """Raises DomainError `already_authorised`: there is at most one live authorisation between the two."""
    try:
        with db.session.begin_nested():
            db.session.add(aid)
            db.session.flush()
    except IntegrityError:
        raise DomainError(
            "already_authorised",
            _("您已经授权这位家人使用您的个人账户。"),
            _("要改每月上限，请先取消原来的授权，再重新授权。"),
            status=409,
        ) from None


def _record(tag: MutualAidTag, aid: MutualAid, by: str) -> None:
    audit.record(
        tag,
        actor=by,
        subject=aid.subject,
        person_id=aid.payer_person_id,
        beneficiary=aid.beneficiary_person_id,
        relation=aid.relation.value,
        monthly_cap=aid.monthly_cap,
    )


def _tell(aid: MutualAid, payer_title: str, payer_body: str, title: str, body: str) -> None:
    """Tells both, as far as they have an account. The bodies take %(name)s, the other's masked name, and %(cap)s."""
    payer, beneficiary = get_person(aid.payer_person_id), get_person(aid.beneficiary_person_id)
    after = _("不是您的意思，请打开“家庭共济”取消，或拨打医保热线。")
    for person, other, subject, text in (
        (payer, beneficiary, payer_title, payer_body),
        (beneficiary, payer, title, body),
    ):
        account = find_account_of_person(person.id)
        if account is not None:
            words = text % {"name": masked_name(other.name), "cap": show_yuan(aid.monthly_cap)}
            post_message(account.id, subject, f"{words}\n\n{after}")


def _not_found(payer: InsuredPerson) -> DomainError:
    """The same sentence for an unknown number and for a name that does not match, so that nobody can find out who is insured."""
    return DomainError(
        "person_not_found",
        _("在参保名册里没有找到和您填的完全一致的人。"),
        _("请对照家人的证件核对姓名、证件类型和号码。都没有填错的话，请问家人参保地的医保局。"),
        region=payer.insured_region,
    )
