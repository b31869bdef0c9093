"""An operator's second factor: asked for at sign-in, and set up on a page of their own."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.accounts.browser import current_browser, renew_cookie
from app.core import totp
from app.core.access import access
from app.core.installation import bureau_name
from app.institutions import service
from app.institutions.forms import DeskFactorForm
from app.institutions.operator_visitor import at_desk, carry, current_desk, has_desk_session
from app.institutions.queries import operators as desk_queries
from app.institutions.routes.desk import blueprint
from app.sign_in.refusals import status_of, why
from app.sign_in.second_factor import SecondFactorForm


@blueprint.get("/sign-in/code")
@access(has_desk_session)
def new_code() -> ResponseReturnValue:
    if current_desk.is_verified:
        return redirect(url_for("desk_scans.show_desk"), 303)
    return render_template("desk/new_code.html", form=SecondFactorForm())


@blueprint.post("/sign-in/code")
@access(has_desk_session)
def create_code() -> ResponseReturnValue:
    if current_desk.is_verified:
        return redirect(url_for("desk_scans.show_desk"), 303)
    form = SecondFactorForm()
    if not form.validate_on_submit():
        return render_template("desk/new_code.html", form=form), 422
    result = service.confirm_code(current_desk.session, form.digits, browser=current_browser().hash)
    if not result.state.ok:
        form.refuse(form.code, why(result.state, _("动态码不对，或者已经用过。请等下一个再填。")))
        return render_template("desk/new_code.html", form=form), *status_of(result.state)
    renew_cookie()
    carry(result.token)
    return redirect(url_for("desk_scans.show_desk"), 303)


@blueprint.get("/second-factor")
@access(at_desk)
def show_factor() -> ResponseReturnValue:
    return render_template("desk/show_factor.html", form=DeskFactorForm(formdata=None), operator=current_desk.operator)


@blueprint.post("/second-factor")
@access(at_desk)
def create_factor() -> ResponseReturnValue:
    """This response is the only page that shows the secret."""
    form, operator = DeskFactorForm(), current_desk.operator
    if not form.validate_on_submit():
        return render_template("desk/show_factor.html", form=form, operator=operator), 422
    state = service.begin_factor(operator, form.password.data or "")
    if not state.ok:
        form.refuse(form.password, why(state, _("密码不对，请再输入一次。")))
        return render_template("desk/show_factor.html", form=form, operator=operator), *status_of(state)
    secret = desk_queries.totp_secret_of(operator)
    picture = totp.picture(secret, name=operator.username, issuer=bureau_name())
    return render_template("desk/new_factor_code.html", form=SecondFactorForm(formdata=None), secret=secret, picture=picture)


@blueprint.post("/second-factor/code")
@access(at_desk)
def create_factor_code() -> ResponseReturnValue:
    form = SecondFactorForm()
    if not form.validate_on_submit():
        return render_template("desk/new_factor_code.html", form=form, secret="", picture=""), 422
    state = service.enrol_factor(current_desk.session, form.digits)
    if not state.ok:
        form.refuse(form.code, why(state, _("动态码不对，或者已经用过。请等下一个再填。")))
        return render_template("desk/new_factor_code.html", form=form, secret="", picture=""), *status_of(state)
    flash(_("第二步验证设好了，下次登录要填动态码。"))
    return redirect(url_for("desk.show_factor"), 303)
