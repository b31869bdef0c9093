"""The queue, and one case with its papers."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.bureau.forms import DecisionForm
from app.bureau.routes.blueprint import blueprint
from app.core import clock
from app.core.access import access
from app.documents.queries import list_pages
from app.letters.queries import find_letter
from app.regions.queries import list_insured_regions
from app.reviews import queries, service
from app.reviews.models import CaseState, ReviewCase
from app.staff.policy import Right, may
from app.staff.visitor import current_staff


@blueprint.get("/bureau/cases")
@access(may(Right.decide_cases))
def list_cases() -> ResponseReturnValue:
    regions = current_staff.regions
    wanted = request.args.get("region", "")
    chosen = regions & {wanted} if wanted else regions
    names = {region.code: region.name for region in list_insured_regions(with_retired=True) if region.code in regions}
    return render_template(
        "bureau/list_cases.html",
        cases=queries.list_queue(chosen),
        held=queries.list_claimed_by(current_staff.staff_id),
        undoable=queries.list_undoable(current_staff.staff_id),
        waiting=queries.count_waiting(chosen),
        overdue=queries.count_waiting(chosen, due_before=clock.now()),
        counted=queries.COUNTED,
        label_of=queries.label_of,
        region_names=names,
        wanted=wanted,
    )


@blueprint.post("/bureau/claims")
@access(may(Right.decide_cases))
def create_claim() -> ResponseReturnValue:
    """领取下一件: claims the case with the earliest promise that this member may decide."""
    return to_next()


@blueprint.post("/bureau/cases/<int:case_id>/claim")
@access(may(Right.decide_cases))
def create_case_claim(case_id: int) -> ResponseReturnValue:
    service.claim_case(current_staff.member, queries.get_case(case_id))
    return redirect(url_for("bureau.show_case", case_id=case_id), 303)


@blueprint.post("/bureau/cases/<int:case_id>/release")
@access(may(Right.decide_cases))
def create_release(case_id: int) -> ResponseReturnValue:
    service.release_case(current_staff.member, queries.get_case(case_id))
    flash(_("这件已经放回，别人可以接着看。"))
    return redirect(url_for("bureau.list_cases"), 303)


@blueprint.get("/bureau/cases/<int:case_id>")
@access(may(Right.decide_cases))
def show_case(case_id: int) -> ResponseReturnValue:
    case = queries.get_case(case_id)
    service.refuse_reader(current_staff.member, case)
    return show_page(case, DecisionForm(formdata=None))


def show_page(case: ReviewCase, form: DecisionForm, status: int = 200) -> ResponseReturnValue:
    """Shows one case; only the member who holds it sees its papers."""
    is_mine = is_held_here(case)
    pages = [page for page in list_pages(case.subject) if page.is_ready] if is_mine else []
    form.offer(pages)
    letter = find_letter(case.subject) if is_mine else None
    page = render_template(
        "bureau/show_case.html",
        case=case,
        form=form,
        is_mine=is_mine,
        sent=request.form,
        facts=queries.facts_beside(case),
        pages=pages,
        papers=[
            (queries.slot_label(case, slot), [p for p in pages if p.slot == slot]) for slot in dict.fromkeys(p.slot for p in pages)
        ],
        letter=letter if letter is not None and letter.is_signed else None,
        label=queries.label_of(case),
        steps=queries.list_steps(case),
        note_of=queries.note_of,
        reasons_of=queries.reasons_of,
        undoable=queries.list_undoable(current_staff.staff_id),
        label_of=queries.label_of,
        is_over=case.state not in (CaseState.waiting, CaseState.claimed),
        is_late=case.due_at < clock.now(),
    )
    return page, status


def is_held_here(case: ReviewCase) -> bool:
    return any(held.id == case.id for held in queries.list_claimed_by(current_staff.staff_id))


def to_next() -> ResponseReturnValue:
    """Claims the next case and goes to it, or to the queue with a message that nothing waits."""
    case = service.claim_next(current_staff.member)
    if case is None:
        flash(_("没有等您审核的了。"), "info")
        return redirect(url_for("bureau.list_cases"), 303)
    return redirect(url_for("bureau.show_case", case_id=case.id), 303)
