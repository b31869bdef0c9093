"""The citizen's side of a case: opened, corrected, withdrawn, appealed."""

from flask_babel import gettext as _

from app.core import audit, clock
from app.core.db import db, transaction
from app.core.errors import DomainError
from app.reviews.audit_tags import ReviewTag
from app.reviews.models import OPEN, CaseState, ReviewCase, StepVerb
from app.reviews.queries import find_last_decision, get_case_of, list_steps
from app.reviews.service.steps import add_step, due_from, move


@transaction()
def open_case(subject: str, kind: str, region: str, *, needs_second: bool = False, by: str = "system") -> ReviewCase:
    """Puts a request into the queue of its region. needs_second: two different members must approve.

    Raises DomainError `case_open` if the subject has a case already; a withdrawn case is opened again.
    """
    now = clock.now()
    known = db.session.query(ReviewCase).filter_by(subject=subject).one_or_none()
    if known is not None:
        return _reopen(known, needs_second=needs_second, by=by)
    case = ReviewCase(subject=subject, kind=kind, region=region, opened_at=now, due_at=due_from(now), needs_second=needs_second)
    db.session.add(case)
    db.session.flush()
    audit.record(ReviewTag.opened, actor=by, subject=ReviewCase.subject_of(case.id), of=subject, region=region, second=needs_second)
    return case


@transaction()
def resubmit_case(subject: str, *, by: str = "system") -> ReviewCase:
    """Puts a returned and corrected case back into the queue, with a new promise. Raises NotFound and DomainError `case_moved`."""
    case = get_case_of(subject)
    values = {"state": CaseState.waiting, "round": ReviewCase.round + 1, "due_at": due_from(clock.now()), "decided_at": None}
    if not move(case.id, ReviewCase.state == CaseState.returned, **values):
        raise _moved()
    add_step(case, StepVerb.resubmit)
    audit.record(ReviewTag.resubmitted, actor=by, subject=ReviewCase.subject_of(case.id), round=case.round)
    return case


@transaction()
def withdraw_case(subject: str, *, by: str = "system") -> ReviewCase:
    """The citizen withdraws the case, even while it is claimed or its decision can be undone. Raises like `resubmit_case`."""
    case = get_case_of(subject)
    values = {"state": CaseState.withdrawn, "claimed_by": None, "claimed_until": None, "effective_at": None}
    if not move(case.id, ReviewCase.state.in_(OPEN), **values):
        raise _moved()
    add_step(case, StepVerb.withdraw)
    audit.record(ReviewTag.withdrawn, actor=by, subject=ReviewCase.subject_of(case.id))
    return case


@transaction()
def appeal_case(subject: str, text: str, *, by: str = "system") -> ReviewCase:
    """Sends a rejected case to another member than the one who rejected it.

    Raises NotFound and DomainError `case_moved`, `appealed_already` or `appeal_empty`.
    """
    case = get_case_of(subject)
    if not text.strip():
        raise DomainError("appeal_empty", _("请写一下您为什么不同意。"), field="text")
    if any(step.verb is StepVerb.appeal for step in list_steps(case)):
        raise DomainError(
            "appealed_already", _("这次申请已经复核过一次。"), _("如仍不同意，请拨打热线或到窗口。"), status=409, region=case.region
        )
    last = find_last_decision(case)
    values = {
        "state": CaseState.waiting,
        "round": ReviewCase.round + 1,
        "due_at": due_from(clock.now()),
        "decided_at": None,
        "not_for": last.staff_id if last else None,
        "first_approved_by": None,
    }
    if not move(case.id, ReviewCase.state == CaseState.rejected, **values):
        raise _moved()
    add_step(case, StepVerb.appeal, note=text)
    audit.record(ReviewTag.appealed, actor=by, subject=ReviewCase.subject_of(case.id), round=case.round)
    return case


def _reopen(case: ReviewCase, *, needs_second: bool, by: str) -> ReviewCase:
    values = {
        "state": CaseState.waiting,
        "round": ReviewCase.round + 1,
        "due_at": due_from(clock.now()),
        "needs_second": needs_second,
        "first_approved_by": None,
        "not_for": None,
        "decided_at": None,
    }
    if not move(case.id, ReviewCase.state == CaseState.withdrawn, **values):
        raise DomainError("case_open", _("这份申请已经交过了。"), _("请在申请页面看进度。"), status=409)
    audit.record(ReviewTag.opened, actor=by, subject=ReviewCase.subject_of(case.id), of=case.subject, round=case.round)
    return case


def _moved() -> DomainError:
    return DomainError("case_moved", _("这份申请的状态刚刚变了。"), _("请刷新页面，看一下现在的进度。"), status=409)
