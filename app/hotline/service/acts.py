"""What a member at the hotline does for a caller. Taking access away is done at once; giving it back needs a second person."""

from typing import Any

from flask_babel import gettext as _
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from app.accounts.models import Account, Device
from app.accounts.queries import find_account_of_person, get_device
from app.accounts.service import revoke_device
from app.activation.service import report_lost
from app.core import audit, clock
from app.core.db import db, transaction
from app.core.errors import DomainError
from app.core.statements import won
from app.credentials.models import Credential, CredentialStatus
from app.credentials.queries import find_credential_of
from app.credentials.service import freeze_credential, unfreeze_credential
from app.family.models import LinkEnd
from app.family.queries import get_link_of_member
from app.family.service import end_link
from app.hotline.audit_tags import HotlineTag
from app.hotline.models import HotlineCall, UnfreezeRequest
from app.messages.service import post_message
from app.roster.queries import get_person
from app.staff.models import StaffMember

MESSAGE_CHARS = 300


@transaction()
def freeze_for_caller(staff: StaffMember, call: HotlineCall) -> bool:
    """挂失, even for a caller who was not verified: a code frozen needlessly does less harm than one not frozen.

    False if nothing was active.
    """
    account = find_account_of_person(call.person_id)
    credential = find_credential_of(call.person_id)
    if account is not None:
        frozen = report_lost(account, by=staff.actor)
    else:
        frozen = credential is not None and freeze_credential(credential, staff.actor)
    _record(HotlineTag.frozen, staff, call, outcome="ok" if frozen else "nothing")
    return frozen


@transaction()
def unbind_device(staff: StaffMember, call: HotlineCall, device_id: int) -> Device:
    """Revokes one of the person's devices. Raises NotFound and DomainError `caller_not_verified`."""
    _require_verified(call)
    device = get_device(_account_of(call).id, device_id)
    revoke_device(device, staff.actor)
    _record(HotlineTag.device_unbound, staff, call, device=device.id)
    return device


@transaction()
def unbind_link(staff: StaffMember, call: HotlineCall, link_id: int) -> None:
    """Ends a link, so that its holder no longer shows this person's code. Raises NotFound, DomainError `caller_not_verified`."""
    _require_verified(call)
    link = get_link_of_member(call.person_id, link_id)
    end_link(link, LinkEnd.unbound_by_bureau, by=staff.actor)
    _record(HotlineTag.link_unbound, staff, call, link=link_id)


@transaction()
def message_caller(staff: StaffMember, call: HotlineCall, text: str) -> None:
    """Leaves a message in the person's inbox. Raises DomainError `message_empty`, `message_long` or `no_account`."""
    written = text.strip()
    if not written:
        raise DomainError("message_empty", _("请写一下要告诉参保人的话。"), field="text")
    if len(written) > MESSAGE_CHARS:
        raise DomainError("message_long", _("最多 %(count)d 个字，请写短一些。", count=MESSAGE_CHARS), field="text")
    post_message(_account_of(call).id, _("医保热线给您的留言"), written)
    _record(HotlineTag.message_sent, staff, call)


@transaction()
def ask_unfreezing(staff: StaffMember, call: HotlineCall) -> UnfreezeRequest:
    """Asks another member to unfreeze. Raises DomainError `caller_not_verified`, `not_frozen` or `asked_already`."""
    _require_verified(call)
    _frozen_credential(call.person_id)
    request = UnfreezeRequest(
        call_id=call.id,
        person_id=call.person_id,
        region=get_person(call.person_id).insured_region,
        asked_by=staff.id,
        asked_at=clock.now(),
    )
    db.session.add(request)
    try:
        db.session.flush()
    except IntegrityError:
        raise DomainError("asked_already", _("这通来电已经请别人恢复了。"), status=409) from None
    _record(HotlineTag.unfreezing_asked, staff, call)
    return request


@transaction()
def confirm_unfreezing(staff: StaffMember, request: UnfreezeRequest) -> None:
    """A second person unfreezes, once. Raises DomainError `own_request`, `settled_already` or `not_frozen`."""
    credential = _frozen_credential(request.person_id)
    _settle(staff, request, was_confirmed=True)
    unfreeze_credential(credential, staff.actor)
    audit.record(
        HotlineTag.unfreezing_confirmed,
        actor=staff.actor,
        subject=credential.subject,
        person_id=request.person_id,
        asked_by=request.asked_by,
    )
    account = find_account_of_person(request.person_id)
    if account is not None:
        post_message(
            account.id,
            _("医保码已恢复使用"),
            _("医保热线的两位工作人员核对了来电人，恢复了您的医保码。不是您本人打的电话，请马上打开“手机丢失”挂失，再拨打热线。"),
        )


@transaction()
def refuse_unfreezing(staff: StaffMember, request: UnfreezeRequest) -> None:
    """A second person refuses to unfreeze. Raises DomainError `own_request` or `settled_already`."""
    _settle(staff, request, was_confirmed=False)
    audit.record(
        HotlineTag.unfreezing_refused,
        actor=staff.actor,
        subject=request.subject,
        person_id=request.person_id,
        asked_by=request.asked_by,
    )


def _settle(staff: StaffMember, request: UnfreezeRequest, *, was_confirmed: bool) -> None:
    """One conditional UPDATE, so that only one second person acts, and never the member who asked."""
    if request.asked_by == staff.id:
        raise DomainError("own_request", _("这是您自己提出的，要由另一位话务员来恢复。"), status=403)
    if not won(
        update(UnfreezeRequest)
        .where(UnfreezeRequest.id == request.id, UnfreezeRequest.settled_at.is_(None), UnfreezeRequest.asked_by != staff.id)
        .values(settled_by=staff.id, settled_at=clock.now(), was_confirmed=was_confirmed)
    ):
        raise DomainError("settled_already", _("这件已经有人处理了。"), _("请刷新页面。"), status=409)


def _frozen_credential(person_id: int) -> Credential:
    credential = find_credential_of(person_id)
    if credential is None or credential.status is not CredentialStatus.frozen:
        raise DomainError("not_frozen", _("这个人的医保码现在没有挂失。"), _("请刷新页面，看一下现在的状态。"), status=409)
    return credential


def _require_verified(call: HotlineCall) -> None:
    if call.verified_at is None:
        raise DomainError("caller_not_verified", _("还没有核对来电人。"), _("请先按清单问来电人，至少三项说对。"), status=409)


def _account_of(call: HotlineCall) -> Account:
    account = find_account_of_person(call.person_id)
    if account is None:
        raise DomainError("no_account", _("这个人还没有自己的账号，收不到消息，也没有设备。"), status=409)
    return account


def _record(tag: HotlineTag, staff: StaffMember, call: HotlineCall, *, outcome: str = "ok", **ids: Any) -> None:
    audit.record(tag, actor=staff.actor, subject=call.subject, person_id=call.person_id, outcome=outcome, **ids)
