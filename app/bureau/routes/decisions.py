"""Deciding a case; after each decision the next case is shown."""

from collections.abc import Callable

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from app.bureau.forms import DecisionForm
from app.bureau.routes.blueprint import blueprint
from app.bureau.routes.cases import is_held_here, show_page, to_next
from app.core.access import access
from app.core.errors import DomainError
from app.documents.queries import list_pages
from app.reviews import queries, service
from app.reviews.models import ReviewCase
from app.reviews.service import Reasons
from app.staff.models import StaffMember
from app.staff.policy import Right, may
from app.staff.visitor import current_staff

Verb = Callable[[StaffMember, ReviewCase, Reasons, str, int], None]


@blueprint.post("/bureau/cases/<int:case_id>/approval")
@access(may(Right.decide_cases))
def create_approval(case_id: int) -> ResponseReturnValue:
    return _decide(case_id, lambda staff, case, _reasons, note, seen: service.approve_case(staff, case, note=note, seen_round=seen))


@blueprint.post("/bureau/cases/<int:case_id>/correction")
@access(may(Right.decide_cases))
def create_correction(case_id: int) -> ResponseReturnValue:
    return _decide(
        case_id, lambda staff, case, reasons, note, seen: service.return_case(staff, case, reasons, note, seen_round=seen)
    )


@blueprint.post("/bureau/cases/<int:case_id>/rejection")
@access(may(Right.decide_cases))
def create_rejection(case_id: int) -> ResponseReturnValue:
    return _decide(
        case_id, lambda staff, case, reasons, note, seen: service.reject_case(staff, case, reasons, note, seen_round=seen)
    )


@blueprint.post("/bureau/cases/<int:case_id>/undoing")
@access(may(Right.decide_cases))
def create_undoing(case_id: int) -> ResponseReturnValue:
    case = service.undo_decision(current_staff.member, queries.get_case(case_id))
    return redirect(url_for("bureau.show_case", case_id=case.id), 303)


def _decide(case_id: int, verb: Verb) -> ResponseReturnValue:
    """A form with a mistake is shown again with everything kept, as long as this member still holds the case."""
    case = queries.get_case(case_id)
    form = DecisionForm()
    form.offer([page for page in list_pages(case.subject) if page.is_ready])
    if not form.validate_on_submit():
        return _again(case, form, 422)
    typed = form.round.data or ""
    seen = int(typed) if typed.isdecimal() else case.round
    try:
        verb(current_staff.member, case, form.reasons(request.form.to_dict()), form.note.data or "", seen)
    except DomainError as refusal:
        field = {"reasons": form.whole, "note": form.note}.get(refusal.field)
        if field is None:
            raise
        field.errors = [*field.errors, refusal.what]
        return _again(case, form, refusal.status)
    return to_next()


def _again(case: ReviewCase, form: DecisionForm, status: int) -> ResponseReturnValue:
    service.refuse_reader(current_staff.member, case)
    if not is_held_here(case):
        return redirect(url_for("bureau.show_case", case_id=case.id), 303)
    return show_page(case, form, status)
