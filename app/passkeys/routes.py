"""指纹或面容打开: adding and removing on the devices page, and unlocking beside the PIN. Script talks to the authenticator."""

from flask import Blueprint, Response, flash, jsonify, redirect, render_template, request, url_for
from flask.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.accounts.policy import trusted
from app.accounts.service import check_step_up
from app.accounts.visitor import current_visitor
from app.core.access import access
from app.core.errors import DomainError, NotFound
from app.core.flask_types import app_of
from app.core.webauthn.site import Site, find_site
from app.passkeys import policy, queries, service
from app.passkeys.forms import AddPasskeyForm
from app.passkeys.models import Passkey

blueprint = Blueprint("passkeys", __name__)


@blueprint.record_once
def _install(state: BlueprintSetupState) -> None:
    app = app_of(state)
    app.jinja_env.globals.update(
        may_unlock_by_passkey=policy.may_unlock_here,
        should_offer_passkey=policy.should_offer,
        may_add_passkey=policy.may_add_here,
        own_passkeys=_list_own,
    )


@blueprint.get("/me/passkeys/new")
@access(trusted)
def new_passkey() -> ResponseReturnValue:
    if not current_visitor.account.is_activated:
        return redirect(url_for("accounts.list_devices"), 303)
    return render_template("passkeys/new_passkey.html", form=AddPasskeyForm(), is_possible=policy.may_add_here())


@blueprint.post("/me/passkeys/challenges")
@access(trusted)
def create_adding_challenge() -> ResponseReturnValue:
    """Called only by script: checks the PIN, then returns what the authenticator is to sign."""
    form = AddPasskeyForm()
    if not form.validate_on_submit():
        return _refused(form.pin.errors[0] if form.pin.errors else _("请刷新这一页再试。"), 422)
    step_up = check_step_up(current_visitor.device, form.pin.data or "")
    if not step_up.ok:
        return _refused(step_up.sentence, 429 if step_up.locked_until else 422, step_up.retry_after)
    return _options(service.begin_adding(current_visitor.session, _site()))


@blueprint.post("/me/passkeys")
@access(trusted)
def create_passkey() -> ResponseReturnValue:
    if not request.form.get("answer"):
        flash(_("这个浏览器现在不能用指纹或面容。请继续用展码密码。"), "warn")
        return redirect(url_for("passkeys.new_passkey"), 303)
    try:
        service.add_passkey(current_visitor.session, request.form["answer"], _site())
    except DomainError as refusal:
        flash(refusal.what + refusal.next, "warn")
        return redirect(url_for("passkeys.new_passkey"), 303)
    flash(_("已开启。下次打开医保码，可以用指纹或面容；展码密码照样能用。"), "done")
    return redirect(url_for("accounts.list_devices"), 303)


@blueprint.get("/me/passkeys/<int:passkey_id>/removal")
@access(trusted)
def new_passkey_removal(passkey_id: int) -> ResponseReturnValue:
    passkey = queries.get_passkey(current_visitor.account.id, passkey_id)
    return render_template("passkeys/new_passkey_removal.html", passkey=passkey)


@blueprint.post("/me/passkeys/<int:passkey_id>/removal")
@access(trusted)
def create_passkey_removal(passkey_id: int) -> ResponseReturnValue:
    service.remove_passkey(current_visitor.account, passkey_id)
    flash(_("已关闭。以后用展码密码打开医保码。"), "done")
    return redirect(url_for("accounts.list_devices"), 303)


@blueprint.post("/me/passkeys/offer-answers")
@access(trusted)
def create_offer_answer() -> ResponseReturnValue:
    """以后再说."""
    service.answer_offer(current_visitor.device)
    return redirect("/", 303)


@blueprint.post("/code/passkey-challenges")
@access(trusted)
def create_unlocking_challenge() -> ResponseReturnValue:
    return _options(service.begin_unlocking(current_visitor.session, _site()))


@blueprint.post("/code/passkey-unlocking")
@access(trusted)
def create_passkey_unlocking() -> ResponseReturnValue:
    answer, of = request.form.get("answer", ""), request.form.get("of", type=int)
    if not answer:
        flash(_("这个浏览器现在不能用指纹或面容。请输入展码密码。"), "warn")
    elif not service.unlock_by_passkey(current_visitor.session, answer, _site()):
        flash(_("这次没有认出来。请再试一次，或输入展码密码。"), "warn")
    return redirect(url_for("credentials.show_code", credential_id=of), 303)


def _list_own() -> list[Passkey]:
    return queries.list_passkeys(current_visitor.account.id)


def _site() -> Site:
    site = find_site()
    if site is None:
        raise NotFound
    return site


def _options(content: str) -> Response:
    return Response(content, mimetype="application/json")


def _refused(sentence: str, status: int, retry_after: int = 0) -> ResponseReturnValue:
    return jsonify({"refusal": sentence}), status, {"Retry-After": str(retry_after)} if retry_after else {}
