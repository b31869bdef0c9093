"""A link begins with a credential that can be shown, and its end holds at once for every phone of its holder."""

from typing import Any

from flask_babel import gettext as _
from sqlalchemy import update

from app.accounts.models import Account, ConsentPurpose
from app.accounts.queries import find_account_of_person, get_account, list_consents
from app.accounts.service import withdraw_consent
from app.activation.service import report_lost_for_relative
from app.core import audit, clock
from app.core.db import db, transaction
from app.core.errors import DomainError
from app.core.settings import settings
from app.core.statements import won
from app.credentials.models import Credential, CredentialKind, CredentialStatus, EndReason
from app.credentials.queries import find_credential_of, has_open_slip
from app.credentials.service import activate_credential, end_credential, end_presentations_of_account
from app.family import queries
from app.family.audit_tags import FamilyTag
from app.family.models import FamilyLink, LinkEnd, LinkRequest, LinkState, Relation, Way
from app.family.policy import AgePolicy, refuse_status
from app.family.service import notifications
from app.family.service.limits import find_full, find_member_full, lock_pair, take_slot
from app.roster.models import InsuredPerson
from app.roster.queries import get_person

FAMILY_CONSENTS = frozenset(
    {
        ConsentPurpose.family_authorisation,
        ConsentPurpose.family_share,
        ConsentPurpose.guardian_under_14,
        ConsentPurpose.family_documents,
    }
)


@transaction()
def make_link(request: LinkRequest, person: InsuredPerson, relation: Relation, way: Way, *, by: str) -> FamilyLink:
    """Adding activates (S10, S11, S23): a member without a credential gets one of kind `held`.

    Raises DomainError `members_full`, `holders_full`, `already_bound`, `member_frozen` or that the insurance is not in force.
    """
    holder = get_account(request.holder_account_id)
    lock_pair(holder.id, person.id)
    refusal = (
        find_full(holder.id, besides=request.id)
        or find_member_full(person)
        or find_bound(holder.id, person)
        or refuse_status(person)
        or find_frozen(person)
    )
    if refusal is not None:
        raise refusal
    if find_credential_of(person.id) is None:
        activate_credential(person.id, CredentialKind.held, by)
    today = clock.today()
    link = FamilyLink(
        holder_account_id=holder.id,
        member_person_id=person.id,
        relation=relation,
        way=way,
        slot=take_slot(holder.id),
        began_at=clock.now(),
        of_age_on=AgePolicy.of(settings).of_age_on(person.birthday, today) if way is Way.documents else None,
    )
    db.session.add(link)
    db.session.flush()
    _record(FamilyTag.link_made, link, by, way=way.value, slot=link.slot)
    notifications.tell_link_made(link, holder, person)
    return link


@transaction()
def renew_link(link: FamilyLink, way: Way, *, by: str) -> None:
    """The member came of age and agrees: from now on the link rests on the member's own consent."""
    link = db.session.get_one(FamilyLink, link.id)
    if link.state is not LinkState.active:
        raise DomainError("link_ended", _("这个绑定已经结束。"), _("请重新添加。"), status=409)
    link.way, link.of_age_on, link.reminded_days = way, None, None
    db.session.flush()
    _record(FamilyTag.link_renewed, link, by, way=way.value)


@transaction()
def end_link(link: FamilyLink, reason: LinkEnd, *, by: str) -> bool:
    """From now on every scan of this member's code on this holder's phones says `link_ended`. False when it had ended before.

    When its last link ends, a held credential is ended too, and adding the member later makes a new one. It is kept while a paper
    slip of it is still open.
    """
    now = clock.now()
    lock_pair(link.holder_account_id, link.member_person_id)
    if not won(
        update(FamilyLink)
        .where(FamilyLink.id == link.id, FamilyLink.state == LinkState.active)
        .values(state=LinkState.ended, ended_at=now, end_reason=reason)
    ):
        return False
    link = db.session.get_one(FamilyLink, link.id, populate_existing=True)
    holder = get_account(link.holder_account_id)
    credential = find_credential_of(link.member_person_id)
    if credential is not None:
        end_presentations_of_account(holder.id, EndReason.link_ended, credential_id=credential.id)
    has_others = queries.count_links_of_member(link.member_person_id) > 0
    is_at_rest = credential is not None and credential.kind is CredentialKind.held and not has_others
    if credential is not None and is_at_rest and not has_open_slip(credential.id):
        end_credential(credential, by)
    _withdraw_consents(holder, link.member_person_id)
    member = find_account_of_person(link.member_person_id)
    if member is not None and not has_others:
        _withdraw_consents(member, link.member_person_id)
    _record(FamilyTag.link_ended, link, by, reason=reason.value)
    notifications.tell_link_ended(link, holder)
    return True


@transaction()
def freeze_member(link: FamilyLink, *, by: Account) -> bool:
    """A relative may freeze the code but not unfreeze it; a member with an account of their own is signed out everywhere, because
    their phone may be lost. False when it was not active."""
    credential = find_credential_of(link.member_person_id)
    if link.state is not LinkState.active or credential is None or not report_lost_for_relative(credential, by):
        return False
    _record(FamilyTag.member_frozen, link, by.actor)
    name = notifications.name_of_holder(by)
    for each in queries.list_links_of_member(link.member_person_id):
        notifications.tell_frozen(each, name)
    return True


@transaction()
def note_taken_over(credential: Credential) -> None:
    """The member has activated and taken the credential over: links stay, holders are told."""
    for link in queries.list_links_of_member(credential.person_id):
        notifications.tell_taken_over(link)


def find_bound(holder_account_id: int, person: InsuredPerson) -> DomainError | None:
    if queries.find_link(holder_account_id, person.id) is None:
        return None
    return DomainError(
        "already_bound",
        _("这位家人您已经添加过了。"),
        _("请回到“家人”，点“出示”就可以。"),
        status=409,
        region=person.insured_region,
    )


def find_frozen(person: InsuredPerson) -> DomainError | None:
    credential = find_credential_of(person.id)
    if credential is None or credential.status is not CredentialStatus.frozen:
        return None
    return DomainError(
        "member_frozen",
        _("这位家人的医保码已挂失，现在不能添加。"),
        _("请本人先恢复使用，或带证件到医保窗口办理。"),
        status=409,
        region=person.insured_region,
    )


def _withdraw_consents(account: Account, person_id: int) -> None:
    """The consents given for this link end with it, and the ledger records that."""
    for consent in list_consents(account.id):
        if consent.person_id == person_id and consent.withdrawn_at is None and consent.notice.purpose in FAMILY_CONSENTS:
            withdraw_consent(consent)


def _record(tag: FamilyTag, link: FamilyLink, by: str, **detail: Any) -> None:
    audit.record(
        tag,
        actor=by,
        subject=link.subject,
        person_id=link.member_person_id,
        holder=link.holder_account_id,
        relation=link.relation.value,
        **detail,
    )


def person_of(request: LinkRequest) -> InsuredPerson:
    if request.person_id is None:
        raise DomainError("request_gone", _("这个申请还没有填完。"), _("请回到“家人”重新开始。"), status=409)
    return get_person(request.person_id)
