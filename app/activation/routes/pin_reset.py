"""忘记展码密码: prove it, choose another."""

from flask import flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.accounts.policy import signed_in
from app.accounts.visitor import current_visitor
from app.activation import service
from app.activation.forms import FaceForm, PinForm
from app.activation.routes.answers import go_to
from app.activation.routes.blueprint import blueprint
from app.activation.routes.errands import errand_of
from app.core.access import access
from app.credentials.service import hash_display_pin
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
        back_href=url_for("credentials.show_code"),
    )


@blueprint.get("/pin-reset/new-pin")
@access(signed_in)
def edit_pin() -> ResponseReturnValue:
    person, _proof = _proved()
    return _show(PinForm(person))


@blueprint.post("/pin-reset/new-pin")
@access(signed_in)
def update_pin() -> ResponseReturnValue:
    person, proof = _proved()
    form = PinForm(person)
    if not form.validate_on_submit():
        return _show(form, 422)
    service.reset_pin(current_visitor.session, proof, hash_display_pin(form.pin.data))
    flash(_("展码密码已重设。请用新的密码出示医保码。"), "done")
    return redirect(url_for("credentials.show_code"), 303)


def _proved() -> tuple[InsuredPerson, IdentityProof]:
    person = errand_of("pin-reset").person()
    proof = find_passed_proof(current_visitor.session, person, ProofPurpose.pin_reset)
    if proof is None:
        go_to("activation.show_pin_reset")
    return person, proof


def _show(form: PinForm, status: int = 200) -> ResponseReturnValue:
    return render_template("activation/edit_pin.html", form=form, back_href=url_for("activation.show_pin_reset")), status
