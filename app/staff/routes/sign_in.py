"""Signing in: name and password, then the second factor, and the first time choosing a password of one's own."""

from flask import Response, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.accounts.browser import current_browser, renew_cookie
from app.accounts.device_name import name_device
from app.accounts.policy import is_local_path
from app.core import totp
from app.core.access import access, anyone
from app.core.errors import DomainError, NotFound
from app.core.installation import bureau_name
from app.core.webauthn.site import find_site
from app.sign_in.caller import caller
from app.sign_in.refusals import status_of, why
from app.sign_in.second_factor import SecondFactorForm
from app.staff import queries, service
from app.staff.forms import NewPasswordForm, StaffSignInForm
from app.staff.policy import SIGN_IN, has_staff_session
from app.staff.routes.blueprint import blueprint
from app.staff.visitor import carry, current_staff

HOME = "/bureau"


def _next_path() -> str | None:
    target = request.args.get("next", "")
    is_fit = is_local_path(target) and target.startswith(HOME) and not target.startswith(SIGN_IN)
    return target if is_fit else None


@blueprint.get("/bureau/sign-in")
@access(anyone)
def new_session() -> ResponseReturnValue:
    if current_staff.is_signed_in:
        return redirect(_next_path() or HOME, 303)
    return render_template("staff/new_session.html", form=StaffSignInForm(), next=_next_path())


@blueprint.post("/bureau/sign-in")
@access(anyone)
def create_session() -> ResponseReturnValue:
    form = StaffSignInForm()
    if form.validate_on_submit():
        result = service.begin_sign_in(
            form.username.data or "", form.password.data or "", browser_name=name_device(request.user_agent.string), caller=caller()
        )
        if result.state.ok:
            if current_staff.has_session:
                service.sign_out(current_staff.session)
            carry(result.token)
            return redirect(url_for("staff.new_second_factor", next=_next_path()), 303)
        form.refuse(form.password, why(result.state, _("用户名或密码不对，请核对一遍。")))
        page = render_template("staff/new_session.html", form=form, next=_next_path())
        return page, *status_of(result.state)
    return render_template("staff/new_session.html", form=form, next=_next_path()), 422


@blueprint.get("/bureau/sign-in/second-factor")
@access(has_staff_session)
def new_second_factor() -> ResponseReturnValue:
    if current_staff.is_verified:
        return redirect(_next_path() or HOME, 303)
    return _show_second_factor(SecondFactorForm())


@blueprint.post("/bureau/sign-in/second-factor")
@access(has_staff_session)
def create_second_factor() -> ResponseReturnValue:
    if current_staff.is_verified:
        return redirect(_next_path() or HOME, 303)
    form = SecondFactorForm()
    if not form.validate_on_submit():
        return _show_second_factor(form, 422)
    result = service.confirm_second_factor(current_staff.session, form.digits, browser=current_browser().hash)
    if not result.state.ok:
        form.refuse(form.code, why(result.state, _("动态码不对，或者已经用过。请等下一个再填。")))
        return _show_second_factor(form, *status_of(result.state))
    return _arrive(result.token)


@blueprint.post("/bureau/sign-in/passkey-challenges")
@access(has_staff_session)
def create_passkey_challenge() -> ResponseReturnValue:
    """Called by script only: options for the authenticator to sign with a key or to make one. Signed-in members add one more."""
    site = find_site()
    if site is None:
        raise NotFound
    try:
        content = service.begin_passkey(current_staff.session, site, bureau_name=bureau_name())
    except DomainError as refusal:
        return jsonify({"refusal": refusal.what + refusal.next}), refusal.status
    return Response(content, mimetype="application/json")


@blueprint.post("/bureau/sign-in/passkey")
@access(has_staff_session)
def create_passkey_factor() -> ResponseReturnValue:
    if current_staff.is_verified:
        return redirect(_next_path() or HOME, 303)
    site, form, answer = find_site(), SecondFactorForm(formdata=None), request.form.get("answer", "")
    if site is None or not answer:
        form.refuse(form.code, _("这个浏览器现在不能用通行密钥。"))
        return _show_second_factor(form, 422)
    result = service.confirm_by_passkey(
        current_staff.session,
        answer,
        site,
        browser_name=name_device(request.user_agent.string),
        browser=current_browser().hash,
    )
    if result.state.ok:
        return _arrive(result.token)
    form.refuse(form.code, why(result.state, _("通行密钥没有认出来，请再试一次。")))
    return _show_second_factor(form, *status_of(result.state))


@blueprint.get("/bureau/sign-in/password")
@access(has_staff_session)
def new_password() -> ResponseReturnValue:
    if not current_staff.is_verified:
        return redirect(url_for("staff.new_second_factor", next=_next_path()), 303)
    return render_template("staff/new_password.html", form=NewPasswordForm(), next=_next_path())


@blueprint.post("/bureau/sign-in/password")
@access(has_staff_session)
def create_password() -> ResponseReturnValue:
    if not current_staff.is_verified:
        return redirect(url_for("staff.new_second_factor", next=_next_path()), 303)
    form = NewPasswordForm()
    if not form.validate_on_submit():
        return render_template("staff/new_password.html", form=form, next=_next_path()), 422
    try:
        service.choose_password(current_staff.member, form.password.data or "", keep=current_staff.session)
    except DomainError as refusal:
        form.refuse(form.password, refusal.what)
        return render_template("staff/new_password.html", form=form, next=_next_path()), refusal.status
    return redirect(_next_path() or HOME, 303)


@blueprint.post("/bureau/sign-out")
@access(has_staff_session)
def delete_session() -> ResponseReturnValue:
    service.sign_out(current_staff.session)
    carry("")
    return redirect(url_for("staff.new_session"), 303)


def _arrive(token: str) -> ResponseReturnValue:
    must_choose = current_staff.member.must_choose_password
    renew_cookie()
    carry(token)
    if must_choose:
        return redirect(url_for("staff.new_password", next=_next_path()), 303)
    return redirect(_next_path() or HOME, 303)


def _show_second_factor(form: SecondFactorForm, status: int = 200, headers: dict[str, str] | None = None) -> ResponseReturnValue:
    member = current_staff.member
    has_passkey = queries.has_passkey(member.id)
    is_new = member.totp_enrolled_at is None and not has_passkey
    secret = queries.totp_secret_of(member) if is_new else ""
    page = render_template(
        "staff/new_second_factor.html",
        form=form,
        next=_next_path(),
        is_new=is_new,
        secret=secret,
        has_code=is_new or member.totp_enrolled_at is not None,
        has_passkey=has_passkey,
        may_use_passkey=(is_new or has_passkey) and find_site() is not None,
        picture=totp.picture(secret, name=member.username, issuer=bureau_name()) if is_new else "",
    )
    return page, status, headers or {}
