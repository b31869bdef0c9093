"""Four eyes: one member asks, another approves, and only then is the act done (GB/T 22239, tiered approvals).

A feature says what its kind of act does and describes it in one sentence (`approval_kinds.ApprovalKind`). In a small bureau
(SEPARATION=small) perhaps nobody else has the right. So the act takes effect by itself after `approval_delay_hours`; a second
named person is told at once and may refuse it until then.
"""

import json
from datetime import datetime, timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from app.config import Separation
from app.core import audit, clock, outages
from app.core.db import db, transaction
from app.core.display import moment
from app.core.errors import DomainError, NotFound
from app.core.settings import settings
from app.core.statements import won
from app.staff.audit_tags import ApprovalTag
from app.staff.models import Approval, ApprovalState, Role, StaffMember
from app.staff.queries import get_approval, get_staff, regions_of
from app.staff.rights import Right, has_right
from app.staff.service.approval_kinds import do_approved, find_approval_kind, sentence_of
from app.staff.service.messages import post_staff_message

PAGE = "/bureau/approvals"
BATCH = 100

_TAGS = {
    ApprovalState.approved: ApprovalTag.approved,
    ApprovalState.refused: ApprovalTag.refused,
    ApprovalState.withdrawn: ApprovalTag.withdrawn,
    ApprovalState.expired: ApprovalTag.expired,
}


@transaction()
def ask_approval(kind: str, subject: str, *, by: StaffMember, right: Right, region: str = "", **detail: Any) -> Approval:
    """Stores that `by` wants this act done. right: the one a second member needs. detail: ids and codes that JSON can hold.

    Raises DomainError `already_asked` while the same act on the same subject waits, and `second_missing` in a small bureau if there
    is nobody to tell.
    """
    if find_approval_kind(kind) is None:
        raise RuntimeError(f"nothing is done when {kind!r} is approved")
    now = clock.now()
    is_small = settings.separation == Separation.small
    second = find_second(by) if is_small else None
    if is_small and second is None:
        raise DomainError("second_missing", _("还没有指定第二个人，办不了。"), _("请安全管理员先在“人员”里指定。"), status=409)
    approval = Approval(
        kind=kind,
        subject=subject,
        detail=json.dumps(detail, ensure_ascii=False, sort_keys=True),
        region=region,
        right=right.name,
        asked_by=by.id,
        asked_at=now,
        takes_effect_at=now + timedelta(hours=settings.approval_delay_hours) if is_small else None,
        second_id=second.id if second else None,
    )
    _store_alone(approval)
    audit.record(
        ApprovalTag.asked,
        actor=by.actor,
        subject=Approval.subject_of(approval.id),
        place=region,
        kind=kind,
        about=subject,
        right=right.name,
    )
    if second is not None and approval.takes_effect_at is not None:
        _tell_second(second, approval, by, approval.takes_effect_at)
    return approval


@transaction()
def approve(approval_id: int, by: StaffMember) -> Approval:
    """Does the act. Raises NotFound for another region's, DomainError `approval_own`, `approval_right`, `approval_settled`."""
    approval = get_approval(approval_id)
    _require_eyes(approval, by, may_be_second=False)
    _settle(approval, ApprovalState.approved, by)
    do_approved(approval)
    _tell_asker(approval, _("已经复核通过"), by)
    return approval


@transaction()
def refuse(approval_id: int, by: StaffMember) -> Approval:
    """Settles it without doing the act. Raises as `approve`; a second named person may refuse without having the right."""
    approval = get_approval(approval_id)
    _require_eyes(approval, by, may_be_second=True)
    _settle(approval, ApprovalState.refused, by)
    _tell_asker(approval, _("没有通过复核"), by)
    return approval


@transaction()
def withdraw(approval_id: int, by: StaffMember) -> Approval:
    """The asker takes the request back. Raises NotFound if it is somebody else's, and DomainError `approval_settled`."""
    approval = get_approval(approval_id)
    if approval.asked_by != by.id:
        raise NotFound
    _settle(approval, ApprovalState.withdrawn, by)
    return approval


def settle_approvals() -> None:
    """Periodic: does acts that nobody refused in time (small), and closes requests that nobody answered in time (full)."""
    now = clock.now()
    due = select(Approval.id).where(Approval.state == ApprovalState.open, Approval.takes_effect_at <= now)
    for approval_id in db.session.scalars(due.order_by(Approval.id).limit(BATCH)).all():
        try:
            _take_effect(approval_id)
        except DomainError as refusal:
            close_approval(approval_id, refusal.code)
        except Exception as error:  # must not hold up the others; this one is retried next time
            outages.note("approval_failed", error, approval=approval_id)
    old = select(Approval.id).where(
        Approval.state == ApprovalState.open,
        Approval.takes_effect_at.is_(None),
        Approval.asked_at <= now - timedelta(days=settings.approval_days),
    )
    for approval_id in db.session.scalars(old.order_by(Approval.id).limit(BATCH)).all():
        close_approval(approval_id, "unanswered")


