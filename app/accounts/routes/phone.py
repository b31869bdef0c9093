"""更换手机号: a code to the new number, and the display PIN where the account has one (ASVS 7.5.1)."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.accounts import queries, service
from app.accounts.browser import current_browser
from app.accounts.forms import NewPhoneForm
from app.accounts.models import SmsPurpose
from app.accounts.policy import trusted
from app.accounts.routes.blueprint import blueprint
from app.accounts.visitor import current_visitor
from app.core.access import access
from app.core.errors import DomainError, TooMany
from app.core.limits import client_address
from app.messages.queries import find_demo_sms


def _form() -> NewPhoneForm:
    form = NewPhoneForm()
    if not current_visitor.account.is_activated:
        del form.pin
    return form


def _show(form: NewPhoneForm, status: int = 200, retry_after: int = 0) -> ResponseReturnValue:
    asked = queries.find_sms_code(current_browser().hash, SmsPurpose.new_phone)
    if asked is not None and not form.is_submitted():
        form.phone.data = queries.phone_of_sms_code(asked)
    page = render_template(
        "accounts/edit_phone.html",
        form=form,
        phone=current_visitor.phone,
        has_others=queries.has_other_sessions(current_visitor.session),
        asked=asked,
        demo_sms=find_demo_sms(queries.phone_of_sms_code(asked)) if asked is not None else None,
    )
    return page, status, {"Retry-After": str(retry_after)} if retry_after else {}


@blueprint.get("/me/phone")
@access(trusted)
def edit_phone() -> ResponseReturnValue:
    return _show(_form())


@blueprint.post("/me/phone")
@access(trusted)
def update_phone() -> ResponseReturnValue:
    form = _form()
    if request.form.get("step") == "code":
        return _request_code(form)
    if not form.validate_on_submit():
        return _show(form, 422)
    try:
        return _change(form)
    except DomainError as refusal:
        if refusal.field != "phone":
            raise
        form.refuse(form.phone, refusal.what + refusal.next)
        return _show(form, refusal.status, refusal.retry_after)


def _change(form: NewPhoneForm) -> ResponseReturnValue:
    account = current_visitor.account
    if account.is_activated:
        step_up = service.check_step_up(current_visitor.device, form.pin_digits)
        if not step_up.ok:
            form.refuse(form.pin, step_up.sentence)
            return _show(form, 429 if step_up.locked_until else 422, step_up.retry_after)
    change = service.change_phone(current_visitor.session, form.mobile, form.digits, browser=current_browser())
    if not change.check.ok:
        form.refuse(form.code, change.check.sentence)
        return _show(form, change.check.status, change.check.retry_after)
    if form.ends_others.data:
        service.sign_out_everywhere(current_visitor.account, current_visitor.session)
    flash(_("手机号已更换。下次请用新号码登录。"))
    return redirect(url_for("accounts.show_account"), 303)


def _request_code(form: NewPhoneForm) -> ResponseReturnValue:
    if not form.has_mobile():
        return _show(form, 422)
    try:
        service.request_sms_code(form.mobile, SmsPurpose.new_phone, browser=current_browser(), address=client_address())
    except TooMany as refusal:
        form.refuse(form.phone, refusal.what + refusal.next)
        return _show(form, refusal.status, refusal.retry_after)
    return redirect(url_for("accounts.edit_phone"), 303)
