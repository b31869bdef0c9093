"""The operator's desk: sign in, scan, read who it is. Nothing of the person and nothing of the code is in an address."""

import secrets
from functools import lru_cache

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.accounts.browser import current_browser, renew_cookie
from app.accounts.device_name import name_device
from app.core import limits
from app.core.access import access, anyone
from app.core.errors import DomainError, NotFound
from app.core.settings import settings
from app.institutions import service
from app.institutions.desk_verdict import Verdict, read_verdict
from app.institutions.forms import DeskPasswordForm, DeskSignInForm, ScanForm
from app.institutions.operator_visitor import at_desk, carry, current_desk, has_desk_session, is_verified_at_desk
from app.institutions.routes.desk_refusals import status_of, why
from app.regions.queries import find_region
from app.staff.visitor import caller

blueprint = Blueprint("desk", __name__, url_prefix="/desk")


@blueprint.get("/sign-in")
@access(anyone)
def new_session() -> ResponseReturnValue:
    if current_desk.has_session:
        return redirect(url_for("desk.show_desk"), 303)
    return render_template("desk/new_session.html", form=DeskSignInForm())


@blueprint.post("/sign-in")
@access(anyone)
def create_session() -> ResponseReturnValue:
    form = DeskSignInForm()
    if not form.validate_on_submit():
        return render_template("desk/new_session.html", form=form), 422
    result = service.sign_in_operator(
        form.username.data or "",
        form.password.data or "",
        browser_name=name_device(request.user_agent.string),
        is_shared=form.is_shared.data,
        caller=caller(),
        browser=current_browser().hash,
    )
    if not result.state.ok:
        form.refuse(form.password, why(result.state, _("用户名或密码不对，请核对一遍。")))
        return render_template("desk/new_session.html", form=form), *status_of(result.state)
    if current_desk.has_session:
        service.sign_out_operator(current_desk.session)
    renew_cookie()
    carry(result.token)
    return redirect(url_for("desk.show_desk"), 303)


@blueprint.get("/sign-in/password")
@access(is_verified_at_desk)
def new_password() -> ResponseReturnValue:
    return render_template("desk/new_password.html", form=DeskPasswordForm())


@blueprint.post("/sign-in/password")
@access(is_verified_at_desk)
def create_password() -> ResponseReturnValue:
    form = DeskPasswordForm()
    if not form.validate_on_submit():
        return render_template("desk/new_password.html", form=form), 422
    try:
        service.choose_operator_password(current_desk.operator, form.password.data or "", keep=current_desk.session)
    except DomainError as refusal:
        form.refuse(form.password, refusal.what)
        return render_template("desk/new_password.html", form=form), refusal.status
    return redirect(url_for("desk.show_desk"), 303)


@blueprint.post("/sign-out")
@access(has_desk_session)
def delete_session() -> ResponseReturnValue:
    service.sign_out_operator(current_desk.session)
    carry("")
    return redirect(url_for("desk.new_session"), 303)


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
        service.remember_business(operator, form.business_type.data)
    wait = limits.retry_after(_rate(settings.ec_query_per_second, settings.ec_query_burst), "desk", str(operator.id))
    number, answer = service.scan_at_desk(operator, form.slip.data or "", form.scanned, form.business_type.data, retry_after=wait)
    if answer.status == 200:
        return redirect(url_for("desk.show_scan", number=number), 303)
    return _page(_fresh_form(), read_verdict(answer.body), answer.status)


@blueprint.get("/scans/<number>")
@access(at_desk)
def show_scan(number: str) -> ResponseReturnValue:
    """For ten minutes, and only the operator's own."""
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


@lru_cache(maxsize=4)
def _rate(per_second: int, burst: int) -> limits.Bucket:
    return limits.per_second(per_second, burst)
