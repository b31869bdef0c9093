"""Decisions: the member who holds the case takes one, can undo it for `review_undo_seconds`, and then it takes effect."""

from collections.abc import Sequence
from datetime import timedelta

from flask_babel import gettext as _
from sqlalchemy import and_, or_, select, update

from app.core import audit, clock, outages
from app.core.db import db, transaction
from app.core.errors import DomainError, NotFound
from app.core.settings import settings
from app.reviews.audit_tags import ReviewTag
from app.reviews.kinds import kind_of
from app.reviews.models import CaseState, ReviewCase, ReviewReason, ReviewStep, StepReason, StepVerb
from app.reviews.queries import find_last_decision, get_case
from app.reviews.service.claims import refuse_reader, refused
from app.reviews.service.steps import add_step, move
from app.staff.models import StaffMember
from app.staff.queries import regions_of

Reasons = Sequence[tuple[str, int | None, ReviewReason]]  # (slot, page, reason)

_OUTCOMES = {StepVerb.approve: CaseState.approved, StepVerb.give_back: CaseState.returned, StepVerb.reject: CaseState.rejected}
_AT_ONCE = 200


def approve_case(staff: StaffMember, case: ReviewCase, *, note: str = "", seen_round: int = 0) -> None:
    """Approves a case; if it needs two approvals, the first sends it to another member. Raises an audited DomainError.

    seen_round: the round the reviewer looked at; 0 means the present one.
    """
    _decide(staff, case, StepVerb.approve, [], note, seen_round)


def return_case(staff: StaffMember, case: ReviewCase, reasons: Reasons, note: str = "", *, seen_round: int = 0) -> None:
    """Returns a case to the citizen for correction. Raises DomainError `reason_missing`, and those of `approve_case`."""
    _decide(staff, case, StepVerb.give_back, reasons, note, seen_round)


def reject_case(staff: StaffMember, case: ReviewCase, reasons: Reasons, note: str = "", *, seen_round: int = 0) -> None:
    """Rejects a case, finally unless appealed. One rejection is enough even if two must approve, because it grants nothing."""
    _decide(staff, case, StepVerb.reject, reasons, note, seen_round)


def undo_decision(staff: StaffMember, case: ReviewCase) -> ReviewCase:
    """Undoes a decision before it takes effect: the member who decided holds the case again. Raises DomainError `too_late`, and
    NotFound for a case of another region, as if it did not exist."""
    if case.region not in regions_of(staff.agency):
        raise NotFound
    now = clock.now()
    with transaction():
        undone = move(
            case.id,
            ReviewCase.claimed_by == staff.id,
            ReviewCase.effective_at > now,
            effective_at=None,
            claimed_until=now + timedelta(minutes=settings.review_claim_minutes),
        )
        if undone:
            db.session.execute(
                update(ReviewStep)
                .where(ReviewStep.case_id == case.id, ReviewStep.settled_at.is_(None), ReviewStep.undone_at.is_(None))
                .values(undone_at=now)
            )
            audit.record(ReviewTag.undone, actor=staff.actor, subject=ReviewCase.subject_of(case.id))
    if not undone:
        raise DomainError("too_late", _("已经超过一分钟，不能撤回了。"), _("如果决定错了，请联系您的主管。"), status=409)
    return get_case(case.id)


def settle_decisions() -> int:
    """Puts decisions that can no longer be undone into effect; returns how many. A failure is logged and holds up no other."""
    due = select(ReviewCase.id).where(ReviewCase.effective_at <= clock.now()).order_by(ReviewCase.effective_at).limit(_AT_ONCE)
    done = 0
    for case_id in list(db.session.scalars(due)):
        try:
            done += _settle(case_id)
        except Exception as error:
            outages.note("decision_not_settled", error, case=case_id)
    return done


def _decide(staff: StaffMember, case: ReviewCase, verb: StepVerb, reasons: Reasons, note: str, seen_round: int) -> None:
    refuse_reader(staff, case)
    if verb is not StepVerb.approve and not reasons:
        raise DomainError("reason_missing", str(_("请至少选一条原因，让申请人知道哪里要改。")), field="reasons")
    if any(reason is ReviewReason.other for _slot, _page, reason in reasons) and not note.strip():
        raise DomainError("note_missing", str(_("选了“其他”，请写一句说明。")), field="note")
    now = clock.now()
    with transaction():
        taken = move(
            case.id,
            ReviewCase.state == CaseState.claimed,
            ReviewCase.claimed_by == staff.id,
            ReviewCase.round == (seen_round or case.round),
            ReviewCase.effective_at.is_(None),
            or_(ReviewCase.claimed_until.is_(None), ReviewCase.claimed_until > now),
            effective_at=now + timedelta(seconds=settings.review_undo_seconds),
        )
        if taken:
            step = add_step(get_case(case.id), verb, note=note, staff_id=staff.id, is_final=False)
            db.session.add_all(
                StepReason(step_id=step.id, reason=reason, slot=slot[:40], page_id=page) for slot, page, reason in reasons
            )
            audit.record(
                ReviewTag.decided,
                actor=staff.actor,
                subject=ReviewCase.subject_of(case.id),
                outcome=verb.value,
                reasons=[reason.value for _slot, _page, reason in reasons],
            )
            if settings.review_undo_seconds <= 0:
                _settle(case.id)
    if not taken:
        raise refused(staff, case)


@transaction()
def _settle(case_id: int) -> bool:
    """Settles with one conditional UPDATE on `effective_at`, so that it does nothing if an undo came first."""
    case = get_case(case_id)
    step = find_last_decision(case)
    now = clock.now()
    if step is None or step.settled_at is not None or case.effective_at is None:
        return False
    is_due = and_(ReviewCase.effective_at == case.effective_at, ReviewCase.effective_at <= now)
    free = {"claimed_by": None, "claimed_until": None, "effective_at": None}
    if step.verb is StepVerb.approve and case.needs_second and case.first_approved_by is None:
        settled = move(case_id, is_due, state=CaseState.waiting, first_approved_by=step.staff_id, **free)
        outcome = None
    else:
        outcome = _OUTCOMES[step.verb]
        settled = move(case_id, is_due, state=outcome, decided_at=now, **free)
    if not settled:
        return False
    step.settled_at = now
    db.session.flush()
    shown = outcome.value if outcome is not None else "first_approval"
    audit.record(
        ReviewTag.settled, actor=StaffMember.actor_of(step.staff_id or 0), subject=ReviewCase.subject_of(case_id), outcome=shown
    )
    on_decision = kind_of(case.kind).on_decision
    if outcome is not None and on_decision is not None:
        on_decision(case, outcome)
    return True