@transaction()
def close_approvals_of(member_id: int, reason: str) -> None:
    """Closes open requests that this member asked for or may refuse as second, because the member has lost roles or left."""
    touched = select(Approval.id).where(
        Approval.state == ApprovalState.open, (Approval.asked_by == member_id) | (Approval.second_id == member_id)
    )
    for approval_id in db.session.scalars(touched).all():
        close_approval(approval_id, reason)


def find_second(member: StaffMember) -> StaffMember | None:
    """The colleague who is told of this member's requests: the one named, or else an auditor; never the member."""
    named = db.session.get(StaffMember, member.second_id) if member.second_id else None
    if named is not None and named.disabled_at is None and named.id != member.id:
        return named
    auditors = select(StaffMember).where(
        StaffMember.roles_text == Role.auditadmin.value, StaffMember.disabled_at.is_(None), StaffMember.id != member.id
    )
    return db.session.scalar(auditors.order_by(StaffMember.id).limit(1))


def may_see(approval: Approval, member: StaffMember) -> bool:
    """Whether the member is its asker or second, or has its right in its region."""
    if member.id in (approval.asked_by, approval.second_id):
        return True
    in_region = not approval.region or approval.region in regions_of(member.agency)
    return in_region and has_right(member.roles, Right[approval.right])


def may_approve(approval: Approval, member: StaffMember) -> bool:
    """Whether the page offers approval. A member who is only the named second may refuse and nothing else."""
    return approval.asked_by != member.id and has_right(member.roles, Right[approval.right])


@transaction()
def _take_effect(approval_id: int) -> None:
    approval = get_approval(approval_id)
    if not _is_settled(approval, ApprovalState.approved, None):
        return
    audit.record(
        ApprovalTag.approved, actor="system", subject=Approval.subject_of(approval.id), place=approval.region, kind=approval.kind
    )
    do_approved(approval)
    _tell_asker(approval, _("已经生效"), None)


@transaction()
def close_approval(approval_id: int, reason: str) -> None:
    """Closes a request without doing the act, and tells its asker. reason: for the audit log."""
    approval = get_approval(approval_id)
    if _is_settled(approval, ApprovalState.expired, None):
        audit.record(
            ApprovalTag.expired,
            actor="system",
            subject=Approval.subject_of(approval.id),
            place=approval.region,
            outcome="refused",
            why=reason,
        )
        _tell_asker(approval, _("没有办成，已经关闭"), None)


def _store_alone(approval: Approval) -> None:
    """Raises DomainError `already_asked` while the same act on the same subject waits."""
    try:
        with db.session.begin_nested():
            db.session.add(approval)
            db.session.flush()
    except IntegrityError:
        raise DomainError("already_asked", _("同一件事已经有人提出，正在等复核。"), _("请到“复核”里查看。"), status=409) from None


def _require_eyes(approval: Approval, by: StaffMember, *, may_be_second: bool) -> None:
    """Raises unless `by` may answer. Their roles are read anew: a right lost a moment ago no longer counts."""
    db.session.refresh(by)
    if not may_see(approval, by):
        raise NotFound
    if approval.asked_by == by.id:
        raise DomainError("approval_own", _("自己提出的事，要由另一个人复核。"), _("请找有这项权限的同事。"), status=403)
    is_able = by.disabled_at is None and has_right(by.roles, Right[approval.right])
    if not is_able and not (may_be_second and approval.second_id == by.id and by.disabled_at is None):
        raise DomainError("approval_right", _("您的岗位不能复核这件事。"), _("请找有这项权限的同事。"), status=403)


def _settle(approval: Approval, state: ApprovalState, by: StaffMember) -> None:
    if not _is_settled(approval, state, by.id):
        raise DomainError("approval_settled", _("这件事已经有结果了。"), _("结果在“复核”里。"), status=409)
    audit.record(_TAGS[state], actor=by.actor, subject=Approval.subject_of(approval.id), place=approval.region, kind=approval.kind)


def _is_settled(approval: Approval, state: ApprovalState, by: int | None) -> bool:
    """One conditional UPDATE, so that only one of several simultaneous answers counts. A disabled asker's act is not approved."""
    is_gone = approval.state is ApprovalState.open and get_staff(approval.asked_by).disabled_at is not None
    if state is ApprovalState.approved and is_gone:
        raise DomainError("asker_gone", _("提出这件事的人已经停用。"), _("需要的话，请重新提出。"), status=409)
    is_done = won(
        update(Approval)
        .where(Approval.id == approval.id, Approval.state == ApprovalState.open)
        .values(state=state, decided_by=by, decided_at=clock.now())
    )
    db.session.refresh(approval)
    return is_done


def _tell_second(second: StaffMember, approval: Approval, asker: StaffMember, takes_effect_at: datetime) -> None:
    words = _(
        "%(who)s提出：%(what)s您不拒绝的话，%(moment)s 起生效。",
        who=asker.name,
        what=sentence_of(approval),
        moment=moment(takes_effect_at),
    )
    post_staff_message(second.id, _("有一件事等您过目"), words, href=PAGE)


def _tell_asker(approval: Approval, title: str, by: StaffMember | None) -> None:
    body = _("%(what)s复核人：%(who)s。", what=sentence_of(approval), who=by.name) if by else sentence_of(approval)
    post_staff_message(approval.asked_by, title, body, href=PAGE)
