"""忘记展码密码: prove who you are, choose another PIN. At once by face or counter code, after a day by document number."""

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.accounts.browser import current_browser
from app.accounts.models import SmsPurpose
from app.accounts.policy import signed_in
from app.accounts.queries import find_sms_code, has_other_sessions
from app.accounts.service import confirm_phone, has_fresh_sms, request_sms_code, sign_out_everywhere
from app.accounts.visitor import current_visitor
from app.activation import queries, service
from app.activation.forms import FaceForm, PhoneCodeForm, PinResetForm
from app.activation.models import PinReset
from app.activation.routes.answers import go_to
from app.activation.routes.blueprint import blueprint
from app.activation.routes.document import ask_by_document
from app.activation.routes.errands import errand_of
from app.core import clock
from app.core.access import access
from app.core.errors import TooMany
from app.core.limits import client_address
from app.core.settings import settings
from app.credentials.service import hash_display_pin
from app.messages.queries import find_demo_sms
from app.proofs.models import IdentityProof, ProofPurpose
from app.proofs.policy import form_targets
from app.proofs.queries import may_try_face
from app.proofs.service import find_passed_proof
from app.roster.models import InsuredPerson


@blueprint.get("/pin-reset")
@access(signed_in)
def show_pin_reset() -> ResponseReturnValue:
    errand = errand_of("pin-reset")
    person = errand.person()
    g.form_action = form_targets()
    return render_template(
        "activation/show_pin_reset.html",
        form=FaceForm(),
        person=person,
        has_agreed=errand.has_agreed(person),
        has_tries=may_try_face(person),
        pending=queries.find_request(PinReset, current_visitor.device.id),
        may_use_document=bool(current_visitor.phone),
        back_href=url_for("credentials.show_code"),
    )


@blueprint.get("/pin-reset/phone")
@access(signed_in)
def new_pin_reset_sms() -> ResponseReturnValue:
    if _has_phone_confirmed():
        return redirect(url_for("activation.show_pin_reset"), 303)
    return _show_phone(PhoneCodeForm())


@blueprint.post("/pin-reset/phone")
@access(signed_in)
def create_pin_reset_sms() -> ResponseReturnValue:
    if _has_phone_confirmed():
        return redirect(url_for("activation.show_pin_reset"), 303)
    form = PhoneCodeForm()
    if request.form.get("step") == "code":
        return _request_code(form)
    if not form.validate_on_submit():
        return _show_phone(form, 422)
    check = confirm_phone(current_visitor.session, form.digits, SmsPurpose.pin_reset, browser=current_browser())
    if not check.ok:
        form.code.errors = [check.sentence]
        return _show_phone(form, check.status, check.retry_after)
    return redirect(url_for("activation.show_pin_reset"), 303)


@blueprint.get("/pin-reset/document")
@access(signed_in)
def new_pin_reset_document() -> ResponseReturnValue:
    return _ask_by_document()


@blueprint.post("/pin-reset/document")
@access(signed_in)
def create_pin_reset_document() -> ResponseReturnValue:
    return _ask_by_document()


@blueprint.post("/pin-reset/requests/<int:reset_id>/cancellation")
@access(signed_in)
def create_reset_cancellation(reset_id: int) -> ResponseReturnValue:
    """From any device of the account: objecting is safe, only requesting needs proof."""
    pending = queries.get_request(PinReset, current_visitor.account, reset_id)
    service.cancel_request(pending, current_visitor.device.actor)
    flash(_("已取消重设。展码密码没有变。"), "done")
    return redirect(url_for("activation.show_rebinding" if current_visitor.is_trusted else "activation.show_pin_reset"), 303)


@blueprint.get("/pin-reset/new-pin")
@access(signed_in)
def edit_pin() -> ResponseReturnValue:
    person, _reason = _allowed()
    return _show(PinResetForm(person))


@blueprint.post("/pin-reset/new-pin")
@access(signed_in)
def update_pin() -> ResponseReturnValue:
    person, allowed_by = _allowed()
    form = PinResetForm(person)
    if not form.validate_on_submit():
        return _show(form, 422)
    pin_hash = hash_display_pin(form.pin.data or "")
    if isinstance(allowed_by, IdentityProof):
        service.reset_pin(current_visitor.session, allowed_by, pin_hash)
    else:
        service.finish_pin_reset(current_visitor.session, allowed_by, pin_hash)
    if form.ends_others.data:
        sign_out_everywhere(current_visitor.account, current_visitor.session)
    flash(_("展码密码已重设。请用新的密码出示医保码。"), "done")
    return redirect(url_for("credentials.show_code"), 303)


def _has_phone_confirmed() -> bool:
    """An account that has lost its number cannot receive an SMS; there the face check or the counter code is enough."""
    return has_fresh_sms(current_visitor.session) or not current_visitor.phone


def _ask_by_document() -> ResponseReturnValue:
    template = "activation/new_pin_reset_document.html"
    return ask_by_document(errand_of("pin-reset"), PinReset, template, hours=settings.pin_reset_delay_hours)


def _allowed() -> tuple[InsuredPerson, IdentityProof | PinReset]:
    """Who may choose another PIN, and on what ground: a fresh proof of this session, or a request of this device that is due."""
    person = errand_of("pin-reset").person()
    proof = find_passed_proof(current_visitor.session, person, ProofPurpose.pin_reset)
    if proof is not None:
        return person, proof
    pending = queries.find_request(PinReset, current_visitor.device.id)
    if pending is None or pending.effective_at > clock.now():
        go_to("activation.show_pin_reset")
    return person, pending


def _request_code(form: PhoneCodeForm) -> ResponseReturnValue:
    try:
        request_sms_code(current_visitor.phone, SmsPurpose.pin_reset, browser=current_browser(), address=client_address())
    except TooMany as refusal:
        form.code.errors = [refusal.what + refusal.next]
        return _show_phone(form, refusal.status, refusal.retry_after)
    return redirect(url_for("activation.new_pin_reset_sms"), 303)


def _show_phone(form: PhoneCodeForm, status: int = 200, retry_after: int = 0) -> ResponseReturnValue:
    asked = find_sms_code(current_browser().hash, SmsPurpose.pin_reset)
    page = render_template(
        "activation/new_pin_reset_sms.html",
        form=form,
        phone=current_visitor.phone,
        asked=asked,
        demo_sms=find_demo_sms(current_visitor.phone) if asked is not None else None,
        back_href=url_for("credentials.show_code"),
    )
    return page, status, {"Retry-After": str(retry_after)} if retry_after else {}


def _show(form: PinResetForm, status: int = 200) -> ResponseReturnValue:
    return render_template(
        "activation/edit_pin.html",
        form=form,
        has_others=has_other_sessions(current_visitor.session),
        back_href=url_for("activation.show_pin_reset"),
    ), status
