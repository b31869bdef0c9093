"""重新绑定: an activated account in a browser it does not know. An SMS alone opens nothing else."""

from flask import flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.accounts.policy import signed_in, trusted
from app.accounts.visitor import current_visitor
from app.activation import queries, service
from app.activation.forms import DocumentForm, FaceForm
from app.activation.routes.answers import go_to
from app.activation.routes.blueprint import blueprint
from app.activation.routes.errands import errand_of
from app.core.access import access
from app.core.settings import settings
from app.proofs.models import ProofPurpose
from app.proofs.policy import form_targets
from app.proofs.queries import count_document_failures_today, may_try_face
from app.proofs.service import check_document
from app.roster.models import InsuredPerson


@blueprint.get("/re-binding")
@access(signed_in)
def show_rebinding() -> ResponseReturnValue:
    service.bind_due_devices()
    if not current_visitor.account.is_activated:
        return redirect(url_for("activation.show_activation"), 303)
    if current_visitor.is_trusted:
        requests = queries.list_pending_rebindings(current_visitor.account)
        resets = queries.list_pin_resets(current_visitor.account)
        return render_template("activation/show_bound.html", requests=requests, resets=resets)
    errand = errand_of("re-binding")
    person = errand.person()
    g.form_action = form_targets()
    draft = queries.find_draft(current_visitor.device)
    return render_template(
        "activation/show_rebinding.html",
        form=FaceForm(),
        person=person,
        has_agreed=errand.has_agreed(person),
        has_tries=may_try_face(person),
        pending=queries.find_pending_rebinding(current_visitor.device),
        draft=draft if draft and draft.takes_over_phone else None,
    )


@blueprint.get("/re-binding/document")
@access(signed_in)
def new_document_proof() -> ResponseReturnValue:
    person = errand_of("re-binding").person()
    return _show_document(person, DocumentForm(person.cert_type))


@blueprint.post("/re-binding/document")
@access(signed_in)
def create_document_proof() -> ResponseReturnValue:
    person = errand_of("re-binding").person()
    form = DocumentForm(person.cert_type)
    if not form.validate_on_submit():
        return _show_document(person, form, 422)
    result = check_document(current_visitor.session, person, ProofPurpose.rebinding, form.cert)
    if result.proof is None:
        return _show_document(person, form, form.refuse_number(result.guesses_left))
    service.request_rebinding(current_visitor.session, result.proof)
    return redirect(url_for("activation.show_rebinding"), 303)


def _show_document(person: InsuredPerson, form: DocumentForm, status: int = 200) -> ResponseReturnValue:
    if queries.find_pending_rebinding(current_visitor.device) is not None:
        go_to("activation.show_rebinding")
    page = render_template(
        "activation/new_document_proof.html",
        form=form,
        person=person,
        hours=settings.rebind_delay_hours,
        is_worn_out=count_document_failures_today(person) >= settings.document_guesses,
        back_href=url_for("activation.show_rebinding"),
    )
    return page, status


@blueprint.post("/re-binding/new-owner")
@access(signed_in)
def create_takeover() -> ResponseReturnValue:
    """这个号码是新办的，以前的主人不是我."""
    if current_visitor.is_trusted:
        return redirect(url_for("activation.show_rebinding"), 303)
    service.begin_takeover(current_visitor.account, current_visitor.device)
    return redirect(url_for("activation.show_activation"), 303)


@blueprint.post("/re-binding/requests/own/cancellation")
@access(signed_in)
def create_withdrawal() -> ResponseReturnValue:
    """The waiting device changes its mind."""
    pending = queries.find_pending_rebinding(current_visitor.device)
    if pending is not None:
        service.cancel_rebinding(pending, current_visitor.device.actor)
    return redirect(url_for("activation.show_rebinding"), 303)


@blueprint.post("/re-binding/requests/<int:rebinding_id>/cancellation")
@access(trusted)
def create_cancellation(rebinding_id: int) -> ResponseReturnValue:
    rebinding = queries.get_pending_rebinding(current_visitor.account, rebinding_id)
    service.cancel_rebinding(rebinding, current_visitor.account.actor)
    flash(_("已取消。那台设备不能出示您的医保码。"), "done")
    return redirect(url_for("activation.show_rebinding"), 303)
