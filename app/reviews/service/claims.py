"""Claims: one member at a time works on a case, for a limited time."""

from datetime import timedelta

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, and_, or_, update

from app.core import audit, clock
from app.core.db import transaction
from app.core.errors import DomainError
from app.core.settings import settings
from app.core.statements import changed
from app.reviews import queries
from app.reviews.audit_tags import ReviewTag
from app.reviews.kinds import kind_of
from app.reviews.models import CaseState, ReviewCase
from app.reviews.service.steps import move
from app.staff.models import StaffMember
from app.staff.queries import regions_of


def claim_next(staff: StaffMember) -> ReviewCase | None:
    """The case this member holds already, or else claims the one with the earliest promise they may decide; None if none waits."""
    held = queries.list_claimed_by(staff.id)
    if held:
        return held[0]
    release_expired()
    regions = regions_of(staff.agency)
    for limit in (queries.PAGE, 4 * queries.PAGE):
        for case in queries.list_queue(regions, limit=limit):
            if why_not(staff, case) is None and _claim(staff, case.id):
                return case
    return None


def claim_case(staff: StaffMember, case: ReviewCase) -> ReviewCase:
    """Claims this case. Raises an audited DomainError: another region, own family, claimed by another, decided already."""
    refuse_reader(staff, case)
    if not _claim(staff, case.id):
        raise refused(staff, case)
    return queries.get_case(case.id)


@transaction()
def release_case(staff: StaffMember, case: ReviewCase) -> None:
    """Puts a case back into the queue, undecided. Does nothing if this member does not hold it."""
    if move(case.id, _is_held_by(staff), state=CaseState.waiting, claimed_by=None, claimed_until=None):
        audit.record(ReviewTag.released, actor=staff.actor, subject=ReviewCase.subject_of(case.id))


@transaction()
def release_expired() -> int:
    """Puts cases whose claim has expired back into the queue; returns how many."""
    return changed(
        update(ReviewCase)
        .where(
            ReviewCase.claimed_until <= clock.now(),
            ReviewCase.state == CaseState.claimed,
            ReviewCase.effective_at.is_(None),
        )
        .values(state=CaseState.waiting, claimed_by=None, claimed_until=None)
    )


@transaction()
def note_letter_viewed(staff: StaffMember, case: ReviewCase, *, person_id: int | None = None) -> None:
    """Audits that a letter was viewed; views of pages are audited where they are opened. person_id: the person who signed it."""
    audit.record(ReviewTag.letter_viewed, actor=staff.actor, subject=ReviewCase.subject_of(case.id), person_id=person_id)


def refuse_reader(staff: StaffMember, case: ReviewCase) -> None:
    """Raises the audited refusal for a member who must not even see the papers: another region, or their own family."""
    sentence = _why_not_read(staff, case)
    if sentence is None:
        return
    _note(staff, case, "not_allowed")
    raise DomainError("not_allowed", sentence, _("这件请交给别的审核员。"), status=403)


def why_not(staff: StaffMember, case: ReviewCase) -> str | None:
    """The sentence that says why this member must not decide this case, or None."""
    if case.first_approved_by == staff.id:
        return str(_("这件要两个人看，您已经看过一遍了。"))
    if case.not_for == staff.id:
        return str(_("这件是对您上次决定的复核，要由别人来看。"))
    return _why_not_read(staff, case)


def _why_not_read(staff: StaffMember, case: ReviewCase) -> str | None:
    if case.region not in regions_of(staff.agency):
        return str(_("这件属于别的参保地，您不能办。"))
    refuse = kind_of(case.kind).refuse
    return refuse(staff, case.subject) if refuse is not None else None


def refused(staff: StaffMember, case: ReviewCase) -> DomainError:
    """The error that says why this member cannot decide the case now. Audits the attempt."""
    now = queries.get_case(case.id)
    own = why_not(staff, now)
    if own is not None:
        code, what, after = "not_allowed", own, _("这件请交给别的审核员。")
    elif now.state is CaseState.claimed and now.claimed_by != staff.id:
        code, what, after = "claimed_by_other", _("这件正由另一位审核员在看。"), _("请办下一件。")
    elif now.state is CaseState.claimed and now.is_pending:
        code, what, after = "decided_already", _("这件您刚才已经决定过了。"), _("要改的话，一分钟内可以撤回。")
    elif now.state in (CaseState.waiting, CaseState.claimed):
        code, what, after = "not_claimed", _("这件现在不在您手里，可能放得太久了。"), _("请重新领取后再决定。")
    else:
        code, what, after = "decided_already", _("这件已经有结果了，没有再改动。"), _("请办下一件。")
    _note(staff, case, code)
    return DomainError(code, str(what), str(after), status=403 if code == "not_allowed" else 409)


def _claim(staff: StaffMember, case_id: int) -> bool:
    """Claims with one conditional UPDATE, so that only one of two members gets the case."""
    now = clock.now()
    is_free = or_(
        ReviewCase.state == CaseState.waiting,
        and_(ReviewCase.state == CaseState.claimed, or_(ReviewCase.claimed_until <= now, ReviewCase.claimed_by == staff.id)),
    )
    with transaction():
        taken = move(
            case_id,
            is_free,
            ReviewCase.effective_at.is_(None),
            or_(ReviewCase.not_for.is_(None), ReviewCase.not_for != staff.id),
            or_(ReviewCase.first_approved_by.is_(None), ReviewCase.first_approved_by != staff.id),
            state=CaseState.claimed,
            claimed_by=staff.id,
            claimed_until=now + timedelta(minutes=settings.review_claim_minutes),
        )
        if taken:
            audit.record(ReviewTag.claimed, actor=staff.actor, subject=ReviewCase.subject_of(case_id))
    return taken


def _is_held_by(staff: StaffMember) -> ColumnElement[bool]:
    return and_(ReviewCase.state == CaseState.claimed, ReviewCase.claimed_by == staff.id, ReviewCase.effective_at.is_(None))


@transaction()
def _note(staff: StaffMember, case: ReviewCase, code: str) -> None:
    audit.record(ReviewTag.refused, actor=staff.actor, subject=ReviewCase.subject_of(case.id), outcome="refused", reason=code)
