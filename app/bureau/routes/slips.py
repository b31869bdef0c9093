"""Paper slips: issued at a visit, printed from their page, revoked from today's list."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.bureau.forms.counter import SlipForm
from app.bureau.routes.blueprint import blueprint
from app.bureau.routes.counter_acts import own_visit, show_visit
from app.core.access import access
from app.core.display import masked_name
from app.core.errors import DomainError
from app.counter import queries, service
from app.credentials.models import Slip
from app.credentials.qr import path_of
from app.credentials.queries import SLIPS_PAGE, get_slip, list_slips_today
from app.credentials.service import show_slip as open_paper
from app.institutions.business_types import BUSINESS_TYPES
from app.staff.policy import Right, may
from app.staff.visitor import current_staff


@blueprint.post("/bureau/counter/visits/<int:visit_id>/slips")
@access(may(Right.serve_at_counter))
def create_slip(visit_id: int) -> ResponseReturnValue:
    visit, form = own_visit(visit_id), SlipForm()
    if not form.validate_on_submit():
        return show_visit(visit, form, 422)
    place, purpose, consent = form.place.data or "", form.purpose.data, bool(form.consent.data)
    try:
        slip = service.give_slip(current_staff.member, visit, place, purpose, has_consent=consent)
    except DomainError as refusal:
        field = "purpose" if refusal.code in ("slip_open", "slips_too_many") else refusal.field
        if not form.refuse(field, f"{refusal.what}{refusal.next}"):
            raise
        return show_visit(visit, form, refusal.status)
    return redirect(url_for("bureau.show_slip", slip_id=slip.id), 303)


@blueprint.post("/bureau/counter/visits/<int:visit_id>/slips/<int:slip_id>/replacement")
@access(may(Right.serve_at_counter))
def create_slip_replacement(visit_id: int, slip_id: int) -> ResponseReturnValue:
    """作废重开: replaces a slip that was not printed, or was lost on the way."""
    slip = service.replace_slip(current_staff.member, own_visit(visit_id), _own(slip_id))
    return redirect(url_for("bureau.show_slip", slip_id=slip.id), 303)


@blueprint.get("/bureau/counter/slips")
@access(may(Right.serve_at_counter))
def list_slips() -> ResponseReturnValue:
    """Today's slips of the member's region, so that a colleague can revoke them too. before: the last id of the previous page."""
    slips = list_slips_today(current_staff.regions, before=request.args.get("before", type=int))
    return render_template(
        "bureau/list_slips.html",
        slips=slips,
        places=queries.list_institutions_of({slip.institution_id for slip in slips}),
        purposes=BUSINESS_TYPES,
        before=slips[-1].id if len(slips) == SLIPS_PAGE else None,
    )


@blueprint.get("/bureau/counter/slips/<int:slip_id>")
@access(may(Right.serve_at_counter))
def show_slip(slip_id: int) -> ResponseReturnValue:
    paper = open_paper(_own(slip_id), by=current_staff.actor)
    slip = paper.slip
    return render_template(
        "bureau/show_slip.html",
        slip=slip,
        name=masked_name(slip.credential.person.name),
        region=slip.region,
        place=queries.list_institutions_of([slip.institution_id])[slip.institution_id],
        purpose=BUSINESS_TYPES[slip.business_type],
        digits=paper.digits,
        path=path_of(paper.digits),
        number=paper.number,
    )


@blueprint.post("/bureau/counter/slips/<int:slip_id>/revocation")
@access(may(Right.serve_at_counter))
def create_slip_revocation(slip_id: int) -> ResponseReturnValue:
    service.revoke(current_staff.member, _own(slip_id))
    flash(_("已作废，下一次扫码就不能用了。"))
    return redirect(url_for("bureau.list_slips"), 303)


def _own(slip_id: int) -> Slip:
    return get_slip(slip_id, current_staff.regions)
