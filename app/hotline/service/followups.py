"""What the hotline follows up: call-backs, denied uses, custody disputes. Nobody does it for themselves or their family."""

from collections.abc import Collection
from typing import Any

from flask_babel import gettext as _

from app.accounts.queries import get_account
from app.core import audit, clock
from app.core.db import db, transaction
from app.core.errors import DomainError
from app.core.settings import settings
from app.credentials.models import DenialOutcome, UseDenial
from app.credentials.service import settle_denial
from app.family.models import CallBack, CustodyFlag, LinkRequest
from app.family.policy import AgePolicy
from app.family.queries import list_links_of_member
from app.family.service import CHECKLIST, complete_call_back, flag_custody, lift_custody_flag, miss_call_back
from app.hotline.audit_tags import HotlineTag
from app.hotline.models import HotlineCall
from app.roster.models import InsuredPerson
from app.roster.queries import get_person
from app.staff.models import StaffMember


def open_call_back(staff: StaffMember, call: CallBack) -> None:
    """Audits that a member opened a call-back, which shows them the number to ring. Raises DomainError `own_family`."""
    refuse_own(staff, _of_request(call.request), call.subject)
    _note(HotlineTag.call_back_opened, staff, call.subject, call.request.person_id)


def agree_by_telephone(staff: StaffMember, call: CallBack, answers: Collection[str]) -> LinkRequest:
    """The person agreed. Raises DomainError `answers_missing` if a line is not ticked, `own_family`, `call_done`."""
    refuse_own(staff, _of_request(call.request), call.subject)
    missing = [key for key in CHECKLIST if key not in set(answers)]
    if missing:
        raise DomainError(
            "answers_missing",
            _("还有 %(count)d 项没有确认，不能记成同意。", count=len(missing)),
            _("有一项不对，就点“没有同意”。"),
            field="answers",
        )
    return complete_call_back(call, answers, by=staff.actor)


def disagree_by_telephone(staff: StaffMember, call: CallBack, answers: Collection[str]) -> LinkRequest:
    """The person did not agree, or an answer was wrong: rejects the request."""
    refuse_own(staff, _of_request(call.request), call.subject)
    return complete_call_back(call, [answer for answer in answers if answer != "agreed"], by=staff.actor)


def note_no_answer(staff: StaffMember, call: CallBack) -> None:
    refuse_own(staff, _of_request(call.request), call.subject)
    miss_call_back(call, by=staff.actor)


def open_denial(staff: StaffMember, denial: UseDenial) -> None:
    """Audits that a member opened a denied use. Raises DomainError `own_family`."""
    refuse_own(staff, {denial.credential.person_id}, denial.subject)
    _note(HotlineTag.denial_opened, staff, denial.subject, denial.credential.person_id)


def close_denial(staff: StaffMember, denial: UseDenial, outcome: DenialOutcome) -> None:
    """Settles a denial. The code stays frozen until its person unfreezes it. Raises DomainError `own_family`, `already_settled`."""
    refuse_own(staff, {denial.credential.person_id}, denial.subject)
    settle_denial(denial, outcome, by=staff.actor)


def call_about_denial(staff: StaffMember, denial: UseDenial) -> HotlineCall:
    """Opens a call in which the agent rings the person and verifies them like a caller, so as to unfreeze. Raises `own_family`."""
    person_id = denial.credential.person_id
    refuse_own(staff, {person_id}, denial.subject)
    denial_id = denial.id
    with transaction():
        call = HotlineCall(staff_id=staff.id, person_id=person_id, opened_at=clock.now())
        db.session.add(call)
        db.session.flush()
        audit.record(HotlineTag.call_opened, actor=staff.actor, subject=call.subject, person_id=person_id, denial=denial_id)
    return call


def may_be_disputed(person_id: int) -> bool:
    """Whether the person is a child: custody can be disputed only of a child."""
    return AgePolicy.of(settings).is_child(get_person(person_id).birthday, clock.today())


def dispute_custody(staff: StaffMember, call: HotlineCall) -> bool:
    """From now on two reviewers decide about adding this child. False if that was so before.

    Raises DomainError `not_a_child`, `own_family`. The caller need not be verified, because a second reviewer does no harm.
    """
    if not may_be_disputed(call.person_id):
        raise DomainError("not_a_child", _("只有孩子才有监护争议。"), status=409)
    refuse_own(staff, _kin_of_child(call.person_id), InsuredPerson.subject_of(call.person_id))
    return flag_custody(call.person_id, by=staff.actor)


def settle_custody(staff: StaffMember, flag: CustodyFlag) -> None:
    """Ends a custody dispute. Raises DomainError `own_family` or `settled_already`."""
    refuse_own(staff, _kin_of_child(flag.person_id), InsuredPerson.subject_of(flag.person_id))
    if flag.lifted_at is not None or not lift_custody_flag(flag.person_id, by=staff.actor):
        raise DomainError("settled_already", _("这件已经有人处理了。"), _("请刷新页面。"), status=409)


def refuse_own(staff: StaffMember, persons: Collection[int | None], subject: str) -> None:
    """Raises an audited refusal if the member is one of these persons. Call it outside a transaction, or the row is rolled back."""
    if staff.person_id is None or staff.person_id not in persons:
        return
    with transaction():
        audit.record(HotlineTag.refused, actor=staff.actor, subject=subject, outcome="refused", reason="own_family")
    raise DomainError("own_family", _("这是您自己或您家人的事，不能由您来办。"), _("请让同事来办。"), status=403)


def _of_request(request: LinkRequest) -> set[int | None]:
    return {request.person_id, get_account(request.holder_account_id).person_id}


def _kin_of_child(person_id: int) -> set[int | None]:
    return {person_id, *(link.holder.person_id for link in list_links_of_member(person_id))}


@transaction()
def _note(tag: HotlineTag, staff: StaffMember, subject: str, person_id: int | None, **detail: Any) -> None:
    audit.record(tag, actor=staff.actor, subject=subject, person_id=person_id, **detail)
