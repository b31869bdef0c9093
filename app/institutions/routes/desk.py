"""The operator's desk: sign in and out."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.accounts.browser import current_browser, renew_cookie
from app.accounts.device_name import name_device
from app.core.access import access, anyone
from app.core.errors import DomainError
from app.institutions import service
from app.institutions.forms import DeskPasswordForm, DeskSignInForm
from app.institutions.operator_visitor import carry, current_desk, has_desk_session, is_verified_at_desk
from app.sign_in.caller import caller
from app.sign_in.refusals import status_of, why

blueprint = Blueprint("desk", __name__, url_prefix="/desk")


@blueprint.get("/sign-in")
@access(anyone)
def new_session() -> ResponseReturnValue:
    if current_desk.has_session:
        return redirect(url_for("desk_scans.show_desk"), 303)
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
    return redirect(url_for("desk_scans.show_desk"), 303)


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
    return redirect(url_for("desk_scans.show_desk"), 303)


@blueprint.post("/sign-out")
@access(has_desk_session)
def delete_session() -> ResponseReturnValue:
    service.sign_out_operator(current_desk.session)
    carry("")
    return redirect(url_for("desk.new_session"), 303)
