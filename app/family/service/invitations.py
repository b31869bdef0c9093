"""Links to somebody's own phone: to the member, who agrees there, or to a second relative, who vouches."""

import secrets
from collections.abc import Iterable
from datetime import timedelta

from flask_babel import gettext as _
from sqlalchemy import update

from app.accounts.models import Account, Notice
from app.accounts.queries import find_account_of_person
from app.core import audit, clock
from app.core.db import db, transaction
from app.core.errors import DomainError
from app.core.settings import settings
from app.core.statements import won, write
from app.family import queries
from app.family.audit_tags import FamilyTag
from app.family.models import Invitation, InvitationKind, LinkRequest, Relation, RequestState, Voucher, Way
from app.family.policy import AgePolicy, find_implausible
from app.family.service import notifications
from app.family.service.links import person_of
from app.family.service.requests import authorise, record_request, reject, reload, send_to_review, wait_for_authorisation
from app.messages.service import post_message
from app.proofs.models import IdentityProof
from app.roster.models import InsuredPerson
from app.roster.queries import get_person

TOKEN_BYTES = 24  # fixed: 192 bits, so that nobody can guess a link


@transaction()
def invite(request: LinkRequest, kind: InvitationKind) -> str:
    """A new token, returned once and stored as a hash; an older one of this request ends. The request waits from now on."""
    if kind is InvitationKind.member:
        wait_for_authorisation(request)
    request = reload(request)
    if request.state is not RequestState.waiting_authorisation:
        raise _over()
    now = clock.now()
    write(
        update(Invitation)
        .where(
            Invitation.request_id == request.id,
            Invitation.kind == kind,
            Invitation.used_at.is_(None),
            Invitation.ended_at.is_(None),
        )
        .values(ended_at=now)
    )
    token = secrets.token_urlsafe(TOKEN_BYTES)
    invitation = Invitation(
        request_id=request.id,
        kind=kind,
        token_hash=queries.token_hash(token),
        created_at=now,
        expires_at=now + timedelta(days=settings.family_invitation_days),
    )
    db.session.add(invitation)
    db.session.flush()
    record_request(FamilyTag.invited, request, Account.actor_of(request.holder_account_id), kind=kind.value)
    _tell_member(request, kind)
    return token


def find_invitation_refusal(invitation: Invitation | None, visitor: Account) -> DomainError | None:
    """Why this visitor cannot use this link: unknown, used, ended, too old, or somebody else's. Mentions no name."""
    if invitation is None:
        return DomainError("invitation_unknown", _("这个链接不对，可能没有复制完整。"), _("请让家人重新发一次。"), status=404)
    if invitation.used_at is not None:
        return DomainError(
            "invitation_used", _("这个链接已经用过了，一个链接只能用一次。"), _("不用再做什么，结果在家人的手机上。"), status=410
        )
    if invitation.ended_at is not None or invitation.request.state is not RequestState.waiting_authorisation:
        return DomainError(
            "invitation_ended", _("这个链接已经失效。"), _("请让家人重新发一次，或回到家人的手机上办理。"), status=410
        )
    if invitation.expires_at <= clock.now():
        days = settings.family_invitation_days
        return DomainError(
            "invitation_expired", _("这个链接过了 %(days)d 天，已经失效。", days=days), _("请让家人重新发一次。"), status=410
        )
    request = invitation.request
    if visitor.id == request.holder_account_id:
        return DomainError(
            "invitation_own",
            _("这个链接要在家人的手机上打开。"),
            _("请把链接发给家人。家人没有手机的话，请换一种方式。"),
            status=403,
        )
    if invitation.kind is InvitationKind.member and visitor.person_id not in (None, request.person_id):
        return _wrong_person()
    owner = find_account_of_person(request.person_id or 0)
    if invitation.kind is InvitationKind.member and owner is not None and owner.id != visitor.id:
        return _wrong_person()
    if invitation.kind is InvitationKind.voucher:
        return _find_voucher_refusal(request, visitor)
    return None


def _wrong_person() -> DomainError:
    return DomainError(
        "invitation_not_yours", _("这个链接是发给另一位家人的，您不能替他同意。"), _("请本人登录后再打开。"), status=403
    )


