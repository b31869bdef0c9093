"""The operator's desk: scan, and read who it is. No address contains anything of the person or of the code."""

import secrets

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.core.access import access
from app.core.errors import NotFound
from app.institutions.operator_visitor import at_desk, current_desk
from app.institutions.service import remember_business
from app.regions.queries import find_region
from app.scanning import service
from app.scanning.desk_verdict import Verdict, read_verdict
from app.scanning.forms import ScanForm
from app.scanning.routes.rate import retry_after

blueprint = Blueprint("desk_scans", __name__, url_prefix="/desk")


@blueprint.get("")
@access(at_desk)
def show_desk() -> ResponseReturnValue:
    return _page(_fresh_form())


@blueprint.post("/scans")
@access(at_desk)
def create_scan() -> ResponseReturnValue:
    form, operator = ScanForm(), current_desk.operator
    form.offer(operator.institution)
    if not form.validate_on_submit():
        form.code.data = ""
        return _page(form, status=422)
    if form.business_type.data != operator.business_type:
        remember_business(operator, form.business_type.data)
    wait = retry_after("desk", str(operator.id))
    number, answer = service.scan_at_desk(operator, form.slip.data or "", form.scanned, form.business_type.data, retry_after=wait)
    if answer.status == 200:
        return redirect(url_for("desk_scans.show_scan", number=number), 303)
    return _page(_fresh_form(), read_verdict(answer.body), answer.status)


@blueprint.get("/scans/<number>")
@access(at_desk)
def show_scan(number: str) -> ResponseReturnValue:
    """The result of one of the operator's own scans, for ten minutes."""
    found = service.read_answer(current_desk.operator, number)
    if found is None:
        raise NotFound(_("这次扫码的结果已经不保留了。"))
    return _page(_fresh_form(), read_verdict(found))


def _fresh_form() -> ScanForm:
    operator = current_desk.operator
    form = ScanForm(formdata=None, slip=secrets.token_urlsafe(12), business_type=operator.business_type)
    form.offer(operator.institution)
    return form


def _page(form: ScanForm, verdict: Verdict | None = None, status: int = 200) -> ResponseReturnValue:
    region = find_region(verdict.region) if verdict else None
    page = render_template(
        "desk/show_desk.html",
        form=form,
        verdict=verdict,
        region=region.name if region else verdict.region if verdict else "",
        institution=current_desk.operator.institution,
        is_refused=verdict is not None and not verdict.is_accepted,
    )
    return page, status
