"""更改展码密码: the old PIN, and the new one twice. A person who forgot the old one resets it instead."""

from flask import flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.accounts.policy import trusted
from app.accounts.queries import has_other_sessions
from app.accounts.service import sign_out_everywhere
from app.accounts.visitor import current_visitor
from app.activation.forms import PinChangeForm
from app.activation.routes.answers import go_to
from app.activation.routes.blueprint import blueprint
from app.core import clock
from app.core.access import access
from app.core.display import moment
from app.credentials.code_page import new_keys_answer
from app.credentials.service import change_display_pin
from app.roster.models import InsuredPerson
from app.roster.queries import get_person


@blueprint.get("/me/pin")
@access(trusted)
def edit_display_pin() -> ResponseReturnValue:
    return _show(PinChangeForm(_person()))


@blueprint.post("/me/pin")
@access(trusted)
def update_display_pin() -> ResponseReturnValue:
    """When sent by fetch, the response brings this device's new keys; otherwise the next unlock does."""
    form = PinChangeForm(_person())
    if not form.validate_on_submit():
        return _show(form, 422)
    result = change_display_pin(current_visitor.device, form.old.data or "", form.pin.data or "")
    if result.ok:
        if form.ends_others.data:
            sign_out_everywhere(current_visitor.account, current_visitor.session)
        flash(_("展码密码已更改。别的设备请用新密码打开。"), "done")
        next_page = url_for("accounts.show_account")
        if not _is_fetch():
            return redirect(next_page, 303)
        return jsonify({"next": next_page, **new_keys_answer(current_visitor.device, form.pin.data or "")})
    if result.locked_until is None:
        form.old.errors = [_("展码密码不对，还可以试 %(count)d 次。", count=result.guesses_left)]
        return _show(form, 422)
    form.old.errors = [_("展码密码输错太多次，%(until)s 以后才能再试。", until=moment(result.locked_until))]
    return _show(form, 429, max(1, clock.seconds_until(result.locked_until)))


def _person() -> InsuredPerson:
    person_id = current_visitor.account.person_id
    if person_id is None:
        go_to("activation.show_activation")
    return get_person(person_id)


def _is_fetch() -> bool:
    return request.accept_mimetypes.best == "application/json"


def _show(form: PinChangeForm, status: int = 200, retry_after: int = 0) -> ResponseReturnValue:
    page = render_template("activation/edit_display_pin.html", form=form, has_others=has_other_sessions(current_visitor.session))
    return page, status, {"Retry-After": str(retry_after)} if retry_after else {}