def _find_voucher_refusal(request: LinkRequest, visitor: Account) -> DomainError | None:
    if visitor.person_id is not None and visitor.person_id == request.person_id:
        return DomainError(
            "voucher_is_member",
            _("这个链接请另一位家人作证，您不能为自己作证。"),
            _("请让作证的家人用自己的手机打开。"),
            status=403,
        )
    if visitor.person_id is None:
        return DomainError(
            "voucher_unfit", _("作证的要是另一位已经激活医保码的家人。"), _("请先激活您本人的医保码，再打开这个链接。"), status=403
        )
    if not AgePolicy.of(settings).may_hold(get_person(visitor.person_id).birthday, clock.today()):
        return DomainError(
            "voucher_too_young",
            _("年满 %(age)d 周岁才能作证。", age=settings.family_holder_from),
            _("请让家里的大人来。"),
            status=403,
        )
    return None


@transaction()
def accept_invitation(
    invitation: Invitation, account: Account, notices: Iterable[Notice], *, proof: IdentityProof | None = None
) -> LinkRequest:
    """The member says yes on their own phone. proof: required if the account is not yet the member's.

    Of two parallel requests the second is refused.
    """
    request = invitation.request
    if account.person_id != request.person_id and (proof is None or proof.person_id != request.person_id):
        raise _wrong_person()
    _use(invitation, account)
    return authorise(request, notices, account_id=account.id, by=account.actor, proof=proof)


@transaction()
def refuse_invitation(invitation: Invitation, account: Account) -> None:
    """The member says no, and the holder is told so. Raises DomainError `invitation_unproven` for a visitor not known to be the
    member: a link can be forwarded, and somebody else's no must not end what the member has not yet read."""
    if needs_proof(invitation.request, account):
        raise DomainError(
            "invitation_unproven",
            _("还不能确认是您本人，所以没有替您拒绝。"),
            _("您不同意的话，不用再做什么：没有您本人的同意，谁也出示不了您的医保码，链接到期就失效。"),
            status=403,
        )
    _use(invitation, account)
    request = invitation.request
    name = notifications.name_of(person_of(request))
    reject(
        request,
        "declined",
        by=account.actor,
        title=_("%(name)s 没有同意添加", name=name),
        sentence=_("您可以当面和家人商量，以后再申请。"),
    )
    record_request(FamilyTag.invitation_refused, request, account.actor)


@transaction()
def vouch(invitation: Invitation, account: Account, relation: Relation) -> LinkRequest:
    """A second relative vouches; then a reviewer looks at the papers. Raises DomainError when the relation cannot be true."""
    request, person = reload(invitation.request), person_of(invitation.request)
    implausible = find_implausible(relation, get_person(account.person_id or 0), person, clock.today())
    if implausible:
        raise DomainError("relation_differs", implausible, _("请核对后再选。"), field="relation")
    _use(invitation, account)
    db.session.add(Voucher(request_id=request.id, account_id=account.id, relation=relation, vouched_at=clock.now()))
    request.state = RequestState.waiting_review
    db.session.flush()
    record_request(FamilyTag.vouched, request, account.actor)
    send_to_review(request)
    return request


def needs_proof(request: LinkRequest, account: Account) -> bool:
    return account.person_id != request.person_id


def _use(invitation: Invitation, account: Account) -> None:
    if not won(
        update(Invitation)
        .where(
            Invitation.id == invitation.id,
            Invitation.used_at.is_(None),
            Invitation.ended_at.is_(None),
            Invitation.expires_at > clock.now(),
        )
        .values(used_at=clock.now())
    ):
        raise _over()
    audit.record(
        FamilyTag.invitation_used,
        actor=account.actor,
        subject=invitation.subject,
        kind=invitation.kind.value,
    )


def _over() -> DomainError:
    return DomainError("invitation_used", _("这个链接已经用过，或者失效了。"), _("请看家人手机上的结果。"), status=410)


def _tell_member(request: LinkRequest, kind: InvitationKind) -> None:
    """A member with an account is told in the inbox too; the token itself is only in the link the holder sends."""
    person: InsuredPerson = person_of(request)
    account = find_account_of_person(person.id)
    if kind is not InvitationKind.member or request.way is not Way.own_phone or account is None:
        return
    post_message(
        account.id,
        _("%(by)s 想在自己的手机上出示您的医保码", by=notifications.name_of_holder(request.holder)),
        _("请打开家人发给您的链接，看清楚再决定。您不认识对方的话，不用理会。"),
    )
